//! The form of an upload.

use crate::store::Blob;
use crate::warehouse::Digests;

/// The fields of a form, in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct Form(pub(super) Vec<FormField>);

#[derive(Debug)]
pub(crate) struct FormField {
    pub(crate) name: String,
    pub(crate) value: FormValue,
}

#[derive(Debug)]
pub(crate) enum FormValue {
    Text(String),
    File(FilePart),
}

/// A part with a file name.
#[derive(Debug)]
pub(crate) struct FilePart {
    pub(crate) filename: String,
    /// Without parameters. `text/plain` if the part has no content type.
    pub(crate) content_type: String,
    pub(crate) size: u64,
    /// Of a file above the limit: of some of its bytes.
    pub(crate) digests: Digests,
    /// Empty if the file is above the limit, or is not kept.
    pub(crate) blob: Blob,
}

impl Form {
    /// Whether a field is repeated.
    pub(crate) fn has_duplicates(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|field| field.name.as_str()).collect();
        names.sort_unstable();
        !names.is_sorted_by(|a, b| a != b)
    }

    pub(crate) fn fields(&self) -> impl DoubleEndedIterator<Item = &FormField> {
        self.0.iter()
    }

    /// The last text of a field. Warehouse drops a field whose text is `UNKNOWN`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let texts = self.texts().filter(|(key, _)| *key == name);
        let (_, text) = texts.last()?;
        (text.trim() != "UNKNOWN").then_some(text)
    }

    /// The first text of a field.
    pub(crate) fn first_text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.texts().find(|(key, _)| *key == name)?;
        Some(text)
    }

    /// The name and the value of each text field.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields().filter_map(|field| match &field.value {
            FormValue::Text(text) => Some((field.name.as_str(), text.as_str())),
            FormValue::File(_) => None,
        })
    }

    /// The distribution: the last value of `content`, if that is a file.
    pub(crate) fn content(&self) -> Option<&FilePart> {
        let mut fields = self.fields().rev();
        match &fields.find(|field| field.name == "content")?.value {
            FormValue::File(file) => Some(file),
            FormValue::Text(_) => None,
        }
    }
}

impl FormValue {
    /// A text as Warehouse stores it: its database has no NUL.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.replace('\0', "\\x00"))
    }
}
