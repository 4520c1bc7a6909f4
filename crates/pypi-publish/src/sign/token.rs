//! What is checked of an ID token before Sigstore gets it.

use pypi_attestations::Sigstore;
use pypi_metadata::{Finding, rules};
use pypi_trusted_publisher::{Claims, Issuer};
use serde_json::Value;

use crate::attestation::job;

/// Which jobs sign.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// Whether everybody can read the log.
    pub(crate) is_public: bool,
    pub(crate) allows_private: bool,
    /// Whether the attestations are for PyPI.
    pub(crate) is_pypi: bool,
}

impl Rules {
    /// Why nothing is signed as a job with these claims; otherwise what is worth a warning.
    pub(crate) fn check(self, claims: &Claims) -> Result<Option<Finding>, Box<Finding>> {
        audience(claims)?;
        if self.is_pypi
            && let Some(finding) =
                job::unsupported_issuer(claims).or_else(|| job::reusable_workflow(claims))
        {
            return Err(Box::new(finding));
        }
        match self.is_public {
            true => visibility(claims, self.allows_private),
            false => Ok(None),
        }
    }
}

fn visibility(claims: &Claims, allows_private: bool) -> Result<Option<Finding>, Box<Finding>> {
    match Visibility::of(claims) {
        Visibility::Public => Ok(None),
        Visibility::Unknown => {
            let message = "the ID token does not say whether the repository is public: the certificate of each signature is in a public log for ever";
            let finding = Finding::new(&rules::ATTESTATION_PRIVATE, message);
            Ok(Some(finding.into_warning()))
        }
        Visibility::Other(repository, visibility) => {
            let message = format!(
                "the repository {repository} is {visibility}: a signature shows its name, workflow and commit in a public log for ever"
            );
            let finding = Finding::new(&rules::ATTESTATION_PRIVATE, message);
            match allows_private {
                true => Ok(Some(finding.into_warning())),
                false => {
                    let help = "allow it (`--allow-private`), or publish without attestations";
                    Err(Box::new(finding.with_help(help)))
                }
            }
        }
    }
}

/// With a token for another audience, Sigstore could act as the job elsewhere.
fn audience(claims: &Claims) -> Result<(), Box<Finding>> {
    let claims = serde_json::to_value(claims).unwrap_or_default();
    let found = claims.get("aud").unwrap_or(&Value::Null);
    let is_for = match found.as_array() {
        Some(list) => list.iter().any(|one| one == Sigstore::AUDIENCE),
        None => found == Sigstore::AUDIENCE,
    };
    if is_for {
        return Ok(());
    }
    let message = format!(
        "the ID token is for the audience {found}, expected {:?}: it is not sent to Sigstore",
        Sigstore::AUDIENCE
    );
    let help = "request an ID token with the audience `sigstore` for signing";
    let finding = Finding::new(&rules::ATTESTATION_NOT_SIGNED, message);
    Err(Box::new(finding.with_help(help)))
}

/// Who can see the repository of a job.
enum Visibility {
    /// The repository, and `private` or `internal`.
    Other(String, String),
    Public,
    Unknown,
}

impl Visibility {
    fn of(claims: &Claims) -> Self {
        let (repository, visibility) = match claims.kind() {
            Issuer::GitLab | Issuer::GitLabSelfManaged => ("project_path", "project_visibility"),
            _ => ("repository", "repository_visibility"),
        };
        match claims.text(visibility) {
            None => Self::Unknown,
            Some("public") => Self::Public,
            Some(other) => {
                let repository = claims.text(repository).unwrap_or_default();
                Self::Other(repository.to_owned(), other.to_owned())
            }
        }
    }
}

/// The claim that the certificate authority compares: the e-mail address of a Google account, or the subject.
pub(super) fn subject(claims: &Claims) -> &str {
    let email = match claims.kind() {
        Issuer::Google => claims.text("email"),
        _ => None,
    };
    email.or_else(|| claims.text("sub")).unwrap_or_default()
}
