//! Whether a certificate is that of an identity: the rules of PyPI for each publisher.

use sigstore_verify::{IdentityMatcher, VerificationPolicy};

use super::CertificateClaims;
use crate::identity::{GITHUB, GITLAB, Kind};
use crate::{Error, ErrorKind, Identity};

/// What the verifier itself compares: always the issuer, and the name in the certificate where nothing else is known.
pub(super) fn policy(identity: &Identity) -> VerificationPolicy {
    let issuer = issuer(identity);
    match &identity.0 {
        Kind::Certificate { san, .. } => VerificationPolicy::new(san, issuer),
        Kind::Google { email } => {
            VerificationPolicy::new(IdentityMatcher::Email(email.clone()), issuer)
        }
        Kind::CircleCi { .. } | Kind::GitHub { .. } | Kind::GitLab { .. } => {
            VerificationPolicy::any_identity().require_issuer(issuer)
        }
    }
}

/// The OIDC issuer of the tokens of an identity.
fn issuer(identity: &Identity) -> &str {
    match &identity.0 {
        Kind::Certificate { issuer, .. } => issuer,
        Kind::CircleCi { .. } => "https://oidc.circleci.com",
        Kind::GitHub { .. } => "https://token.actions.githubusercontent.com",
        Kind::GitLab { .. } => "https://gitlab.com",
        Kind::Google { .. } => "https://accounts.google.com",
    }
}

impl CertificateClaims {
    /// Who signed, for a verification that accepts anybody: the subject alternative name and the OIDC issuer.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_attestations::Attestation;
    /// # let json = include_bytes!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
    ///
    /// let claims = Attestation::parse(json)?.certificate_claims()?;
    /// claims.check(&claims.to_identity())?;
    /// # Ok::<(), pypi_attestations::Error>(())
    /// ```
    pub fn to_identity(&self) -> Identity {
        Identity::certificate(
            self.identity().unwrap_or_default(),
            self.issuer().unwrap_or_default(),
        )
    }

    /// Compares the claims with an identity, as [`Verifier::verify`](super::Verifier::verify) does. That the certificate is
    /// genuine is not checked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Issuer`] or [`ErrorKind::Identity`].
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_attestations::{Attestation, ErrorKind, Identity};
    /// # let json = include_bytes!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
    ///
    /// let claims = Attestation::parse(json)?.certificate_claims()?;
    /// claims.check(&Identity::repository("https://gitlab.com/facutuesca/gitlab-oidc-project")?)?;
    /// let error = claims.check(&Identity::github("octo-org/demo", "release.yml")).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Issuer);
    /// # Ok::<(), pypi_attestations::Error>(())
    /// ```
    pub fn check(&self, identity: &Identity) -> Result<(), Error> {
        let (found, expected) = (self.issuer().unwrap_or_default(), issuer(identity));
        if found != expected {
            return Err(Error::new(
                ErrorKind::Issuer,
                format!("the attestation was signed by a job of {found:?}, expected {expected:?}"),
            ));
        }
        match &identity.0 {
            Kind::Certificate { san: name, .. } | Kind::Google { email: name } => {
                equal("identity", self.identity(), name)
            }
            _ => check(identity, self),
        }
    }
}

/// Compares the claims of a verified certificate with the identity.
///
/// A publisher knows neither commit nor ref, and the URL of a workflow ends in one of them: the one that the certificate
/// itself names.
pub(super) fn check(identity: &Identity, claims: &CertificateClaims) -> Result<(), Error> {
    match &identity.0 {
        Kind::CircleCi {
            project,
            pipeline,
            vcs_origin,
            vcs_ref,
        } => {
            let definition = format!(
                "https://circleci.com/api/v2/projects/{project}/pipeline-definitions/{pipeline}"
            );
            equal("pipeline definition", claims.signer(), &definition)?;
            if let Some(origin) = vcs_origin {
                equal("repository", claims.repository(), origin)?;
            }
            match vcs_ref {
                Some(vcs_ref) => equal("ref", claims.git_ref(), vcs_ref),
                None => Ok(()),
            }
        }
        Kind::GitHub {
            repository,
            workflow,
        } => {
            let url = format!("{GITHUB}{repository}");
            equal("repository", claims.repository(), &url)?;
            let file = workflow
                .as_ref()
                .map(|workflow| format!("{url}/.github/workflows/{workflow}"));
            is_workflow(claims, file)
        }
        Kind::GitLab {
            repository,
            workflow_filepath,
        } => {
            let url = format!("{GITLAB}{repository}");
            equal("repository", claims.repository(), &url)?;
            // PyPI demands both here, and one of them for GitHub.
            if claims.commit().is_none() || claims.git_ref().is_none() {
                return Err(mismatch("a job without a commit or without a ref", &url));
            }
            let file = workflow_filepath
                .as_ref()
                .map(|path| format!("{url}//{path}"));
            is_workflow(claims, file)
        }
        Kind::Certificate { .. } | Kind::Google { .. } => Ok(()),
    }
}

/// Whether the workflow is this `file`, at the commit or the ref of the certificate.
fn is_workflow(claims: &CertificateClaims, file: Option<String>) -> Result<(), Error> {
    let Some(file) = file else {
        return Ok(());
    };
    let workflow = claims.workflow().unwrap_or_default();
    let mut ends = [claims.commit(), claims.git_ref()].into_iter().flatten();
    match ends.any(|end| workflow == format!("{file}@{end}")) {
        true => Ok(()),
        false => Err(mismatch(&format!("workflow {workflow:?}"), &file)),
    }
}

fn equal(what: &str, found: Option<&str>, expected: &str) -> Result<(), Error> {
    match found {
        Some(found) if found == expected => Ok(()),
        found => {
            let found = found.unwrap_or_default();
            Err(mismatch(&format!("{what} {found:?}"), expected))
        }
    }
}

fn mismatch(found: &str, expected: &str) -> Error {
    Error::new(
        ErrorKind::Identity,
        format!("the attestation was signed by {found}, expected {expected:?}"),
    )
}
