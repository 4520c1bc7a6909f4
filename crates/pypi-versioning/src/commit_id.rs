//! Full commit IDs.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind, text::quoted};

/// The ID of a commit: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits, or the first of them
/// where nobody knows the others.
///
/// # Examples
///
/// ```
/// use pypi_versioning::CommitId;
///
/// let id: CommitId = "A0EB9ACD9C9F2F5C3B3B0A3E3D5C5B8A1F0E2D4C".parse()?;
/// assert_eq!(id.as_str(), "a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c");
/// assert!(CommitId::parse("a0eb9ac").is_err());
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CommitId(String);

impl CommitId {
    /// Parses a full commit ID. An abbreviated one would make versions differ between clones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCommitId`] if the text is not 40 or 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let is_hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hexadecimal && matches!(text.len(), 40 | 64) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        let message = format!("{} is not a full commit ID", quoted(text));
        Err(Error::new(ErrorKind::InvalidCommitId, message)
            .with_help("give all of its 40 or 64 hexadecimal digits"))
    }

    /// Parses a commit ID that may be abbreviated to at least four digits, with or without the `g`
    /// that `git describe` writes before it.
    ///
    /// An abbreviated ID does not equal the full one, so [`route()`](crate::route()) publishes nothing
    /// for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCommitId`] if the text is not 4 to 64 hexadecimal digits.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::CommitId;
    ///
    /// assert_eq!(CommitId::parse_abbreviated("g1337beef")?.as_str(), "1337beef");
    /// # Ok::<(), pypi_versioning::Error>(())
    /// ```
    pub fn parse_abbreviated(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix('g').unwrap_or(text);
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hexadecimal && (4..=64).contains(&digits.len()) {
            return Ok(Self(digits.to_ascii_lowercase()));
        }
        let message = format!("{} is not a commit ID", quoted(text));
        Err(Error::new(ErrorKind::InvalidCommitId, message)
            .with_help("give its hexadecimal digits, at least four"))
    }

    /// Returns the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CommitId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_ids_are_accepted() {
        let full = "EA48643D95B2C4F2F5C3B3B0A3E3D5C5B8A1F0E2";
        assert_eq!(
            CommitId::parse(full).unwrap().to_string(),
            full.to_lowercase()
        );
        for text in ["", "ea48643d9", &"g".repeat(40), &"é".repeat(20)] {
            let error = CommitId::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidCommitId, "{text}");
        }
    }

    #[test]
    fn an_abbreviated_id_is_another_one() {
        let full = "ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2";
        let short = CommitId::parse_abbreviated("gEA48643d9").unwrap();
        assert_eq!(short.as_str(), "ea48643d9");
        assert_ne!(short, CommitId::parse(full).unwrap());
        assert_eq!(
            CommitId::parse_abbreviated(full).unwrap().as_str(),
            full,
            "a full ID is accepted, too"
        );
        for text in ["", "g", "abc", "ggabcd", "hdeadbeef", &"a".repeat(65)] {
            let error = CommitId::parse_abbreviated(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidCommitId, "{text}");
        }
    }
}
