//! An upload form, checked as the index checks it.

mod fields;
mod file;

use std::io::{Read, Seek};

use crate::{
    Field, Finding, Metadata, archive,
    check::{file_size, filename::Extension},
    inspect,
    python::strip,
    rules,
};

/// An upload form: its fields, and the names and media types of its file parts.
///
/// An index stores what the form says and never compares it with the metadata in the file, so the form is what it checks.
///
/// [`inspect`](Self::inspect) checks everything. An index that looks up accounts and projects in between calls the stages
/// one by one; in each, the first finding with an [`index_text`](Finding::index_text) is its answer:
///
/// 1. [`check_parts`](Self::check_parts), before it authenticates the client,
/// 2. [`check_fields`](Self::check_fields), the fields about the file,
/// 3. [`check_metadata`](Self::check_metadata), the core metadata, and whether there is a file,
/// 4. [`check_new_project`](Self::check_new_project), if the project does not exist,
/// 5. [`check_description`](Self::check_description), once the client may upload to the project,
/// 6. [`check_filename`](Self::check_filename), before the limits of the project,
/// 7. [`check_digests`](Self::check_digests), before the files of the release,
/// 8. [`check_content`](Self::check_content), before attestations.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{UploadForm, rules};
///
/// let form = UploadForm::new([(":action", "file_upload"), ("name", "demo"), ("pyversion", "py3")])
///     .file("content", "demo-1.0-py3-none-any.whl", "application/octet-stream");
/// let finding = &form.check_fields()[0];
/// assert_eq!(finding.rule(), &rules::FORM_FIELD);
/// assert_eq!(
///     finding.index_text(),
///     Some("Invalid value for filetype. Error: This field is required.")
/// );
/// assert_eq!(form.metadata().name(), Some("demo".parse()?));
/// # Ok::<(), pypi_metadata::NameError>(())
/// ```
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/forms.py` and `forklift/legacy.py`; recorded responses show which of two invalid fields
/// it names and which of repeated values it uses.
#[derive(Clone, Debug)]
pub struct UploadForm {
    parts: Vec<(String, Part)>,
    digests: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Text),
    File(FilePart),
}

#[derive(Clone, Debug)]
struct Text {
    written: String,
    /// With its NULs escaped, if it has any: the database of the index has none.
    escaped: Option<String>,
}

impl Text {
    fn new(written: String) -> Self {
        let escaped = written
            .contains('\0')
            .then(|| written.replace('\0', "\\x00"));
        Self { written, escaped }
    }
}

#[derive(Clone, Debug)]
struct FilePart {
    filename: String,
    content_type: String,
}

/// The part with the distribution.
const CONTENT: &str = "content";

impl UploadForm {
    /// A form with these text fields, in order.
    pub fn new<K: Into<String>, V: Into<String>>(fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let form = Self {
            parts: Vec::new(),
            digests: Vec::new(),
        };
        fields
            .into_iter()
            .fold(form, |form, (key, value)| form.field(key, value))
    }

    /// Adds a text field.
    #[must_use]
    pub fn field(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.parts
            .push((key.into(), Part::Text(Text::new(value.into()))));
        self
    }

    /// Adds a file part: `content` is the distribution. The media type is in lower case and without parameters.
    #[must_use]
    pub fn file(
        mut self,
        key: impl Into<String>,
        filename: impl Into<String>,
        content_type: impl Into<String>,
    ) -> Self {
        let part = Part::File(FilePart {
            filename: filename.into(),
            content_type: content_type.into(),
        });
        self.parts.push((key.into(), part));
        self
    }

    /// Sets the actual digests of the file, in hexadecimal, by their form keys: `md5_digest`, `sha256_digest` and
    /// `blake2_256_digest`. Only those that are set are compared with the form.
    #[must_use]
    pub fn digests<K: Into<String>, V: Into<String>>(
        self,
        digests: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let digests = digests.into_iter();
        Self {
            digests: digests
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
            ..self
        }
    }

    /// The value of a text field. Of repeated values, the index uses the first; of `protocol_version`, `:action` and
    /// `attestations` the last.
    pub fn value(&self, key: &str) -> Option<&str> {
        let mut values = self.values(key);
        match key {
            "protocol_version" | ":action" | "attestations" => values.last(),
            _ => values.next(),
        }
    }

    /// Every value of a text field. The index drops a field whose last value is `UNKNOWN`, and replaces all values by the
    /// last if that has a NUL.
    fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        let texts = self.parts.iter().filter_map(move |(at, part)| match part {
            Part::Text(text) if at == key => Some(text),
            _ => None,
        });
        let last = texts.clone().next_back();
        let is_dropped = last.is_some_and(|last| strip(&last.written) == "UNKNOWN");
        let escaped = last.and_then(|last| last.escaped.as_deref());
        let written = texts
            .filter(move |_| !is_dropped && escaped.is_none())
            .map(|text| text.written.as_str());
        written.chain(escaped)
    }

    /// The core metadata that the index reads from the form and stores.
    pub fn metadata(&self) -> Metadata {
        let mut fields = Vec::new();
        for field in Field::ALL {
            let values: Vec<&str> = self.values(field.form_key()).collect();
            // A single empty value counts as absent, an empty value among others does not.
            if values != [""] {
                let values = values.into_iter().map(str::to_owned);
                fields.extend(values.map(|value| (field, value)));
            }
        }
        Metadata::from_form(fields)
    }

    /// The distribution: the last part of that name, if it is a file.
    fn content(&self) -> Option<&FilePart> {
        let mut parts = self.parts.iter().rev();
        match parts.find(|(key, _)| key == CONTENT) {
            Some((_, Part::File(file))) => Some(file),
            _ => None,
        }
    }

    /// Everything that the index rejects about the form with `reader` as its distribution, in the order in which it checks:
    /// the first finding with an [`index_text`](Finding::index_text) is its answer.
    ///
    /// Names of the standard library and files above PyPI's default size limit are warnings, because a project may exist
    /// or have a higher limit.
    pub fn inspect(&self, mut reader: impl Read + Seek) -> Vec<Finding> {
        let mut findings = self.check_parts();
        findings.extend(self.check_fields());
        findings.extend(self.check_metadata());
        let Some(file) = self.content() else {
            return findings;
        };
        findings.extend(self.check_new_project());
        findings.extend(self.check_description());
        findings.extend(self.check_filename());
        let project = self.value("name").unwrap_or(&file.filename);
        let size = archive::size(&mut reader).unwrap_or(0);
        findings.extend(file_size::check(project, size));
        findings.extend(self.check_digests());
        findings.extend(self.check_content(reader));
        findings
    }

    /// Whether a text field is sent as a file.
    pub fn check_parts(&self) -> Vec<Finding> {
        let is_other = |key: &str| !matches!(key, CONTENT | "gpg_signature");
        let files = self.parts.iter().filter_map(|(key, part)| match part {
            Part::File(_) if is_other(key) => Some(key),
            _ => None,
        });
        let findings = files.map(|key| {
            Finding::new(
                &rules::FORM_FILE_PART,
                format!("the form field {key:?} is sent as a file"),
            )
            .with_index_text(format!("{key}: Should not be a tuple."))
        });
        findings.collect()
    }

    /// Checks `protocol_version`, `name`, and the fields about the file: `filetype`, `pyversion` and the digests.
    pub fn check_fields(&self) -> Vec<Finding> {
        fields::check(self)
    }

    /// Checks the core metadata, and that there is a file.
    pub fn check_metadata(&self) -> Vec<Finding> {
        let mut findings = self.metadata().check();
        // `check_fields` has reported that.
        findings.retain(|finding| finding.rule() != &rules::NAME_INVALID);
        if self.content().is_none() {
            findings.push(
                Finding::new(&rules::FORM_FILE, "the form has no file")
                    .with_index_text("Upload payload does not have a file."),
            );
        }
        findings
    }

    /// Checks the name of a project that does not exist yet.
    pub fn check_new_project(&self) -> Vec<Finding> {
        Vec::from_iter(self.metadata().check_stdlib())
    }

    /// Checks whether the index can render the description.
    pub fn check_description(&self) -> Vec<Finding> {
        self.metadata().check_description()
    }

    /// Checks the characters and the extension of the file name, and the media type of the file.
    pub fn check_filename(&self) -> Vec<Finding> {
        self.content()
            .map_or_else(Vec::new, |content| file::check(self, content))
    }

    /// Compares the digests in the form with the [actual ones](Self::digests).
    pub fn check_digests(&self) -> Vec<Finding> {
        Vec::from_iter(fields::wrong_digest(self))
    }

    /// Checks the archive, the file name against the metadata, and the contents of the distribution.
    ///
    /// Returns warnings too: those with the rules [`RECORD_ABSENT`](rules::RECORD_ABSENT) and
    /// [`RECORD_UNLISTED`](rules::RECORD_UNLISTED) make PyPI write to the owners of the project.
    pub fn check_content(&self, mut reader: impl Read + Seek) -> Vec<Finding> {
        let Some(file) = self.content() else {
            return Vec::new();
        };
        let Some(extension) = Extension::of(&file.filename) else {
            return Vec::new(); // `check_filename` has reported that
        };
        let metadata = self.metadata();
        inspect::contents(&file.filename, extension, Some(&metadata), &mut reader)
    }
}
