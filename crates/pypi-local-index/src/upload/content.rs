//! What is in the file, and what it may be called.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use pypi_metadata::{Severity, UploadForm, rules};
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::Outcome;
use crate::answer::Answer;
use crate::form::{FilePart, Form, Value, hex};

/// The largest `METADATA` that is served beside a wheel, in bytes.
const MAX_METADATA: u64 = 8 * 1024 * 1024;

/// Opens the file, and judges it and its name; gives the subjects of the mails that the owners get.
///
/// The form was judged before, and so were the limits of the project: only errors count here.
pub(super) fn check(form: &Form, part: &FilePart) -> Outcome<Vec<String>> {
    let fields = form.0.iter().filter_map(|(key, value)| match value {
        Value::Text(text) => Some((key.as_str(), text.as_str())),
        Value::File(_) => None,
    });
    let form = UploadForm::new(fields).file("content", &part.filename, &part.content_type);
    let findings = form.inspect(Cursor::new(&part.bytes));
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    if let Some((rule, text)) =
        errors.find_map(|finding| Some((finding.rule(), finding.index_text()?)))
    {
        return Err(Answer::bad_request(text).rule(rule.id()));
    }
    let is_of_record = |rule| rule == &rules::RECORD_ABSENT || rule == &rules::RECORD_UNLISTED;
    let differs = findings.iter().any(|finding| is_of_record(finding.rule()));
    let mail = format!(
        "{} has a RECORD that is not the list of its files",
        part.filename
    );
    Ok(differs.then_some(mail).into_iter().collect())
}

/// The `METADATA` of a wheel, as it is in the archive: the file that the simple API offers beside it (PEP 658).
pub(crate) fn core_metadata(filename: &str, bytes: &Bytes) -> Option<Vec<u8>> {
    let stem = filename.strip_suffix(".whl")?;
    let mut parts = stem.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let member = archive
        .by_name(&format!("{name}-{version}.dist-info/METADATA"))
        .ok()?;
    let mut text = Vec::new();
    member.take(MAX_METADATA + 1).read_to_end(&mut text).ok()?;
    (text.len() as u64 <= MAX_METADATA).then_some(text)
}

pub(super) fn metadata_sha256(filename: &str, bytes: &Bytes) -> Option<String> {
    core_metadata(filename, bytes).map(|text| hex(&Sha256::digest(text)))
}
