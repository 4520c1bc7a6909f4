//! `License`, `License-Expression` and `License-File`.

use super::{limit::MAX_FINDINGS, with_packaging_text};
#[cfg(feature = "licenses")]
use crate::python::is_blank;
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
    if error.is_reference_with_plus() && is_well_formed(value) {
        return Some(finding); // the index fails without a sentence
    }
    let sentence = format!("{} is invalid for {{field}}", python_repr(value));
    Some(with_packaging_text(finding, &sentence))
}

/// `packaging` accepts `LicenseRef-` with nothing after it in 26.2, which PyPI runs, but no longer in 26.3.
#[cfg(feature = "licenses")]
fn is_valid_but_for_empty_references(value: &str) -> bool {
    const LONGEST: usize = 64 * 1024; // the words of a longer one would need many times its memory
    if value.len() > LONGEST {
        return false;
    }
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let words = spaced.split(is_blank).map(|word| match word {
        _ if word.eq_ignore_ascii_case("LicenseRef-") => "LicenseRef-x",
        _ => word,
    });
    crate::LicenseExpression::parse(&words.collect::<Vec<_>>().join(" ")).is_ok()
}

/// Whether the expression would be valid with other licenses and exceptions.
#[cfg(feature = "licenses")]
fn is_well_formed(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let mut before = "";
    let words = spaced.split(is_blank).filter(|word| !word.is_empty());
    let words = words.map(|word| {
        let operators = ["and", "or", "with", "(", ")"];
        let is_operator = operators
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known));
        let is_exception = before.eq_ignore_ascii_case("with");
        before = word;
        match (is_operator, is_exception) {
            (true, _) => word,
            (false, true) => "LLVM-exception",
            (false, false) => "MIT",
        }
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
    } else if is_absolute(path) {
        Some(("expected a relative path", "paths must be relative"))
    } else if !is_plain(path) {
        Some((
            "expected single '/' delimiters and no \".\"",
            "paths must use '/' delimiter",
        ))
    } else {
        None
    }
}

/// On POSIX or on Windows. Windows takes any character for a drive.
fn is_absolute(path: &str) -> bool {
    let is_separator = |c: char| matches!(c, '/' | '\\');
    let mut chars = path.chars();
    let first = chars.next().unwrap_or_default();
    let is_share = is_separator(first) && chars.as_str().starts_with(is_separator);
    let root = after_drive(path).is_some_and(|rest| rest.starts_with(is_separator));
    path.starts_with('/') || is_share || root
}

/// Whether `PureWindowsPath(path).as_posix()` is the path itself.
fn is_plain(path: &str) -> bool {
    let parts = |path: &str| path.split('/').all(|part| !matches!(part, "" | "."));
    let rest = match after_drive(path) {
        Some("") => return true,
        Some(rest) => rest,
        // A first part that looks like a drive is printed after "./".
        None => match path.strip_prefix("./") {
            Some(rest) if after_drive(rest).is_some() => rest,
            _ => path,
        },
    };
    !path.contains('\\') && (path == "." || parts(rest))
}

fn after_drive(path: &str) -> Option<&str> {
    let mut chars = path.chars();
    chars.next()?;
    chars.as_str().strip_prefix(':')
}
