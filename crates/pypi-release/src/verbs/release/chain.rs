//! The chain: each step after the one before it, until one fails or nothing is left to do.
//!
//! Nothing is remembered between runs. Every step asks git, the index and GitHub for the present state, so that a run
//! that was killed is continued by the same command.

use std::{
    path::PathBuf,
    rc::Rc,
    time::{Duration, SystemTime},
};

use pypi_trusted_upload::{Report as Publication, transport::CancelToken, versioning::CiEvent};
use serde_json::Value;

use super::{
    Arguments,
    project::{self, Project},
    report::Report,
    step::{Record, State, Step},
};
use crate::{
    context::Context,
    credentials::{Credentials, Purpose},
    failure::{Exit, Failure},
    files, inputs,
    settings::Settings,
    target::{IndexDetails, Target},
    verbs::{
        github_release,
        publish::{AttestMode, Selection},
    },
};

/// A run of the chain.
pub(super) struct Chain<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) settings: &'a Settings,
    pub(super) context: &'a Context,
    /// The same without the variables that contain tokens, for commands that are not ours.
    pub(super) without_tokens: Context,
    pub(super) cancel: CancelToken,
    pub(super) projects: Vec<Project>,
    pub(super) event: Option<CiEvent>,
    pub(super) target: Option<Rc<Target>>,
    credentials: Option<Rc<Credentials>>,
    /// Whether every file is left out.
    is_all_private: bool,
    /// What the GitHub releases must be.
    pub(super) requests: Vec<github_release::Request>,
    records: Vec<Record>,
    pub(super) overrides: Vec<String>,
    pub(super) publication: Option<Publication>,
    pub(super) rehearsal: Option<Value>,
    pub(super) verification: Option<Value>,
    pub(super) releases: Vec<String>,
    failure: Option<Failure>,
}

/// How a step went, if it did not fail. The texts are the rest of a line that the name of the step begins.
pub(super) enum Went {
    Done(String),
    /// Nothing is left for the steps after it either.
    End(String),
    NotNeeded(String),
    Planned(String),
}

