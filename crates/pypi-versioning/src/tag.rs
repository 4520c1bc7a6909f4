//! Tags that name versions.

use crate::Version;

/// A tag that names a version.
///
/// # Examples
///
/// ```
/// use pypi_versioning::Tag;
///
/// let version = |name, prefix| Tag::parse(name, prefix).map(|tag| tag.version.to_string());
/// assert_eq!(version("v1.0-rc1", ""), Some("1.0rc1".to_owned()));
/// assert_eq!(version("client-v2.1", "client-"), Some("2.1".to_owned()));
/// assert_eq!(version("client-v2.1", ""), None);
/// assert_eq!(version("v1", ""), None);
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Tag {
    /// The full name of the tag, without `refs/tags/`.
    pub name: String,
    /// The version that the tag names.
    pub version: Version,
}

impl Tag {
    /// Returns a tag with any name, for names that [`Self::parse`] does not accept.
    pub fn new(name: impl Into<String>, version: Version) -> Self {
        Self {
            name: name.into(),
            version,
        }
    }

    /// Parses a tag name: the prefix, an optional `v`, and a PEP 440 version that contains a dot.
    ///
    /// `v1`, `build-5` and `2024-01-15` are not version tags. PEP 440 accepts the first and the
    /// last, but such names are used for moving tags and for dates.
    pub fn parse(name: &str, prefix: &str) -> Option<Self> {
        let text = name.strip_prefix(prefix)?;
        if !text.contains('.') {
            return None;
        }
        let version = Version::parse(text).ok()?;
        Some(Self::new(name, version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tags_are_not_version_tags() {
        for name in [
            "v1",
            "deploy-2024-01-15",
            "2024-01-15",
            "build-5",
            "latest",
            "vv1.0",
            "v1.0-foo",
            "release/1.0",
            "v",
            "",
        ] {
            assert_eq!(Tag::parse(name, ""), None, "{name}");
        }
        for name in ["1.0", "V1.0", "v1!2.0.0", "v1.0.0+build.1", "2024.01.15"] {
            assert!(Tag::parse(name, "").is_some(), "{name}");
        }
    }
}
