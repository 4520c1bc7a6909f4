use crate::{LocalScheme, Scheme, Timestamp, Version};

/// The choices a project makes about its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub(crate) scheme: Scheme,
    pub(crate) local_scheme: LocalScheme,
    pub(crate) node_length: usize,
    pub(crate) time: Option<Timestamp>,
    pub(crate) base: Option<Version>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scheme: Scheme::default(),
            local_scheme: LocalScheme::default(),
            node_length: Self::NODE_LENGTH,
            time: None,
            base: None,
        }
    }
}

impl Settings {
    /// How many digits of the commit a local part shows by default: as many as setuptools-scm,
    /// and always cut from the full name, because the length git abbreviates to differs from
    /// one clone to the next.
    pub const NODE_LENGTH: usize = 9;

    /// Makes the default settings: [`Scheme::GuessNextDev`], [`LocalScheme::Node`], no base.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the version after a tag is made.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets what the local part says.
    #[must_use]
    pub fn with_local_scheme(mut self, local_scheme: LocalScheme) -> Self {
        self.local_scheme = local_scheme;
        self
    }

    /// Sets how many digits of the commit a local part shows, from 4 to all of them; numbers
    /// outside of that count as the nearest inside.
    #[must_use]
    pub fn with_node_length(mut self, node_length: usize) -> Self {
        self.node_length = node_length.clamp(4, 64);
        self
    }

    /// Sets the time that local schemes print for a dirty tree, such as `SOURCE_DATE_EPOCH`;
    /// without, they print that of the commit.
    #[must_use]
    pub fn with_time(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// Sets the version a project without any tag counts from, as if it had been tagged before
    /// the first commit: three commits after base `0.0` are `0.1.dev3`.
    #[must_use]
    pub fn with_base(mut self, base: Version) -> Self {
        self.base = Some(base);
        self
    }

    /// Returns the scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the local scheme.
    #[must_use]
    pub fn local_scheme(&self) -> LocalScheme {
        self.local_scheme
    }

    /// Returns the version that is counted from where there is no tag.
    #[must_use]
    pub fn base(&self) -> Option<&Version> {
        self.base.as_ref()
    }
}
