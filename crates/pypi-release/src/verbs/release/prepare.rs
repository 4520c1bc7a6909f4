//! The steps before anything is sent: what is released, where to, and whether it may be.

use pypi_trusted_upload::{
    Order,
    versioning::{CiEvent, ErrorKind as VersioningError, GitCommand},
};

use super::{
    chain::{Chain, Went, described},
    gate, github,
    project::Project,
};
use crate::{
    credentials::Purpose,
    failure::{Exit, Failure},
    verbs::{check, identity, publish},
};

impl Chain<'_> {
    pub(super) fn version(&mut self) -> Result<Went, Failure> {
        self.read_projects()?;
        let mut texts = Vec::new();
        for project in &mut self.projects {
            let version = project.computed_version()?;
            texts.push(format!("{} {version}", project.label()));
            project.version = Some(version);
        }
        Ok(Went::Done(texts.join(", ")))
    }

    /// Which projects are published, and where to. All go to one index: that of the event.
    pub(super) fn route(&mut self) -> Result<Went, Failure> {
        self.read_projects()?;
        let event = CiEvent::from_variables(self.context.environment.iter()).map_err(outside)?;
        for project in &mut self.projects {
            project.route(&event)?;
        }
        self.event = Some(event);
        let mut reasons: Vec<String> = self
            .projects
            .iter()
            .filter_map(|project| project.verdict.as_ref())
            .map(ToString::to_string)
            .collect();
        self.projects.retain(|project| project.target().is_some());
        let Some(routed) = self.projects.first().and_then(Project::target) else {
            reasons.dedup();
            return Ok(Went::End(reasons.join("; ")));
        };
        let name = self.arguments.index.as_deref();
        let name = name.unwrap_or_else(|| routed.name());
        self.set_target(name)?;
        if name != routed.name() {
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

    /// The files belong to this commit, and the index accepts them.
    pub(super) fn check(&mut self) -> Result<Went, Failure> {
        if !self.assign()? {
            return Ok(Went::all_private());
        }
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

    pub(super) fn gate(&self) -> Result<Went, Failure> {
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
            let client = self.context.client()?;
            let mut github = github::client(&client, &self.arguments.root, self.context)?;
            github.cancel = self.cancel.clone();
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
            &self.without_tokens,
            &self.cancel,
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
    pub(super) fn commit(&self) -> Result<String, Failure> {
        let event = CiEvent::from_variables(self.context.environment.iter());
        if let Ok(CiEvent { sha: Some(sha), .. }) = event {
            return Ok(sha.as_str().to_owned());
        }
        let facts = GitCommand::new(&self.arguments.root).facts(&self.settings.version.tags)?;
        let node = facts.node.map(|node| node.as_str().to_owned());
        node.ok_or_else(|| Failure::new(Exit::Refused, "the commit of the checkout is not known"))
    }

    pub(super) fn identity(&mut self) -> Result<Went, Failure> {
        if !self.assign()? {
            return Ok(Went::all_private());
        }
        let target = self.target()?;
        let credentials = self.credentials(Purpose::Uploads)?;
        let options = &self.arguments.publish;
        let publication = publish::Request {
            files: &[],
            target: &target,
            options,
            order: Order::Any,
            is_dry_run: self.arguments.dry_run,
            is_seeded: self.arguments.seed_folder.is_some(),
            selection: self.selection(),
            attest: None,
            credentials: &credentials,
        };
        if let Some(source) = publish::given(&publication, self.context)? {
            return Ok(Went::NotNeeded(format!(
                "credentials are given by {source}"
            )));
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
