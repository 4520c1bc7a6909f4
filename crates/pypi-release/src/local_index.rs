//! `local-index`: PyPI in this process.

use pypi_local_index::LocalIndex;
use serde_json::{Map, Value, json};

use crate::{Exit, cli, output};

pub(crate) fn run(how: cli::Output) -> Exit {
    let index = match LocalIndex::start() {
        Ok(index) => index,
        Err(error) => {
            output::problem(output::chain(&error));
            return Exit::Unavailable;
        }
    };
    if how.json {
        let environment: Map<String, Value> = index
            .environment()
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        output::json(&json!({
            "url": index.url().as_str(),
            "upload_url": index.upload_url().as_str(),
            "simple_url": index.simple_url().as_str(),
            "user": "__token__",
            "token": index.user_token().reveal(),
            "environment": environment,
        }));
    } else {
        output::line(format_args!("# upload to   {}", index.upload_url()));
        output::line(format_args!("# install from {}", index.simple_url()));
        output::line(format_args!(
            "# user __token__, password {}",
            index.user_token().reveal()
        ));
        for (name, value) in index.environment() {
            output::line(format_args!("export {name}='{value}'"));
        }
    }
    serve(&index)
}

/// Goes on until the process is killed.
pub(crate) fn serve(_: &LocalIndex) -> ! {
    loop {
        std::thread::park();
    }
}
