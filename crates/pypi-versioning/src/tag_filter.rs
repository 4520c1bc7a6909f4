use crate::{Tag, Version};

/// Which tags name versions of the project; the default takes `v1.2.3` and `1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFilter {
    prefix: String,
    glob: Option<String>,
    dot_required: bool,
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
    /// Makes the default filter: no prefix, no glob, a dot required.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what version tags begin with, as in `client-v1.2.3`; see [`Tag::parse`].
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Returns what version tags begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Sets a pattern that the whole name has to match besides: `*` stands for any characters,
    /// `?` for one.
    #[must_use]
    pub fn with_glob(mut self, glob: impl Into<String>) -> Self {
        self.glob = Some(glob.into());
        self
    }

    /// Sets whether a version needs a dot. Without, the moving tag `v1` and `20240115` are
    /// versions.
    #[must_use]
    pub fn with_dot_required(mut self, dot_required: bool) -> Self {
        self.dot_required = dot_required;
        self
    }

    /// Tells whether prefix and glob let a name through, version or not.
    pub(crate) fn has_shape(&self, name: &str) -> bool {
        let matched = self.glob.as_ref().is_none_or(|glob| matches(glob, name));
        matched && name.starts_with(&self.prefix)
    }

    /// Reads a tag name, none where it names no version of the project.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<Tag> {
        if !self.has_shape(name) {
            return None;
        }
        if self.dot_required {
            return Tag::parse(name, &self.prefix);
        }
        let version = Version::parse(name.strip_prefix(&self.prefix)?).ok()?;
        Some(Tag::new(name, version))
    }
}

/// Matches with one place to come back to, so that the time is at most the product of both
/// lengths.
fn matches(glob: &str, text: &str) -> bool {
    let (mut glob, mut text) = (glob.chars(), text.chars());
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_add_up() {
        let name = |filter: &TagFilter, name| filter.tag(name).map(|tag| tag.version.to_string());
        let filter = TagFilter::new()
            .with_prefix("client-")
            .with_glob("client-v*");
        assert_eq!(name(&filter, "client-v1.0").as_deref(), Some("1.0"));
        assert_eq!(name(&filter, "client-1.0"), None);
        assert_eq!(name(&filter, "v1.0"), None);
        assert_eq!(name(&TagFilter::new(), "v1"), None);
        let loose = TagFilter::new().with_dot_required(false);
        assert_eq!(name(&loose, "v1").as_deref(), Some("1"));
        assert_eq!(name(&loose, "latest"), None);
    }

    #[test]
    fn globs_match_as_in_a_shell_without_classes() {
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
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
        // No glob makes this slow.
        assert!(!matches(&"*a".repeat(100), &"a".repeat(99)));
    }
}
