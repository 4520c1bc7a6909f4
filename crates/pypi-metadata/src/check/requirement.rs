//! `Requires-Dist`, `Provides-Dist` and `Obsoletes-Dist`.

use std::error::Error as _;

use super::with_packaging_text;
use crate::{Field, Finding, Metadata, Requirement, RequirementError, python_repr, rules};

impl Requirement {
    /// What PyPI rejects about a `Requires-Dist` of this text, with its sentence; `None` if PyPI accepts it.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Requirement, rules};
    ///
    /// assert_eq!(Requirement::check("requests>=2"), None);
    /// let finding = Requirement::check("demo @ https://example.org/demo.whl").expect("a finding");
    /// assert_eq!(finding.rule(), &rules::REQUIRES_DIST_URL);
    /// assert_eq!(finding.index_text(), Some(
    ///     "Can't have direct dependency: demo @ https://example.org/demo.whl. \
    ///      See https://packaging.python.org/specifications/core-metadata for more information."
    /// ));
    /// ```
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/metadata.py`, with `packaging` 26.2.
    pub fn check(text: &str) -> Option<Finding> {
        let finding = match Self::parse(text) {
            Ok(requirement) => {
                let printed = requirement.direct_reference()?;
                direct(Field::RequiresDist, text, &printed)
            }
            Err(error) => unreadable(text, &error),
        };
        Some(super::with_link(finding))
    }
}

/// What `packaging` rejects.
pub(super) fn specification(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    metadata
        .all(Field::RequiresDist)
        .filter_map(|text| Some(unreadable(text, &Requirement::parse(text).err()?)))
}

/// What the index rejects in addition: direct references.
pub(super) fn index(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    let required = metadata.all(Field::RequiresDist).filter_map(|text| {
        let printed = Requirement::parse(text).ok()?.direct_reference()?;
        Some(direct(Field::RequiresDist, text, &printed))
    });
    let fields = [Field::ProvidesDist, Field::ObsoletesDist].into_iter();
    let legacy = fields.flat_map(|field| {
        let values = metadata.all(field);
        values.filter_map(move |text| legacy(field, text))
    });
    required.chain(legacy)
}

fn unreadable(text: &str, error: &RequirementError) -> Finding {
    let field = Field::RequiresDist;
    let finding = Finding::in_field(&rules::REQUIRES_DIST, field, one_line(error));
    let finding = finding.with_help(error.help());
    if error.is_limit() {
        return finding.into_warning(); // PyPI accepts it
    }
    if error.detail(text).is_none() {
        return finding; // the index fails without a sentence
    }
    let quoted = python_repr(text);
    with_packaging_text(finding, &format!("{quoted} is invalid for {{field}}"))
}

/// What the index says about the fields that no installer reads.
fn legacy(field: Field, text: &str) -> Option<Finding> {
    let quoted = python_repr(text);
    let error = match Requirement::parse(text) {
        Ok(requirement) => {
            requirement.url()?;
            return Some(direct(field, text, &quoted));
        }
        Err(error) => error,
    };
    let finding = Finding::in_field(&rules::REQUIREMENT_LEGACY, field, one_line(&error));
    let finding = finding.with_help(format!("remove {field}: installers do not read it"));
    if error.is_limit() {
        return Some(finding.into_warning()); // PyPI accepts it
    }
    Some(match error.detail(text) {
        Some(detail) => finding.with_index_text(format!("{quoted} is invalid: {detail}")),
        None => finding, // the index fails without a sentence
    })
}

fn direct(field: Field, text: &str, printed: &str) -> Finding {
    const SHOWN: usize = 100;
    let shown: String = text.chars().take(SHOWN).collect();
    let message = format!("{shown:?} is a direct reference, which PyPI does not accept");
    Finding::in_field(&rules::REQUIRES_DIST_URL, field, message)
        .with_help("require a version that is on the index")
        .with_index_text(format!("Can't have direct dependency: {printed}"))
}

/// The error and its cause.
fn one_line(error: &RequirementError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
