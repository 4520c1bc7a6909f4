//! The client of the verbs: proxies and certificates from options and variables.

mod programs;

use std::{fs, path::Path, path::PathBuf};

use clap::Args;
use pypi_trusted_upload::{
    BlockingClient, Environment, Secret,
    transport::{ClientError, ClientOptions, Proxy},
    url::Url,
};

use crate::{
    failure::{Exit, Failure, chain},
    files,
};
pub(crate) use programs::{ProgramNetwork, private_file};

/// What every verb that makes requests can be told about the network. `docs/network.md` describes it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Network options")]
pub(crate) struct Network {
    /// Trust the certificate authorities in this PEM file as well; may be repeated [env: SSL_CERT_FILE and SSL_CERT_DIR replace
    /// the system's]
    #[arg(long, global = true, value_name = "FILE")]
    ca_cert: Vec<PathBuf>,
    /// Show this client certificate to servers that ask for one: PEM, with the private key unless --client-key is given
    #[arg(long, global = true, value_name = "FILE")]
    client_cert: Option<PathBuf>,
    /// The private key of --client-cert: PEM, not encrypted
    #[arg(long, global = true, value_name = "FILE")]
    client_key: Option<PathBuf>,
    /// Use this HTTP proxy, or none if it is empty; one with a password belongs in a variable [env: HTTPS_PROXY, HTTP_PROXY,
    /// ALL_PROXY]
    #[arg(long, global = true, value_name = "URL")]
    proxy: Option<String>,
    /// Ask these hosts directly: domains, addresses and networks, separated by commas, or * [env: NO_PROXY]
    #[arg(long, global = true, value_name = "HOSTS")]
    no_proxy: Option<String>,
}

/// The variables of proxies for `https` and for `http`, the first that is set counts.
const HTTPS_PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const HTTP_PROXY: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];

impl Network {
    /// A client of these options and the variables of `environment`.
    pub(crate) fn client(&self, environment: &Environment) -> Result<BlockingClient, Failure> {
        let options = self.certificates(environment)?;
        let options = self.identity(options)?;
        let options = self.proxies(options, environment)?;
        BlockingClient::with_options(options).map_err(|error| unusable("the network", &error))
    }

    fn certificates(&self, environment: &Environment) -> Result<ClientOptions, Failure> {
        let mut options = ClientOptions::default();
        let (file, folders) = (environment.get(CERT_FILE), environment.get(CERT_DIR));
        if file.is_some() || folders.is_some() {
            options = options.without_system_certificates();
        }
        if let Some(path) = file {
            options = trusting(options, CERT_FILE, Path::new(path))?;
        }
        if let Some(folders) = folders {
            options = trusting_folders(options, folders)?;
        }
        for path in &self.ca_cert {
            options = trusting(options, "--ca-cert", path)?;
        }
        Ok(options)
    }

    fn identity(&self, options: ClientOptions) -> Result<ClientOptions, Failure> {
        let Some(path) = &self.client_cert else {
            return match self.client_key {
                Some(_) => Err(Failure::usage("--client-key needs --client-cert FILE")),
                None => Ok(options),
            };
        };
        let certificates = read("--client-cert", path)?;
        let key = match &self.client_key {
            Some(path) => read("--client-key", path)?,
            None => certificates.clone(),
        };
        // PEM is ASCII; what is not in a section is a comment.
        let key = Secret::new(String::from_utf8_lossy(&key));
        let used = options.client_certificate(&certificates, &key);
        used.map_err(|error| unusable(&format!("--client-cert {path:?}"), &error))
    }

