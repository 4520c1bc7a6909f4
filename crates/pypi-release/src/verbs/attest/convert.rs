//! `attest convert`: attestations in the formats of others.

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::{attestations::Attestation, metadata::Filename};
use serde_json::{Value, json};

use crate::{
    attestation::{Document, MAX_DOCUMENT, SCHEMA_VERSION, sidecar},
    context::Context,
    failure::{Exit, Failure},
    files,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// A Sigstore bundle, an attestation, or the provenance object of one file
    file: PathBuf,
    /// Write the result to this file, or the attestations of a provenance object into this folder
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The keys of the document besides `success` and `error`.
const KEYS: &[&str] = &["schema_version", "from", "to", "files", "content"];

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    convert(arguments, context).map_err(|failure| failure.with_keys(KEYS))
}

fn convert(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let document = read(&arguments.file)?;
    let (to, results) = converted(&document);
    let output = arguments.output.as_deref();
    let written = match (&document, output, results.as_slice()) {
        (_, _, []) => {
            let path = arguments.file.display();
            let message = format!("{path}: it contains no attestation");
            return Err(Failure::new(Exit::Refused, message));
        }
        (Document::Provenance(_), Some(folder), results) => write_sidecars(folder, results)?,
        (_, Some(output), results) => {
            for (_, json) in results {
                files::write(output, json)?;
            }
            vec![output.to_owned()]
        }
        (_, None, [_]) => Vec::new(),
        (_, None, results) => {
            return Err(Failure::usage(format!(
                "{}: it contains {} attestations: add --output with the folder for their files",
                arguments.file.display(),
                results.len()
            )));
        }
    };
    let console = &context.console;
    if console.json {
        let texts = results.iter().map(|(_, json)| json);
        // Every result is JSON.
        let content = texts.map(|json| serde_json::from_str(json).unwrap_or(Value::Null));
        console.json(&json!({
            "schema_version": SCHEMA_VERSION,
            "success": true,
            "from": document.format(),
            "to": to,
            "files": written.iter().map(|path| path.display().to_string()).collect::<Value>(),
            "content": output.is_none().then(|| content.collect::<Value>()),
            "error": null,
        }));
    } else if output.is_none() {
        results.iter().for_each(|(_, json)| console.json_text(json));
    }
    for path in &written {
        console.detail(format_args!("wrote {}", path.display()));
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<Document, Failure> {
    Document::parse(&files::read(path, MAX_DOCUMENT)?).map_err(|error| {
        let failure = Failure::of(Exit::Refused, &error);
        let message = format!("{}: {}", path.display(), failure.message());
        Failure::new(Exit::Refused, message)
    })
}

/// The format of the results, and each attestation with its JSON in that format.
fn converted(document: &Document) -> (&'static str, Vec<(&Attestation, String)>) {
    let all = document.attestations().into_iter();
    let all = all.map(|(attestation, _)| attestation);
    match document {
        Document::Attestation(_) => ("bundle", all.map(|one| (one, one.to_bundle())).collect()),
        Document::Bundle(_) | Document::Provenance(_) => {
            ("attestation", all.map(|one| (one, one.to_json())).collect())
        }
    }
}

fn write_sidecars(
    folder: &Path,
    results: &[(&Attestation, String)],
) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for (attestation, _) in results {
        let path = sidecar_in(folder, attestation)?;
        if paths.contains(&path) {
            let message = format!("two attestations are for {path:?}: convert them one by one");
            return Err(Failure::new(Exit::Refused, message));
        }
        paths.push(path);
    }
    for (path, (_, json)) in paths.iter().zip(results) {
        files::write(path, json)?;
    }
    Ok(paths)
}

/// The sidecar of the distribution that an attestation names, which may be any text.
fn sidecar_in(folder: &Path, attestation: &Attestation) -> Result<PathBuf, Failure> {
    let name = attestation.subject_name();
    let filename = Filename::parse(name).map_err(|error| {
        let message =
            format!("the attestation is for {name:?}, which is not a distribution: {error}");
        Failure::new(Exit::Refused, message)
    })?;
    let path = folder.join(filename.as_str());
    Ok(sidecar(&path, attestation.predicate_type()))
}
