//! `attest inspect`: what attestations say.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    attestation::{Document, Facts, MAX_DOCUMENT, Problem, SCHEMA_VERSION},
    console::Console,
    context::Context,
    failure::{self, Exit, Failure},
    files, inputs,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Attestations, Sigstore bundles and provenance objects
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What files say.
struct Report {
    files: Vec<FileReport>,
}

struct FileReport {
    path: PathBuf,
    /// The document and what each of its attestations says, or why it cannot be read.
    content: Result<(Document, Vec<Said>), Problem>,
}

/// What one attestation says, and the publisher that the index names.
struct Said {
    publisher: Option<String>,
    facts: Facts,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    let report = inspect(arguments).map_err(|failure| {
        failure.document(|message, exit| {
            json!({
                "schema_version": SCHEMA_VERSION,
                "success": false,
                "verified": false,
                "files": [],
                "error": failure::error(message, exit),
            })
        })
    })?;
    report.print(&context.console);
    Ok(report.exit())
}

fn inspect(arguments: &Arguments) -> Result<Report, Failure> {
    let mut files = Vec::new();
    for argument in &arguments.files {
        let paths = inputs::matching(argument)?.into_iter();
        files.extend(paths.map(|path| FileReport {
            content: read(&path),
            path,
        }));
    }
    Ok(Report { files })
}

fn read(path: &Path) -> Result<(Document, Vec<Said>), Problem> {
    let json = files::read(path, MAX_DOCUMENT)
        .map_err(|failure| Problem::new("unreadable", failure.message().to_owned()))?;
    let document = Document::parse(&json).map_err(|error| Problem::from(&error))?;
    let said = document.attestations().into_iter();
    let said = said.map(|(attestation, publisher)| Said {
        publisher,
        facts: Facts::of(attestation),
    });
    let said = said.collect();
    Ok((document, said))
}

impl Report {
    /// 0 if everything was read, else 1.
    fn exit(&self) -> Exit {
        let mut problems = self.files.iter().flat_map(FileReport::problems);
        match problems.next() {
            Some(_) => Exit::Refused,
            None => Exit::Done,
        }
    }

    fn print(&self, console: &Console) {
        if console.json {
            return console.json(&self.json());
        }
        for file in &self.files {
            file.print(console);
        }
    }

    fn json(&self) -> Value {
        json!({
            "schema_version": SCHEMA_VERSION,
            "success": self.exit() == Exit::Done,
            "verified": false,
            "files": self.files.iter().map(FileReport::json).collect::<Value>(),
            "error": null,
        })
    }
}

impl FileReport {
    /// Why the file, or parts of its attestations, cannot be read.
    fn problems(&self) -> impl Iterator<Item = &Problem> {
        let said = self.content.iter().flat_map(|(_, said)| said);
        let parts = said.filter_map(|said| said.facts.problem.as_ref());
        self.content.as_ref().err().into_iter().chain(parts)
    }

    fn print(&self, console: &Console) {
        let path = self.path.display();
        if let Ok((document, said)) = &self.content
            && !console.quiet
        {
            console.line(format_args!("{path}: {}, not verified", document.title()));
            for said in said {
                if let Some(publisher) = &said.publisher {
                    console.line(format_args!("attestation of {publisher}, says the index"));
                }
                console.table(&said.facts.rows());
            }
        }
        for problem in self.problems() {
            console.problem(format_args!("{path}: {problem}"));
        }
    }

    fn json(&self) -> Value {
        let content = self.content.as_ref();
        let said = content.map(|(_, said)| said.as_slice()).unwrap_or_default();
        json!({
            "path": self.path.display().to_string(),
            "format": content.ok().map(|(document, _)| document.format()),
            "attestations": said.iter().map(Said::json).collect::<Value>(),
            "error": content.err().map(Problem::json),
        })
    }
}

impl Said {
    fn json(&self) -> Value {
        let mut json = self.facts.json();
        json.insert("publisher".to_owned(), self.publisher.clone().into());
        let problem = self.facts.problem.as_ref().map(Problem::json);
        json.insert("error".to_owned(), problem.into());
        Value::Object(json)
    }
}
