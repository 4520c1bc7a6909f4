//! An upload form, as a client would send it.

use std::io::{Read, Seek};

use super::{name, of_file};
use crate::{Field, Finding, Metadata};

/// An upload form: its fields and the name of its file part.
///
/// An index stores what the form says, and never compares it with the metadata in the file: so the form is what it judges.
///
/// # Examples
///
/// ```
/// use pypi_metadata::UploadForm;
///
/// let form = UploadForm::new([(":action", "file_upload"), ("name", "de mo")]);
/// let findings = form.inspect(std::io::Cursor::new(b""));
/// assert!(findings[0].index_text().is_some_and(|text| text.starts_with("'de mo' is an invalid value for Name.")));
/// ```
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/forms.py` and `forklift/legacy.py`.
#[derive(Clone, Debug)]
pub struct UploadForm {
    fields: Vec<(String, String)>,
    file: Option<(String, String)>,
    digests: Vec<(String, String)>,
}

const DIGESTS: [(&str, &str); 2] = [("blake2_256_digest", "BLAKE2"), ("sha256_digest", "SHA256")];

impl UploadForm {
    /// A form of these fields, without a file.
    pub fn new<K: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (K, V)>) -> Self {
        Self {
            fields: fields
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            file: None,
            digests: Vec::new(),
        }
    }

    /// The form with a file part of this name and media type.
    #[must_use]
    pub fn with_file(self, filename: impl Into<String>, content_type: impl Into<String>) -> Self {
        Self {
            file: Some((filename.into(), content_type.into())),
            ..self
        }
    }

    /// The form with what the digests of the file really are, by the keys of the form, in hexadecimal.
    #[must_use]
    pub fn with_digests<K: Into<String>, V: Into<String>>(
        self,
        digests: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self {
            digests: digests
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            ..self
        }
    }

    /// The core metadata that the form says. The index drops values that are empty or `UNKNOWN`.
    pub fn metadata(&self) -> Metadata {
        let fields = self.fields.iter();
        Metadata::from_fields(
            fields.filter_map(|(key, value)| Some((Field::from_form_key(key)?, value.clone()))),
        )
    }

    /// Everything for which an index would refuse the form with these bytes as its file, in the order in which it looks:
    /// the first finding that has an [`index_text`](Finding::index_text) is its answer. Sizes above PyPI's default limit
    /// and names of the standard library are warnings that have one.
    pub fn inspect(&self, mut reader: impl Read + Seek) -> Vec<Finding> {
        let metadata = self.metadata();
        let mut findings = self.check_fields();
        findings.extend(metadata.check());
        let Some((filename, content_type)) = &self.file else {
            findings.push(refused(
                "form-file",
                "the form has no file",
                "Upload payload does not have a file.",
            ));
            return findings;
        };
        findings.extend(crate::check::of_project(&metadata));
        findings.extend(name::characters(filename));
        findings.extend(self.extension(filename));
        if content_type.is_empty() || content_type.starts_with("image/") {
            findings.push(refused(
                "form-content-type",
                "the file part has a media type of no distribution",
                "Invalid distribution file.",
            ));
        }
        findings.extend(self.wrong_digest());
        findings.extend(of_file(filename, Some(&metadata), &mut reader));
        findings
    }

    fn get(&self, key: &str) -> &str {
        let mut pairs = self.fields.iter().filter(|(at, _)| at == key);
        pairs.next().map_or("", |(_, value)| value.as_str())
    }

    fn check_fields(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !matches!(self.get("protocol_version"), "" | "1") {
            findings.push(refused(
                "form-protocol",
                "the protocol version is not 1",
                "Unknown protocol version.",
            ));
        }
        findings.extend(
            self.metadata()
                .check()
                .into_iter()
                .filter(|finding| finding.rule() == "name-invalid"),
        );
        let mut bad = |field: &str, problem: &str| {
            let message = format!("the form field {field} is not valid");
            findings.push(refused(
                "form-field",
                &message,
                &format!("Invalid value for {field}. Error: {problem}"),
            ));
        };
        let is_digest = |key: &str| {
            let value = self.get(key);
            value.is_empty()
                || (value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
        };
        for (key, name) in DIGESTS {
            if key == "sha256_digest" {
                match self.get("filetype") {
                    "" => bad("filetype", "This field is required."),
                    "sdist" | "bdist_wheel" => {}
                    _ => bad("filetype", "Use a known file type."),
                }
                if self.get("filetype") == "bdist_wheel" && self.get("pyversion").is_empty() {
                    bad(
                        "pyversion",
                        "Python version is required for binary distribution uploads.",
                    );
                } else if self.get("filetype") == "sdist"
                    && !matches!(self.get("pyversion"), "" | "source")
                {
                    bad("pyversion", "Use 'source' as Python version for an sdist.");
                }
            }
            if !is_digest(key) {
                bad(
                    key,
                    &format!("Use a valid, hex-encoded, {name} message digest."),
                );
            }
        }
        if ["md5_digest", "sha256_digest", "blake2_256_digest"]
            .iter()
            .all(|key| self.get(key).is_empty())
        {
            findings.push(refused(
                "form-digest",
                "the form has no digest",
                "Error: Include at least one message digest.",
            ));
        }
        findings
    }

    fn extension(&self, filename: &str) -> Option<Finding> {
        let lower = filename.to_ascii_lowercase();
        let end = [".tar.gz", ".zip", ".whl"]
            .into_iter()
            .find(|end| lower.len() > end.len() && lower.ends_with(end))?;
        let extension = filename.get(filename.len() - end.len()..)?;
        let filetype = self.get("filetype");
        let fits = match filetype {
            "sdist" => matches!(extension, ".tar.gz" | ".zip"),
            _ => extension == ".whl",
        };
        (!fits).then(|| {
            let message = format!("a file that ends in {extension} is no {filetype}");
            let text = format!(
                "Invalid file extension: Extension {extension} is invalid for filetype {filetype}."
            );
            refused("filename-extension", &message, &text)
        })
    }

    fn wrong_digest(&self) -> Option<Finding> {
        let wrong = self.digests.iter().find(|(key, real)| {
            let said = self.get(key);
            !said.is_empty() && !said.eq_ignore_ascii_case(real)
        });
        wrong.map(|(key, _)| {
            let message = format!("{key} is not that of the file");
            refused(
                "form-digest",
                &message,
                "The digest supplied does not match a digest calculated from the uploaded file.",
            )
        })
    }
}

fn refused(rule: &'static str, message: &str, sentence: &str) -> Finding {
    Finding::error(rule, None, message.to_owned()).with_index_text(sentence)
}
