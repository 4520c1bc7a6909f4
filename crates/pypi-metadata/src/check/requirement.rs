//! What `Requires-Dist` may hold.

use std::str::FromStr;

use pep508_rs::{Requirement, VersionOrUrl};

use crate::{Field, Finding};

/// The longest requirement that is looked at, in bytes.
const MAX_REQUIREMENT: usize = 16 * 1024;

/// # Source
///
/// Warehouse, 2026-08-21: no direct references. What `pep508_rs` cannot read is a warning, because `packaging`, which the index runs,
/// reads some of it: `===` with a text that is no version, a trailing comma, a marker operator `===`.
pub(super) fn check(text: &str) -> Option<Finding> {
    let field = Some(Field::RequiresDist);
    let unread = |why: String| {
        let shown: String = text.chars().take(100).collect();
        let finding = Finding::warning(
            "requires-dist",
            field,
            format!("the requirement {shown:?} does not read ({why})"),
        );
        Some(finding.with_help(
            "write it as the dependency specifiers specification says; the index may refuse it",
        ))
    };
    if text.len() > MAX_REQUIREMENT {
        return unread(format!("it is longer than {MAX_REQUIREMENT} bytes"));
    }
    if !has_sound_names(text) {
        return unread("a name in it does not end in a letter or digit".to_owned());
    }
    match Requirement::<url::Url>::from_str(text) {
        Ok(requirement) => {
            matches!(requirement.version_or_url, Some(VersionOrUrl::Url(_))).then(|| {
                let message = format!(
                    "{} is required by a URL, which indexes refuse",
                    requirement.name
                );
                Finding::error("requires-dist-url", field, message)
                    .with_help("require a version that is on the index")
                    .with_index_text(format!("Can't have direct dependency: {text}"))
            })
        }
        Err(error) => unread(
            error
                .message
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        ),
    }
}

/// Whether the name and the extras end in a letter or digit: `pep508_rs` 0.9.2 panics otherwise.
fn has_sound_names(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_sound = |name: &str| name.ends_with(|c: char| c.is_ascii_alphanumeric());
    let text = text.trim_start();
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let extras = rest.trim_start().strip_prefix('[').unwrap_or_default();
    let extras = extras.split(']').next().unwrap_or_default();
    let mut names = extras
        .split(|c| !is_name(c))
        .filter(|extra| !extra.is_empty());
    is_sound(name) && names.all(is_sound)
}
