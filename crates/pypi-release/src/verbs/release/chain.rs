//! The chain: each step after the one before it, until one fails or nothing is left to do.
//!
//! Nothing is remembered between runs. Every step asks git, the index and GitHub for the present state, so that a run
//! that was killed is continued by the same command.

use std::{
    path::PathBuf,
    rc::Rc,
    time::{Duration, SystemTime},
};

use pypi_trusted_upload::{
    BlockingClient, Order, Report as Publication,
    metadata::ProjectName,
    versioning::{CiEvent, CiProvider, ErrorKind as VersioningError, GitCommand, Trigger},
};

use serde_json::Value;

use super::{
    Arguments, gate, github,
    project::{self, Project},
    report::Report,
    step::{Record, State, Step},
};
use crate::{
    context::Context,
    failure::{Exit, Failure},
    files,
    settings::Settings,
    target::Target,
    verbs::{check, github_release, identity, publish, verify},
};

/// A run of the chain.
pub(super) struct Chain<'a> {
    arguments: &'a Arguments,
    settings: &'a Settings,
    context: &'a Context,
    projects: Vec<Project>,
    event: Option<CiEvent>,
    target: Option<Rc<Target>>,
    records: Vec<Record>,
    overrides: Vec<String>,
    publication: Option<Publication>,
    verification: Option<Value>,
    releases: Vec<String>,
    failure: Option<Failure>,
}

