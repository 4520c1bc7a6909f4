//! What a signing certificate says.

use std::time::SystemTime;

use sigstore_verify::crypto::{CertificateInfo, parse_certificate_info};
use sigstore_verify::types::DerCertificate;

use super::provider;
use crate::{Attestation, Error, ErrorKind};

/// What the certificate of an attestation says about the job that signed.
///
/// From [`Attestation::certificate_claims`] these are claims that nobody verified; from
/// [`Verifier::verify`](super::Verifier::verify) they are verified.
///
/// # Examples
///
/// ```
/// use pypi_attestations::Attestation;
/// # let json = include_bytes!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
///
/// let claims = Attestation::parse(json)?.certificate_claims()?;
/// assert_eq!(claims.issuer(), Some("https://gitlab.com"));
/// assert_eq!(claims.repository(), Some("https://gitlab.com/facutuesca/gitlab-oidc-project"));
/// assert_eq!(claims.git_ref(), Some("refs/heads/main"));
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// [Fulcio, "OID information"](https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md) (read 2026-11-21).
#[derive(Clone, Debug)]
pub struct CertificateClaims(CertificateInfo);

impl Attestation {
    /// What the certificate says. Nothing is verified.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificate`] when it is not an X.509 certificate, or its key is of an unknown kind.
    #[cfg_attr(docsrs, doc(cfg(feature = "verify")))]
    pub fn certificate_claims(&self) -> Result<CertificateClaims, Error> {
        CertificateClaims::read(
            self.certificate(),
            "cannot read the certificate of the attestation",
        )
    }
}

impl CertificateClaims {
    /// Reads a certificate in DER; `message` is that of the error.
    pub(crate) fn read(der: &[u8], message: &str) -> Result<Self, Error> {
        provider::install();
        parse_certificate_info(&DerCertificate::new(der.to_vec()))
            .map(Self)
            .map_err(|cause| Error::caused(ErrorKind::Certificate, message, cause))
    }

    pub(super) fn new(info: &CertificateInfo) -> Self {
        Self(info.clone())
    }

    /// The OIDC issuer of the token, such as `https://token.actions.githubusercontent.com`.
    pub fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// The subject alternative name: the URI of a workflow, or an e-mail address.
    pub fn identity(&self) -> Option<&str> {
        self.0.identity.as_ref().map(|identity| identity.as_str())
    }

    /// The URL of the repository that was built. CircleCI gives it without a scheme.
    pub fn repository(&self) -> Option<&str> {
        self.0.ci_claims.source_repository_uri.as_deref()
    }

    /// The commit that was built.
    pub fn commit(&self) -> Option<&str> {
        self.0.ci_claims.source_repository_digest.as_deref()
    }

    /// The git ref that was built, such as `refs/tags/v1.0`.
    pub fn git_ref(&self) -> Option<&str> {
        self.0.ci_claims.source_repository_ref.as_deref()
    }

    /// The workflow that ran, as the URL of its file with a ref. A reusable workflow is not here but in
    /// [`signer`](Self::signer).
    pub fn workflow(&self) -> Option<&str> {
        self.0.ci_claims.build_config_uri.as_deref()
    }

    /// The workflow that requested the signature, as the URL of its file with a ref: the reusable one, if one was called.
    pub fn signer(&self) -> Option<&str> {
        self.0.ci_claims.build_signer_uri.as_deref()
    }

    /// The URL of the run.
    pub fn run(&self) -> Option<&str> {
        self.0.ci_claims.run_invocation_uri.as_deref()
    }

    /// The event that started the run, such as `push`.
    pub fn trigger(&self) -> Option<&str> {
        self.0.ci_claims.build_trigger.as_deref()
    }

    /// The deployment environment.
    pub fn environment(&self) -> Option<&str> {
        self.0.ci_claims.deployment_environment.as_deref()
    }

    /// Whether the repository was `public`, `private` or `internal`.
    pub fn visibility(&self) -> Option<&str> {
        let claims = &self.0.ci_claims;
        claims.source_repository_visibility_at_signing.as_deref()
    }

    /// The public key: a SubjectPublicKeyInfo in DER.
    #[cfg(feature = "sign")]
    pub(crate) fn public_key(&self) -> &[u8] {
        self.0.public_key.as_bytes()
    }

    /// The first second in which the certificate is valid.
    pub fn valid_from(&self) -> SystemTime {
        self.0.not_before.into()
    }

    /// The last second in which the certificate is valid: ten minutes later.
    pub fn valid_until(&self) -> SystemTime {
        self.0.not_after.into()
    }
}
