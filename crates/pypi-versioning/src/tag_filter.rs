//! Which tags name versions of a project.

use std::str::Chars;

use crate::{Tag, Version};

/// Selects the tags that name versions of a project, by default `v1.2.3` and `1.2.3`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::TagFilter;
///
/// let filter = TagFilter::new().prefix("client-").glob("client-v*");
/// assert!(filter.parse_tag("client-v1.0").is_some());
/// assert!(filter.parse_tag("client-1.0").is_none());
/// assert!(filter.parse_tag("v1.0").is_none());
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct TagFilter {
    /// The text before the version, such as `client-`; see [`Tag::parse`].
    pub prefix: String,
    /// A pattern that the whole name must match, too: `*` stands for any characters, `?` for one.
    pub glob: Option<String>,
    /// Whether a version must contain a dot. If not, the moving tag `v1` and `20240115` are versions.
    pub dot_required: bool,
}

impl Default for TagFilter {
    fn default() -> Self {
        Self {
            prefix: String::new(),
            glob: None,
            dot_required: true,
        }
    }
}

impl TagFilter {
    /// Returns the default filter: no prefix, no pattern, a dot required.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the text before the version.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets a pattern that the whole name must match, too.
    #[must_use]
    pub fn glob(mut self, glob: impl Into<String>) -> Self {
        self.glob = Some(glob.into());
        self
    }

    /// Sets whether a version must contain a dot.
    #[must_use]
    pub fn dot_required(mut self, dot_required: bool) -> Self {
        self.dot_required = dot_required;
        self
    }

    /// Parses a tag name. Returns `None` if it does not name a version of the project.
    pub fn parse_tag(&self, name: &str) -> Option<Tag> {
        if !self.matches(name) {
            return None;
        }
        if self.dot_required {
            return Tag::parse(name, &self.prefix);
        }
        let version = Version::parse(name.strip_prefix(&self.prefix)?).ok()?;
        Some(Tag::new(name, version))
    }

    /// Returns whether a name has the prefix and matches the pattern, version or not.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let glob = self.glob.as_ref();
        name.starts_with(&self.prefix) && glob.is_none_or(|glob| Self::glob_matches(glob, name))
    }

    /// Returns whether all of `text` matches the pattern: `*` stands for any characters, `?` for one.
    ///
    /// It backtracks to the last `*` only, so that the time is at most the product of both lengths.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::TagFilter;
    ///
    /// assert!(TagFilter::glob_matches("v*.?", "v1.10.0"));
    /// assert!(!TagFilter::glob_matches("v?", "v10"));
    /// ```
    pub fn glob_matches(glob: &str, text: &str) -> bool {
        let (mut glob, mut text) = (glob.chars(), text.chars());
        let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            match (glob.next(), text.clone().next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    retry = Some((glob.clone(), text.clone()));
                    continue;
                }
                (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                    text.next();
                    continue;
                }
                _ => {}
            }
            let Some((after_star, rest)) = &mut retry else {
                return false;
            };
            if rest.next().is_none() {
                return false;
            }
            (glob, text) = (after_star.clone(), rest.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_conditions_must_hold() {
        let name =
            |filter: &TagFilter, name| filter.parse_tag(name).map(|tag| tag.version.to_string());
        let filter = TagFilter::new().prefix("client-").glob("client-v*");
        assert_eq!(name(&filter, "client-v1.0").as_deref(), Some("1.0"));
        assert_eq!(name(&filter, "client-1.0"), None);
        assert_eq!(name(&filter, "v1.0"), None);
        assert_eq!(name(&TagFilter::new(), "v1"), None);
        let loose = TagFilter::new().dot_required(false);
        assert_eq!(name(&loose, "v1").as_deref(), Some("1"));
        assert_eq!(name(&loose, "latest"), None);
    }

    #[test]
    fn patterns_match_like_those_of_a_shell_without_classes() {
        for (glob, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("v*", "v1.0", true),
            ("v*.?", "v1.10.0", true),
            ("v?", "v", false),
            ("*1*2*", "v1.2", true),
            ("*1*2", "v1.2.3", false),
            ("?", "é", true),
            ("***b", "aaab", true),
        ] {
            assert_eq!(
                TagFilter::glob_matches(glob, text),
                expected,
                "{glob} {text}"
            );
        }
        // A pattern cannot make this slow.
        assert!(!TagFilter::glob_matches(&"*a".repeat(100), &"a".repeat(99)));
    }
}
