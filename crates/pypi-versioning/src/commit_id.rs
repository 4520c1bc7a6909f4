use std::fmt;

use crate::{FactError, FactErrorKind, text::quoted};

/// The full name of a commit: 40 (SHA-1) or 64 (SHA-256) lower case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);

impl CommitId {
    /// Reads a full commit name; an abbreviated one would make versions differ by checkout.
    ///
    /// # Errors
    ///
    /// Says [`FactErrorKind::CommitId`] for anything but 40 or 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, FactError> {
        let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hexadecimal && matches!(text.len(), 40 | 64) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(FactError::new(
            FactErrorKind::CommitId,
            format!(
                "commit {} is not a full commit name: give all of its 40 or 64 hexadecimal digits",
                quoted(text)
            ),
        ))
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_commit_names_are_taken() {
        let full = "EA48643D95B2C4F2F5C3B3B0A3E3D5C5B8A1F0E2";
        assert_eq!(
            CommitId::parse(full).map(|id| id.to_string()),
            Ok(full.to_lowercase())
        );
        for text in ["", "ea48643d9", &"g".repeat(40), &"é".repeat(20)] {
            let error = CommitId::parse(text).unwrap_err();
            assert_eq!(error.kind(), FactErrorKind::CommitId, "{text}");
        }
    }
}
