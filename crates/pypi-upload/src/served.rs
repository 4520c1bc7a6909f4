//! What a download found.

use std::fmt;

/// What an index serves as a file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Served {
    /// Nothing yet.
    Absent,
    /// Other content: an alarm.
    #[non_exhaustive]
    Different {
        /// Its sha256; `None` when the number of bytes differs, and they were not all read.
        sha256: Option<String>,
        /// How many bytes it has.
        size: u64,
    },
    /// The bytes with our sha256.
    Same,
    /// It could not be fetched or written.
    #[non_exhaustive]
    Unknown {
        /// Why, on one line, with the URL.
        why: String,
    },
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("listed, but not served yet"),
            Self::Different {
                sha256: Some(sha256),
                ..
            } => write!(
                f,
                "THE INDEX SERVES OTHER CONTENT: a file with sha256 {sha256}"
            ),
            Self::Different { sha256: None, size } => {
                write!(f, "THE INDEX SERVES OTHER CONTENT: a file of {size} bytes")
            }
            Self::Same => f.write_str("served with our sha256"),
            Self::Unknown { why } => write!(f, "not compared: {why}"),
        }
    }
}
