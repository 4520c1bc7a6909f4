use crate::{Version, VersionError, text::quoted};

/// The reason why a `pyproject.toml` was not read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PyProjectError {
    kind: PyProjectErrorKind,
    message: String,
    source: Option<VersionError>,
}

impl PyProjectError {
    pub(super) fn too_long() -> Self {
        Self::new(
            PyProjectErrorKind::TooLong,
            "pyproject.toml has more than 4 MiB: it is not what it should be",
        )
    }

    pub(super) fn syntax(error: &toml_edit::TomlError) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        Self::new(
            PyProjectErrorKind::Syntax,
            format!(
                "pyproject.toml is not TOML at byte {offset} ({}): correct it there",
                error.message().replace(char::is_control, " ")
            ),
        )
    }

    pub(super) fn dynamic() -> Self {
        Self::new(
            PyProjectErrorKind::Dynamic,
            "pyproject.toml lists version in project.dynamic, so that the build backend makes it \
             and there is nothing to edit: tag the commit instead, or set project.version and \
             take version out of project.dynamic",
        )
    }

    pub(super) fn no_version() -> Self {
        Self::new(
            PyProjectErrorKind::NoVersion,
            "pyproject.toml has neither project.version nor tool.poetry.version: set \
             project.version",
        )
    }

    pub(super) fn conflict(project: &Version, poetry: &Version) -> Self {
        Self::new(
            PyProjectErrorKind::Conflict,
            format!(
                "pyproject.toml has {project} as project.version and {poetry} as \
                 tool.poetry.version: remove the latter"
            ),
        )
    }

    pub(super) fn wrong_type(key: &str, expected: &str) -> Self {
        Self::new(
            PyProjectErrorKind::WrongType,
            format!("pyproject.toml has something else than {expected} as {key}: correct it"),
        )
    }

    pub(super) fn unknown_key(key: &str, known: &str) -> Self {
        Self::new(
            PyProjectErrorKind::UnknownKey,
            format!(
                "pyproject.toml has the unknown key {}: use one of {known}",
                quoted(key)
            ),
        )
    }

    pub(super) fn value(key: &str, reason: &dyn std::fmt::Display) -> Self {
        Self::new(
            PyProjectErrorKind::Value,
            format!("pyproject.toml, {key}: {reason}"),
        )
    }

    pub(super) fn version(key: &str, text: &str, source: VersionError) -> Self {
        Self {
            source: Some(source),
            ..Self::new(
                PyProjectErrorKind::Version,
                format!(
                    "pyproject.toml has {} as {key}, which is not a PEP 440 version: write it \
                     like 1.2.3",
                    quoted(text)
                ),
            )
        }
    }

    fn new(kind: PyProjectErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> PyProjectErrorKind {
        self.kind
    }
}

/// The ways in which a `pyproject.toml` fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PyProjectErrorKind {
    /// `project.version` and `tool.poetry.version` differ.
    Conflict,
    /// The version is dynamic, so that there is none to read or edit.
    Dynamic,
    /// There is no version.
    NoVersion,
    /// The text is no TOML.
    Syntax,
    /// The text has more than 4 MiB.
    TooLong,
    /// `tool.pypi-release.version` has a key that is not known.
    UnknownKey,
    /// A value is not one of those that are known, such as a scheme.
    Value,
    /// A version is none.
    Version,
    /// A value is not of the type it should be.
    WrongType,
}
