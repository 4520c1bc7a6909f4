//! Names within fields: `Dynamic`, `Provides-Extra`, `Import-Name`, `Import-Namespace`.

use crate::{Field, Finding, Metadata, ProjectName, python_repr};

/// What `packaging` refuses.
pub(super) fn specification(metadata: &Metadata) -> Vec<Finding> {
    let mut findings: Vec<Finding> = metadata
        .all(Field::Dynamic)
        .filter_map(dynamic)
        .take(super::MAX_OF_A_KIND)
        .collect();
    findings.extend(
        metadata
            .all(Field::ProvidesExtra)
            .filter_map(extra)
            .take(super::MAX_OF_A_KIND),
    );
    for field in [Field::ImportName, Field::ImportNamespace] {
        findings.extend(
            metadata
                .all(field)
                .filter_map(|value| import_name(field, value))
                .take(super::MAX_OF_A_KIND),
        );
    }
    findings
}

/// What the index refuses beside that.
pub(super) fn index(metadata: &Metadata) -> Option<Finding> {
    let value = metadata
        .all(Field::Dynamic)
        .find(|value| value.eq_ignore_ascii_case("dynamic"))?;
    let finding = Finding::error(
        "dynamic",
        Some(Field::Dynamic),
        format!("{value:?} cannot itself be dynamic"),
    );
    Some(finding.with_help("remove it").with_index_text(format!(
        "Dynamic field {} is not a valid dynamic field",
        python_repr(&value.to_lowercase())
    )))
}

fn dynamic(value: &str) -> Option<Finding> {
    let name = value.to_lowercase();
    let (message, text) = match Field::from_header(&name) {
        Some(Field::MetadataVersion | Field::Name | Field::Version) => (
            format!(
                "{value:?} is given as dynamic, and it must be the same in every file of a release"
            ),
            format!("{} is not allowed as a dynamic field", python_repr(&name)),
        ),
        Some(_) => return None,
        None => (
            format!("{value:?} is given as dynamic, and is no field of core metadata"),
            format!("{} is not a valid dynamic field", python_repr(&name)),
        ),
    };
    let finding = Finding::error("dynamic", Some(Field::Dynamic), message);
    Some(
        finding
            .with_help("name a field by its header, such as Version or Requires-Dist")
            .with_index_text(text),
    )
}

fn extra(value: &str) -> Option<Finding> {
    ProjectName::parse(value).err()?;
    let message = format!(
        "{value:?} is no name of an extra: use ASCII letters, digits, '.', '_' and '-', with a letter or digit first and last"
    );
    let finding = Finding::error("extra-name", Some(Field::ProvidesExtra), message);
    Some(finding.with_index_text(format!(
        "{} is invalid for 'provides-extra'",
        python_repr(value)
    )))
}

fn import_name(field: Field, value: &str) -> Option<Finding> {
    let (name, option) = match value.split_once(';') {
        Some((name, option)) => (name.trim_end(), Some(option.trim_start())),
        None => (value.trim_end(), None),
    };
    let header = field.header().to_ascii_lowercase();
    let problem = |message: String, quoted: &str, reason: String| {
        Finding::error("import-name", Some(field), message)
            .with_help("write the dotted name that users import, and \"; private\" after it if it is not for them")
            .with_index_text(format!("{} is invalid for '{header}'; {reason}", python_repr(quoted)))
    };
    for part in name.split('.') {
        let quoted = python_repr(part);
        if !is_identifier(part) {
            let message = format!("{part:?} in {field} {name:?} is no Python identifier");
            return Some(problem(
                message,
                name,
                format!("{quoted} is not a valid identifier"),
            ));
        }
        if KEYWORDS.binary_search(&part).is_ok() {
            let message = format!("{part:?} in {field} {name:?} is a Python keyword");
            return Some(problem(message, name, format!("{quoted} is a keyword")));
        }
    }
    option.filter(|option| *option != "private").map(|option| {
        let message =
            format!("{option:?} after {field} {name:?} is no option, expected \"private\"");
        problem(
            message,
            value,
            "the only valid option is 'private'".to_owned(),
        )
    })
}

pub(crate) fn is_identifier(text: &str) -> bool {
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
    fn the_keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
