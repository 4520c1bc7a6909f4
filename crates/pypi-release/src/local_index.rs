//! `local-index`: PyPI in this process.

use std::net::SocketAddr;

use pypi_local_index::{Builder, Error, ErrorKind, LocalIndex};
use serde_json::{Map, Value, json};

use crate::{Exit, cli, output};

/// How many requests the page for people can show; a process that runs for days must not keep them all.
const MAX_REQUESTS: usize = 1000;

pub(crate) fn run(arguments: &cli::LocalIndexArguments, how: cli::Output) -> Exit {
    let index = match start(arguments) {
        Ok(index) => index,
        Err(problem) => {
            output::problem(problem.text);
            return problem.exit;
        }
    };
    if !arguments.host.is_loopback() && !how.quiet {
        output::problem(format_args!(
            "warning: {} is not loopback: whoever reaches it can publish to this index and read all of it",
            arguments.host
        ));
    }
    print(&index, how);
    serve(&index)
}

struct Problem {
    text: String,
    exit: Exit,
}

fn start(arguments: &cli::LocalIndexArguments) -> Result<LocalIndex, Problem> {
    let address = SocketAddr::new(arguments.host, arguments.port);
    let builder = match &arguments.scenario {
        None => LocalIndex::builder().publishes_any(),
        Some(path) => {
            #[expect(
                clippy::disallowed_methods,
                reason = "the command reads the file that it is given"
            )]
            let text = std::fs::read_to_string(path).map_err(|error| Problem {
                text: format!("{}: cannot be read: {error}", path.display()),
                exit: Exit::Refused,
            })?;
            Builder::from_scenario(&text).map_err(|error| Problem {
                text: format!("{}: {}", path.display(), output::chain(&error)),
                exit: Exit::Refused,
            })?
        }
    };
    let mut builder = builder.listen(address).max_requests(MAX_REQUESTS);
    if let Some(path) = &arguments.dir {
        builder = builder.folder(path);
    }
    builder.start().map_err(problem)
}

fn problem(error: Error) -> Problem {
    let exit = match error.kind() {
        ErrorKind::File | ErrorKind::Name => Exit::Refused,
        _ => Exit::Unavailable,
    };
    let mut text = output::chain(&error);
    if let Some(help) = error.help() {
        text.push_str(&format!("; {help}"));
    }
    Problem { text, exit }
}

fn print(index: &LocalIndex, how: cli::Output) {
    if how.json {
        output::json(&json!({
            "url": index.url().as_str(),
            "upload_url": index.upload_url().as_str(),
            "simple_url": index.simple_url().as_str(),
            "user": "__token__",
            "token": index.user_token().reveal(),
            "environment": object(index.environment()),
            "client_environment": object(clients(index)),
        }));
        return;
    }
    output::line(format_args!("# a page for people: {}", index.url()));
    output::line("# pip, uv and twine:");
    for (name, value) in clients(index) {
        output::line(format_args!("export {name}='{value}'"));
    }
    output::line("# trusted publishing, as in a job of GitHub Actions:");
    for (name, value) in index.environment() {
        output::line(format_args!("export {name}='{value}'"));
    }
    output::line(format_args!(
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

/// Goes on until the process is asked to end; then the connections and the folder are closed.
pub(crate) fn serve(_: &LocalIndex) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.and_then(|runtime| runtime.block_on(asked_to_end())) {
        Ok(()) => Exit::Done,
        Err(error) => {
            output::problem(format_args!("signals cannot be waited for: {error}"));
            Exit::Unavailable
        }
    }
}

#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    std::future::poll_fn(|context| match interrupt.poll_recv(context) {
        std::task::Poll::Pending => terminate.poll_recv(context),
        ready => ready,
    })
    .await;
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