/// How a step went, if it did not fail. The texts are the rest of a line that the name of the step begins.
enum Went {
    Done(String),
    /// Nothing is left for the steps after it either.
    End(String),
    NotNeeded(String),
    Planned(String),
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        arguments: &'a Arguments,
        settings: &'a Settings,
        context: &'a Context,
    ) -> Self {
        Self {
            arguments,
            settings,
            context,
            projects: Vec::new(),
            event: None,
            target: None,
            records: Vec::new(),
            overrides: Vec::new(),
            publication: None,
            verification: None,
            releases: Vec::new(),
            failure: None,
        }
    }

    pub(super) fn run(&mut self) {
        let console = &self.context.console;
        for step in Step::ALL {
            let start = self.context.clock.now();
            console.detail(format_args!("step: {}", step.name()));
            let went = match self.is_skipped(step) {
                true => None,
                false => Some(self.perform(step)),
            };
            let (state, detail, is_over) = match went {
                None => (State::Skipped, String::new(), false),
                Some(Ok(Went::Done(detail))) => (State::Done, detail, false),
                Some(Ok(Went::End(detail))) => (State::Done, detail, true),
                Some(Ok(Went::NotNeeded(why))) => (State::NotNeeded, why, false),
                Some(Ok(Went::Planned(what))) => (State::Planned, what, false),
                Some(Err(failure)) => {
                    let message = failure.message().to_owned();
                    self.failure = Some(failure);
                    (State::Failed, message, true)
                }
            };
            let record = Record {
                step,
                state,
                detail,
                took: since(start, self.context.clock.now()),
            };
            if state != State::Failed {
                console.note(record.line());
            }
            self.records.push(record);
            if is_over {
                return;
            }
        }
    }

    /// Whether the user or the settings leave the step out. Without the GitHub release there is no draft either.
    fn is_skipped(&mut self, step: Step) -> bool {
        if !self.arguments.only.is_empty() {
            return !self.arguments.only.contains(&step);
        }
        let is_named = |name: Step| {
            let set = self.settings.release.skip.iter();
            self.arguments.skip.contains(&name) || set.into_iter().any(|one| one == name.name())
        };
        let is_skipped = is_named(step) || (step == Step::Draft && is_named(Step::GithubRelease));
        if is_skipped {
            self.overrides
                .push(format!("step {} was left out", step.name()));
        }
        is_skipped
    }

    fn perform(&mut self, step: Step) -> Result<Went, Failure> {
        match step {
            Step::Version => self.version(),
            Step::Route => self.route(),
            Step::Check => self.check(),
            Step::Gate => self.gate(),
            Step::Identity => self.identity(),
            Step::Draft => self.draft(),
            Step::Publish => self.publish(),
            Step::Verify => self.verify(),
            Step::GithubRelease => self.github_release(),
        }
    }

    fn version(&mut self) -> Result<Went, Failure> {
        self.read_projects()?;
        let mut texts = Vec::new();
        for project in &mut self.projects {
            let version = project.computed_version()?;
            texts.push(format!("{} {version}", project.label()));
            project.version = Some(version);
        }
        Ok(Went::Done(texts.join(", ")))
    }

    fn read_projects(&mut self) -> Result<(), Failure> {
        if self.projects.is_empty() {
            let Arguments { root, projects, .. } = self.arguments;
            self.projects = project::read(self.settings, root, projects, self.context)?;
        }
        Ok(())
    }

    /// Which projects are published, and where to. All go to one index: that of the event.
    fn route(&mut self) -> Result<Went, Failure> {
        self.read_projects()?;
        let event = CiEvent::from_variables(self.context.environment.iter()).map_err(outside)?;
        for project in &mut self.projects {
            project.route(&event)?;
        }
        self.event = Some(event);
        let reasons: Vec<String> = self
            .projects
            .iter()
            .filter_map(|project| project.verdict.as_ref())
            .map(ToString::to_string)
            .collect();
        self.projects.retain(|project| project.target().is_some());
        let Some(routed) = self.projects.first().and_then(Project::target) else {
            let mut reasons = reasons;
            reasons.dedup();
            return Ok(Went::End(reasons.join("; ")));
        };
        let name = self.arguments.index.as_deref();
        let name = name.unwrap_or_else(|| routed.name());
        self.set_target(name)?;
        if self.arguments.index.is_some() {
            let text = format!("the event goes to {routed}, and --index {name} replaces it");
            self.overrides.push(text);
        }
        let texts: Vec<String> = self.projects.iter().map(described).collect();
        Ok(Went::Done(format!(
            "{}: {}",
            self.target()?.index.label(),
            texts.join(", ")
        )))
    }

    fn set_target(&mut self, name: &str) -> Result<(), Failure> {
        let simple = self.arguments.simple_url.as_deref();
        let target = Target::named(name, simple, &self.context.environment)?;
        self.target = Some(Rc::new(target));
        Ok(())
    }

    /// The index; that of `--index` if the route was left out.
    fn target(&mut self) -> Result<Rc<Target>, Failure> {
        let unknown =
            || Failure::usage("without the step route the index is not known: use --index");
        if self.target.is_none() {
            self.set_target(self.arguments.index.as_deref().ok_or_else(unknown)?)?;
        }
        self.target.clone().ok_or_else(unknown)
    }

    /// The files belong to this commit, and the index accepts them.
    fn check(&mut self) -> Result<Went, Failure> {
        self.assign()?;
        let files = self.files();
        let (errors, warnings) = check::errors(&files, &self.context.console);
        if !errors.is_empty() {
            return Err(Failure::new(Exit::Refused, errors.join("; ")));
        }
        let count = files.len();
        Ok(Went::Done(match warnings {
            0 => format!("{count} files have no errors"),
            _ => {
                format!("{count} files have no errors and {warnings} warnings (pypi-release check)")
            }
        }))
    }

    /// Gives the projects their files, once.
    fn assign(&mut self) -> Result<(), Failure> {
        self.read_projects()?;
        if self.projects.iter().all(|project| project.files.is_empty()) {
            let files = match self.arguments.files.as_slice() {
                [] => {
                    files::distributions(&self.settings.folder.join(&self.settings.release.dist))?
                }
                files => files.to_vec(),
            };
            project::assign(&mut self.projects, &files)?;
        }
        Ok(())
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = self
            .projects
            .iter()
            .flat_map(|project| project.files.iter());
        files.cloned().collect()
    }

    fn gate(&self) -> Result<Went, Failure> {
        let gate = &self.settings.gate;
        let mut after = gate.after.clone();
        after.extend(self.arguments.after.iter().cloned());
        if after.is_empty() && gate.commands.is_empty() {
            return Ok(Went::NotNeeded(
                "no workflow or command is configured".to_owned(),
            ));
        }
        if self.arguments.dry_run {
            let waits = after.iter().map(|workflow| format!("wait for {workflow}"));
            let runs = gate.commands.iter().map(|line| format!("run `{line}`"));
            return Ok(Went::Planned(
                waits.chain(runs).collect::<Vec<_>>().join(", "),
            ));
        }
        let mut passed = Vec::new();
        if !after.is_empty() {
            let client = BlockingClient::new()?;
            let github = github::client(&client, &self.arguments.root, self.context)?;
            let commit = self.commit()?;
            passed = gate::workflows(
                &github,
                &after,
                &commit,
                gate.timeout,
                &self.context.clock,
                &self.context.console,
            )?;
        }
        gate::commands(
            &gate.commands,
            &self.settings.folder,
            gate.timeout,
            self.context,
        )?;
        passed.extend(
            gate.commands
                .iter()
                .map(|line| format!("`{line}` succeeded")),
        );
        Ok(Went::Done(passed.join(", ")))
    }

    /// The commit of the event, which the step `route` compares with the checkout; outside of a CI job the one that is
    /// checked out.
    fn commit(&self) -> Result<String, Failure> {
        let event = CiEvent::from_variables(self.context.environment.iter());
        if let Ok(CiEvent { sha: Some(sha), .. }) = event {
            return Ok(sha.as_str().to_owned());
        }
        let facts = GitCommand::new(&self.arguments.root).facts(&self.settings.version.tags)?;
        let node = facts.node.map(|node| node.as_str().to_owned());
        node.ok_or_else(|| Failure::new(Exit::Refused, "the commit of the checkout is not known"))
    }

    fn identity(&mut self) -> Result<Went, Failure> {
        self.assign()?;
        let target = self.target()?;
        let options = &self.arguments.publish;
        if options.has_token() {
            return Ok(Went::NotNeeded("an API token was given".to_owned()));
        }
        if self.arguments.dry_run {
            return Ok(Went::Planned("request an ID token".to_owned()));
        }
        let names: Vec<String> = self
            .projects
            .iter()
            .map(|one| one.label().to_owned())
            .collect();
        let request = identity::Request {
            target: &target,
            identity: &options.identity,
            projects: &names,
            is_minting: false,
        };
        identity::assure(&request, self.context).map(Went::Done)
    }

    /// The reason why there is no GitHub release, if there is none.
    fn without_github_release(&self) -> Option<&'static str> {
        if !self.projects.iter().any(Project::is_release) {
            return Some("only tagged versions have a GitHub release");
        }
        let event = self.event.as_ref();
        match event.map(|event| (event.provider, &event.trigger)) {
            Some((_, Trigger::Release)) => Some("the release that started this run exists"),
            Some((CiProvider::GitHub, _)) => None,
            _ => Some("this is not a job of GitHub"),
        }
    }

    fn draft(&mut self) -> Result<Went, Failure> {
        self.assign()?;
        if let Some(why) = self.without_github_release() {
            return Ok(Went::NotNeeded(why.to_owned()));
        }
        if self.arguments.dry_run {
            return Ok(Went::Planned(
                "create a draft with the files and SHA256SUMS".to_owned(),
            ));
        }
        let index = self.target()?.index.clone();
        let mut texts = Vec::new();
        for project in self.projects.iter().filter(|project| project.is_release()) {
            let request = github::request(project, &index, self.context)?;
            let report = github_release::draft(&request, self.context)?;
            texts.push(report.sentence());
        }
        Ok(Went::Done(texts.join(", ")))
    }

    fn publish(&mut self) -> Result<Went, Failure> {
        self.assign()?;
        let target = self.target()?;
        let files = self.files();
        let request = publish::Request {
            files: &files,
            target: &target,
            options: &self.arguments.publish,
            order: match self.projects.len() {
                0 | 1 => Order::Any,
                _ => Order::Dependencies,
            },
            is_dry_run: self.arguments.dry_run,
        };
        let published = publish::publish(&request, self.context)?;
        let report = published.report;
        let went = publish::went(&report);
        self.publication = Some(report);
        match (went, self.arguments.dry_run) {
            (Ok(text), false) => Ok(Went::Done(text)),
            (Ok(_), true) => Ok(Went::Planned(format!("send {} files", files.len()))),
            (Err(failure), _) => Err(failure),
        }
    }

    fn verify(&mut self) -> Result<Went, Failure> {
        self.assign()?;
        let index = self.target()?.index.clone();
        if self.arguments.dry_run {
            return Ok(Went::Planned(
                "compare what the index serves, and install it".to_owned(),
            ));
        }
        let is_installed = !self.arguments.no_install;
        let settings = &self.settings.verify;
        let mut request =
            verify::Request::of_releases(&self.files(), &index, settings, is_installed)?;
        for project in &self.projects {
            if let Ok(name) = ProjectName::parse(project.label()) {
                request.try_project(&name, &project.checkout.configured.verify);
            }
        }
        let report = verify::verify(&request, self.context)?;
        let exit = report.exit();
        let went = match exit {
            Exit::Done => Ok(Went::Done(report.sentence())),
            _ => Err(Failure::new(exit, report.why_not())),
        };
        report.print_outputs(&self.context.console);
        self.verification = Some(report.json());
        went
    }

    fn github_release(&mut self) -> Result<Went, Failure> {
        if let Some(why) = self.without_github_release() {
            return Ok(Went::NotNeeded(why.to_owned()));
        }
        if self.arguments.dry_run {
            return Ok(Went::Planned("publish the draft".to_owned()));
        }
        self.assign()?;
        if self.settings.github.draft_only {
            return Ok(Went::NotNeeded(
                "the draft is left for a person to publish".to_owned(),
            ));
        }
        let index = self.target()?.index.clone();
        for project in self.projects.iter().filter(|project| project.is_release()) {
            let request = github::request(project, &index, self.context)?;
            // The step `draft` may have been left out, or its draft may have been deleted.
            let report = github_release::draft(&request, self.context)?;
            let report = match report.is_draft {
                true => github_release::publish_release(&request, self.context)?,
                false => report,
            };
            self.releases.push(report.url);
        }
        Ok(Went::Done(self.releases.join(", ")))
    }

    pub(super) fn finish(self) -> Report {
        let is_routed = self.target.is_some();
        let released = self.projects.iter().filter(|_| is_routed).map(described);
        Report {
            exit: self.failure.as_ref().map_or(Exit::Done, Failure::exit),
            is_dry_run: self.arguments.dry_run,
            index: self
                .target
                .as_ref()
                .map(|target| target.index.name().to_owned()),
            projects: self.projects.iter().map(Project::json).collect(),
            released: released.collect(),
            records: self.records,
            overrides: self.overrides,
            publication: self.publication,
            verification: self.verification,
            releases: self.releases,
            error: self.failure.map(|failure| failure.message().to_owned()),
        }
    }
}

/// The name and the version of a project.
fn described(project: &Project) -> String {
    match &project.version {
        Some(version) => format!("{} {version}", project.label()),
        None => project.label().to_owned(),
    }
}

/// Outside of a CI job there is no event that chooses an index.
fn outside(error: pypi_trusted_upload::versioning::Error) -> Failure {
    match error.kind() {
        VersioningError::NoCi => Failure::new(
            Exit::Refused,
            "this is not a CI job, so no event chooses the index: use --skip route and --index",
        ),
        _ => error.into(),
    }
}

fn since(start: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(start).unwrap_or_default()
}
