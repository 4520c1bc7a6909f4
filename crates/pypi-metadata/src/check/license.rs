//! Licences: `License`, `License-Expression`, `License-File`.

use crate::{Field, Finding, Metadata, python_repr};

/// What `packaging` refuses.
pub(super) fn specification(metadata: &Metadata) -> Vec<Finding> {
    let files = metadata
        .all(Field::LicenseFile)
        .filter_map(file)
        .take(super::MAX_OF_A_KIND);
    #[cfg(feature = "licenses")]
    let files = files.chain(metadata.get(Field::LicenseExpression).and_then(expression));
    files.collect()
}

/// What the index refuses beside that.
pub(super) fn index(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::License)?;
    metadata.get(Field::LicenseExpression)?;
    let message = "License stands beside License-Expression, which replaces it".to_owned();
    let finding = Finding::error("license-twice", Some(Field::License), message);
    Some(finding.with_help("remove License").with_index_text(
        "License is deprecated when License-Expression is present. Only License-Expression should be present.",
    ))
}

#[cfg(feature = "licenses")]
fn expression(value: &str) -> Option<Finding> {
    let error = crate::LicenseExpression::parse(value).err()?;
    let finding = Finding::error(
        "license-expression",
        Some(Field::LicenseExpression),
        error.to_string(),
    );
    Some(finding.with_help(error.help()).with_index_text(format!(
        "{} is invalid for 'license-expression'",
        python_repr(value)
    )))
}

fn file(path: &str) -> Option<Finding> {
    let (expected, reason) = file_problem(path)?;
    let finding = Finding::error(
        "license-file-path",
        Some(Field::LicenseFile),
        format!("the license file {path:?} is no path that an index takes: {expected}"),
    );
    Some(finding.with_index_text(format!(
        "{} is invalid for 'license-file', {reason}",
        python_repr(path)
    )))
}

fn file_problem(path: &str) -> Option<(&'static str, &'static str)> {
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
            "it may not hold \"..\"",
            "parent directory indicators are not allowed",
        ))
    } else if path.contains('*') {
        Some(("name each file in full", "paths must be resolved"))
    } else if is_absolute {
        Some((
            "it begins at the top of the distribution",
            "paths must be relative",
        ))
    } else if !is_plain {
        Some((
            "write it with single slashes and no \".\"",
            "paths must use '/' delimiter",
        ))
    } else {
        None
    }
}
