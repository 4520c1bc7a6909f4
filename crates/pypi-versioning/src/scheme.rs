use std::{fmt, str::FromStr};

use crate::text::quoted;

/// How the version after a tag is made, by its name in setuptools-scm and dunamai.
///
/// A tagged commit of a clean tree has the version of its tag with all of them. Otherwise the
/// result is higher than the tag or an error. The examples are two commits after the tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `guess-next-dev` counts the last number of the tag up by one: `v1.2.3` gives
    /// `1.2.4.dev2`, `v1.0rc1` gives `1.0rc2.dev2`.
    ///
    /// A tag that ends in `.dev0` names the next release itself: `v2.0.dev0` gives `2.0.dev2`.
    /// Any other development tag is an error.
    #[default]
    GuessNextDev,
    /// `no-guess-dev` adds a post-release: `v1.2.3` gives `1.2.3.post1.dev2`.
    ///
    /// Tags of development releases are treated as by [`Self::GuessNextDev`]; a tag of a
    /// post-release is an error.
    NoGuessDev,
    /// `post-release` counts post-releases: `v1.2.3` gives `1.2.3.post2`.
    ///
    /// A tag that has a post or dev part already is an error. The result is no development
    /// version: installers take it without being asked.
    PostRelease,
    /// `only-version` is the version of the tag, `1.2.3`, whatever came after: the one scheme
    /// whose public version is not higher than its tag.
    OnlyVersion,
    /// `semver` counts the third number up, or the second on a branch with a path part that
    /// begins with `feature`: `v1.2.3` gives `1.2.4.dev2`, and `1.3.0.dev2` on `feature/x`.
    ///
    /// A tag that ends in `.dev0` names the next release itself; other pre-releases do not:
    /// `v1.0.0rc1` gives `1.0.1.dev2`.
    Semver,
    /// `release-branch-semver` counts the second number up: `v1.2.3` gives `1.3.0.dev2`.
    ///
    /// On a branch whose last path part is a version with the first two numbers of the tag, with
    /// or without `v` or `release-` before it, it is [`Self::GuessNextDev`]: `1.2.4.dev2`.
    ReleaseBranchSemver,
    /// `calver-by-date` is the day of the commit and a counter: `v1.2.3` gives
    /// `24.6.15.0.dev2`, and `v2024.6.15` on the same day `2024.6.15.1.dev2`.
    ///
    /// A branch `release-24.7.1` names the day itself.
    CalverByDate,
    /// `dunamai` marks a post-release: `v1.2.3` gives `1.2.3.post2.dev0`, `v2.0.dev3` gives
    /// `2.0.dev5`. A tag of a post-release is an error.
    Dunamai,
    /// `dunamai-bump` counts up as dunamai does with `--bump`: `v1.2.3` gives `1.2.4.dev2`,
    /// `v2.0.dev3` gives `2.0.dev6`.
    DunamaiBump,
}

impl Scheme {
    const ALL: [Self; 9] = [
        Self::GuessNextDev,
        Self::NoGuessDev,
        Self::PostRelease,
        Self::OnlyVersion,
        Self::Semver,
        Self::ReleaseBranchSemver,
        Self::CalverByDate,
        Self::Dunamai,
        Self::DunamaiBump,
    ];

    /// Returns the name used in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GuessNextDev => "guess-next-dev",
            Self::NoGuessDev => "no-guess-dev",
            Self::PostRelease => "post-release",
            Self::OnlyVersion => "only-version",
            Self::Semver => "semver",
            Self::ReleaseBranchSemver => "release-branch-semver",
            Self::CalverByDate => "calver-by-date",
            Self::Dunamai => "dunamai",
            Self::DunamaiBump => "dunamai-bump",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Other names that setuptools-scm has for the same.
        let name = match text {
            "semver-pep440" | "python-simplified-semver" => "semver",
            "semver-pep440-release-branch" => "release-branch-semver",
            name => name,
        };
        let found = Self::ALL.into_iter().find(|scheme| scheme.name() == name);
        let kind = SchemeErrorKind::UnknownScheme;
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
    pub(crate) fn new(kind: SchemeErrorKind, found: &str, names: &[&str]) -> Self {
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
    use crate::LocalScheme;

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
    fn some_schemes_have_other_names() {
        let name = |text: &str| text.parse().map(Scheme::name);
        assert_eq!(name("semver-pep440"), Ok("semver"));
        assert_eq!(
            name("semver-pep440-release-branch"),
            Ok("release-branch-semver")
        );
        assert_eq!("none".parse(), Ok(LocalScheme::None));
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = "node-and-time".parse::<LocalScheme>().unwrap_err();
        assert_eq!(error.kind(), SchemeErrorKind::UnknownLocalScheme);
        assert_eq!(
            error.to_string(),
            "local scheme \"node-and-time\" is not known: choose one of node, node-and-date, \
             node-and-timestamp, dirty-tag, no-local-version"
        );
        let error = "Guess-Next-Dev".parse::<Scheme>().unwrap_err();
        assert_eq!(error.kind(), SchemeErrorKind::UnknownScheme);
    }
}
