//! The fields that are not core metadata.

use super::UploadForm;
use crate::{Field, Finding, Metadata, python::strip, rules};

const DIGESTS: [&str; 3] = ["blake2_256_digest", "md5_digest", "sha256_digest"];

pub(super) fn check(form: &UploadForm) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(protocol(form));
    findings.extend(name(form));
    // In alphabetical order; the index checks `pyversion` once the others are valid.
    findings.extend(digest(form, "blake2_256_digest", "BLAKE2"));
    findings.extend(filetype(form));
    findings.extend(digest(form, "sha256_digest", "SHA256"));
    findings.extend(pyversion(form));
    findings.extend(no_digest(form));
    findings
}

/// A digest that is not that of the file. The value of `md5_digest` is not validated before.
pub(super) fn wrong_digest(form: &UploadForm) -> Option<Finding> {
    let (key, _) = form.digests.iter().find(|(key, actual)| {
        let sent = text(form, key);
        !sent.is_empty() && !sent.eq_ignore_ascii_case(actual)
    })?;
    let message = format!("{key} does not match the file");
    Some(Finding::new(&rules::FORM_DIGEST, message).with_index_text(
        "The digest supplied does not match a digest calculated from the uploaded file.",
    ))
}

fn text<'a>(form: &'a UploadForm, key: &str) -> &'a str {
    form.value(key).unwrap_or_default()
}

fn protocol(form: &UploadForm) -> Option<Finding> {
    let version = text(form, "protocol_version");
    (!matches!(version, "" | "1")).then(|| {
        let message = format!("the protocol version is {version:?}, expected \"1\"");
        Finding::new(&rules::FORM_PROTOCOL, message).with_index_text("Unknown protocol version.")
    })
}

/// The name is checked before every other field.
fn name(form: &UploadForm) -> Option<Finding> {
    let name = form
        .value("name")
        .map(|name| (Field::Name, name.to_owned()));
    let mut findings = Metadata::from_fields(name).check().into_iter();
    findings.find(|finding| finding.rule() == &rules::NAME_INVALID)
}

fn filetype(form: &UploadForm) -> Option<Finding> {
    match text(form, "filetype") {
        "sdist" | "bdist_wheel" => None,
        "" => Some(invalid("filetype", "", "This field is required.")),
        other => Some(invalid("filetype", other, "Use a known file type.")),
    }
}

fn pyversion(form: &UploadForm) -> Option<Finding> {
    let pyversion = text(form, "pyversion");
    let problem = match (text(form, "filetype"), pyversion) {
        ("bdist_wheel", "") => "Python version is required for binary distribution uploads.",
        ("sdist", "" | "source") => return None,
        ("sdist", _) => "Use 'source' as Python version for an sdist.",
        _ => return None,
    };
    Some(invalid("pyversion", pyversion, problem))
}

fn digest(form: &UploadForm, key: &str, algorithm: &str) -> Option<Finding> {
    let value = text(form, key);
    // Blanks count as no digest, and Python's `$` matches before a final line feed.
    let digits = value.strip_suffix('\n').unwrap_or(value);
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!strip(value).is_empty() && !is_digest).then(|| {
        let problem = format!("Use a valid, hex-encoded, {algorithm} message digest.");
        invalid(key, value, &problem)
    })
}

fn no_digest(form: &UploadForm) -> Option<Finding> {
    let is_missing = DIGESTS.iter().all(|key| text(form, key).is_empty());
    is_missing.then(|| {
        Finding::new(&rules::FORM_DIGEST, "the form has no digest")
            .with_index_text("Error: Include at least one message digest.")
    })
}

fn invalid(key: &str, value: &str, problem: &str) -> Finding {
    const SHOWN: usize = 100;
    let message = if value.is_empty() {
        format!("the form field {key} is missing")
    } else {
        let shown: String = value.chars().take(SHOWN).collect();
        format!("the value {shown:?} of the form field {key} is invalid")
    };
    Finding::new(&rules::FORM_FIELD, message)
        .with_index_text(format!("Invalid value for {key}. Error: {problem}"))
}
