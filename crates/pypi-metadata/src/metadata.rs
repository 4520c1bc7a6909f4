//! Core metadata: the fields of one distribution.

use std::fmt;

use crate::{Field, MetadataVersion, headers};

/// The core metadata of a distribution: every field with its values, in the order of [`Field::ALL`].
///
/// The values are texts as they were written; [`check`](Self::check) says which of them an index refuses.
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
/// # Ok::<(), pypi_metadata::ParseError>(())
/// ```
///
/// # Source
///
/// Core metadata specification 2.5, 2026-08.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Metadata {
    entries: Vec<(Field, String)>,
    /// Headers of no field, with their values.
    unknown: Vec<(String, String)>,
}

/// The most bytes of a `METADATA` or `PKG-INFO`: 8 MiB.
pub const MAX_METADATA: u64 = 8 * 1024 * 1024;

/// A text that is no core metadata.
#[derive(Debug)]
pub struct ParseError {
    kind: ParseErrorKind,
    source: Option<python_pkginfo::Error>,
}

/// Why a text is no core metadata. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ParseErrorKind {
    /// The headers do not read, or lack `Metadata-Version`, `Name` or `Version`.
    Headers,
    /// It is not UTF-8.
    NotUtf8,
    /// It is longer than [`MAX_METADATA`].
    TooLong,
}

impl Metadata {
    /// Reads the text of a `METADATA` or `PKG-INFO`.
    ///
    /// `python-pkginfo` reads the headers; our own pass adds the fields that it does not know, the repeats that it drops,
    /// and the values that it changes where `packaging.metadata` keeps them: folded lines, encoded words and the body.
    ///
    /// # Errors
    ///
    /// [`ParseErrorKind`] says why.
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        if text.len() as u64 > MAX_METADATA {
            return Err(ParseErrorKind::TooLong.into());
        }
        let text = std::str::from_utf8(text).map_err(|_| ParseErrorKind::NotUtf8)?;
        // The body is not a header's business: `python-pkginfo` stumbles over some line ends in it.
        let (_, body) = headers::split(text);
        let head = text.len() - body.len();
        let head = text.as_bytes().get(..head).unwrap_or_default();
        let read = python_pkginfo::Metadata::parse(head).map_err(|source| ParseError {
            kind: ParseErrorKind::Headers,
            source: Some(source),
        })?;
        let mut metadata = Self::from(read);
        metadata.correct(text);
        Ok(metadata)
    }

    /// Metadata of the given fields. Empty values count as absent, as an index counts them; so does `UNKNOWN`.
    pub fn from_fields(fields: impl IntoIterator<Item = (Field, String)>) -> Self {
        let mut entries: Vec<_> = fields
            .into_iter()
            .filter(|(_, value)| !is_absent(value))
            .collect();
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

    /// Every value of a field, in order; more than one of a single-valued field is a finding.
    pub fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        let values = self.entries.iter().filter(move |(at, _)| *at == field);
        values.map(|(_, value)| value.as_str())
    }

    /// Every field that is there, with each of its values.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &str)> {
        self.entries
            .iter()
            .map(|(field, value)| (*field, value.as_str()))
    }

    /// The headers that are no core metadata field, as they are spelled.
    pub fn unknown_headers(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(|(name, _)| name.as_str())
    }

    /// The text of a `METADATA` or `PKG-INFO`, headers in the order of [`Field::ALL`]: what [`parse`](Self::parse) has read
    /// and this has written reads the same again.
    ///
    /// A value of several lines whose later lines are not indented, which no header can hold, is indented.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Metadata;
    ///
    /// let text = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\n# Demo\n";
    /// assert_eq!(Metadata::parse(text.as_bytes())?.to_text(), text);
    /// # Ok::<(), pypi_metadata::ParseError>(())
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

    /// The version of the format, when it is one that indexes know.
    pub fn metadata_version(&self) -> Option<MetadataVersion> {
        MetadataVersion::find(self.get(Field::MetadataVersion)?)
    }

    fn correct(&mut self, text: &str) {
        let (headers, body) = headers::split(text);
        for field in Field::ALL {
            let ours = || {
                let of_field = headers
                    .iter()
                    .filter(|header| header.name.eq_ignore_ascii_case(field.header()));
                of_field.filter(|header| !is_absent(&header.value))
            };
            let departs =
                ours().any(|header| header.departs) || ours().count() != self.all(field).count();
            if departs && field != Field::Description {
                let values: Vec<String> = ours().map(|header| header.value.clone()).collect();
                self.set(field, values);
            }
        }
        let described = headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("Description"))
            .map(|header| header.value.clone());
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

impl From<python_pkginfo::Metadata> for Metadata {
    /// Takes what another tool has read or written already.
    fn from(read: python_pkginfo::Metadata) -> Self {
        let one = |field, value: Option<String>| value.map(|value| (field, value));
        let each = |field, values: Vec<String>| values.into_iter().map(move |value| (field, value));
        let single = [
            one(Field::MetadataVersion, Some(read.metadata_version)),
            one(Field::Name, Some(read.name)),
            one(Field::Version, Some(read.version)),
            one(Field::Summary, read.summary),
            one(Field::Description, read.description),
            one(Field::DescriptionContentType, read.description_content_type),
            one(Field::Keywords, read.keywords),
            one(Field::HomePage, read.home_page),
            one(Field::DownloadUrl, read.download_url),
            one(Field::Author, read.author),
            one(Field::AuthorEmail, read.author_email),
            one(Field::Maintainer, read.maintainer),
            one(Field::MaintainerEmail, read.maintainer_email),
            one(Field::License, read.license),
            one(Field::LicenseExpression, read.license_expression),
            one(Field::RequiresPython, read.requires_python),
        ];
        let multiple = [
            each(Field::Dynamic, read.dynamic),
            each(Field::Platform, read.platforms),
            each(Field::SupportedPlatform, read.supported_platforms),
            each(Field::LicenseFile, read.license_files),
            each(Field::Classifier, read.classifiers),
            each(Field::RequiresDist, read.requires_dist),
            each(Field::RequiresExternal, read.requires_external),
            each(Field::ProjectUrl, read.project_urls),
            each(Field::ProvidesExtra, read.provides_extras),
            each(Field::ProvidesDist, read.provides_dist),
            each(Field::ObsoletesDist, read.obsoletes_dist),
        ];
        Self::from_fields(
            single
                .into_iter()
                .flatten()
                .chain(multiple.into_iter().flatten()),
        )
    }
}

fn is_absent(value: &str) -> bool {
    value.is_empty() || value.trim() == "UNKNOWN"
}

impl ParseError {
    /// The category, for `match`.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }
}

impl From<ParseErrorKind> for ParseError {
    fn from(kind: ParseErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.source) {
            (_, Some(python_pkginfo::Error::FieldNotFound(field))) => {
                write!(
                    f,
                    "the core metadata has no {field}: build the distribution again with a build backend that writes it"
                )
            }
            (ParseErrorKind::Headers, _) => {
                f.write_str("the core metadata is not a list of headers")
            }
            (ParseErrorKind::NotUtf8, _) => f.write_str("the core metadata is not UTF-8"),
            (ParseErrorKind::TooLong, _) => {
                write!(f, "the core metadata is longer than {MAX_METADATA} bytes")
            }
        }
    }
}

impl std::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
