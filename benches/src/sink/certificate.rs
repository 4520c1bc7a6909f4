//! A certificate for 127.0.0.1, from an authority of its own.

use std::{io, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// A fresh certificate for `127.0.0.1` and `localhost`.
#[derive(Debug)]
pub struct Certificate {
    authority: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Certificate {
    /// Makes an authority, and a certificate that it signs: OpenSSL trusts authorities only, and rustls does not accept
    /// an authority's certificate from a server.
    ///
    /// # Errors
    ///
    /// When a key cannot be generated.
    pub fn generate() -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::default();
        // Another name than the server's: OpenSSL treats a certificate with equal issuer and subject as self-signed.
        authority
            .distinguished_name
            .push(DnType::CommonName, "authority of a sink");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let mut server = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        server.use_authority_key_identifier_extension = true; // Python 3.13 and later require it
        let certificate = server.signed_by(&key, &authority)?;
        Ok(Self {
            authority: authority.pem(),
            certificate: certificate.der().clone(),
            key,
        })
    }

    /// The authority's certificate as PEM, for `SSL_CERT_FILE`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// HTTP/1.1 only, like a client that does not offer ALPN.
    pub(super) fn server(&self) -> io::Result<Arc<ServerConfig>> {
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![self.certificate.clone()], key)
            })
            .map_err(io::Error::other)?;
        Ok(Arc::new(config))
    }
}
