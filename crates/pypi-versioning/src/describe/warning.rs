use crate::{Facts, Scheme, Settings, text::quoted};

/// Something that is allowed but rarely meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    text: String,
}

impl Warning {
    /// Returns what it is about, to branch on.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        self.kind
    }

    /// Returns one line for a person.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The things [`Described::warnings`](crate::Described::warnings) tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// Tracked files differ from the commit, so the version does not say what was built.
    Dirty,
    /// As [`Self::Dirty`], on a tagged commit: the version is not the one of the tag.
    DirtyOnTag,
    /// No tag was found and the version counts from the configured base.
    BaseUsed,
    /// The version of the tag has a local part, which no index takes.
    LocalInTag,
    /// The scheme gives this commit the public version of its tag, though others have it too.
    NotUnique,
}

pub(crate) fn warnings(facts: &Facts, settings: &Settings) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |kind, text| warnings.push(Warning { kind, text });
    match &facts.tag {
        Some(tag) if facts.dirty && facts.distance == 0 => warn(
            WarningKind::DirtyOnTag,
            format!(
                "commit is tagged {} but tracked files have changed: \
                 this is a development version, not the tagged one",
                quoted(&tag.name)
            ),
        ),
        _ if facts.dirty => warn(
            WarningKind::Dirty,
            "tracked files have changed since the last commit: \
             the version does not say what is built"
                .to_owned(),
        ),
        _ => {}
    }
    match (&facts.tag, &settings.base) {
        (Some(tag), _) if tag.version.has_local() => warn(
            WarningKind::LocalInTag,
            format!(
                "tag {} has a local part, which no index takes: the public version is without it",
                quoted(&tag.name)
            ),
        ),
        (None, Some(base)) => warn(
            WarningKind::BaseUsed,
            format!("no version tag was found: the version counts from the base {base}"),
        ),
        _ => {}
    }
    if settings.scheme == Scheme::OnlyVersion && !facts.is_exact() {
        warn(
            WarningKind::NotUnique,
            "scheme only-version gives every commit after a tag the version of the tag: \
             an index takes it once"
                .to_owned(),
        );
    }
    warnings
}
