//! `Metadata-Version`.

use crate::{Field, Finding, Metadata, MetadataVersion, python_repr, rules};

/// What PyPI rejects.
pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let known = metadata.metadata_version();
    if known.is_some_and(|version| version <= NEWEST_ON_PYPI) {
        return None;
    }
    let (field, newest) = (Field::MetadataVersion, NEWEST_ON_PYPI);
    let text = metadata.get(field);
    let found = text.map_or_else(|| "missing".to_owned(), |text| format!("{text:?}"));
    let mut message =
        format!("Metadata-Version is {found}, expected 1.0 to 1.2 or 2.1 to {newest}");
    let mut help = "use a build backend that writes one of these versions".to_owned();
    if is_newer(metadata) {
        message = format!(
            "Metadata-Version {found} is newer than {newest}, the newest that PyPI accepted on 2026-08-21"
        );
        help =
            format!("if the index rejects it, use a build backend that writes {newest} or older");
    }
    let quoted = text.map_or_else(|| "None".to_owned(), python_repr);
    let finding = Finding::in_field(&rules::METADATA_VERSION, field, message).with_help(help);
    let sentence = format!("{quoted} is not a valid metadata version");
    Some(super::with_packaging_text(finding, &sentence))
}

/// The newest metadata that PyPI accepts.
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/metadata.py`.
const NEWEST_ON_PYPI: MetadataVersion = MetadataVersion::V2_5;

/// Whether the metadata is newer than PyPI is known to accept, such as 2.6 or 3.0.
pub(super) fn is_newer(metadata: &Metadata) -> bool {
    let numbers = |text: &str| -> Option<(u32, u32)> {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let text = metadata.get(Field::MetadataVersion).unwrap_or_default();
    let version = numbers(text);
    version > numbers(NEWEST_ON_PYPI.as_str())
        && version.is_some_and(|(major, minor)| format!("{major}.{minor}") == text)
}
