//! `version`: what git says, or what stands in for it.

use std::error::Error;

use pypi_trusted_upload::versioning::{Described, Facts, Version, VersionTemplate, describe};
use serde_json::{Value, json};

use crate::checkout::{Checkout, Source};
use crate::{Exit, ci_output, cli, files, output};

/// A version, with what it was made from where it was not said outright.
struct Found {
    source: &'static str,
    full: Version,
    described: Option<Described>,
}

pub(crate) fn run(arguments: &cli::VersionArguments, how: cli::Output) -> Exit {
    match print(arguments, how) {
        Ok(()) => Exit::Done,
        Err(error) => output::failed(error.as_ref(), how),
    }
}

fn print(arguments: &cli::VersionArguments, how: cli::Output) -> Result<(), Box<dyn Error>> {
    let checkout = Checkout::read(&arguments.checkout)?;
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
    ci_output::write(&arguments.outputs, &checkout.variables, &values)?;
    let warnings = warnings(&checkout, &found);
    if !how.quiet {
        for (_, text) in &warnings {
            output::note(format_args!("warning: {text}"));
        }
        for path in written.iter().filter(|_| how.verbose) {
            output::note(format_args!("{path} was written"));
        }
    }
    if how.json {
        output::json(&json(&checkout, &found, &warnings, &written));
    } else if arguments.public {
        output::line(public);
    } else {
        output::line(&found.full);
    }
    Ok(())
}

fn found(checkout: &Checkout) -> Result<Found, Box<dyn Error>> {
    Ok(match checkout.source()? {
        Source::Said(source, full) => Found {
            source,
            full,
            described: None,
        },
        Source::Facts(source, facts) => {
            let described = describe(*facts, &checkout.settings)?;
            Found {
                source,
                full: described.full().clone(),
                described: Some(described),
            }
        }
    })
}

/// Returns the names of the files that were not as they should be.
fn write_files(checkout: &Checkout, found: &Found) -> Result<Vec<String>, Box<dyn Error>> {
    let node = found
        .described
        .as_ref()
        .and_then(|described| described.facts().node.as_ref());
    let mut written = Vec::new();
    for file in &checkout.version_files {
        let path = checkout.folder.join(&file.path);
        let usual = || VersionTemplate::for_file(&path);
        let template = file.template.clone().map_or_else(usual, Ok)?;
        let text = template.render(&found.full, node);
        let changed = files::write(&path, &text);
        if changed.map_err(|error| ci_output::unwritable(&path, &error))? {
            written.push(file.path.clone());
        }
    }
    Ok(written)
}

fn warnings(checkout: &Checkout, found: &Found) -> Vec<(String, String)> {
    let described = found.described.iter().flat_map(Described::warnings);
    let described = described.map(|warning| {
        (
            format!("{:?}", warning.kind()),
            warning.message().to_owned(),
        )
    });
    let unmapped = checkout.unmapped.iter();
    let unmapped = unmapped.map(|unmapped| ("Unmapped".to_owned(), unmapped.to_string()));
    described.chain(unmapped).collect()
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