impl Went {
    pub(super) fn all_private() -> Self {
        Self::End("every distribution is private: nothing is sent".to_owned())
    }
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        arguments: &'a Arguments,
        settings: &'a Settings,
        context: &'a Context,
        cancel: CancelToken,
    ) -> Self {
        let secrets: Vec<&str> = arguments.publish.secret_variables().collect();
        Self {
            arguments,
            settings,
            context,
            without_tokens: context.without(&secrets),
            cancel,
            projects: Vec::new(),
            event: None,
            target: None,
            credentials: None,
            is_all_private: false,
            requests: Vec::new(),
            records: Vec::new(),
            overrides: overrides(arguments),
            publication: None,
            rehearsal: None,
            verification: None,
            releases: Vec::new(),
            failure: None,
        }
    }

    pub(super) fn run(&mut self) {
        for step in Step::ALL {
            if self.cancel.is_cancelled() {
                let message = format!("interrupted before the step {}", step.name());
                self.failure = Some(Failure::new(Exit::Interrupted, message));
                return;
            }
            let is_over = self.run_step(step);
            if is_over {
                return;
            }
        }
    }

    /// Returns whether no step follows.
    fn run_step(&mut self, step: Step) -> bool {
        let console = &self.context.console;
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
        is_over
    }

    /// Whether the user or the settings leave the step out. Without the GitHub release there is no draft either.
    fn is_skipped(&mut self, step: Step) -> bool {
        if !self.arguments.only.is_empty() {
            return !self.arguments.only.contains(&step);
        }
        let is_named = |name: Step| {
            let mut set = self.settings.release.skip.iter();
            self.arguments.skip.contains(&name) || set.any(|one| one == name.name())
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

    pub(super) fn read_projects(&mut self) -> Result<(), Failure> {
        if self.projects.is_empty() {
            let Arguments { root, projects, .. } = self.arguments;
            self.projects = project::read(self.settings, root, projects, self.context)?;
        }
        Ok(())
    }

    /// What is done about attestations.
    pub(super) fn attest(&self) -> Option<AttestMode> {
        let set = self.settings.publish.attest.as_deref();
        self.arguments.publish.attest.mode(set)
    }

    /// Which of the files are published.
    pub(super) fn selection(&self) -> Selection {
        let options = &self.arguments.publish;
        options.selection.with(&self.settings.publish)
    }

    pub(super) fn set_target(&mut self, name: &str) -> Result<(), Failure> {
        let details = IndexDetails {
            simple_url: self.arguments.simple_url.clone(),
            index_profile: self.arguments.index_profile.clone(),
            seed_folder: self.arguments.seed_folder.clone(),
        };
        let root = &self.settings.folder;
        let target = Target::named(
            name,
            &details,
            root,
            self.arguments.publish.credentials.config_file(),
            &self.context.environment,
        )?;
        self.target = Some(Rc::new(target));
        Ok(())
    }

    /// The index; that of `--index` if the route was left out.
    pub(super) fn target(&mut self) -> Result<Rc<Target>, Failure> {
        let unknown =
            || Failure::usage("without the step route the index is not known: use --index");
        if self.target.is_none() {
            self.set_target(self.arguments.index.as_deref().ok_or_else(unknown)?)?;
        }
        self.target.clone().ok_or_else(unknown)
    }

    /// The credentials for the index, besides those of the CI job: read once, because a keyring may ask its user.
    pub(super) fn credentials(&mut self, purpose: Purpose) -> Result<Rc<Credentials>, Failure> {
        if let Some(credentials) = &self.credentials {
            return Ok(Rc::clone(credentials));
        }
        let purpose = match self.arguments.dry_run {
            true => Purpose::Plan,
            false => purpose,
        };
        let target = self.target()?;
        let options = &self.arguments.publish;
        let credentials = Rc::new(options.credentials(&target, purpose, self.context)?);
        self.credentials = Some(Rc::clone(&credentials));
        Ok(credentials)
    }

    /// Gives the projects their files, once. Returns whether there is one to publish.
    pub(super) fn assign(&mut self) -> Result<bool, Failure> {
        if self.is_all_private {
            return Ok(false);
        }
        self.read_projects()?;
        if self.projects.iter().all(|project| project.files.is_empty()) {
            let files = match self.arguments.files.as_slice() {
                [] => {
                    files::distributions(&self.settings.folder.join(&self.settings.release.dist))?
                }
                files => inputs::distributions(files)?,
            };
            let (skipped, files) = self.selection().split(files, &self.context.console);
            project::assign(&mut self.projects, &files, &skipped)?;
            self.is_all_private = self.projects.is_empty();
        }
        Ok(!self.is_all_private)
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        let files = self
            .projects
            .iter()
            .flat_map(|project| project.files.iter());
        files.cloned().collect()
    }

    pub(super) fn finish(self) -> Report {
        let index = self.target.as_ref();
        Report {
            exit: self.failure.as_ref().map_or(Exit::Done, Failure::exit),
            is_dry_run: self.arguments.dry_run,
            index: index.map(|target| target.index.name().to_owned()),
            projects: self.projects.iter().map(Project::json).collect(),
            subjects: self.projects.iter().map(described).collect(),
            records: self.records,
            overrides: self.overrides,
            publication: self.publication,
            rehearsal: self.rehearsal,
            verification: self.verification,
            releases: self.releases,
            error: self.failure.map(|failure| failure.message().to_owned()),
        }
    }
}

/// What the arguments already decide.
fn overrides(arguments: &Arguments) -> Vec<String> {
    match arguments.no_install {
        true => vec!["the installation was left out".to_owned()],
        false => Vec::new(),
    }
}

/// The name and the version of a project.
pub(super) fn described(project: &Project) -> String {
    match &project.version {
        Some(version) => format!("{} {version}", project.label()),
        None => project.label().to_owned(),
    }
}

fn since(start: SystemTime, end: SystemTime) -> Duration {
    end.duration_since(start).unwrap_or_default()
}
