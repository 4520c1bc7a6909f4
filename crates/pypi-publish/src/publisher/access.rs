//! The credentials of a publisher: whether there are any, and what they are good for.

use std::sync::Arc;

use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{Endpoints, Environment, Identity, Provider, provider};

use super::Publisher;
use crate::{Plan, attestation::job, credentials::Authentication, dists::Dist, settings::Access};

impl Publisher {
    /// What is known about the credentials, and whether the index takes attestations with them.
    pub(super) fn credential_findings(&self, plan: &mut Plan) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut not_sent = None;
        match self.credentials.authentication() {
            Authentication::Missing => {
                let message = "credentials for the index are missing";
                let finding = Finding::new(&rules::NO_AUTHENTICATION, message);
                findings.push(finding.with_help("use trusted publishing, or give an API token"));
            }
            Authentication::Given(given) => {
                findings.extend(self.conflict());
                findings.extend(given.finding(&self.settings.index));
                let message =
                    "attestations are not sent: PyPI accepts them with trusted publishing only";
                not_sent = Some(Finding::new(&rules::ATTESTATIONS_NOT_SENT, message));
            }
            Authentication::Trusted(_) if !self.settings.index.profile().trusted_publishing => {
                let label = self.settings.index.profile().label;
                let message = format!("{label} has no trusted publishing");
                let finding = Finding::new(&rules::NO_TRUSTED_PUBLISHING, message);
                findings
                    .push(finding.with_help("give a user and a password, or a token of the index"));
            }
            Authentication::Trusted(_) => match self.access() {
                Ok(Access::Exchange(of)) => {
                    let provider = of.1.provider();
                    if !of.1.is_renewable() {
                        let message = format!(
                            "{provider} issues one ID token per job: no API token follows the first"
                        );
                        let help =
                            "publish within its 15 minutes, and run the job again when it fails";
                        let finding = Finding::new(&rules::IDENTITY_ONCE, message);
                        findings.push(finding.with_help(help));
                    }
                    let is_pypi = self.settings.index.audience().is_some();
                    not_sent = job::unsupported_provider(provider).filter(|_| is_pypi);
                    plan.sends_attestations = not_sent.is_none();
                }
                Ok(Access::Given(_)) => {}
                Err(error) => {
                    let finding = Finding::new(&rules::NO_IDENTITY, error.to_string());
                    findings.push(finding.with_help_if(error.help()));
                }
            },
        }
        if !self.settings.index.profile().attestations {
            plan.sends_attestations = false;
            let label = self.settings.index.profile().label;
            let message = format!("attestations are not sent: {label} stores none");
            not_sent = Some(Finding::new(&rules::ATTESTATIONS_NOT_SENT, message));
        }
        let is_attested = |dist: &Dist| !dist.attestations().is_empty();
        findings.extend(not_sent.filter(|_| plan.dists.iter().any(is_attested)));
        findings
    }

    /// Two sources that give different credentials.
    fn conflict(&self) -> Option<Finding> {
        let given = self.credentials.given()?;
        let other = match self.credentials.other() {
            Some(other) => other.source().to_owned(),
            None => format!("trusted publishing ({})", self.job()?),
        };
        let message = format!("{} and {other} give different credentials", given.source());
        let finding = Finding::new(&rules::CREDENTIALS_CONFLICT, message);
        Some(finding.with_help("remove one of them"))
    }

    /// The provider of a job that may use trusted publishing, if the index has it.
    pub(super) fn job(&self) -> Option<String> {
        let environment = self.credentials.environment()?;
        if !self.settings.index.profile().trusted_publishing {
            return None;
        }
        let identity = self.identity(environment, self.settings.index.audience());
        Some(identity.ok()??.provider().to_owned())
    }

    pub(super) fn access(&self) -> Result<Access, pypi_trusted_publisher::Error> {
        let no_identity = pypi_trusted_publisher::Error::no_identity;
        match self.credentials.authentication() {
            Authentication::Given(given) => Ok(Access::Given(given.credentials())),
            Authentication::Missing => Err(no_identity()),
            Authentication::Trusted(environment) => Ok(Access::Exchange(Box::new((
                Endpoints::at(self.settings.index.upload_url()).ok_or_else(no_identity)?,
                self.identity(environment, self.settings.index.audience())?
                    .ok_or_else(no_identity)?,
            )))),
        }
    }

    /// The job of the first provider that is detected, with ID tokens for `audience`, if it is known.
    pub(super) fn identity(
        &self,
        environment: &Environment,
        audience: Option<&str>,
    ) -> Result<Option<Identity>, pypi_trusted_publisher::Error> {
        let providers = match self.providers.is_empty() {
            true => provider::built_in(),
            false => self.providers.clone(),
        };
        let is_meant =
            |one: &Arc<dyn Provider>| !self.excluded.iter().any(|slug| slug == one.slug());
        Identity::first_of(
            providers.into_iter().filter(is_meant),
            environment,
            audience,
        )
    }
}
