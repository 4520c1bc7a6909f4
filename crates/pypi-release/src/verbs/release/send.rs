//! The steps that send: the draft, the files, and what follows from them.

use pypi_trusted_upload::{
    Order,
    metadata::ProjectName,
    versioning::{CiProvider, Trigger},
};

use super::{
    chain::{Chain, Went},
    github,
    project::Project,
};
use crate::{
    attestation::of_job,
    credentials::{Purpose, may_be_private},
    failure::{Exit, Failure},
    verbs::{github_release, publish, verify},
};

impl Chain<'_> {
    /// The reason why there is no GitHub release, if there is none.
    fn without_github_release(&self) -> Result<Option<&'static str>, Failure> {
        if self.arguments.seed_folder.is_some() {
            return Ok(Some("a rehearsal creates no GitHub release"));
        }
        let Some(event) = &self.event else {
            return match self.arguments.only.is_empty() {
                true => Ok(Some("without the step route this is not a release")),
                false => Err(Failure::usage(
                    "without the step route it is not known whether this is a release: add --only route",
                )),
            };
        };
        if !self.projects.iter().any(Project::is_release) {
            return Ok(Some("only tagged versions have a GitHub release"));
        }
        Ok(match (event.provider, &event.trigger) {
            (_, Trigger::Release) => Some("the release that started this run exists"),
            (CiProvider::GitHub, _) => None,
            _ => Some("this is not a job of GitHub"),
        })
    }

    /// Reads the files and writes the notes of the GitHub releases, once for both steps.
    fn prepare_releases(&mut self) -> Result<(), Failure> {
        if self.requests.is_empty() {
            let index = self.target()?.index.clone();
            let projects = self.projects.iter().filter(|project| project.is_release());
            self.requests = projects
                .map(|project| github::request(project, &index, &self.cancel, self.context))
                .collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    pub(super) fn draft(&mut self) -> Result<Went, Failure> {
        if !self.assign()? {
            return Ok(Went::all_private());
        }
        if let Some(why) = self.without_github_release()? {
            return Ok(Went::NotNeeded(why.to_owned()));
        }
        if self.arguments.dry_run {
            return Ok(Went::Planned(
                "create a draft with the files and SHA256SUMS".to_owned(),
            ));
        }
        self.prepare_releases()?;
        let mut texts = Vec::new();
        for request in &self.requests {
            let report = github_release::draft(request, self.context)?;
            texts.push(report.sentence());
        }
        Ok(Went::Done(texts.join(", ")))
    }

    pub(super) fn publish(&mut self) -> Result<Went, Failure> {
        if !self.assign()? {
            return Ok(Went::all_private());
        }
        let target = self.target()?;
        let credentials = self.credentials(Purpose::Uploads)?;
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
            is_seeded: self.arguments.seed_folder.is_some(),
            selection: self.selection(),
            attest: self.attest(),
            credentials: &credentials,
        };
        let published = publish::publish(&request, self.context)?;
        self.rehearsal = published.rehearsal();
        let report = published.report;
        let went = publish::went(&report);
        self.publication = Some(report);
        match (went, self.arguments.dry_run) {
            (Ok(text), false) => Ok(Went::Done(text)),
            (Ok(_), true) => Ok(Went::Planned(format!("send {} files", files.len()))),
            (Err(failure), _) => Err(failure),
        }
    }

    /// Whether this run sent an attestation with every file.
    fn was_attested(&self) -> bool {
        self.publication.as_ref().is_some_and(|report| {
            let files = report.files();
            !files.is_empty() && files.iter().all(|file| !file.attestations().is_empty())
        })
    }

    pub(super) fn verify(&mut self) -> Result<Went, Failure> {
        if !self.assign()? {
            return Ok(Went::all_private());
        }
        let target = self.target()?;
        let index = target.index.clone();
        if self.arguments.dry_run {
            return Ok(Went::Planned(
                "compare what the index serves, and install it".to_owned(),
            ));
        }
        let is_installed = !self.arguments.no_install;
        let provenance = verify::Provenance {
            judge: self.arguments.publish.attest.judge(target.local.as_ref())?,
            expected: match of_job(&target.environment) {
                Some(identity) => verify::Expected::Job(identity),
                None => verify::Expected::Index,
            },
            // Other indexes may accept attestations and serve none: what was published stays a success.
            is_required: self.was_attested() && index.profile().attestations,
        };
        let credentials = match target.local.is_none() && may_be_private(&index) {
            true => self.credentials(Purpose::Reads)?.for_reads(&index)?,
            false => None,
        };
        let settings = &self.settings.verify;
        let mut request = verify::Request::of_releases(
            &self.files(),
            &index,
            settings,
            is_installed,
            provenance,
        )?;
        request.credentials = credentials;
        for project in &self.projects {
            if let Ok(name) = ProjectName::parse(project.label()) {
                request.try_project(&name, &project.checkout.configured.verify);
            }
        }
        let report = verify::verify(&request, &self.without_tokens)?;
        let exit = report.exit();
        let went = match exit {
            Exit::Done => Ok(Went::Done(report.sentence())),
            _ => Err(Failure::new(exit, report.why_not())),
        };
        report.print_outputs(&self.context.console);
        self.verification = Some(report.json());
        went
    }

    pub(super) fn github_release(&mut self) -> Result<Went, Failure> {
        if let Some(why) = self.without_github_release()? {
            return Ok(Went::NotNeeded(why.to_owned()));
        }
        if self.arguments.dry_run {
            return Ok(Went::Planned("publish the draft".to_owned()));
        }
        if !self.assign()? {
            return Ok(Went::all_private());
        }
        if self.settings.github.draft_only {
            return Ok(Went::NotNeeded(
                "the draft is left for a person to publish".to_owned(),
            ));
        }
        self.prepare_releases()?;
        for request in &self.requests {
            // The step `draft` may have been left out, or its draft may have been deleted.
            let report = github_release::draft(request, self.context)?;
            let report = match report.is_draft {
                true => github_release::publish_release(request, self.context)?,
                false => report,
            };
            self.releases.push(report.url);
        }
        Ok(Went::Done(self.releases.join(", ")))
    }
}
