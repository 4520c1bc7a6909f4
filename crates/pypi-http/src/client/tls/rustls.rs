//! TLS by rustls, with ring or aws-lc-rs.

use std::{fmt, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::{CertifiedKey, SingleCertAndKey},
};
use rustls_platform_verifier::Verifier;

use crate::{
    Secret,
    client::error::{ClientError, ClientErrorKind},
};

#[derive(Clone, Default)]
pub(in crate::client) struct Settings {
    roots: Vec<CertificateDer<'static>>,
    without_system_roots: bool,
    identity: Option<Arc<CertifiedKey>>,
}

impl Settings {
    pub(in crate::client) fn add_roots(&mut self, pem: &[u8]) -> Result<(), ClientError> {
        let invalid = |why: String| ClientError::new(ClientErrorKind::CaCertificates, why);
        let roots = certificates(pem).map_err(invalid)?;
        let mut store = RootCertStore::empty();
        for (place, root) in roots.iter().enumerate() {
            store.add(root.clone()).map_err(|error| {
                invalid(format!("certificate {} is not valid: {error}", place + 1))
            })?;
        }
        self.roots.extend(roots);
        Ok(())
    }

    pub(in crate::client) fn without_system_roots(&mut self) {
        self.without_system_roots = true;
    }

    pub(in crate::client) fn set_identity(
        &mut self,
        chain: &[u8],
        key: &Secret,
    ) -> Result<(), ClientError> {
        let invalid = |why: String| ClientError::new(ClientErrorKind::ClientCertificate, why);
        let chain = certificates(chain).map_err(invalid)?;
        let key = private_key(key).map_err(|why| invalid(why.to_owned()))?;
        let identity = CertifiedKey::from_der(chain, key, &provider())
            .map_err(|error| ClientError::new(ClientErrorKind::ClientCertificate, error))?;
        self.identity = Some(Arc::new(identity));
        Ok(())
    }

    /// Returns a function that gives a client its TLS. The system's certificates are read once for all clients.
    pub(in crate::client) fn configuration(
        &self,
    ) -> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ClientError> {
        let provider = Arc::new(provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(ClientError::setup)?;
        let config = if self.without_system_roots {
            config.with_root_certificates(self.own_roots()?)
        } else {
            let verifier = self.verifier(provider)?;
            config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier))
        };
        let mut config = match &self.identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let identity = SingleCertAndKey::from(Arc::clone(identity));
                config.with_client_cert_resolver(Arc::new(identity))
            }
        };
        if cfg!(feature = "http2") {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Ok(
            move |builder: reqwest::ClientBuilder| {
                builder.tls_backend_preconfigured(config.clone())
            },
        )
    }

    fn own_roots(&self) -> Result<RootCertStore, ClientError> {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.roots.iter().cloned());
        if store.is_empty() {
            let why = "the system's are not trusted and no others are given";
            return Err(ClientError::new(ClientErrorKind::CaCertificates, why));
        }
        Ok(store)
    }

    #[cfg(not(target_os = "android"))]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, ClientError> {
        Verifier::new_with_extra_roots(self.roots.iter().cloned(), provider)
            .map_err(ClientError::setup)
    }

    #[cfg(target_os = "android")]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, ClientError> {
        if !self.roots.is_empty() {
            let why = "on Android they cannot be added to the system's, only replace them";
            return Err(ClientError::new(ClientErrorKind::CaCertificates, why));
        }
        Verifier::new(provider).map_err(ClientError::setup)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("roots", &self.roots.len())
            .field("without_system_roots", &self.without_system_roots)
            .field("has_identity", &self.identity.is_some())
            .finish()
    }
}

/// The client's own: a library must not install one for the whole process. The default of the features wins.
#[cfg(feature = "rustls")]
fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(not(feature = "rustls"))]
fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            Err("there is no certificate in PEM form".to_owned())
        }
        Ok(certificates) => Ok(certificates),
        Err(_) => Err("a section is not valid PEM".to_owned()),
    }
}

/// The reason of the parser is left out: it may quote the key.
fn private_key(pem: &Secret) -> Result<PrivateKeyDer<'static>, &'static str> {
    let text = pem.reveal();
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err("the private key is encrypted");
    }
    PrivateKeyDer::from_pem_slice(text.as_bytes())
        .map_err(|_| "there is no private key in PEM form (PKCS #8, PKCS #1 or SEC 1)")
}
