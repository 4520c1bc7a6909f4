//! Why a text cannot be parsed as core metadata.

use std::error::Error as StdError;

use super::MAX_METADATA;

/// A text that cannot be parsed as core metadata.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Metadata, MetadataErrorKind};
///
/// let error = Metadata::parse(b"Metadata-Version: 2.4\nName: demo\n").unwrap_err();
/// assert_eq!(error.kind(), MetadataErrorKind::Headers);
/// assert_eq!(error.to_string(), "the core metadata has no Version");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct MetadataError {
    kind: MetadataErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Why a text cannot be parsed as core metadata. Alphabetical; a new kind is a minor release.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MetadataErrorKind {
    /// The headers cannot be parsed, or have no `Metadata-Version`, `Name` or `Version`.
    Headers,
    /// The text is not UTF-8.
    NotUtf8,
    /// The text is longer than [`MAX_METADATA`], or has more than 50,000 headers, or a header other than `Description` of
    /// more than 2 MiB.
    TooLong,
}

impl MetadataError {
    pub(super) fn new(kind: MetadataErrorKind) -> Self {
        let message = match kind {
            MetadataErrorKind::Headers => "the core metadata is not a list of headers".to_owned(),
            MetadataErrorKind::NotUtf8 => "the core metadata is not UTF-8".to_owned(),
            MetadataErrorKind::TooLong => {
                format!("the core metadata is longer than {MAX_METADATA} bytes")
            }
        };
        Self {
            kind,
            message,
            source: None,
        }
    }

    pub(super) fn too_long(message: String) -> Self {
        Self {
            message,
            ..Self::new(MetadataErrorKind::TooLong)
        }
    }

    pub(super) fn missing(field: &str) -> Self {
        Self {
            message: format!("the core metadata has no {field}"),
            ..Self::new(MetadataErrorKind::Headers)
        }
    }

    /// The category, for `match`.
    pub fn kind(&self) -> MetadataErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            MetadataErrorKind::Headers | MetadataErrorKind::NotUtf8 => {
                Some("build the distribution again with a build backend that writes valid metadata")
            }
            MetadataErrorKind::TooLong => Some("shorten the metadata"),
        }
    }

    /// The message and the cause behind it.
    pub(crate) fn into_parts(self) -> (String, Option<Box<dyn StdError + Send + Sync>>) {
        (self.message, self.source)
    }
}
