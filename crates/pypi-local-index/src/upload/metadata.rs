//! The form's own rules, and those of its core metadata.

use pypi_metadata::{Field, Finding, Metadata, ProjectName, Version, python_repr, rules};

use super::Outcome;
use crate::answer::Answer;
use crate::form::{Form, Value};

const CORE_METADATA: &str = "https://packaging.python.org/specifications/core-metadata";

const REQUIRED: &str = "This field is required.";

/// What the index stores of an upload's metadata.
pub(super) struct Meta {
    pub(super) name: ProjectName,
    pub(super) version: Version,
    /// The core metadata by form key, in the order in which it was sent.
    pub(super) fields: Vec<(String, String)>,
}

pub(super) fn check(form: &Form) -> Outcome<Meta> {
    if form
        .text("protocol_version")
        .is_some_and(|version| !matches!(version, "" | "1"))
    {
        return Err(Answer::bad_request("Unknown protocol version.").rule("protocol-version"));
    }
    let name = check_name(form.text("name").unwrap_or_default())?;
    check_fields(form)?;
    let metadata = read(form);
    let findings = metadata.check();
    let refusing = findings
        .iter()
        .find_map(|finding| Some((finding, finding.index_text()?)));
    if let Some((finding, text)) = refusing {
        return Err(Answer::bad_request(text).rule(finding.rule().id()));
    }
    let version = metadata.get(Field::Version).unwrap_or_default();
    let version = Version::parse(version).map_err(|_| {
        Answer::bad_request(&format!(
            "{} is invalid for 'version'. See {CORE_METADATA} for more information.",
            python_repr(version)
        ))
        .rule("version")
    })?;
    Ok(Meta {
        name,
        version,
        fields: metadata
            .fields()
            .map(|(field, value)| (field.form_key().to_owned(), value.to_owned()))
            .collect(),
    })
}

/// The name goes before every other field.
fn check_name(name: &str) -> Outcome<ProjectName> {
    if let Ok(name) = ProjectName::parse(name) {
        return Ok(name);
    }
    let findings = Metadata::from_fields([(Field::Name, name.to_owned())]).check();
    let of_name = findings
        .iter()
        .find(|finding| finding.rule() == &rules::NAME_INVALID);
    let text = of_name.and_then(Finding::index_text).unwrap_or_default();
    Err(Answer::bad_request(text).rule("name"))
}

/// The fields about the file, in alphabetical order, and then what they say together.
fn check_fields(form: &Form) -> Outcome<()> {
    let text = |name| form.text(name).unwrap_or_default();
    let bad = |name: &str, problem: &str| {
        Answer::bad_request(&format!("Invalid value for {name}. Error: {problem}")).rule("form")
    };
    if !is_digest_or_empty(text("blake2_256_digest")) {
        return Err(bad(
            "blake2_256_digest",
            "Use a valid, hex-encoded, BLAKE2 message digest.",
        ));
    }
    match text("filetype") {
        "" => return Err(bad("filetype", REQUIRED)),
        "sdist" | "bdist_wheel" => {}
        _ => return Err(bad("filetype", "Use a known file type.")),
    }
    if !is_digest_or_empty(text("sha256_digest")) {
        return Err(bad(
            "sha256_digest",
            "Use a valid, hex-encoded, SHA256 message digest.",
        ));
    }
    match (text("filetype"), text("pyversion")) {
        ("bdist_wheel", "") => {
            let problem = "Python version is required for binary distribution uploads.";
            return Err(bad("pyversion", problem));
        }
        ("bdist_wheel", _) | ("sdist", "" | "source") => {}
        _ => {
            return Err(bad(
                "pyversion",
                "Use 'source' as Python version for an sdist.",
            ));
        }
    }
    let digests = ["md5_digest", "sha256_digest", "blake2_256_digest"];
    if digests.into_iter().all(|name| text(name).is_empty()) {
        let text = "Error: Include at least one message digest.";
        return Err(Answer::bad_request(text).rule("no-digest"));
    }
    Ok(())
}

fn is_digest_or_empty(text: &str) -> bool {
    text.is_empty() || (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn read(form: &Form) -> Metadata {
    let known = form.0.iter().filter(|(key, _)| form.text(key).is_some());
    Metadata::from_fields(known.filter_map(|(key, value)| match value {
        Value::Text(text) => Some((Field::from_form_key(key)?, text.clone())),
        Value::File(_) => None,
    }))
}

/// Whether the description can be shown.
pub(super) fn check_description(form: &Form) -> Outcome<()> {
    let findings = read(form).check_description();
    match findings
        .iter()
        .find_map(|finding| Some((finding.rule(), finding.index_text()?)))
    {
        Some((rule, text)) => Err(Answer::bad_request(text).rule(rule.id())),
        None => Ok(()),
    }
}
