//! `version`: the version of a checkout, from git or what replaces it.

use std::path::Path;

use clap::Args;
use pypi_trusted_upload::versioning::{
    CommitId, Described, Facts, Version, VersionTemplate, describe,
};
use serde_json::{Value, json};

use crate::{
    checkout::{Checkout, CheckoutArguments, Source},
    ci_output::{self, OutputArguments},
    context::Context,
    failure::{Exit, Failure},
    files,
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    checkout: CheckoutArguments,
    #[command(flatten)]
    outputs: OutputArguments,
    /// Print the public version, which an index accepts
    #[arg(long)]
    public: bool,
    /// Write the version files that pyproject.toml names
    #[arg(long)]
    write: bool,
}

/// A version, and what it was made from unless a text states it.
struct Found {
    source: &'static str,
    full: Version,
    /// The commit that version files name.
    node: Option<CommitId>,
    described: Option<Described>,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &[
    "full",
    "public",
    "source",
    "scheme",
    "local_scheme",
    "facts",
    "warnings",
    "written",
];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    version(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn version(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let checkout = Checkout::read(&arguments.checkout, &context.environment)?;
    let found = found(&checkout)?;
    let written = if arguments.write {
        write_files(&checkout, &found)?
    } else {
        Vec::new()
    };
    let public = found.full.public();
    let values = [
        ("version", public.to_string()),
        ("full_version", found.full.to_string()),
    ];
    ci_output::write(&arguments.outputs, &context.environment, &values)?;
    let warnings = warnings(&checkout, &found);
    let console = &context.console;
    for (_, text) in &warnings {
        console.note(format_args!("warning: {text}"));
    }
    for path in &written {
        console.detail(format_args!("wrote {path}"));
    }
    if console.json {
        console.json(&json(&checkout, &found, &warnings, &written));
    } else if arguments.public {
        console.line(public);
    } else {
        console.line(&found.full);
    }
    Ok(Exit::Done)
}

fn found(checkout: &Checkout) -> Result<Found, Failure> {
    Ok(match checkout.source()? {
        Source::Said(source, full, node) => Found {
            source,
            full,
            node,
            described: None,
        },
        Source::Facts(source, facts) => {
            let described = describe(*facts, &checkout.settings)?;
            Found {
                source,
                full: described.full().clone(),
                node: described.facts().node.clone(),
                described: Some(described),
            }
        }
    })
}

/// Writes the version files; returns the names of those that changed.
fn write_files(checkout: &Checkout, found: &Found) -> Result<Vec<String>, Failure> {
    let mut written = Vec::new();
    for file in &checkout.version_files {
        let path = checkout.configured.folder.join(&file.path);
        let default = || VersionTemplate::for_file(&path);
        let template = file.template.clone().map_or_else(default, Ok)?;
        let text = template.render(&found.full, found.node.as_ref());
        if files::write_below(&checkout.configured.folder, Path::new(&file.path), &text)? {
            written.push(file.path.clone());
        }
    }
    Ok(written)
}

fn warnings(checkout: &Checkout, found: &Found) -> Vec<(String, String)> {
    let described = found.described.iter().flat_map(Described::warnings);
    let described = described.map(|warning| {
        let kind = format!("{:?}", warning.kind());
        (kind, warning.message().to_owned())
    });
    let fallback = (found.source == "fallback").then(|| {
        let text = "this is not a checkout, an archive or an sdist: the version is the fallback \
                    version of the settings";
        ("Fallback".to_owned(), text.to_owned())
    });
    let unmapped = checkout.unmapped.iter();
    let unmapped = unmapped.map(|unmapped| ("Unmapped".to_owned(), unmapped.to_string()));
    let pretended = checkout.pretended.iter().map(|pretended| {
        let text = format!("variable {} sets facts of the checkout", pretended.variable);
        ("Pretended".to_owned(), text)
    });
    let all = described.chain(pretended).chain(fallback);
    all.chain(unmapped).collect()
}

fn json(
    checkout: &Checkout,
    found: &Found,
    warnings: &[(String, String)],
    written: &[String],
) -> Value {
    let warnings: Vec<Value> = warnings
        .iter()
        .map(|(kind, text)| json!({ "kind": kind, "text": text }))
        .collect();
    json!({
        "success": true,
        "error": null,
        "full": found.full.to_string(),
        "public": found.full.public().to_string(),
        "source": found.source,
        "scheme": checkout.settings.scheme.name(),
        "local_scheme": checkout.settings.local_scheme.name(),
        "facts": found.described.as_ref().map(|described| facts(described.facts())),
        "warnings": warnings,
        "written": written,
    })
}

fn facts(facts: &Facts) -> Value {
    json!({
        "tag": facts.tag.as_ref().map(|tag| &tag.name),
        "distance": facts.distance,
        "node": facts.node.as_ref().map(ToString::to_string),
        "dirty": facts.dirty,
        "branch": facts.branch,
        "shallow": facts.shallow,
        "commit_time": facts.commit_time.map(|time| time.to_string()),
        "exact": facts.is_exact(),
    })
}
