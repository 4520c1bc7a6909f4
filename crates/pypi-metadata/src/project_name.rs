//! The name of a project.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

/// The name of a project, as its author spells it.
///
/// Spellings with the same [`normalized`](Self::normalized) name belong to one project: they compare equal, and the
/// normalized name is what is hashed and ordered.
///
/// # Examples
///
/// ```
/// use pypi_metadata::ProjectName;
///
/// let name = ProjectName::parse("Zope.Interface")?;
/// assert_eq!(name.as_str(), "Zope.Interface");
/// assert_eq!(name.normalized(), "zope-interface");
/// assert_eq!(name.filename_part(), "zope_interface");
/// assert_eq!(name, "zope_interface".parse()?);
/// # Ok::<(), pypi_metadata::NameError>(())
/// ```
///
/// # Source
///
/// [Names and normalization](https://packaging.python.org/en/latest/specifications/name-normalization/), 2026-08.
#[derive(Clone, Debug)]
pub struct ProjectName {
    written: String,
    normalized: String,
}

/// A text that is not a valid project name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{0:?} is not a valid project name: expected ASCII letters, digits, '.', '_' and '-', with a letter or digit at both ends"
)]
pub struct NameError(String);

impl ProjectName {
    /// Parses a name: ASCII letters, digits, `.`, `_` and `-`, with a letter or digit at both ends.
    ///
    /// # Errors
    ///
    /// If `text` has other characters or ends, or is longer than [`MAX_NAME`] bytes.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        const SHOWN: usize = 60;
        if text.len() > MAX_NAME || !is_name(text) {
            return Err(NameError(text.chars().take(SHOWN).collect()));
        }
        Ok(Self {
            written: text.to_owned(),
            normalized: normalize(text),
        })
    }

    /// Whether a text exceeds [`MAX_NAME`] and is otherwise a name.
    pub(crate) fn is_only_too_long(text: &str) -> bool {
        text.len() > MAX_NAME && is_name(text)
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The name in lower case, with each run of `.`, `_` and `-` replaced by one `-`: the form that identifies the
    /// project.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The normalized name with `_` instead of `-`, as used in the file names of wheels and sdists.
    pub fn filename_part(&self) -> String {
        self.normalized.replace('-', "_")
    }
}

/// The longest name that is accepted, in bytes: PyPI limits file names to 255.
pub const MAX_NAME: usize = 255;

impl FromStr for ProjectName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl PartialEq for ProjectName {
    fn eq(&self, other: &Self) -> bool {
        self.normalized == other.normalized
    }
}

impl Eq for ProjectName {}

impl Hash for ProjectName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normalized.hash(state);
    }
}

impl Ord for ProjectName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.normalized.cmp(&other.normalized)
    }
}

impl PartialOrd for ProjectName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    ends.is_some_and(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

pub(crate) fn normalize(text: &str) -> String {
    let mut normalized = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '.' | '_' | '-' if normalized.ends_with('-') => {}
            '.' | '_' | '-' => normalized.push('-'),
            _ => normalized.push(c.to_ascii_lowercase()),
        }
    }
    normalized
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_name_is_an_error_of_one_line() {
        for text in ["", "-x", "x.", "a b", "orácle", "x\n", &"x".repeat(256)] {
            let error = ProjectName::parse(text).expect_err(text);
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_run_of_separators_becomes_one() {
        let name = ProjectName::parse("A.-_b").expect("a name");
        assert_eq!(name.normalized(), "a-b");
        assert_eq!(name, ProjectName::parse("a-B").expect("a name"));
    }

    #[test]
    fn order_and_hash_agree_with_equality() {
        let parse = |text| ProjectName::parse(text).expect("a name");
        let names = std::collections::HashSet::from([parse("A_b"), parse("a-B"), parse("c")]);
        assert_eq!(names.len(), 2);
        assert_eq!(parse("A_b").cmp(&parse("a.b")), Ordering::Equal);
        assert!(parse("B") > parse("a"));
    }
}
