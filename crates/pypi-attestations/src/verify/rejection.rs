//! The kinds of what `sigstore-verify` rejects.

use sigstore_verify::{CertificateError, Error as Cause, TransparencyLogError};

use crate::{Attestation, Error, ErrorKind, Identity, log_entry};

/// Why `attestation` was rejected.
pub(super) fn error(attestation: &Attestation, identity: &Identity, cause: Cause) -> Error {
    let (kind, text) = match &cause {
        Cause::IdentityMismatch { actual, .. } => {
            let actual = actual.as_ref().map_or("", |name| name.as_str());
            let text = format!("the attestation was signed by {actual:?}, expected {identity}");
            return Error::new(ErrorKind::Identity, text);
        }
        Cause::IssuerMismatch { expected, actual } => {
            let actual = actual.as_deref().unwrap_or_default();
            let text = format!(
                "the certificate was issued for a token of {actual:?}, expected {expected:?}"
            );
            return Error::new(ErrorKind::Issuer, text);
        }
        Cause::SignatureInvalid(_) => (
            ErrorKind::Signature,
            "the signature of the statement is invalid",
        ),
        Cause::ArtifactMismatch(_) => (
            ErrorKind::Digest,
            "the attestation is for content with another sha256",
        ),
        Cause::Certificate(cause) => certificate(attestation, cause),
        Cause::TransparencyLog(cause) => transparency_log(attestation, cause),
        Cause::Bundle(_) => (
            ErrorKind::Checkpoint,
            "the checkpoint is not one of the inclusion proof",
        ),
        Cause::InvalidTrustRoot(_) | Cause::TrustRoot(_) | Cause::TrustedCertificate(_) => {
            (ErrorKind::Root, "cannot use the trusted root")
        }
        _ => (ErrorKind::Unverified, "the attestation cannot be verified"),
    };
    Error::caused(kind, text, cause)
}

fn certificate(attestation: &Attestation, cause: &CertificateError) -> (ErrorKind, &'static str) {
    match cause {
        // Chains are built for a time, so that an expired certificate has none.
        CertificateError::ChainInvalid(_) if !is_within_validity(attestation) => expired(),
        CertificateError::ChainInvalid(_) | CertificateError::NoValidAuthority { .. } => (
            ErrorKind::CertificateChain,
            "the certificate was not issued by an authority of the trusted root",
        ),
        CertificateError::Expired { .. } | CertificateError::NotYetValid { .. } => expired(),
        CertificateError::Sct(_) => (
            ErrorKind::CertificateLog,
            "the certificate is not proved to be in a certificate transparency log of the trusted root",
        ),
        _ => (
            ErrorKind::Certificate,
            "cannot read the certificate of the attestation",
        ),
    }
}

fn transparency_log(
    attestation: &Attestation,
    cause: &TransparencyLogError,
) -> (ErrorKind, &'static str) {
    match cause {
        TransparencyLogError::Checkpoint(_) => (
            ErrorKind::Checkpoint,
            "the checkpoint is not signed by a transparency log of the trusted root",
        ),
        TransparencyLogError::EntryMismatch(_) => (
            ErrorKind::EntryMismatch,
            "the transparency log entry is for another signature",
        ),
        TransparencyLogError::InclusionProof(_) => (
            ErrorKind::InclusionProof,
            "the inclusion proof does not lead to the root of the transparency log",
        ),
        TransparencyLogError::InclusionPromise(_) | TransparencyLogError::UnknownLog { .. } => (
            ErrorKind::InclusionPromise,
            "the inclusion promise is not signed by a transparency log of the trusted root",
        ),
        TransparencyLogError::IntegratedTime(_) if is_within_validity(attestation) => (
            ErrorKind::Future,
            "the transparency log added the entry in the future, by the clock of this machine",
        ),
        TransparencyLogError::IntegratedTime(_) => expired(),
        _ => (
            ErrorKind::Entry,
            "cannot read the body of the transparency log entry",
        ),
    }
}

fn expired() -> (ErrorKind, &'static str) {
    (
        ErrorKind::Expired,
        "the transparency log added the entry when the certificate was not valid",
    )
}

/// Whether the times of all entries are within the life of the certificate. If they are and one was rejected, then it is
/// in the future, and waiting helps.
fn is_within_validity(attestation: &Attestation) -> bool {
    let Ok(claims) = attestation.certificate_claims() else {
        return false;
    };
    let life = claims.valid_from()..=claims.valid_until();
    let mut entries = attestation.entries().iter();
    entries.all(|entry| {
        log_entry::read(entry).is_ok_and(|entry| life.contains(&entry.integrated_time()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kind for a rejected time, of an attestation whose entry has this time.
    fn kind(time: &str) -> ErrorKind {
        let json =
            include_str!("../../tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation");
        let json = json.replace("1732037820", time);
        let attestation = Attestation::parse(json.as_bytes()).expect("an attestation");
        assert!(attestation.log_entry().is_ok(), "{time}");
        let cause = TransparencyLogError::IntegratedTime("a time".to_owned());
        let identity = Identity::google("a@example.com");
        error(&attestation, &identity, cause.into()).kind()
    }

    /// Waiting helps only if the certificate is valid at that time.
    #[test]
    fn a_time_is_in_the_future_or_outside_the_certificate() {
        assert_eq!(kind("1732037820"), ErrorKind::Future);
        assert_eq!(kind("4102444800"), ErrorKind::Expired);
        assert_eq!(kind("1732030000"), ErrorKind::Expired);
    }
}
