//! `local-index`: PyPI in this process.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use clap::Args;
use pypi_local_index::{Builder, Error, ErrorKind, LocalIndex, Verification};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::{
    console::Console,
    context::Context,
    failure::{Exit, Failure, chain},
    files,
    signals::Waiter,
};

/// The number of requests that the web UI can show; a process that runs for days must not keep them all.
const MAX_REQUESTS: usize = 1000;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The port to listen on; 0 is a free one
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    port: u16,
    /// The address to listen on. The index protects nothing: leave it on loopback, or in a network of containers
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    host: IpAddr,
    /// Keep the state in this folder, and continue with what is there
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Start with the state in this TOML file, unless the folder of --dir has one
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Start with the projects whose pages are saved in this folder, for a rehearsal, unless the folder of --dir has a
    /// state
    #[arg(long, value_name = "FOLDER")]
    seed_folder: Option<PathBuf>,
    /// Serve HTTPS, with a certificate authority made at the start, as trusted publishing with uv and twine needs
    #[arg(long)]
    tls: bool,
    /// A name by which clients reach this index, such as that of a container; may be repeated
    #[arg(long = "host-name", value_name = "NAME")]
    host_names: Vec<String>,
}

/// A running index, and what its clients need to trust it.
struct Served {
    index: LocalIndex,
    ca: Option<CaFile>,
}

/// The certificate of the index's authority, in a file.
struct CaFile {
    path: PathBuf,
    /// Removes the file at the end; `None` in the folder of `--dir`.
    _folder: Option<TempDir>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let index = start(arguments)?;
    let ca = ca_file(&index, arguments.dir.as_deref())?;
    let served = Served { index, ca };
    if !arguments.host.is_loopback() && !console.quiet {
        console.problem(format_args!(
            "warning: {} is not loopback: everyone who can reach it can publish to this index and read all of it",
            arguments.host
        ));
    }
    // A client that reads the document may open all connections that the process can have.
    let waiter = waiter()?;
    print(&served, console);
    waiter.wait();
    Ok(Exit::Done)
}

fn start(arguments: &Arguments) -> Result<LocalIndex, Failure> {
    let builder = match &arguments.scenario {
        None => LocalIndex::builder().publishes_any(),
        Some(path) => {
            let text = files::toml(path)?;
            Builder::from_scenario(&text).map_err(|error| {
                let message = format!("{}: {}", path.display(), chain(&error));
                Failure::new(Exit::Refused, message)
            })?
        }
    };
    let mut builder = builder
        .listen(SocketAddr::new(arguments.host, arguments.port))
        .default_verification(Verification::sigstore())
        .max_requests(MAX_REQUESTS);
    if let Some(path) = &arguments.dir {
        builder = builder.folder(path);
    }
    if let Some(path) = &arguments.seed_folder {
        builder = builder.seed_folder(path);
    }
    if arguments.tls {
        builder = builder.tls();
    }
    for name in &arguments.host_names {
        builder = builder.host_name(name);
    }
    builder.start().map_err(|error| failure(&error))
}

/// Writes the certificate of the index's authority into the folder of `--dir`, or into one that ends with this process.
fn ca_file(index: &LocalIndex, dir: Option<&Path>) -> Result<Option<CaFile>, Failure> {
    let Some(certificate) = index.ca_certificate() else {
        return Ok(None);
    };
    let unwritable = |error: io::Error| {
        let message = format!("the certificate of the authority could not be written: {error}");
        Failure::new(Exit::Unavailable, message)
    };
    let folder = match dir {
        Some(_) => None,
        None => Some(tempfile::tempdir().map_err(unwritable)?),
    };
    let parent = folder.as_ref().map(TempDir::path).or(dir);
    let parent = parent.unwrap_or_else(|| Path::new("."));
    let path = parent.canonicalize().map_err(unwritable)?.join("ca.pem");
    files::write(&path, certificate)?;
    Ok(Some(CaFile {
        path,
        _folder: folder,
    }))
}

fn failure(error: &Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::Certificate => Exit::Usage,
        ErrorKind::Name | ErrorKind::File | ErrorKind::Seed => Exit::Refused,
        _ => Exit::Unavailable,
    };
    Failure::of(exit, error)
}

