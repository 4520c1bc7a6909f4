//! The checks of a form that `pypi-metadata` makes, stage by stage, and what they find.

use http::StatusCode;
use pypi_metadata::{Finding, ProjectName, Severity, UploadForm, Version, python_repr, rules};

use super::Outcome;
use crate::api::form::{FilePart, Form, FormValue};
use crate::api::response::Response;

/// What the index stores of an upload's metadata.
pub(super) struct Meta {
    pub(super) name: ProjectName,
    pub(super) version: Version,
    /// The core metadata by form key, in the order in which it is stored.
    pub(super) fields: Vec<(String, String)>,
    pub(super) is_sdist: bool,
    pub(super) python_version: String,
}

/// The form as `pypi-metadata` checks it.
pub(super) fn form(form: &Form) -> UploadForm {
    let no_fields: [(&str, &str); 0] = [];
    let judged = form
        .fields()
        .fold(UploadForm::new(no_fields), |judged, field| {
            match &field.value {
                // Warehouse takes a text for a file until it asks for its name.
                FormValue::Text(_) if field.name == "content" => {
                    judged.file("content", "content", "text/plain")
                }
                FormValue::Text(text) => judged.field(&field.name, text),
                FormValue::File(file) => {
                    judged.file(&field.name, &file.filename, &file.content_type)
                }
            }
        });
    match form.content() {
        None => judged,
        Some(FilePart { digests, .. }) => judged.digests([
            ("md5_digest", &digests.md5),
            ("sha256_digest", &digests.sha256),
            ("blake2_256_digest", &digests.blake2b_256),
        ]),
    }
}

/// The refusal of the first finding for which the index has an answer.
pub(super) fn refuse(findings: impl IntoIterator<Item = Finding>) -> Outcome<()> {
    let mut findings = findings.into_iter();
    let refused = findings.find_map(|finding| {
        let text = finding.index_text()?;
        Some(Response::bad_request(text).rule(finding.rule()))
    });
    refused.map_or(Ok(()), Err)
}

/// The response when the index cannot write or read a file.
pub(super) fn unavailable() -> Response {
    Response::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        .rule(&rules::STORAGE)
}

/// Whether Warehouse does not expect the exception that `packaging` raises. Numbers beyond 64 bits are ours alone.
fn fails(error: &Finding) -> bool {
    error.index_text().is_none() && error.rule() != &rules::VERSION_INVALID
}

fn failed() -> Response {
    Response::refused_in_status(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// Checks the fields and the metadata of a form. Returns what the index stores of them.
pub(super) fn meta(form: &UploadForm) -> Outcome<Meta> {
    refuse(form.check_fields())?;
    let findings = form.check_metadata();
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    if let Some(error) = errors.next().filter(|error| fails(error)) {
        return Err(failed().rule(error.rule()));
    }
    refuse(findings)?;
    let metadata = form.metadata();
    let version = form.value("version").unwrap_or_default();
    let (Some(name), Ok(version)) = (metadata.name(), Version::parse(version)) else {
        // Numbers beyond 64 bits are versions to the index, but not to us.
        let text = format!("{} is invalid for 'version'.", python_repr(version));
        return Err(Response::bad_request(&text).rule(&rules::VERSION_INVALID));
    };
    let fields = metadata.fields();
    Ok(Meta {
        name,
        version,
        fields: fields
            .map(|(field, value)| (field.form_key().to_owned(), value.to_owned()))
            .collect(),
        is_sdist: form.value("filetype") == Some("sdist"),
        python_version: form.value("pyversion").unwrap_or_default().to_owned(),
    })
}

/// Checks the file itself. Returns the subjects of emails to the project's members.
pub(super) fn content(form: &UploadForm, part: &FilePart) -> Outcome<Vec<String>> {
    let reader = part.blob.reader().map_err(|_| unavailable())?;
    let findings = form.check_content(reader);
    let is_about_record = findings.iter().any(|finding| {
        finding.rule() == &rules::RECORD_ABSENT || finding.rule() == &rules::RECORD_UNLISTED
    });
    refuse(
        findings
            .into_iter()
            .filter(|finding| finding.severity() == Severity::Error),
    )?;
    let email = format!("the RECORD of {} does not list its files", part.filename);
    Ok(is_about_record.then_some(email).into_iter().collect())
}