    fn proxies(
        &self,
        options: ClientOptions,
        environment: &Environment,
    ) -> Result<ClientOptions, Failure> {
        let variable = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                // A header `Proxy` of a request to a CGI program arrives in this variable (CVE-2016-5385).
                let is_header =
                    *name == "HTTP_PROXY" && environment.get("REQUEST_METHOD").is_some();
                let value = environment.get(name).filter(|_| !is_header)?;
                Some((*name, value.to_owned()))
            })
        };
        let (_, no_proxy) = variable(&NO_PROXY).unwrap_or_default();
        let no_proxy = self.no_proxy.clone().unwrap_or(no_proxy);
        match &self.proxy {
            Some(url) if url.is_empty() => Ok(options),
            Some(url) => {
                if has_password(url) {
                    return Err(Failure::usage(
                        "--proxy: other processes see the user and password in it: set the variable HTTPS_PROXY to this URL instead",
                    ));
                }
                let proxy = Proxy::all(url).map_err(|error| unusable("--proxy", &error))?;
                Ok(options.proxy(proxy.no_proxy(no_proxy)))
            }
            None => {
                let mut options = options;
                type New = fn(&str) -> Result<Proxy, ClientError>;
                let kinds: [(&[_], New); 2] =
                    [(&HTTPS_PROXY, Proxy::https), (&HTTP_PROXY, Proxy::http)];
                for (names, new) in kinds {
                    if let Some((name, url)) = variable(names) {
                        let proxy = new(&url);
                        let proxy = proxy
                            .map_err(|error| unusable(&format!("the variable {name}"), &error))?;
                        options = options.proxy(proxy.no_proxy(no_proxy.as_str()));
                    }
                }
                Ok(options)
            }
        }
    }
}

/// The file of certificates that replaces the system's, and the folders; OpenSSL defined both.
const CERT_FILE: &str = "SSL_CERT_FILE";
const CERT_DIR: &str = "SSL_CERT_DIR";

fn trusting(options: ClientOptions, name: &str, path: &Path) -> Result<ClientOptions, Failure> {
    let trusting = options.ca_certificates(&read(name, path)?);
    trusting.map_err(|error| unusable(&format!("{name} {path:?}"), &error))
}

/// Trusts every file in the folders that contains certificates. Other files may be in there.
fn trusting_folders(options: ClientOptions, folders: &str) -> Result<ClientOptions, Failure> {
    let mut pem = Vec::new();
    for folder in std::env::split_paths(folders) {
        let unreadable = |error| Failure::usage(format!("{CERT_DIR} {folder:?}: {error}"));
        #[expect(
            clippy::disallowed_methods,
            reason = "the command reads the folder that its user names"
        )]
        let entries = fs::read_dir(&folder).map_err(unreadable)?;
        for entry in entries {
            let path = entry.map_err(unreadable)?.path();
            let Ok(bytes) = read(CERT_DIR, &path) else {
                continue;
            };
            if ClientOptions::default().ca_certificates(&bytes).is_ok() {
                pem.extend(bytes);
                pem.push(b'\n');
            }
            if pem.len() as u64 > MAX_CERTIFICATES {
                let message = format!("{CERT_DIR} {folders:?}: its files have more than 4 MiB");
                return Err(Failure::usage(message));
            }
        }
    }
    let trusting = options.ca_certificates(&pem);
    trusting.map_err(|error| unusable(&format!("{CERT_DIR} {folders:?}"), &error))
}

/// The most bytes of certificates: bundles of systems have some 200 KiB.
const MAX_CERTIFICATES: u64 = 4 * 1024 * 1024;

fn read(name: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    files::bytes(path, MAX_CERTIFICATES)
        .map_err(|error| Failure::usage(format!("{name} {path:?}: {error}")))
}

fn has_password(url: &str) -> bool {
    let url = match url.contains("://") {
        true => url.to_owned(),
        false => format!("http://{url}"),
    };
    let url: Option<Url> = url.parse().ok();
    url.is_some_and(|url| !url.username().is_empty() || url.password().is_some())
}

/// `name` is the option or the variable, without a value that may be secret.
fn unusable(name: &str, error: &ClientError) -> Failure {
    let help = error.help().map(|help| format!(": {help}"));
    let message = format!("{name}: {}{}", chain(error), help.unwrap_or_default());
    Failure::new(Exit::Usage, message)
}
