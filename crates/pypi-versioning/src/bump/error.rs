use super::{Bump, Part};
use crate::{Version, VersionError, text::quoted};

/// The reason why a version was not counted up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BumpError {
    kind: BumpErrorKind,
    message: String,
    source: Option<VersionError>,
}

impl BumpError {
    pub(crate) fn unknown(text: &str) -> Self {
        Self::new(
            BumpErrorKind::Unknown,
            format!(
                "bump {} is not known: give major, minor, patch (or micro), stable, alpha, beta, \
                 rc, post or dev, one of these but stable with a number as in rc=2, or a version",
                quoted(text)
            ),
        )
    }

    pub(crate) fn combination(bumps: &[Bump]) -> Self {
        let names: Vec<String> = bumps.iter().map(ToString::to_string).collect();
        Self::new(
            BumpErrorKind::Combination,
            format!(
                "bumps {} do not go together: give one of major, minor and patch, one of alpha, \
                 beta, rc and dev, or one of each; stable, post and a version stand alone",
                quoted(&names.join(", "))
            ),
        )
    }

    pub(crate) fn not_higher(version: &Version, bumped: &Version, bumps: &[Bump]) -> Self {
        let remedy = match bumps {
            [Bump::Part(Part::Alpha | Part::Beta | Part::Rc | Part::Dev, _)] => {
                "give major, minor or patch besides"
            }
            [Bump::Part(Part::Stable, _)] => "it is stable already, give major, minor or patch",
            _ => "give a higher part or number",
        };
        Self::new(
            BumpErrorKind::NotHigher,
            format!("version {bumped} is not higher than {version}: {remedy}"),
        )
    }

    pub(crate) fn does_not_fit(version: &Version, source: VersionError) -> Self {
        let message = format!(
            "version {version} cannot be counted up so: it would be too long or have a number \
             too big, give a version instead"
        );
        Self {
            source: Some(source),
            ..Self::new(BumpErrorKind::DoesNotFit, message)
        }
    }

    fn new(kind: BumpErrorKind, message: String) -> Self {
        Self {
            kind,
            message,
            source: None,
        }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> BumpErrorKind {
        self.kind
    }
}

/// The ways in which counting up fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BumpErrorKind {
    /// The bumps given do not go together, or none was given.
    Combination,
    /// The result would be beyond what a [`Version`] holds.
    DoesNotFit,
    /// The result is not higher than the version: an index would hide it, or have it already.
    NotHigher,
    /// A text is no [`Bump`].
    Unknown,
}
