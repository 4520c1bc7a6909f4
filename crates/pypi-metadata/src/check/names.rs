//! Names: `Dynamic`, `Provides-Extra`, and those in other files of this folder.

use super::{import_name, metadata_version, with_packaging_text};
use crate::{Field, Finding, Metadata, ProjectName, python_repr, rules};

/// What `packaging` rejects.
pub(super) fn specification(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    let is_known = metadata.metadata_version().is_some() || !metadata_version::is_newer(metadata);
    let dynamic = metadata
        .all(Field::Dynamic)
        .filter_map(move |value| dynamic(value, is_known));
    let extras = metadata.all(Field::ProvidesExtra).filter_map(extra);
    let fields = [Field::ImportName, Field::ImportNamespace].into_iter();
    let imports = fields.flat_map(|field| import_name::specification(metadata, field));
    dynamic.chain(extras).chain(imports)
}

/// What the index rejects in addition.
pub(super) fn index(metadata: &Metadata) -> Option<Finding> {
    let value = metadata
        .all(Field::Dynamic)
        .find(|value| value.eq_ignore_ascii_case("dynamic"))?;
    let message = format!("{value:?} is listed as dynamic, but cannot be dynamic itself");
    Some(
        Finding::in_field(&rules::DYNAMIC, Field::Dynamic, message)
            .with_help("remove it")
            .with_index_text(format!(
                "Dynamic field {} is not a valid dynamic field",
                python_repr(&value.to_lowercase())
            )),
    )
}

/// `is_known` says that the version of the metadata has no fields that this crate does not know.
fn dynamic(value: &str, is_known: bool) -> Option<Finding> {
    let name = value.to_lowercase();
    let quoted = python_repr(&name);
    let (message, sentence) = match Field::from_header(&name) {
        Some(Field::MetadataVersion | Field::Name | Field::Version) => (
            format!(
                "{value:?} is listed as dynamic, but must be the same in every file of a release"
            ),
            format!("{quoted} is not allowed as a dynamic field"),
        ),
        Some(_) => return None,
        None if !is_known => return None,
        None => (
            format!("{value:?} is listed as dynamic, but is not a core metadata field"),
            format!("{quoted} is not a valid dynamic field"),
        ),
    };
    let finding = Finding::in_field(&rules::DYNAMIC, Field::Dynamic, message)
        .with_help("name a field by its header, such as Requires-Dist");
    Some(with_packaging_text(finding, &sentence))
}

fn extra(value: &str) -> Option<Finding> {
    let error = ProjectName::parse(value).err();
    error.filter(|_| !ProjectName::is_only_too_long(value))?;
    let message = format!(
        "{value:?} is not a valid name for an extra: expected ASCII letters, digits, '.', '_' and '-', with a letter or digit at both ends"
    );
    let finding = Finding::in_field(&rules::EXTRA_NAME, Field::ProvidesExtra, message);
    let sentence = format!("{} is invalid for {{field}}", python_repr(value));
    Some(with_packaging_text(finding, &sentence))
}