fn print(served: &Served, console: &Console) {
    let Served { index, ca } = served;
    let sigstore = |path: &str| format!("{}sigstore/{path}", index.url());
    if console.json {
        let mut document = json!({
            "url": index.url().as_str(),
            "upload_url": index.upload_url().as_str(),
            "simple_url": index.simple_url().as_str(),
            "user": "__token__",
            "token": index.user_token().reveal(),
            "environment": object(served.job()),
            "client_environment": object(served.clients()),
            "tokens": served.tokens(),
            "jobs": served.jobs(),
            "control": {
                "url": index.control_url().as_str(),
                "secret": index.control_secret().reveal(),
            },
            "sigstore": {
                "fulcio": sigstore("fulcio"),
                "rekor": sigstore("rekor"),
                "trust_config": sigstore("trust_config.json"),
            },
        });
        if let (Some(ca), Value::Object(document)) = (ca, &mut document) {
            let path = ca.path.display().to_string();
            document.insert("ca_file".to_owned(), Value::String(path));
        }
        console.json(&document);
        return;
    }
    console.line(format_args!("# web UI: {}", index.url()));
    console.line("# pip, uv and twine:");
    for (name, value) in served.clients() {
        console.line(format_args!("export {name}='{value}'"));
    }
    console.line("# trusted publishing, as in a GitHub Actions job:");
    for (name, value) in served.job() {
        console.line(format_args!("export {name}='{value}'"));
    }
    for (name, token) in index.tokens() {
        console.line(format_args!("# token {name}: {}", token.reveal()));
    }
    let jobs: Vec<&str> = index.jobs().map(|(name, _)| name).collect();
    if !jobs.is_empty() {
        let jobs = jobs.join(", ");
        console.line(format_args!(
            "# --json has the variables of the jobs {jobs}"
        ));
    }
    console.line(format_args!(
        "# control: {} with Authorization: Bearer {}",
        index.control_url(),
        index.control_secret().reveal()
    ));
    console.line(format_args!(
        "# Sigstore, for signing and verifying attestations: {}",
        sigstore("trust_config.json")
    ));
    console.line(format_args!(
        "# pypi-release publish --index {} --simple-url {} dist/*",
        index.upload_url(),
        index.simple_url()
    ));
}

impl Served {
    /// The variables that make pip, uv and twine use the index.
    fn clients(&self) -> Vec<(String, String)> {
        let mut variables = clients(&self.index);
        variables.extend(self.trust());
        variables
    }

    /// The variables of the index's own job.
    fn job(&self) -> Vec<(String, String)> {
        let mut variables = self.index.environment();
        variables.extend(self.trust());
        variables
    }

    /// The API tokens of the scenario, by name.
    fn tokens(&self) -> Map<String, Value> {
        let tokens = self.index.tokens();
        let tokens = tokens.map(|(name, token)| (name.to_owned(), token.reveal().into()));
        tokens.collect()
    }

    /// The variables of the jobs of the scenario, by name.
    fn jobs(&self) -> Map<String, Value> {
        let jobs = self.index.jobs().map(|(name, variables)| {
            let mut variables = variables.to_vec();
            variables.extend(self.trust());
            (name.to_owned(), object(variables).into())
        });
        jobs.collect()
    }

    /// The variables that make clients trust the index's certificate.
    fn trust(&self) -> Vec<(String, String)> {
        let Some(ca) = &self.ca else {
            return Vec::new();
        };
        let path = ca.path.display().to_string();
        ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"]
            .map(|name| (name.to_owned(), path.clone()))
            .to_vec()
    }
}

fn clients(index: &LocalIndex) -> Vec<(String, String)> {
    let (upload, simple) = (index.upload_url().as_str(), index.simple_url().as_str());
    let token = index.user_token().reveal();
    [
        ("PIP_INDEX_URL", simple),
        ("UV_DEFAULT_INDEX", simple),
        ("UV_PUBLISH_URL", upload),
        ("UV_PUBLISH_TOKEN", token),
        ("TWINE_REPOSITORY_URL", upload),
        ("TWINE_USERNAME", "__token__"),
        ("TWINE_PASSWORD", token),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn object(variables: Vec<(String, String)>) -> Map<String, Value> {
    variables
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
}

/// Waits until the process is asked to exit. Dropping the index then closes its connections and its folder.
pub(super) fn serve() -> Result<Exit, Failure> {
    waiter()?.wait();
    Ok(Exit::Done)
}

fn waiter() -> Result<Waiter, Failure> {
    Waiter::new().map_err(|error| {
        let message = format!("could not wait for signals: {error}");
        Failure::new(Exit::Unavailable, message)
    })
}
