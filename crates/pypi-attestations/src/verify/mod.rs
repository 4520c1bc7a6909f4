//! Verification, offline.

mod certificate;
mod policy;
mod provider;
mod rejection;

use std::fmt;

use sigstore_verify::trust_root::{SigstoreInstance, TrustedRoot};
use sigstore_verify::types::bundle::CertificateContent;
use sigstore_verify::types::{
    Bundle, DerCertificate, DsseEnvelope, DsseSignature, KeyId, MediaType, PayloadBytes,
    Sha256Hash, SignatureBytes, SignatureContent, TransparencyLogEntry, VerificationMaterial,
    VerificationMaterialContent,
};
use sigstore_verify::{VerificationResult, Verifier as Sigstore};

use crate::statement::PAYLOAD_TYPE;
use crate::{Attestation, Error, ErrorKind, Identity, json, log_entry};
pub use certificate::CertificateClaims;

/// Verifies attestations with the keys and authorities of one Sigstore instance, without the network.
///
/// A verification proves that the subject is the file; that the identity signed the statement, with a certificate that
/// an authority of the trusted root issued and a certificate transparency log recorded; and, by inclusion proof,
/// checkpoint and inclusion promise, that a transparency log recorded the signature while the certificate was valid. No
/// step can be skipped.
///
/// Making a verifier takes a fraction of a millisecond; threads can share it. It reads the clock to reject entries from
/// the future.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, ErrorKind, Identity, Verifier};
/// # let json = include_bytes!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
///
/// let attestation = Attestation::parse(json)?;
/// let is_name = |name: &str| name == "gitlab_oidc_project-0.0.3.tar.gz";
/// let sha256 = "c1ca9b0d85df1606451098233018534497bf584362e10e4a8c21dfaea92c02a8";
/// let identity = Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml");
///
/// let verifier = Verifier::production()?;
/// let claims = verifier.verify(&attestation, is_name, sha256, &identity)?;
/// assert_eq!(claims.git_ref(), Some("refs/heads/main"));
///
/// let other = Identity::gitlab("somebody/gitlab-oidc-project", ".gitlab-ci.yml");
/// let error = verifier.verify(&attestation, is_name, sha256, &other).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Identity);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// [PyPA, "Index hosted attestations", attestation verification](https://packaging.python.org/en/latest/specifications/index-hosted-attestations/#attestation-verification)
/// (read 2026-11-21), and what PyPI does: pypi-attestations 0.0.30 with sigstore-python 4.5.1.
pub struct Verifier(Sigstore);

impl Verifier {
    /// With the public instance of Sigstore, as it was when `sigstore-verify` was released: the one that PyPI uses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`], which a test excludes.
    pub fn production() -> Result<Self, Error> {
        Self::with_root(SigstoreInstance::PublicGood.embedded_trusted_root_json())
    }

    /// With the staging instance of Sigstore.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`], which a test excludes.
    pub fn staging() -> Result<Self, Error> {
        Self::with_root(SigstoreInstance::Staging.embedded_trusted_root_json())
    }

    /// With a trusted root of your own: the JSON text of a `TrustedRoot` of Sigstore, `trusted_root.json`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`] when it is not one.
    pub fn with_root(json: &str) -> Result<Self, Error> {
        provider::install();
        let unusable = |cause: sigstore_verify::Error| {
            Error::caused(ErrorKind::Root, "cannot use the trusted root", cause)
        };
        json::check(json.as_bytes()).map_err(|why| {
            Error::new(
                ErrorKind::Root,
                format!("cannot use the trusted root: {why}"),
            )
        })?;
        let root = TrustedRoot::from_json(json).map_err(|cause| unusable(cause.into()))?;
        Sigstore::new(&root).map(Self).map_err(unusable)
    }

