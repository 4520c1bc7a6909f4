//! What the ID token of a job says about its attestations: the refusals of PyPI that can be predicted.

use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::Claims;

/// Why PyPI accepts no attestations of the job of a built-in provider with this slug.
///
/// # Source
///
/// `attestation_identity` in `warehouse/oidc/models`, 2026-08-21.
pub(crate) fn unsupported_provider(slug: &str) -> Option<Finding> {
    let label = match slug {
        "activestate" => "ActiveState",
        "azure" => "Azure Pipelines",
        "buildkite" => "Buildkite",
        "circleci" => "CircleCI",
        "forgejo" => "Forgejo",
        _ => return None,
    };
    Some(unsupported(&format!("jobs of {label}")))
}

/// Why PyPI accepts no attestations of a job with these claims.
pub(crate) fn unsupported_issuer(claims: &Claims) -> Option<Finding> {
    let issuer = claims.kind();
    (!issuer.is_attested()).then(|| unsupported(&format!("jobs of {issuer}")))
}

fn unsupported(jobs: &str) -> Finding {
    let message = format!(
        "attestations are not sent: PyPI accepts those of GitHub, GitLab.com and Google, not of {jobs}"
    );
    Finding::new(&rules::ATTESTATIONS_NOT_SENT, message)
}

/// Why PyPI rejects the attestations of a job in a reusable workflow: it matches the publisher with the called file, and
/// the certificate names the calling one.
///
/// # Source
///
/// `warehouse/oidc/models/github.py`, 2026-08-21; a change is proposed (warehouse#20083).
pub(crate) fn reusable_workflow(claims: &Claims) -> Option<Finding> {
    let called = claims.text("job_workflow_ref")?;
    let calling = claims.text("workflow_ref")?;
    let file = |workflow: &str| workflow.split('@').next().unwrap_or_default().to_owned();
    let (called, calling) = (file(called), file(calling));
    if called == calling {
        return None;
    }
    let message = format!(
        "the job is in the reusable workflow {called}, called by {calling}: PyPI matches the publisher with the called file and attestations with the calling one, so it rejects them"
    );
    let help =
        format!("move the job that publishes into {calling}, or publish without attestations");
    Some(Finding::new(&rules::ATTESTATION_PUBLISHER, message).with_help(help))
}

#[cfg(feature = "sign")]
pub(crate) use certificate::{other_case, wrong_signer};

#[cfg(feature = "sign")]
mod certificate {
    use pypi_attestations::{Attestation, Identity};
    use pypi_metadata::{Finding, rules};
    use pypi_trusted_publisher::{Claims, Issuer, Registration};

    use crate::FileAttestation;

    /// The identity that PyPI requires in the attestations of a job with these claims.
    fn expected(claims: &Claims) -> Option<Identity> {
        let publisher = Registration::of(claims)?;
        let field = |name: &str| {
            let mut fields = publisher.fields();
            fields.find_map(|(found, value)| (found == name).then(|| value.to_owned()))
        };
        Some(match claims.kind() {
            Issuer::GitHub => Identity::github(
                format!("{}/{}", field("owner")?, field("repository")?),
                field("workflow_filename")?,
            ),
            Issuer::GitLab => Identity::gitlab(
                format!("{}/{}", field("namespace")?, field("project")?),
                field("workflow_filepath")?,
            ),
            Issuer::Google => Identity::google(field("email")?),
            _ => return None,
        })
    }

    /// Why PyPI rejects an attestation that is sent by a job with these claims: somebody else has signed it.
    pub(crate) fn wrong_signer(attestation: &FileAttestation, claims: &Claims) -> Option<Finding> {
        let identity = expected(claims)?;
        let certificate = Attestation::parse(attestation.json().as_bytes())
            .and_then(|attestation| attestation.certificate_claims());
        let error = certificate
            .and_then(|claims| claims.check(&identity))
            .err()?;
        let message =
            format!("the index rejects the attestation, which this job has not signed: {error}");
        let help = "delete the attestation, or sign the file again in the job that publishes it";
        Some(Finding::new(&rules::ATTESTATION_PUBLISHER, message).with_help(help))
    }

    /// What may be wrong when an index rejects the signer of an attestation which the job itself has signed.
    pub(crate) fn other_case(claims: &Claims) -> Option<Finding> {
        let repository = match claims.kind() {
            Issuer::GitHub => claims.text("repository")?,
            Issuer::GitLab => claims.text("project_path")?,
            _ => return None,
        };
        let message = format!(
            "the index rejected an attestation that the job has signed: its trusted publisher may spell {repository} in another letter case, which counts for attestations only"
        );
        let help =
            format!("register the trusted publisher of {repository} again, in this letter case");
        let finding = Finding::new(&rules::ATTESTATION_PUBLISHER, message).with_help(help);
        Some(finding.into_warning())
    }
}
