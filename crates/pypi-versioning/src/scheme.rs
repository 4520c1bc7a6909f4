use std::fmt;
use std::str::FromStr;

use crate::text::quoted;

/// How the version after a tag is made, by its name in setuptools-scm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// Counts the last number of the tag up by one and adds the distance as development
    /// number: two commits after `v1.2.3` are `1.2.4.dev2`, after `v1.0rc1` `1.0rc2.dev2`.
    ///
    /// A tag that ends in `.dev0` names the next release itself: two commits after
    /// `v2.0.dev0` are `2.0.dev2`. Any other development tag is an error.
    #[default]
    GuessNextDev,
}

impl Scheme {
    const ALL: [Self; 1] = [Self::GuessNextDev];

    /// Returns the name used in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GuessNextDev => "guess-next-dev",
        }
    }
}

/// What the local part of a version says of the commit.
///
/// An exact version, on its tag and clean, gets nothing from any of these. The local part of
/// a tag itself is kept in front by all of them, as setuptools-scm does;
/// [`Described::public`](crate::Described::public) never has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LocalScheme {
    /// `node`: `+g` and the first 9 digits of the commit. Says nothing of a dirty tree, so
    /// that the version depends on the history alone; the warnings do.
    #[default]
    Node,
    /// `node-and-date`: as [`Self::Node`], and `.d` with the day when the tree is dirty. The
    /// default of setuptools-scm.
    NodeAndDate,
    /// `dirty-tag`: `+dirty` when the tree is dirty.
    DirtyTag,
    /// `no-local-version`: nothing.
    None,
}

impl LocalScheme {
    const ALL: [Self; 4] = [Self::Node, Self::NodeAndDate, Self::DirtyTag, Self::None];

    /// Returns the name used in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::NodeAndDate => "node-and-date",
            Self::DirtyTag => "dirty-tag",
            Self::None => "no-local-version",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for LocalScheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scheme| scheme.name() == text);
        let kind = SchemeErrorKind::UnknownScheme;
        found.ok_or_else(|| SchemeError::new(kind, text, &Self::ALL.map(Self::name)))
    }
}

impl FromStr for LocalScheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scheme| scheme.name() == text);
        let kind = SchemeErrorKind::UnknownLocalScheme;
        found.ok_or_else(|| SchemeError::new(kind, text, &Self::ALL.map(Self::name)))
    }
}

/// The reason why a name was not accepted as a scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SchemeError {
    kind: SchemeErrorKind,
    message: String,
}

impl SchemeError {
    fn new(kind: SchemeErrorKind, found: &str, names: &[&str]) -> Self {
        let thing = match kind {
            SchemeErrorKind::UnknownScheme => "version scheme",
            SchemeErrorKind::UnknownLocalScheme => "local scheme",
        };
        let (found, names) = (quoted(found), names.join(", "));
        Self {
            kind,
            message: format!("{thing} {found} is not known: choose one of {names}"),
        }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> SchemeErrorKind {
        self.kind
    }
}

/// The kinds of scheme a name can fail to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SchemeErrorKind {
    /// The name of a [`Scheme`] was expected.
    UnknownScheme,
    /// The name of a [`LocalScheme`] was expected.
    UnknownLocalScheme,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.name().parse(), Ok(scheme));
        }
        for scheme in LocalScheme::ALL {
            assert_eq!(scheme.name().parse(), Ok(scheme));
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = "node-and-time".parse::<LocalScheme>().unwrap_err();
        assert_eq!(error.kind(), SchemeErrorKind::UnknownLocalScheme);
        assert_eq!(
            error.to_string(),
            "local scheme \"node-and-time\" is not known: choose one of node, node-and-date, \
             dirty-tag, no-local-version"
        );
        let error = "Guess-Next-Dev".parse::<Scheme>().unwrap_err();
        assert_eq!(error.kind(), SchemeErrorKind::UnknownScheme);
    }
}
