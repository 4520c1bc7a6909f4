//! The file's content, and whether it agrees with the file's name.

use std::io::Cursor;

use pypi_metadata::{Severity, UploadForm};

use super::Outcome;
use crate::api::form::{FilePart, Form};
use crate::api::response::Response;

/// Reads the file and checks it and its name. Returns the subjects of emails to the project's members.
///
/// The form and the limits of the project have been checked before, so only errors count here.
pub(super) fn check(form: &Form, part: &FilePart) -> Outcome<Vec<String>> {
    let form = UploadForm::new(form.texts()).with_file(&part.filename, &part.content_type);
    let findings = form.inspect(Cursor::new(&part.bytes));
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    if let Some((rule, text)) =
        errors.find_map(|finding| Some((finding.rule(), finding.index_text()?)))
    {
        return Err(Response::bad_request(&format!("{text}{}", more(text))).rule(rule));
    }
    let is_about_record = |rule: &str| matches!(rule, "record-absent" | "record-unlisted");
    let differs = findings
        .iter()
        .any(|finding| is_about_record(finding.rule()));
    let email = format!("the RECORD of {} does not list its files", part.filename);
    Ok(differs.then_some(email).into_iter().collect())
}

/// Warehouse's reference to its documentation, which some messages have.
fn more(text: &str) -> &'static str {
    if text.contains(" archive not accepted: ") {
        " See https://docs.pypi.org/archives for more information"
    } else if text.ends_with("-encrypted content is not allowed.") {
        " See https://pypi.org/policy/acceptable-use-policy/ for more information."
    } else {
        ""
    }
}
