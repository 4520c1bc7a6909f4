//! TLS by the system's library.

use crate::{
    Secret,
    client::error::{ClientError, ClientErrorKind},
};

#[derive(Clone, Debug, Default)]
pub(in crate::client) struct Settings {
    roots: Vec<reqwest::Certificate>,
    without_system_roots: bool,
    identity: Option<reqwest::Identity>,
}

impl Settings {
    pub(in crate::client) fn add_roots(&mut self, pem: &[u8]) -> Result<(), ClientError> {
        let invalid = |why| ClientError::new(ClientErrorKind::CaCertificates, why);
        let roots = reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|_| invalid("a section is not valid PEM"))?;
        if roots.is_empty() {
            return Err(invalid("there is no certificate in PEM form"));
        }
        self.roots.extend(roots);
        Ok(())
    }

    pub(in crate::client) fn without_system_roots(&mut self) {
        self.without_system_roots = true;
    }

    pub(in crate::client) fn set_identity(
        &mut self,
        certificates: &[u8],
        key: &Secret,
    ) -> Result<(), ClientError> {
        let identity = reqwest::Identity::from_pkcs8_pem(certificates, key.reveal().as_bytes())
            .map_err(|error| ClientError::new(ClientErrorKind::ClientCertificate, error))?;
        self.identity = Some(identity);
        Ok(())
    }

    /// Returns a function that gives a client its TLS.
    pub(in crate::client) fn configuration(
        &self,
    ) -> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ClientError> {
        if self.without_system_roots && self.roots.is_empty() {
            let why = "the system's are not trusted and no others are given";
            return Err(ClientError::new(ClientErrorKind::CaCertificates, why));
        }
        Ok(|builder: reqwest::ClientBuilder| {
            let builder = builder.tls_backend_native();
            let roots = self.roots.iter().cloned();
            let builder = match self.without_system_roots {
                true => builder.tls_certs_only(roots),
                false => builder.tls_certs_merge(roots),
            };
            match &self.identity {
                Some(identity) => builder.identity(identity.clone()),
                None => builder,
            }
        })
    }
}
