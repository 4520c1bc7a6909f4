//! Warnings about a version.

use std::fmt;

use crate::{Facts, Scheme, Settings, text::quoted};

/// Something that is allowed but rarely intended. Prints one line.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Facts, Settings, Tag, WarningKind, describe};
///
/// let facts = Facts::new()
///     .tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .dirty(true);
/// let described = describe(facts, &Settings::new())?;
/// assert_eq!(described.warnings()[0].kind(), WarningKind::DirtyOnTag);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Warning {
    kind: WarningKind,
    message: String,
}

impl Warning {
    /// Returns the category, for `match`.
    pub fn kind(&self) -> WarningKind {
        self.kind
    }

    /// Returns the warning, in one line.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The category of a [`Warning`]. Alphabetical; a new kind is a minor release.
///
/// # Examples
///
/// See [`Warning`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum WarningKind {
    /// No tag was found, and commits are counted from the configured base.
    BaseUsed,
    /// Tracked files differ from the commit, so the version does not identify the build.
    Dirty,
    /// Like [`Self::Dirty`], on a tagged commit: the version is not that of the tag.
    DirtyOnTag,
    /// The version of the tag has a local part, which PyPI rejects.
    LocalInTag,
    /// The scheme gives this commit the public version of its tag, which other commits have, too.
    NotUnique,
}

pub(super) fn warnings(facts: &Facts, settings: &Settings) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |kind, message| warnings.push(Warning { kind, message });
    match &facts.tag {
        Some(tag) if facts.dirty && facts.distance == 0 => warn(
            WarningKind::DirtyOnTag,
            format!(
                "the commit is tagged {}, but tracked files have changed: this is a development \
                 version, not the tagged one",
                quoted(&tag.name)
            ),
        ),
        _ if facts.dirty => warn(
            WarningKind::Dirty,
            "tracked files have changed since the last commit: the version does not identify the \
             build"
                .to_owned(),
        ),
        _ => {}
    }
    match (&facts.tag, &settings.base) {
        (Some(tag), _) if tag.version.has_local() => warn(
            WarningKind::LocalInTag,
            format!(
                "tag {} has a local part, which PyPI rejects and every local scheme keeps, as in \
                 setuptools-scm: the public version does not have it",
                quoted(&tag.name)
            ),
        ),
        (None, Some(base)) => warn(
            WarningKind::BaseUsed,
            format!("no version tag was found: commits are counted from the base {base}"),
        ),
        _ => {}
    }
    if settings.scheme == Scheme::OnlyVersion && !facts.is_exact() {
        warn(
            WarningKind::NotUnique,
            "scheme only-version gives every commit after a tag the version of the tag: an index \
             accepts it only once"
                .to_owned(),
        );
    }
    warnings
}
