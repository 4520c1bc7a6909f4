//! `Import-Name` and `Import-Namespace`.

use std::collections::BTreeSet;

use super::{limit::MAX_FINDINGS, with_packaging_text};
use crate::{
    Field, Finding, Metadata,
    accept::import_name::{self, Problem},
    python_repr, rules,
};

/// What `packaging` rejects.
pub(super) fn specification(metadata: &Metadata, field: Field) -> impl Iterator<Item = Finding> {
    metadata.all(field).filter_map(move |value| {
        let problem = import_name::parse(value).err()?;
        Some(finding(field, value, problem))
    })
}

fn finding(field: Field, value: &str, problem: Problem<'_>) -> Finding {
    let (message, invalid, reason) = match problem {
        Problem::Identifier { name, part } => (
            format!("{part:?} in {field} {name:?} is not a Python identifier"),
            name,
            format!("{} is not a valid identifier", python_repr(part)),
        ),
        Problem::Keyword { name, part } => (
            format!("{part:?} in {field} {name:?} is a Python keyword"),
            name,
            format!("{} is a keyword", python_repr(part)),
        ),
        Problem::Option { name, option } => (
            format!("{option:?} after {field} {name:?} is not an option, expected \"private\""),
            value,
            "the only valid option is 'private'".to_owned(),
        ),
    };
    let finding = Finding::in_field(&rules::IMPORT_NAME, field, message).with_help(
        "write the dotted name that users import, followed by \"; private\" if they should not",
    );
    let sentence = format!(
        "{} is invalid for {{field}}; {reason}",
        python_repr(invalid)
    );
    with_packaging_text(finding, &sentence)
}

/// What PyPI accepts, but PEP 794 does not: a name in both fields, and a dotted name without its parents.
pub(super) fn advice(metadata: &Metadata) -> Vec<Finding> {
    let names: BTreeSet<&str> = first_names(metadata.import_names());
    let spaces: BTreeSet<&str> = first_names(metadata.import_namespaces());
    let both = names.intersection(&spaces).map(|name| {
        let message = format!("{name:?} is in Import-Name and in Import-Namespace");
        Finding::in_field(&rules::IMPORT_NAME_BOTH, Field::ImportName, message)
            .with_help("leave it in Import-Namespace only if other projects install into it too")
    });
    let parents = names
        .union(&spaces)
        .filter_map(|name| name.rsplit_once('.'));
    let parents: BTreeSet<&str> = parents.map(|(parent, _)| parent).collect();
    let is_listed = |parent: &&&str| names.contains(**parent) || spaces.contains(**parent);
    let unlisted = parents.iter().filter(|parent| !is_listed(parent));
    let unlisted = unlisted.map(|parent| {
        let message = format!(
            "{parent:?} is not in Import-Name or Import-Namespace, but a name inside it is"
        );
        Finding::in_field(&rules::IMPORT_NAME_PARENT, Field::ImportNamespace, message).with_help(
            "list it in Import-Namespace if it is a namespace package, else in Import-Name",
        )
    });
    both.chain(unlisted).collect()
}

fn first_names<'a>(names: impl Iterator<Item = (&'a str, bool)>) -> BTreeSet<&'a str> {
    names.take(MAX_FINDINGS).map(|(name, _)| name).collect()
}
