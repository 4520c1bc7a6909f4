//! `Requires-Python`.

use pypi_versioning::SpecifierSet;

use crate::{Field, Finding, Metadata, python_repr, rules};

/// What `packaging` rejects.
pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let value = metadata.get(Field::RequiresPython)?;
    let error = metadata.requires_python()?.err()?;
    let finding = Finding::in_field(
        &rules::REQUIRES_PYTHON,
        Field::RequiresPython,
        format!("Requires-Python is invalid: {error}"),
    );
    let finding = match meant(error.input()) {
        Some(meant) => finding.with_help(format!("write \"{meant}\"")),
        None => finding.with_help_if(error.help()),
    };
    if error.kind().is_limit() {
        return Some(finding.into_warning()); // PyPI accepts numbers and texts of any size
    }
    let sentence = format!("{} is invalid for {{field}}", python_repr(value));
    Some(super::with_packaging_text(finding, &sentence))
}

/// What is meant by `3.8+` and `3.x`.
fn meant(specifier: &str) -> Option<String> {
    let version = specifier
        .strip_suffix('+')
        .or_else(|| specifier.strip_suffix(".x"))?;
    let meant = format!(">={version}");
    SpecifierSet::parse(&meant).is_ok().then_some(meant)
}
