//! `version`: what git says.

use std::error::Error;

use pypi_trusted_upload::versioning::{
    Backend as _, Described, GitCommand, Settings, TagFilter, Version, describe,
};
use serde_json::{Value, json};

use crate::{Exit, cli, output};

pub(crate) fn run(arguments: &cli::VersionArguments, how: cli::Output) -> Exit {
    match described(arguments) {
        Ok(described) => {
            print(&described, arguments, how);
            Exit::Done
        }
        Err(error) => {
            let text = output::chain(error.as_ref());
            if how.json {
                output::json(&json!({ "error": text }));
            }
            output::problem(text);
            Exit::Refused
        }
    }
}

fn described(arguments: &cli::VersionArguments) -> Result<Described, Box<dyn Error>> {
    let mut settings = Settings::new()
        .with_scheme(arguments.scheme.parse()?)
        .with_local_scheme(arguments.local.parse()?);
    if let Some(base) = &arguments.base {
        settings = settings.with_base(Version::parse(base)?);
    }
    let tags = TagFilter::new().with_prefix(&arguments.tag_prefix);
    let facts = GitCommand::new(&arguments.root).facts(&tags)?;
    Ok(describe(facts, &settings)?)
}

fn print(described: &Described, arguments: &cli::VersionArguments, how: cli::Output) {
    if !how.quiet {
        for warning in described.warnings() {
            output::note(format_args!("warning: {}", warning.text()));
        }
    }
    if how.json {
        output::json(&json(described));
    } else if arguments.public {
        output::line(described.public());
    } else {
        output::line(described.full());
    }
}

fn json(described: &Described) -> Value {
    let facts = described.facts();
    let warnings: Vec<Value> = described
        .warnings()
        .iter()
        .map(|warning| json!({ "kind": format!("{:?}", warning.kind()), "text": warning.text() }))
        .collect();
    json!({
        "full": described.full().to_string(),
        "public": described.public().to_string(),
        "scheme": described.scheme().name(),
        "local_scheme": described.local_scheme().name(),
        "facts": {
            "tag": facts.tag.as_ref().map(|tag| &tag.name),
            "distance": facts.distance,
            "node": facts.node.as_ref().map(ToString::to_string),
            "dirty": facts.dirty,
            "branch": facts.branch,
            "shallow": facts.shallow,
            "commit_time": facts.commit_time.map(|time| time.to_string()),
            "exact": facts.is_exact(),
        },
        "warnings": warnings,
    })
}
