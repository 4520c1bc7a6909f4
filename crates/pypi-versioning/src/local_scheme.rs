use std::{fmt, str::FromStr};

use crate::{SchemeError, SchemeErrorKind};

/// What the local part of a version says of the commit.
///
/// An exact version, on its tag and clean, gets nothing from any of these. The local part of
/// a tag itself is kept in front by all of them, as setuptools-scm does;
/// [`Described::public`](crate::Described::public) never has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LocalScheme {
    /// `node`: `+g` and the first digits of the commit. Says nothing of a dirty tree, so
    /// that the version depends on the history alone; the warnings do.
    #[default]
    Node,
    /// `node-and-date`: as [`Self::Node`], and `.d20240615` when the tree is dirty. The
    /// default of setuptools-scm.
    NodeAndDate,
    /// `node-and-timestamp`: as [`Self::Node`], and `.d20240615120000` when the tree is dirty.
    NodeAndTimestamp,
    /// `dirty-tag`: `+dirty` when the tree is dirty.
    DirtyTag,
    /// `no-local-version`, or `none`: nothing.
    None,
}

impl LocalScheme {
    pub(crate) const ALL: [Self; 5] = [
        Self::Node,
        Self::NodeAndDate,
        Self::NodeAndTimestamp,
        Self::DirtyTag,
        Self::None,
    ];

    /// Returns the name used in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::NodeAndDate => "node-and-date",
            Self::NodeAndTimestamp => "node-and-timestamp",
            Self::DirtyTag => "dirty-tag",
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
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = if text == "none" {
            "no-local-version"
        } else {
            text
        };
        let found = Self::ALL.into_iter().find(|scheme| scheme.name() == name);
        let kind = SchemeErrorKind::UnknownLocalScheme;
        found.ok_or_else(|| SchemeError::new(kind, text, &Self::ALL.map(Self::name)))
    }
}
