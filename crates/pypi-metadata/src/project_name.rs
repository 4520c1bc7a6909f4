//! The name of a project.

use std::{fmt, str::FromStr};

/// The name of a project, as its author spells it.
///
/// Two spellings of one project have the same [`normalized`](Self::normalized) name and compare equal.
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
/// # Ok::<(), pypi_metadata::NameError>(())
/// ```
///
/// # Source
///
/// PEP 508 (the characters) and PEP 503 (the normalized form).
#[derive(Clone, Debug)]
pub struct ProjectName {
    written: String,
    normalized: String,
}

/// A text that is no project name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameError(String);

impl ProjectName {
    /// Reads a name: ASCII letters, digits, `.`, `_` and `-`, beginning and ending with a letter or digit.
    ///
    /// # Errors
    ///
    /// When it is spelled otherwise, or longer than [`MAX_NAME`] bytes.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.len() > MAX_NAME || !is_name(text) {
            return Err(NameError(text.chars().take(60).collect()));
        }
        Ok(Self {
            written: text.to_owned(),
            normalized: normalize(text),
        })
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The name in lower case, with each run of `.`, `_` and `-` as one `-`: the form that identifies the project.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The normalized name with `_` for `-`, as it stands in the file names of wheels and sdists.
    pub fn filename_part(&self) -> String {
        self.normalized.replace('-', "_")
    }
}

/// The longest name taken, in bytes; PyPI's own limit is that a file name has at most 255.
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

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no project name: use ASCII letters, digits, '.', '_' and '-', with a letter or digit first and last",
            self.0
        )
    }
}

impl std::error::Error for NameError {}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last());
    ends.is_some_and(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn normalize(text: &str) -> String {
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
    fn what_is_no_name_says_so() {
        for text in ["", "-x", "x.", "a b", "orácle", "x\n", &"x".repeat(256)] {
            let error = ProjectName::parse(text).expect_err(text);
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_run_of_separators_is_one() {
        let name = ProjectName::parse("A.-_b").expect("a name");
        assert_eq!(name.normalized(), "a-b");
        assert_eq!(name, ProjectName::parse("a-B").expect("a name"));
    }
}
