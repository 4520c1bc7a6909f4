//! How a project wants its versions made.

use crate::{LocalScheme, Scheme, Timestamp, Version};

/// How a project wants its versions made.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Scheme, Settings, Version};
///
/// let settings = Settings::new()
///     .scheme(Scheme::ReleaseBranchSemver)
///     .node_length(7)
///     .base(Version::parse("0.0")?);
/// assert_eq!(settings.node_length, 7);
/// # Ok::<(), pypi_versioning::VersionError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// How the version after a tag is made.
    pub scheme: Scheme,
    /// What the local part contains.
    pub local_scheme: LocalScheme,
    /// How many digits of the commit ID a local part shows, `4..=64`; 9 by default, as in
    /// setuptools-scm. Other numbers count as the nearest of these.
    ///
    /// The digits come from the full ID, because the length that git abbreviates to differs between
    /// clones.
    pub node_length: usize,
    /// The time that local schemes print for a dirty tree, such as `SOURCE_DATE_EPOCH`; the commit
    /// date if not set.
    pub time: Option<Timestamp>,
    /// The version that commits are counted from in a project without tags, as if it had been
    /// tagged before the first commit: three commits after base `0.0` are `0.1.dev3`.
    pub base: Option<Version>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scheme: Scheme::default(),
            local_scheme: LocalScheme::default(),
            node_length: 9,
            time: None,
            base: None,
        }
    }
}

impl Settings {
    /// Returns the default settings: [`Scheme::GuessNextDev`], [`LocalScheme::Node`], no base.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the version after a tag is made.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets what the local part contains.
    #[must_use]
    pub fn local_scheme(mut self, local_scheme: LocalScheme) -> Self {
        self.local_scheme = local_scheme;
        self
    }

    /// Sets how many digits of the commit ID a local part shows.
    #[must_use]
    pub fn node_length(mut self, node_length: usize) -> Self {
        self.node_length = node_length;
        self
    }

    /// Sets the time that local schemes print for a dirty tree.
    #[must_use]
    pub fn time(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// Sets the version that commits are counted from in a project without tags.
    #[must_use]
    pub fn base(mut self, base: Version) -> Self {
        self.base = Some(base);
        self
    }
}
