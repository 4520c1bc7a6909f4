use crate::{Scheme, Version, VersionError, text::quoted};

/// The reason why facts and settings determine no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DescribeError {
    kind: DescribeErrorKind,
    message: String,
    source: Option<VersionError>,
}

impl DescribeError {
    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> DescribeErrorKind {
        self.kind
    }

    pub(crate) fn no_tag() -> Self {
        Self::new(
            DescribeErrorKind::NoTag,
            "no version tag such as v1.2.3 was found in the history of the commit: fetch the \
             tags (git fetch --tags; `fetch-depth: 0` for actions/checkout), make a first tag, \
             or configure a base version",
        )
    }

    pub(crate) fn shallow() -> Self {
        Self::new(
            DescribeErrorKind::Shallow,
            "the clone is shallow and its commit has no version tag, so commits cannot be \
             counted: fetch the whole history (git fetch --unshallow --tags; `fetch-depth: 0` \
             for actions/checkout)",
        )
    }

    pub(crate) fn development_tag(version: &Version) -> Self {
        Self::new(
            DescribeErrorKind::DevelopmentTag,
            format!(
                "version {} of the tag is a development version that cannot be counted on from: \
                 tag a release, or the next version with .dev0",
                quoted(&version.to_string())
            ),
        )
    }

    pub(crate) fn post_tag(version: &Version, scheme: Scheme) -> Self {
        Self::new(
            DescribeErrorKind::PostTag,
            format!(
                "version {} of the tag is a post-release, after which scheme {scheme} has no \
                 higher version: choose scheme guess-next-dev or dunamai-bump",
                quoted(&version.to_string())
            ),
        )
    }

    pub(crate) fn not_higher(version: &Version, start: &Version, scheme: Scheme) -> Self {
        Self::new(
            DescribeErrorKind::NotHigher,
            format!(
                "scheme {scheme} makes {} of the tag's {}, which is not higher: choose another \
                 scheme or correct the tag",
                quoted(&version.public().to_string()),
                quoted(&start.to_string())
            ),
        )
    }

    pub(crate) fn no_time(what: &str) -> Self {
        Self::new(
            DescribeErrorKind::NoTime,
            format!(
                "{what} needs a time and none is known: set SOURCE_DATE_EPOCH to seconds since \
                 1970, or choose another scheme"
            ),
        )
    }

    pub(crate) fn last_number(version: &Version) -> Self {
        Self::new(
            DescribeErrorKind::DoesNotFit,
            format!(
                "version {} cannot be counted up: its last number is the largest there is",
                quoted(&version.to_string())
            ),
        )
    }

    pub(crate) fn does_not_fit(source: VersionError) -> Self {
        Self {
            source: Some(source),
            ..Self::new(
                DescribeErrorKind::DoesNotFit,
                "the development version is too long or has a number too big: tag a shorter \
                 version",
            )
        }
    }

    fn new(kind: DescribeErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }
}

/// The ways in which facts and settings fail to determine a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DescribeErrorKind {
    /// There is no version tag and no base is set: a made-up version would look real.
    NoTag,
    /// The history is cut off and the commit is not tagged, so the distance is not known.
    Shallow,
    /// The tag is `.devN` with N above 0 and the checkout is past it.
    DevelopmentTag,
    /// The tag is a post-release and the scheme cannot count on from one.
    PostTag,
    /// The scheme's version is not higher than the tag: a calendar version of an older day.
    NotHigher,
    /// A scheme has to print a time and neither facts nor settings have one.
    NoTime,
    /// A number or the whole version would be beyond what a [`Version`] holds.
    DoesNotFit,
}
