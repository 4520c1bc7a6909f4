//! Core metadata: the fields of a distribution.

mod error;
mod headers;
mod pkginfo;
mod values;

use std::str::FromStr;

use crate::{Field, MetadataVersion, python::strip};
pub use error::{MetadataError, MetadataErrorKind};
use headers::Header;

/// The core metadata of a distribution: every field with its values, in the order of [`Field::ALL`].
///
/// The values are the texts as they were written; [`check`](Self::check) returns which of them PyPI rejects.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Field, Metadata};
///
/// let metadata = Metadata::parse(b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\n# Demo\n")?;
/// assert_eq!(metadata.get(Field::Name), Some("demo"));
/// assert_eq!(metadata.get(Field::Description), Some("# Demo\n"));
/// assert!(metadata.check().is_empty());
/// # Ok::<(), pypi_metadata::MetadataError>(())
/// ```
///
/// # Source
///
/// [Core metadata specifications](https://packaging.python.org/en/latest/specifications/core-metadata/), version 2.5,
/// 2026-08.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Metadata {
    entries: Vec<(Field, String)>,
    /// Headers that are not a field, with their values.
    unknown: Vec<(String, String)>,
}

/// The longest `METADATA` or `PKG-INFO` that is read, in bytes: 8 MiB.
pub const MAX_METADATA: u64 = 8 * 1024 * 1024;

/// The longest headers that `python-pkginfo` is given, in bytes: it copies them several times.
const MAX_PKGINFO: usize = 1024 * 1024;

impl Metadata {
    /// Parses a `METADATA` or `PKG-INFO`.
    ///
    /// `python-pkginfo` parses headers of up to 1 MiB. Our own pass adds the fields that it does not know, the repeats that it drops,
    /// and the values that it changes but `packaging.metadata` does not: folded lines, encoded words and the body.
    ///
    /// # Errors
    ///
    /// If it cannot be parsed at all; [`MetadataErrorKind`] says why.
    pub fn parse(text: &[u8]) -> Result<Self, MetadataError> {
        if text.len() as u64 > MAX_METADATA {
            return Err(MetadataError::new(MetadataErrorKind::TooLong));
        }
        let text = std::str::from_utf8(text)
            .map_err(|_| MetadataError::new(MetadataErrorKind::NotUtf8))?;
        let (headers, body) = headers::split(text)?;
        let head = text.strip_suffix(body).unwrap_or_default();
        let has = |field: &&str| headers.iter().any(|h| h.name.eq_ignore_ascii_case(field));
        let required = ["Metadata-Version", "Name", "Version"];
        if let Some(missing) = required.iter().find(|field| !has(field)) {
            return Err(MetadataError::missing(missing));
        }
        let mut metadata = Self::default();
        if head.len() <= MAX_PKGINFO && !head.contains('\r') {
            // It gets the headers alone, because it fails on some line endings, and no encoded words, for which `mailparse`
            // takes quadratic time. Our own pass reads what it cannot.
            let head = head.replace("=?", "= ");
            if let Ok(read) = python_pkginfo::Metadata::parse(head.as_bytes()) {
                metadata = Self::from_pkginfo(read);
            }
        }
        metadata.correct(&headers, body);
        Ok(metadata)
    }

    /// Metadata with these fields. Empty values and `UNKNOWN` count as absent, as on the index.
    pub fn from_fields(fields: impl IntoIterator<Item = (Field, String)>) -> Self {
        let fields = fields.into_iter();
        Self::from_form(fields.filter(|(_, value)| !is_absent(value)))
    }

    /// Metadata with exactly these fields, as an upload form has them.
    pub(crate) fn from_form(fields: impl IntoIterator<Item = (Field, String)>) -> Self {
        let mut entries: Vec<_> = fields.into_iter().collect();
        entries.sort_by_key(|(field, _)| *field);
        Self {
            entries,
            unknown: Vec::new(),
        }
    }

    /// The first value of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.all(field).next()
    }

    /// Every value of a field, in order. [`check`](Self::check) reports more than one value of a single-valued field.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        let values = self.entries.iter().filter(move |(at, _)| *at == field);
        values.map(|(_, value)| value.as_str())
    }

    /// Every field that is set, with each of its values.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &str)> {
        self.entries
            .iter()
            .map(|(field, value)| (*field, value.as_str()))
    }

    /// The headers that are not a core metadata field, as they are spelled.
    pub fn unknown_headers(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(|(name, _)| name.as_str())
    }

    /// The text of a `METADATA` or `PKG-INFO`, with the headers in the order of [`Field::ALL`]. Parsed metadata that is
    /// written and parsed again is the same.
    ///
    /// A header cannot contain lines without indentation, so the later lines of a value are indented if they are not.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Metadata;
    ///
    /// let text = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\n# Demo\n";
    /// assert_eq!(Metadata::parse(text.as_bytes())?.to_text(), text);
    /// # Ok::<(), pypi_metadata::MetadataError>(())
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut body = None;
        for (field, value) in &self.entries {
            if *field == Field::Description && body.is_none() && !value.trim().is_empty() {
                body = Some(value);
            } else {
                headers::write(&mut text, field.header(), value);
            }
        }
        for (name, value) in &self.unknown {
            headers::write(&mut text, name, value);
        }
        if let Some(body) = body {
            text.push('\n');
            text.push_str(body);
        }
        text
    }

    /// The version of the format, if this crate knows it.
    pub fn metadata_version(&self) -> Option<MetadataVersion> {
        MetadataVersion::find(self.get(Field::MetadataVersion)?)
    }

    /// Whether the version of the format has a field, so that an upload sends it. A version that this crate does not know
    /// may have every field.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Field, Metadata};
    ///
    /// let metadata = Metadata::parse(b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nLicense-File: LICENSE\n")?;
    /// assert!(metadata.may_have(Field::ProvidesExtra));
    /// assert!(!metadata.may_have(Field::LicenseFile));
    /// # Ok::<(), pypi_metadata::MetadataError>(())
    /// ```
    pub fn may_have(&self, field: Field) -> bool {
        let version = self.metadata_version();
        version.is_none_or(|version| field.since() <= version)
    }

    /// Replaces the values that `python-pkginfo` changes or drops: repeats, folded lines, RFC 2047 words, unknown fields.
    fn correct(&mut self, headers: &[Header<'_>], body: &str) {
        for field in Field::ALL {
            let of_field = headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case(field.header()));
            let values: Vec<&str> = of_field
                .map(|header| header.value.as_str())
                .filter(|value| !is_absent(value))
                .collect();
            if field != Field::Description && !self.all(field).eq(values.iter().copied()) {
                self.set(field, values.into_iter().map(str::to_owned).collect());
            }
        }
        let described = headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("Description"))
            .map(|header| headers::unfolded(&header.value));
        let body = (!body.trim().is_empty()).then(|| body.to_owned());
        self.set(
            Field::Description,
            body.into_iter().chain(described).collect(),
        );
        self.unknown = headers
            .iter()
            .filter(|header| Field::from_header(header.name).is_none())
            .map(|header| (header.name.to_owned(), header.value.clone()))
            .collect();
    }

    fn set(&mut self, field: Field, values: Vec<String>) {
        self.entries.retain(|(at, _)| *at != field);
        let place = self.entries.partition_point(|(at, _)| *at < field);
        let values = values.into_iter().filter(|value| !is_absent(value));
        self.entries
            .splice(place..place, values.map(|value| (field, value)));
    }
}

impl FromStr for Metadata {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        Self::parse(text.as_bytes())
    }
}

fn is_absent(value: &str) -> bool {
    value.is_empty() || strip(value) == "UNKNOWN"
}
