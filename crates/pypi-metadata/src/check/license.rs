//! `License`, `License-Expression` and `License-File`.

use super::{limit::MAX_FINDINGS, with_packaging_text};
use crate::{Field, Finding, Metadata, python_repr, rules};

/// What `packaging` rejects.
pub(super) fn specification(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    let findings = metadata.all(Field::LicenseFile).filter_map(file);
    #[cfg(feature = "licenses")]
    let findings = findings.chain(metadata.get(Field::LicenseExpression).and_then(expression));
    findings
}

/// What the index rejects in addition.
pub(super) fn index(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::License)?;
    metadata.get(Field::LicenseExpression)?;
    let message = "License is set together with License-Expression, which replaces it";
    Some(
        Finding::in_field(&rules::LICENSE_TWICE, Field::License, message)
            .with_help("remove License")
            .with_index_text(
                "License is deprecated when License-Expression is present. Only License-Expression should be present.",
            ),
    )
}

/// The license files that the archive must contain. An upload of metadata older than 2.4 leaves them out, and the index does
/// not look for them.
pub(crate) fn files(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let files = metadata.all(Field::LicenseFile);
    files
        .filter(|_| metadata.may_have(Field::LicenseFile))
        .take(MAX_FINDINGS)
}

/// A license file that is not in the archive of `filename` at `path`.
pub(crate) fn missing_file(file: &str, filename: &str, path: &str) -> Finding {
    let message = format!("the license file {file:?} is not in the distribution at {path:?}");
    Finding::in_field(&rules::LICENSE_FILE_MISSING, Field::LicenseFile, message)
        .with_help("add the file, or remove its License-File line")
        .with_index_text(format!(
            "License-File {file} does not exist in distribution file {filename} at {path}"
        ))
}

#[cfg(feature = "licenses")]
fn expression(value: &str) -> Option<Finding> {
    let error = crate::LicenseExpression::parse(value).err()?;
    let field = Field::LicenseExpression;
    let finding = Finding::in_field(&rules::LICENSE_EXPRESSION, field, error.to_string());
    let finding = finding.with_help(error.help());
    if is_valid_but_for_empty_references(value) {
        return Some(finding.into_warning());
    }
    let sentence = format!("{} is invalid for {{field}}", python_repr(value));
    Some(with_packaging_text(finding, &sentence))
}

/// `packaging` accepts `LicenseRef-` with nothing after it in 26.2, which PyPI runs, but no longer in 26.3.
#[cfg(feature = "licenses")]
fn is_valid_but_for_empty_references(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let words = spaced.split_whitespace().map(|word| match word {
        _ if word.eq_ignore_ascii_case("LicenseRef-") => "LicenseRef-x",
        _ => word,
    });
    crate::LicenseExpression::parse(&words.collect::<Vec<_>>().join(" ")).is_ok()
}

fn file(path: &str) -> Option<Finding> {
    let (expected, reason) = path_problem(path)?;
    let message = format!("the license file {path:?} is not a valid path: {expected}");
    let sentence = format!("{} is invalid for {{field}}, {reason}", python_repr(path));
    let finding = Finding::in_field(&rules::LICENSE_FILE_PATH, Field::LicenseFile, message);
    Some(with_packaging_text(finding, &sentence))
}

/// What was expected of a path, and the reason in the words of the index.
fn path_problem(path: &str) -> Option<(&'static str, &'static str)> {
    let windows = path.replace('\\', "/");
    let after_drive = path
        .strip_prefix(|c: char| c.is_ascii_alphabetic())
        .and_then(|rest| rest.strip_prefix(':'));
    let is_absolute = path.starts_with('/')
        || windows.starts_with("//")
        || after_drive.is_some_and(|rest| rest.starts_with(['/', '\\']));
    let is_plain = windows == path && path.split('/').all(|part| !matches!(part, "" | "."));
    if path.contains("..") {
        Some((
            "expected a path without \"..\"",
            "parent directory indicators are not allowed",
        ))
    } else if path.contains('*') {
        Some((
            "expected the name of one file, not a pattern",
            "paths must be resolved",
        ))
    } else if is_absolute {
        Some(("expected a relative path", "paths must be relative"))
    } else if !is_plain {
        Some((
            "expected single '/' delimiters and no \".\"",
            "paths must use '/' delimiter",
        ))
    } else {
        None
    }
}
