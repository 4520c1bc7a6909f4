//! Why a `pyproject.toml` was not read or changed.

use crate::{Error, ErrorKind, Version, VersionError, text::quoted};

pub(super) fn too_long() -> Error {
    Error::new(
        ErrorKind::TooLong,
        "pyproject.toml is too long: expected at most 4 MiB",
    )
}

pub(super) fn syntax(error: &toml_edit::TomlError) -> Error {
    let offset = error.span().map_or(0, |span| span.start);
    let reason = error.message().replace(char::is_control, " ");
    let message = format!("pyproject.toml is not valid TOML at byte {offset}: {reason}");
    Error::new(ErrorKind::InvalidToml, message)
}

pub(super) fn dynamic() -> Error {
    let message = "pyproject.toml lists version in project.dynamic, so the build backend determines \
                   it and there is nothing to edit";
    Error::new(ErrorKind::DynamicVersion, message).with_help(
        "tag the commit instead, or set project.version and remove version from project.dynamic",
    )
}

pub(super) fn no_version() -> Error {
    let message = "pyproject.toml has neither project.version nor tool.poetry.version";
    Error::new(ErrorKind::NoVersion, message).with_help("set project.version")
}

pub(super) fn conflict(project: &Version, poetry: &Version) -> Error {
    let message = format!(
        "pyproject.toml has {project} as project.version and {poetry} as tool.poetry.version"
    );
    Error::new(ErrorKind::ConflictingVersions, message).with_help("remove tool.poetry.version")
}

pub(super) fn wrong_type(key: &str, expected: &str) -> Error {
    let message = format!("{} is not {expected}", in_file(key));
    Error::new(ErrorKind::InvalidPyProject, message)
}

pub(super) fn unknown_key(key: &str, known: &str) -> Error {
    let file = file(key);
    let key = quoted(key);
    let message = format!("unknown key {key} in {file}: expected one of {known}");
    Error::new(ErrorKind::InvalidPyProject, message)
}

/// The error of a value that was parsed.
pub(super) fn value(key: &str, source: Error) -> Error {
    let message = format!("value of {} is invalid", in_file(key));
    let help = source.help().map(ToOwned::to_owned);
    let error = Error::new(ErrorKind::InvalidPyProject, message).with_source(source);
    match help {
        Some(help) => error.with_help(help),
        None => error,
    }
}

pub(super) fn version(key: &str, source: VersionError) -> Error {
    let message = format!("value of {} is invalid", in_file(key));
    Error::invalid_version(message, source)
}

pub(super) fn outside(key: &str) -> Error {
    let message = format!("value of {} is not a path inside the project", in_file(key));
    Error::new(ErrorKind::InvalidPyProject, message)
        .with_help("give a path relative to pyproject.toml")
}

pub(super) fn template_without_file(table: &str) -> Error {
    let message = format!("{} has a template but no version file", in_file(table));
    Error::new(ErrorKind::InvalidPyProject, message).with_help("set the version file, too")
}

fn in_file(key: &str) -> String {
    format!("{key} in {}", file(key))
}

/// The file of a key: only pyproject.toml has the table `tool`, and variables are in capitals.
fn file(key: &str) -> &'static str {
    match key.as_bytes() {
        [b'A'..=b'Z', ..] => "the environment",
        _ if key.starts_with("tool.") || key.starts_with("project.") => "pyproject.toml",
        _ => "pypi-release.toml",
    }
}

pub(super) fn not_overridden(variable: &str, table: &str) -> Error {
    let message = format!(
        "variable {variable} changes the configuration of setuptools-scm, which {table} replaces"
    );
    Error::new(ErrorKind::InvalidVariable, message)
        .with_help(format!("set its keys in {table}, or unset the variable"))
}
