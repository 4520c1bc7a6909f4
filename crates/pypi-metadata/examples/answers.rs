//! Prints what the crate makes of texts, for comparison with Python's tools.
//!
//! Reads cases from standard input, one JSON object per line, such as `{"kind": "metadata", "text": "…"}`, and prints one
//! JSON object per case. Kinds: `metadata`, `form` (a JSON list of keys and values), `upload` (a JSON list of a file name, its
//! type, and the name and version of the form), `requirement`, `marker`, `license`, `rst`, `filename`, `wheel` (the tags of
//! its name).
#![expect(clippy::print_stdout, reason = "a developer's tool")]

use std::{
    error::Error,
    io::{BufRead as _, Cursor},
};

use pypi_metadata::{
    Distribution, Field, Filename, Finding, LicenseExpression, Metadata, Requirement, Severity,
    UploadForm, rules, testing,
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let text = case
            .get("text")
            .and_then(Value::as_str)
            .ok_or("a case has no text")?;
        let answer = match case.get("kind").and_then(Value::as_str) {
            Some("metadata") => metadata(text),
            Some("form") => form(serde_json::from_str(text)?),
            Some("requirement") => field(Field::RequiresDist, text, "requires-dist"),
            Some("marker") => {
                let requirement = Requirement::parse(&format!("x; {text}"))?;
                json!({"normal": requirement.normalized_marker()})
            }
            Some("license") => match LicenseExpression::parse(text) {
                Ok(expression) => json!({"ok": true, "canonical": expression.as_str()}),
                Err(error) => json!({"ok": false, "why": error.to_string()}),
            },
            Some("rst") => rst(text),
            Some("upload") => upload(&serde_json::from_str::<Vec<String>>(text)?)?,
            Some("filename") => filename(text),
            Some("wheel") => wheel(text),
            kind => return Err(format!("{kind:?} is not a kind").into()),
        };
        println!("{answer}");
    }
    Ok(())
}

/// What PyPI rejects, by field, and the values that were read.
fn metadata(text: &str) -> Value {
    let metadata = match Metadata::parse(text.as_bytes()) {
        Ok(metadata) => metadata,
        Err(error) => return json!({"ok": false, "why": error.to_string()}),
    };
    let findings = metadata.check();
    let errors: Vec<Value> = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(|finding| {
            json!([
                finding.rule().id(),
                finding.field().map(Field::header),
                finding.index_text()
            ])
        })
        .collect();
    let fields: Vec<Value> = metadata
        .fields()
        .map(|(field, value)| json!([field.header(), value]))
        .collect();
    json!({"ok": errors.is_empty(), "errors": errors, "fields": fields})
}

/// The first finding that rejects a form, up to its core metadata.
fn form(fields: Vec<(String, String)>) -> Value {
    let form = UploadForm::new(fields).file("content", "demo-1.0.tar.gz", "text/plain");
    let mut findings = form.check_parts();
    findings.extend(form.check_fields());
    findings.extend(form.check_metadata());
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    let first = errors.next();
    json!({
        "ok": first.is_none(),
        "answer": first.and_then(Finding::index_text),
        "why": first.map(Finding::message),
    })
}

fn filename(text: &str) -> Value {
    match Filename::parse(text) {
        Ok(filename) => json!({
            "ok": true,
            "name": filename.name().normalized(),
            "version": filename.version().to_string(),
            "build": filename.build_tag(),
            "tags": filename.tags().collect::<Vec<_>>(),
            "variant": filename.variant(),
        }),
        Err(error) => {
            json!({"ok": false, "kind": format!("{:?}", error.kind()), "why": error.to_string()})
        }
    }
}

/// What the check of a wheel with these tags finds about them.
fn wheel(tags: &str) -> Value {
    let wheel = testing::wheel("demo", "1.0");
    let filename = format!("demo-1.0-{tags}.whl");
    match Distribution::read(&filename, Cursor::new(wheel.bytes)) {
        Ok(wheel) => {
            let findings = wheel.check();
            let about_tags = findings.iter().filter(|finding| finding.field().is_none());
            let each = about_tags.map(|finding| {
                json!([
                    finding.rule().id(),
                    finding.severity().to_string(),
                    finding.index_text()
                ])
            });
            json!({"ok": true, "findings": each.collect::<Vec<_>>()})
        }
        Err(error) => json!({"ok": false, "why": error.to_string()}),
    }
}

/// The first finding about the name of a file.
fn upload(case: &[String]) -> Result<Value, Box<dyn Error>> {
    let [filename, filetype, name, version] = case else {
        return Err("an upload has four values".into());
    };
    let fields = [
        ("filetype", filetype),
        ("name", name),
        ("version", version),
        ("metadata_version", &"2.1".to_owned()),
    ];
    let form = UploadForm::new(fields).file("content", filename, "text/plain");
    let mut findings = form.check_filename();
    findings.extend(form.check_content(Cursor::new([])));
    let mut about = findings.iter().filter(|finding| {
        let id = finding.rule().id();
        id.starts_with("filename-") || id == "tag-platform"
    });
    let first = about.next();
    Ok(
        json!({"ok": first.is_none(), "answer": first.and_then(Finding::index_text), "why": first.map(Finding::message)}),
    )
}

fn field(field: Field, text: &str, rule: &str) -> Value {
    let fields = [
        (Field::MetadataVersion, "2.4"),
        (Field::Name, "x"),
        (Field::Version, "1"),
        (field, text),
    ];
    let metadata = Metadata::from_fields(fields.map(|(field, value)| (field, value.to_owned())));
    let findings = metadata.check();
    let why = findings
        .iter()
        .find(|finding| finding.rule().id() == rule && finding.severity() == Severity::Error);
    json!({"ok": why.is_none(), "why": why.map(Finding::message)})
}

fn rst(text: &str) -> Value {
    let fields = [
        (Field::MetadataVersion, "2.4"),
        (Field::Name, "x"),
        (Field::Version, "1"),
        (Field::DescriptionContentType, "text/x-rst"),
        (Field::Description, text),
    ];
    let metadata = Metadata::from_fields(fields.map(|(field, value)| (field, value.to_owned())));
    let findings = metadata.check_description();
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(Finding::message)
        .collect();
    let is_judged = !findings
        .iter()
        .any(|finding| finding.rule() == &rules::DESCRIPTION_NOT_JUDGED);
    json!({"ok": errors.is_empty(), "judged": is_judged, "errors": errors})
}
