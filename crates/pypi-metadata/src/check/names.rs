//! `Dynamic`, `Provides-Extra`, `Import-Name` and `Import-Namespace`.

use super::{MAX_FINDINGS, metadata_version, with_packaging_text};
use crate::{Field, Finding, Metadata, ProjectName, python::is_blank, python_repr, rules};

/// What `packaging` rejects.
pub(super) fn specification(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_known = metadata.metadata_version().is_some() || !metadata_version::is_newer(metadata);
    let dynamic = metadata
        .all(Field::Dynamic)
        .filter_map(|value| dynamic(value, is_known));
    findings.extend(dynamic.take(MAX_FINDINGS));
    let extras = metadata.all(Field::ProvidesExtra).filter_map(extra);
    findings.extend(extras.take(MAX_FINDINGS));
    for field in [Field::ImportName, Field::ImportNamespace] {
        let names = metadata
            .all(field)
            .filter_map(|value| import_name(field, value));
        findings.extend(names.take(MAX_FINDINGS));
    }
    findings
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
    ProjectName::parse(value).err()?;
    let message = format!(
        "{value:?} is not a valid name for an extra: expected ASCII letters, digits, '.', '_' and '-', with a letter or digit at both ends"
    );
    let finding = Finding::in_field(&rules::EXTRA_NAME, Field::ProvidesExtra, message);
    let sentence = format!("{} is invalid for {{field}}", python_repr(value));
    Some(with_packaging_text(finding, &sentence))
}

fn import_name(field: Field, value: &str) -> Option<Finding> {
    let (name, option) = match value.split_once(';') {
        Some((name, option)) => (
            name.trim_end_matches(is_blank),
            Some(option.trim_start_matches(is_blank)),
        ),
        None => (value.trim_end_matches(is_blank), None),
    };
    let finding = |message: String, invalid: &str, reason: String| {
        let finding = Finding::in_field(&rules::IMPORT_NAME, field, message).with_help(
            "write the dotted name that users import, followed by \"; private\" if they should not",
        );
        let sentence = format!(
            "{} is invalid for {{field}}; {reason}",
            python_repr(invalid)
        );
        with_packaging_text(finding, &sentence)
    };
    for part in name.split('.') {
        let quoted = python_repr(part);
        if !is_identifier(part) {
            let message = format!("{part:?} in {field} {name:?} is not a Python identifier");
            return Some(finding(
                message,
                name,
                format!("{quoted} is not a valid identifier"),
            ));
        }
        if KEYWORDS.binary_search(&part).is_ok() {
            let message = format!("{part:?} in {field} {name:?} is a Python keyword");
            return Some(finding(message, name, format!("{quoted} is a keyword")));
        }
    }
    let option = option.filter(|option| *option != "private")?;
    Some(finding(
        format!("{option:?} after {field} {name:?} is not an option, expected \"private\""),
        value,
        "the only valid option is 'private'".to_owned(),
    ))
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The keywords of Python 3.8 and later, sorted.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keywords_are_sorted_for_binary_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
