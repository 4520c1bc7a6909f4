//! `local-index`: PyPI in this process.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::Args;
use pypi_local_index::{Builder, Error, ErrorKind, LocalIndex, Verification};
use serde_json::{Map, Value, json};

use crate::{
    console::Console,
    context::Context,
    failure::{Exit, Failure, chain},
    files, signals,
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
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let console = &context.console;
    let index = start(arguments)?;
    if !arguments.host.is_loopback() && !console.quiet {
        console.problem(format_args!(
            "warning: {} is not loopback: everyone who can reach it can publish to this index and read all of it",
            arguments.host
        ));
    }
    print(&index, console);
    serve()
}

fn start(arguments: &Arguments) -> Result<LocalIndex, Failure> {
    let builder = match &arguments.scenario {
        None => LocalIndex::builder().publishes_any(),
        Some(path) => {
            let text = files::read(path)?;
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
    builder.start().map_err(|error| failure(&error))
}

fn failure(error: &Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::Name | ErrorKind::File => Exit::Refused,
        _ => Exit::Unavailable,
    };
    Failure::of(exit, error)
}

fn print(index: &LocalIndex, console: &Console) {
    let sigstore = |path: &str| format!("{}sigstore/{path}", index.url());
    if console.json {
        console.json(&json!({
            "url": index.url().as_str(),
            "upload_url": index.upload_url().as_str(),
            "simple_url": index.simple_url().as_str(),
            "user": "__token__",
            "token": index.user_token().reveal(),
            "environment": object(index.environment()),
            "client_environment": object(clients(index)),
            "sigstore": {
                "fulcio": sigstore("fulcio"),
                "rekor": sigstore("rekor"),
                "trust_config": sigstore("trust_config.json"),
            },
        }));
        return;
    }
    console.line(format_args!("# web UI: {}", index.url()));
    console.line("# pip, uv and twine:");
    for (name, value) in clients(index) {
        console.line(format_args!("export {name}='{value}'"));
    }
    console.line("# trusted publishing, as in a GitHub Actions job:");
    for (name, value) in index.environment() {
        console.line(format_args!("export {name}='{value}'"));
    }
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

/// The variables that make pip, uv and twine use the index.
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
    match signals::wait() {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            let message = format!("could not wait for signals: {error}");
            Err(Failure::new(Exit::Unavailable, message))
        }
    }
}
