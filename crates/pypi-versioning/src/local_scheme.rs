//! What the local part of a version contains.

use std::{fmt, str::FromStr};

use crate::{Error, scheme::unknown};

/// What the local part of a version contains.
///
/// An exact version, of a tagged commit with a clean tree, does not get a local part. A local part
/// of the tag itself is kept in front, as in setuptools-scm.
/// [`Described::public`](crate::Described::public) never has a local part.
///
/// # Examples
///
/// ```
/// use pypi_versioning::LocalScheme;
///
/// let scheme: LocalScheme = "node-and-date".parse()?;
/// assert_eq!(scheme, LocalScheme::NodeAndDate);
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LocalScheme {
    /// `dirty-tag`: `+dirty` if the tree is dirty.
    DirtyTag,
    /// `node`: `+g` and the first digits of the commit ID.
    ///
    /// The version depends on the history only: a dirty tree is a warning instead.
    #[default]
    Node,
    /// `node-and-date`: like [`Self::Node`], with `.d20240615` if the tree is dirty. The default of
    /// setuptools-scm.
    NodeAndDate,
    /// `node-and-timestamp`: like [`Self::Node`], with `.d20240615120000` if the tree is dirty.
    NodeAndTimestamp,
    /// `no-local-version` or `none`: no local part besides that of the tag, as in setuptools-scm.
    /// [`Described::public`](crate::Described::public) has none at all.
    None,
}

impl LocalScheme {
    /// All schemes, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::Node,
        Self::NodeAndDate,
        Self::NodeAndTimestamp,
        Self::DirtyTag,
        Self::None,
    ];

    /// Returns the name used in configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::DirtyTag => "dirty-tag",
            Self::Node => "node",
            Self::NodeAndDate => "node-and-date",
            Self::NodeAndTimestamp => "node-and-timestamp",
            Self::None => "no-local-version",
        }
    }
}

impl fmt::Display for LocalScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for LocalScheme {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = match text {
            "none" => "no-local-version",
            name => name,
        };
        let found = Self::ALL.iter().find(|scheme| scheme.name() == name);
        let names = Self::ALL.iter().map(|scheme| scheme.name());
        found
            .copied()
            .ok_or_else(|| unknown("local scheme", text, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn names_are_read_back() {
        for scheme in LocalScheme::ALL {
            assert_eq!(scheme.name().parse::<LocalScheme>().unwrap(), *scheme);
        }
        assert_eq!("none".parse::<LocalScheme>().unwrap(), LocalScheme::None);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "node-and-time".parse::<LocalScheme>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownScheme);
        assert_eq!(
            error.to_string(),
            "unknown local scheme \"node-and-time\": expected one of node, node-and-date, \
             node-and-timestamp, dirty-tag, no-local-version"
        );
    }
}
