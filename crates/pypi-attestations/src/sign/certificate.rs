//! A certificate with its key.

use std::fmt;
use std::sync::Arc;

use super::key::{Key, pem};
use crate::{CertificateClaims, Error, ErrorKind, Identity};

/// A signing certificate with its key: valid for ten minutes, for as many statements as are signed in that time.
///
/// Clones share the key, which never leaves memory and does not print.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Error, Sign, SigningCertificate, Sigstore, Statement};
///
/// /// Makes a flow for each file.
/// fn sign_all(
///     certificate: &SigningCertificate,
///     sigstore: &Sigstore,
///     files: &[(&str, &str)],
/// ) -> Result<Vec<Sign>, Error> {
///     let statements = files.iter().map(|(name, sha256)| Statement::publish(name, sha256));
///     statements.map(|statement| certificate.sign(sigstore, statement?)).collect()
/// }
/// ```
#[derive(Clone)]
pub struct SigningCertificate(Arc<Certified>);

struct Certified {
    key: Key,
    der: Vec<u8>,
    claims: CertificateClaims,
    identity: Identity,
}

impl SigningCertificate {
    /// A certificate in DER that must be one of this key.
    pub(super) fn new(key: Key, der: Vec<u8>) -> Result<Self, Error> {
        let text = "cannot read the certificate that the certificate authority issued";
        let claims = CertificateClaims::read(&der, text)?;
        if claims.public_key() != key.public() {
            let text = "the certificate authority issued a certificate for another key";
            return Err(Error::new(ErrorKind::Certificate, text));
        }
        let (Some(san), Some(issuer)) = (claims.identity(), claims.issuer()) else {
            let text = "the certificate authority issued a certificate that names no identity or no OIDC issuer";
            return Err(Error::new(ErrorKind::Certificate, text));
        };
        let identity = Identity::certificate(san, issuer);
        Ok(Self(Arc::new(Certified {
            key,
            der,
            claims,
            identity,
        })))
    }

    /// What the certificate says: whom it was issued to, and until when it is valid. Nothing is verified.
    pub fn claims(&self) -> &CertificateClaims {
        &self.0.claims
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub(super) fn pem(&self) -> String {
        pem("CERTIFICATE", &self.0.der)
    }

    /// Whom the certificate was issued to.
    pub(super) fn identity(&self) -> &Identity {
        &self.0.identity
    }

    pub(super) fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.key.sign(message)
    }
}

impl fmt::Debug for SigningCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningCertificate")
            .field(&self.0.identity.to_string())
            .finish()
    }
}
