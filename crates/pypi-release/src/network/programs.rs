//! The network of installers: the proxies and certificates of this command, as variables that pip and uv obey.

use std::{
    io::{self, Write as _},
    path::Path,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pypi_trusted_upload::Environment;
use tempfile::NamedTempFile;

use super::{CERT_DIR, CERT_FILE, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, Network, read};
use crate::failure::{Exit, Failure};

/// What an installer needs to reach the same servers. The files last as long as this.
#[derive(Debug, Default)]
pub(crate) struct ProgramNetwork {
    /// `None`: the variable is removed.
    pub(crate) variables: Vec<(&'static str, Option<String>)>,
    /// The client certificate and its key, in one file, as both installers want it.
    pub(crate) client_certificate: Option<NamedTempFile>,
    _certificates: Option<NamedTempFile>,
}

impl Network {
    /// The same network for pip and uv, with its files in a folder of this run.
    ///
    /// # Source
    ///
    /// pip 23.2 and 26.3 and uv 0.13.8, run 2026-11-22: certificate authorities are `REQUESTS_CA_BUNDLE` for pip, also for
    /// the pip that fetches build requirements, and `SSL_CERT_FILE` for uv, and replace the default ones. Proxies have the
    /// same variables. `SSL_CLIENT_CERT` is uv's.
    pub(crate) fn for_programs(
        &self,
        folder: &Path,
        environment: &Environment,
    ) -> Result<ProgramNetwork, Failure> {
        let mut programs = ProgramNetwork::default();
        self.add_certificates(&mut programs, folder, environment)?;
        if let Some(certificate) = &self.client_cert {
            let mut pem = read("--client-cert", certificate)?;
            if let Some(key) = &self.client_key {
                pem.push(b'\n');
                pem.extend(read("--client-key", key)?);
            }
            let file = private_file(folder, &pem).map_err(|error| unwritten(&error))?;
            programs.set("SSL_CLIENT_CERT", &file.path().to_string_lossy());
            programs.client_certificate = Some(file);
        }
        self.add_proxies(&mut programs, environment);
        Ok(programs)
    }

    fn add_certificates(
        &self,
        programs: &mut ProgramNetwork,
        folder: &Path,
        environment: &Environment,
    ) -> Result<(), Failure> {
        let is_set = |name| environment.get(name).is_some();
        if self.ca_cert.is_empty() && !is_set(CERT_FILE) && !is_set(CERT_DIR) {
            return Ok(());
        }
        // Those of the system, or of the two variables instead. What is not readable there was an error before.
        let mut pem = String::new();
        for certificate in rustls_native_certs::load_native_certs().certs {
            pem.push_str("-----BEGIN CERTIFICATE-----\n");
            pem.push_str(&STANDARD.encode(&certificate));
            pem.push_str("\n-----END CERTIFICATE-----\n");
        }
        let mut pem = pem.into_bytes();
        for path in &self.ca_cert {
            pem.extend(read("--ca-cert", path)?);
            pem.push(b'\n');
        }
        let file = private_file(folder, &pem).map_err(|error| unwritten(&error))?;
        let path = file.path().to_string_lossy();
        programs.set(CERT_FILE, &path);
        programs.variables.push((CERT_DIR, None));
        if !self.ca_cert.is_empty() || !(is_set("REQUESTS_CA_BUNDLE") || is_set("CURL_CA_BUNDLE")) {
            programs.set("REQUESTS_CA_BUNDLE", &path);
        }
        programs._certificates = Some(file);
        Ok(())
    }

    fn add_proxies(&self, programs: &mut ProgramNetwork, environment: &Environment) {
        let names = || HTTPS_PROXY.iter().chain(&HTTP_PROXY).copied();
        match self.proxy.as_deref() {
            Some("") => programs.variables.extend(names().map(|name| (name, None))),
            Some(url) => names().for_each(|name| programs.set(name, url)),
            None => {}
        }
        let is_set = names().any(|name| environment.get(name).is_some());
        if self.proxy.as_deref().is_some_and(str::is_empty) || !(self.proxy.is_some() || is_set) {
            return;
        }
        let variable = NO_PROXY.iter().find_map(|name| environment.get(name));
        let hosts = self.no_proxy.as_deref().or(variable).unwrap_or_default();
        // Requests to this machine do not leave it: that is why secrets are sent to it without TLS.
        let hosts = match hosts {
            "" => LOOPBACK.to_owned(),
            hosts => format!("{hosts},{LOOPBACK}"),
        };
        NO_PROXY.iter().for_each(|name| programs.set(name, &hosts));
    }
}

impl ProgramNetwork {
    fn set(&mut self, name: &'static str, value: &str) {
        self.variables.push((name, Some(value.to_owned())));
    }
}

/// This machine, as pip and uv understand it.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// A new file that only its owner can read, until it is dropped.
pub(crate) fn private_file(folder: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.flush()?;
    Ok(file)
}

fn unwritten(error: &io::Error) -> Failure {
    let message = format!("the temporary folder cannot be written to: {error}");
    Failure::new(Exit::Refused, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(programs: &ProgramNetwork, name: &str) -> Option<Option<String>> {
        let mut found = programs.variables.iter().filter(|(one, _)| *one == name);
        found.next_back().map(|(_, value)| value.clone())
    }

    fn programs(network: &Network, variables: &[(&str, &str)]) -> ProgramNetwork {
        let environment = Environment::from_vars(variables.iter().copied());
        let folder = tempfile::tempdir().expect("a folder");
        network
            .for_programs(folder.path(), &environment)
            .expect("files")
    }

    #[test]
    fn an_installer_uses_the_proxy_of_the_options_and_none_for_this_machine() {
        let mut network = Network {
            proxy: Some("http://proxy.example:3128".to_owned()),
            no_proxy: Some("corp.example".to_owned()),
            ..Network::default()
        };
        let found = programs(&network, &[("https_proxy", "http://other.example")]);
        for name in ["https_proxy", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"] {
            let url = Some(Some("http://proxy.example:3128".to_owned()));
            assert_eq!(value(&found, name), url, "{name}");
        }
        let hosts = Some(Some(format!("corp.example,{LOOPBACK}")));
        assert_eq!(value(&found, "NO_PROXY"), hosts);
        network.proxy = Some(String::new());
        let found = programs(&network, &[("https_proxy", "http://other.example")]);
        assert_eq!(value(&found, "https_proxy"), Some(None));
        network = Network::default();
        let found = programs(&network, &[("ALL_PROXY", "x"), ("NO_PROXY", "y")]);
        assert_eq!(value(&found, "ALL_PROXY"), None, "it is inherited");
        let hosts = Some(Some(format!("y,{LOOPBACK}")));
        assert_eq!(value(&found, "no_proxy"), hosts);
        assert!(programs(&network, &[]).variables.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let file = private_file(folder.path(), b"x").expect("a file");
        let mode = file.as_file().metadata().expect("metadata").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}