    /// Verifies that `identity` attests the file with this sha256, in lower-case hex, and with a name that `is_name`
    /// accepts. Returns what the certificate says.
    ///
    /// For PyPI's comparison of names see [`Attestation::check`].
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Name`] and [`ErrorKind::Digest`]: the attestation is for another file.
    /// - [`ErrorKind::Entry`]: a transparency log entry is not what PyPI reads, or there are more than [`MAX_ENTRIES`].
    /// - [`ErrorKind::Identity`] and [`ErrorKind::Issuer`]: somebody else signed.
    /// - [`ErrorKind::Certificate`], [`ErrorKind::CertificateChain`] and [`ErrorKind::CertificateLog`]: the certificate.
    /// - [`ErrorKind::InclusionPromise`], [`ErrorKind::InclusionProof`], [`ErrorKind::Checkpoint`] and
    ///   [`ErrorKind::EntryMismatch`]: the transparency log.
    /// - [`ErrorKind::Expired`], and [`ErrorKind::Future`], which may verify some seconds later.
    /// - [`ErrorKind::Signature`]: the statement was changed, or signed with another key.
    /// - [`ErrorKind::Unverified`]: anything else.
    pub fn verify(
        &self,
        attestation: &Attestation,
        is_name: impl FnOnce(&str) -> bool,
        sha256: &str,
        identity: &Identity,
    ) -> Result<CertificateClaims, Error> {
        attestation.check(is_name, sha256)?;
        let digest = Sha256Hash::from_hex(sha256).map_err(|cause| {
            let text = format!("{sha256:?} is not a sha256 in hex");
            Error::caused(ErrorKind::Digest, text, cause)
        })?;
        let result = self
            .0
            .verify(digest, &bundle(attestation)?, &policy::policy(identity))
            .map_err(|cause| rejection::error(attestation, identity, cause))?;
        let claims = proved(&result).ok_or_else(|| {
            let text = "the attestation was not verified completely";
            Error::new(ErrorKind::Unverified, text)
        })?;
        policy::check(identity, &claims)?;
        Ok(claims)
    }
}

/// The most transparency log entries that are verified; real attestations have one.
pub const MAX_ENTRIES: usize = 4;

/// The attestation as the verifier takes it. The statement keeps its bytes.
///
/// It is always a bundle 0.3, whatever it was made from: earlier ones need no inclusion proof.
fn bundle(attestation: &Attestation) -> Result<Bundle, Error> {
    let certificate = DerCertificate::new(attestation.certificate().to_vec());
    let envelope = DsseEnvelope::new(
        PAYLOAD_TYPE,
        PayloadBytes::new(attestation.statement().as_bytes().to_vec()),
        DsseSignature::new(
            SignatureBytes::new(attestation.signature().to_vec()),
            KeyId::default(),
        ),
    );
    let material = VerificationMaterialContent::Certificate(CertificateContent::new(certificate));
    Ok(Bundle::new(
        MediaType::Bundle0_3,
        VerificationMaterial::new(material).with_tlog_entries(entries(attestation)?),
        SignatureContent::DsseEnvelope(envelope),
    ))
}

fn entries(attestation: &Attestation) -> Result<Vec<TransparencyLogEntry>, Error> {
    let entries = attestation.entries();
    if entries.len() > MAX_ENTRIES {
        return Err(Error::new(
            ErrorKind::Entry,
            format!(
                "the attestation has {} transparency log entries, expected at most {MAX_ENTRIES}",
                entries.len()
            ),
        ));
    }
    let entries = entries.iter().map(|entry| {
        log_entry::read(entry)?;
        serde_json::from_value(entry.clone()).map_err(|cause| {
            let text = "cannot read the transparency log entry";
            Error::caused(ErrorKind::Entry, text, cause)
        })
    });
    entries.collect()
}

/// The claims of the certificate, if every step was taken.
fn proved(result: &VerificationResult) -> Option<CertificateClaims> {
    let all = result.certificate_verified()
        && result.sct_verified()
        && result.tlog_verified()
        && result.identity_policy_checked()
        && result.integrated_time().is_some();
    let certificate = result.certificate().filter(|_| all)?;
    Some(CertificateClaims::new(certificate))
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}
