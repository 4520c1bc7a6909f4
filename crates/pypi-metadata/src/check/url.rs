//! `Home-page`, `Download-URL` and `Project-URL`.

use std::collections::HashSet;

use crate::{Field, Finding, Metadata, Rule, accept::page_url, python_repr, rules};

/// The longest label of a project URL, in characters.
const MAX_LABEL: usize = 32;

/// What `packaging` rejects: a label that occurs twice.
pub(super) fn repeated_labels(metadata: &Metadata) -> Option<Finding> {
    let mut seen = HashSet::new();
    let mut labels = metadata
        .all(Field::ProjectUrl)
        .map(|value| page_url::split(value).0);
    let label = labels.find(|label| !seen.insert(*label))?;
    let message = format!("the project URL label {label:?} occurs more than once");
    Some(
        Finding::in_field(&rules::PROJECT_URL_REPEATED, Field::ProjectUrl, message)
            .with_help("give each project URL a label of its own")
            .with_index_text("'project_urls' has invalid data"),
    )
}

/// What the index rejects.
pub(super) fn check(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    let single = [Field::HomePage, Field::DownloadUrl].into_iter();
    let invalid = single.filter_map(move |field| {
        let value = metadata
            .get(field)
            .filter(|value| !page_url::is_url(value))?;
        Some(not_a_url(&rules::URL_INVALID, field, value, "."))
    });
    let labelled = metadata.all(Field::ProjectUrl).filter_map(project_url);
    invalid.chain(labelled)
}

fn project_url(value: &str) -> Option<Finding> {
    let (label, url) = page_url::split(value);
    let finding = |message: String, sentence: String| {
        Finding::in_field(&rules::PROJECT_URL, Field::ProjectUrl, message)
            .with_help("write a label of at most 32 characters, a comma, and a URL")
            .with_index_text(sentence)
    };
    let length = label.chars().count();
    if label.is_empty() {
        let message = format!("the project URL {value:?} has no label before the comma");
        return Some(finding(message, "Must have a label".to_owned()));
    }
    if length > MAX_LABEL {
        let message = format!(
            "the project URL label {label:?} has {length} characters, expected at most {MAX_LABEL}"
        );
        let sentence = format!(
            "{} must be {MAX_LABEL} characters or less.",
            python_repr(label)
        );
        return Some(finding(message, sentence));
    }
    if url.is_empty() {
        let message = format!("the project URL {value:?} has no URL after a comma");
        return Some(finding(message, "Must have a URL".to_owned()));
    }
    (!page_url::is_url(url)).then(|| not_a_url(&rules::PROJECT_URL, Field::ProjectUrl, url, ""))
}

fn not_a_url(rule: &'static Rule, field: Field, value: &str, stop: &str) -> Finding {
    let message = format!("{value:?} in {field} is not an http or https URL");
    Finding::in_field(rule, field, message)
        .with_help("write the whole URL, starting with https://")
        .with_index_text(format!("{} is not a valid url{stop}", python_repr(value)))
}
