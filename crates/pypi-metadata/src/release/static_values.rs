//! The values of an sdist that every wheel built from it has.

use std::collections::HashSet;

use pypi_versioning::Version;

use crate::{Distribution, Field, Finding, Kind, Metadata, MetadataVersion, ProjectName, rules};

/// Whether the first file says which of its values the second has.
pub(super) fn applies(sdist: &Distribution, wheel: &Distribution) -> bool {
    let version = sdist.metadata().metadata_version();
    let has_dynamic = version.is_none_or(|version| version >= MetadataVersion::V2_2);
    let kinds = (sdist.filename().kind(), wheel.filename().kind());
    has_dynamic && kinds == (Kind::Sdist, Kind::Wheel)
}

/// A finding for each field that is static in the sdist and different in the wheel. From metadata 2.6 on, a wheel also
/// has every value of a dynamic list.
///
/// # Source
///
/// PEP 643, "Specification", for metadata 2.2 and later; PEP 808, accepted on 2026-05-19, for 2.6.
pub(super) fn check(sdist: &Distribution, wheel: &Distribution) -> Vec<Finding> {
    let of_field = |field: Field| {
        let (before, after) = (sdist.metadata(), wheel.metadata());
        let dynamic = before
            .all(Field::Dynamic)
            .any(|name| name.trim().eq_ignore_ascii_case(field.header()));
        let message = match (field, dynamic) {
            (Field::MetadataVersion | Field::Dynamic, _) => return None,
            (_, true) => {
                let lost = lost(before, after, field);
                if lost.is_empty() {
                    return None;
                }
                format!(
                    "{} does not have the {field} {} of {}, which metadata 2.6 requires of a dynamic field, but {}",
                    wheel.filename(),
                    listed(&lost),
                    sdist.filename(),
                    listed(&items(after, field)),
                )
            }
            (_, false) => {
                if is_same(before, after, field) {
                    return None;
                }
                let (before, after) = different(&values(before, field), &values(after, field));
                format!(
                    "{field} of {} is {before}, which is not dynamic, but that of {} is {after}",
                    sdist.filename(),
                    wheel.filename(),
                )
            }
        };
        Some(
            Finding::in_field(&rules::RELEASE_STATIC, field, message)
                .with_file(wheel.filename().as_str())
                .with_help(
                    "build the wheel from the sdist with the same build backend, or have the backend declare the field dynamic",
                ),
        )
    };
    Field::ALL.into_iter().filter_map(of_field).collect()
}

/// Whether both have the same value of a field, whatever the order of a list and the spelling of a name or version.
fn is_same(sdist: &Metadata, wheel: &Metadata, field: Field) -> bool {
    let (mut before, mut after) = (values(sdist, field), values(wheel, field));
    if before == after {
        return true;
    }
    match (field, before.as_slice(), after.as_slice()) {
        (Field::Name, [before], [after]) => {
            let [before, after] = [before, after].map(|name| ProjectName::parse(name));
            before.is_ok() && before == after
        }
        (Field::Version, [before], [after]) => {
            let [before, after] = [before, after].map(|version| Version::parse(version));
            before.is_ok() && before == after
        }
        _ => {
            before.sort_unstable();
            after.sort_unstable();
            before == after
        }
    }
}

/// The values of a field. The description may have blanks at its end in a file and not in the other.
fn values(metadata: &Metadata, field: Field) -> Vec<&str> {
    let values = metadata.all(field);
    values.map(str::trim).collect()
}

/// The items of a dynamic list that the wheel lacks, as metadata 2.6 does not allow.
fn lost<'a>(sdist: &'a Metadata, wheel: &Metadata, field: Field) -> Vec<&'a str> {
    let version = sdist.metadata_version();
    if version.is_some_and(|version| version < MetadataVersion::V2_6) {
        return Vec::new();
    }
    let kept: HashSet<&str> = items(wheel, field).into_iter().collect();
    let mut items = items(sdist, field);
    items.retain(|item| !kept.contains(item));
    items
}

/// The items of a field that is a list.
fn items(metadata: &Metadata, field: Field) -> Vec<&str> {
    let separator = match field {
        Field::AuthorEmail | Field::Keywords | Field::MaintainerEmail => ',',
        _ if field.is_multiple() => '\n', // each value is one item
        _ => return Vec::new(),
    };
    let items = metadata.all(field).flat_map(|value| value.split(separator));
    items.map(str::trim).collect()
}

/// Both values, of long lists only what the other does not have.
fn different(before: &[&str], after: &[&str]) -> (String, String) {
    if let ([before], [after]) = (before, after) {
        let (before, after) = (before.trim(), after.trim());
        let same = before.chars().zip(after.chars());
        let same = same.take_while(|(a, b)| a == b).count();
        return (excerpt(before, same), excerpt(after, same));
    }
    if before.len().max(after.len()) <= MAX_LISTED {
        return (listed(before), listed(after));
    }
    let only = |these: &[&str], those: &[&str]| {
        let those: HashSet<&str> = those.iter().copied().collect();
        let only: Vec<&str> = these
            .iter()
            .copied()
            .filter(|value| !those.contains(value))
            .collect();
        let (count, common) = (these.len(), these.len() - only.len());
        match only.is_empty() {
            true => format!("{count} values"),
            false => format!("{} and {common} values that both have", listed(&only)),
        }
    };
    (only(before, after), only(after, before))
}

/// The most values that a message lists.
const MAX_LISTED: usize = 5;

/// The most characters of a value that a message quotes.
const MAX_QUOTED: usize = 60;

/// Values in quotes, or `missing`.
fn listed(values: &[&str]) -> String {
    let quoted = values.iter().take(MAX_LISTED);
    let mut quoted: Vec<String> = quoted.map(|value| excerpt(value, 0)).collect();
    if let Some(more) = values
        .len()
        .checked_sub(MAX_LISTED)
        .filter(|more| *more > 0)
    {
        quoted.push(format!("{more} more"));
    }
    match quoted.is_empty() {
        true => "missing".to_owned(),
        false => quoted.join(", "),
    }
}

/// A value in quotes, of a long one the part around the character that matters.
fn excerpt(value: &str, at: usize) -> String {
    let count = value.chars().count();
    if count <= MAX_QUOTED {
        return format!("{value:?}");
    }
    let start = at
        .saturating_sub(MAX_QUOTED / 3)
        .min(count.saturating_sub(MAX_QUOTED));
    let part: String = value.chars().skip(start).take(MAX_QUOTED).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if start + MAX_QUOTED < count {
        "…"
    } else {
        ""
    };
    format!("{before}{part:?}{after}")
}
