//! How the version after a tag is made.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind, text::quoted};

/// How the version after a tag is made, named as in setuptools-scm and dunamai.
///
/// With every scheme, a tagged commit with a clean tree has the version of its tag. Any other
/// version is higher than the tag, or an error. The examples are two commits after the tag.
///
/// # Examples
///
/// ```
/// use pypi_versioning::Scheme;
///
/// let scheme: Scheme = "release-branch-semver".parse()?;
/// assert_eq!(scheme, Scheme::ReleaseBranchSemver);
/// assert_eq!(scheme.to_string(), "release-branch-semver");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Scheme {
    /// `calver-by-date` uses the commit date and a counter: `v1.2.3` becomes `24.6.15.0.dev2`, and
    /// `v2024.6.15` becomes `2024.6.15.1.dev2` on the same day.
    ///
    /// On a branch such as `release-24.7.1`, the date is that of the branch name.
    CalverByDate,
    /// `dunamai` adds a post-release: `v1.2.3` becomes `1.2.3.post2.dev0`, and `v2.0.dev3` becomes
    /// `2.0.dev5`. The tag of a post-release is an error.
    Dunamai,
    /// `dunamai-bump` increments as dunamai does with `--bump`: `v1.2.3` becomes `1.2.4.dev2`, and
    /// `v2.0.dev3` becomes `2.0.dev6`.
    DunamaiBump,
    /// `guess-next-dev` increments the last number of the tag: `v1.2.3` becomes `1.2.4.dev2`, and
    /// `v1.0rc1` becomes `1.0rc2.dev2`.
    ///
    /// A tag that ends in `.dev0` names the next release: `v2.0.dev0` becomes `2.0.dev2`. Any other
    /// tag of a development release is an error.
    #[default]
    GuessNextDev,
    /// `no-guess-dev` adds a post-release: `v1.2.3` becomes `1.2.3.post1.dev2`.
    ///
    /// Tags of development releases are handled as in [`Self::GuessNextDev`]. The tag of a
    /// post-release is an error.
    NoGuessDev,
    /// `only-version` is the version of the tag, `1.2.3`, for every commit after it: the only scheme
    /// whose public version is not higher than the tag.
    OnlyVersion,
    /// `post-release` counts post-releases: `v1.2.3` becomes `1.2.3.post2`.
    ///
    /// The tag of a post-release or a development release is an error. The result is not a
    /// development version, so installers do not skip it.
    PostRelease,
    /// `release-branch-semver` increments the second number: `v1.2.3` becomes `1.3.0.dev2`.
    ///
    /// It is [`Self::GuessNextDev`] (`1.2.4.dev2`) on a branch whose last path component begins with
    /// the first two numbers of the tag, with or without `v` or `release-` before them: `1.2`,
    /// `1.2.x`, `stable/v1.2` and `release-1.2.9`.
    ReleaseBranchSemver,
    /// `semver` increments the third number, or the second one on a branch with a path component
    /// that begins with `feature`: `v1.2.3` becomes `1.2.4.dev2`, and `1.3.0.dev2` on `feature/x`.
    ///
    /// A tag that ends in `.dev0` names the next release. Other pre-releases do not: `v1.0.0rc1`
    /// becomes `1.0.1.dev2`.
    Semver,
}

impl Scheme {
    /// All schemes, in the order of the documentation.
    pub const ALL: &[Self] = &[
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
    pub fn name(self) -> &'static str {
        match self {
            Self::CalverByDate => "calver-by-date",
            Self::Dunamai => "dunamai",
            Self::DunamaiBump => "dunamai-bump",
            Self::GuessNextDev => "guess-next-dev",
            Self::NoGuessDev => "no-guess-dev",
            Self::OnlyVersion => "only-version",
            Self::PostRelease => "post-release",
            Self::ReleaseBranchSemver => "release-branch-semver",
            Self::Semver => "semver",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scheme {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // setuptools-scm has several names for some schemes.
        let name = match text {
            "semver-pep440" | "python-simplified-semver" => "semver",
            "semver-pep440-release-branch" => "release-branch-semver",
            name => name,
        };
        let found = Self::ALL.iter().find(|scheme| scheme.name() == name);
        let names = Self::ALL.iter().map(|scheme| scheme.name());
        found
            .copied()
            .ok_or_else(|| unknown("version scheme", text, names))
    }
}

pub(crate) fn unknown(
    thing: &str,
    found: &str,
    names: impl Iterator<Item = &'static str>,
) -> Error {
    let (found, names) = (quoted(found), names.collect::<Vec<_>>().join(", "));
    let message = format!("unknown {thing} {found}: expected one of {names}");
    Error::new(ErrorKind::UnknownScheme, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.name().parse::<Scheme>().unwrap(), *scheme);
        }
    }

    #[test]
    fn other_names_of_setuptools_scm_are_accepted() {
        let name = |text: &str| text.parse::<Scheme>().unwrap().name();
        assert_eq!(name("semver-pep440"), "semver");
        assert_eq!(
            name("semver-pep440-release-branch"),
            "release-branch-semver"
        );
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        let error = "Guess-Next-Dev".parse::<Scheme>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownScheme);
        assert!(error.to_string().contains("scheme \"Guess-Next-Dev\""));
    }
}
