//! Addresses of pages: `Home-page`, `Download-URL`, `Project-URL`.

use std::collections::HashSet;

use crate::{Field, Finding, Metadata, python_repr};

/// The longest label of a project URL, in characters.
const MAX_LABEL: usize = 32;

/// What `packaging` refuses: a label twice.
pub(super) fn repeated_labels(metadata: &Metadata) -> Option<Finding> {
    let mut seen = HashSet::new();
    let mut labels = metadata.all(Field::ProjectUrl).map(|value| split(value).0);
    let label = labels.find(|label| !seen.insert(*label))?;
    let message = format!("the project URL label {label:?} is given more than once");
    let finding = Finding::error("project-url-repeated", Some(Field::ProjectUrl), message);
    Some(
        finding
            .with_help("give each project URL a label of its own")
            .with_index_text("'project_urls' has invalid data"),
    )
}

/// What the index refuses.
pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for field in [Field::HomePage, Field::DownloadUrl] {
        findings.extend(
            metadata
                .all(field)
                .take(1)
                .filter(|value| !is_url(value))
                .map(|value| not_a_url("url-invalid", field, value, ".")),
        );
    }
    findings.extend(
        metadata
            .all(Field::ProjectUrl)
            .filter_map(project_url)
            .take(super::MAX_OF_A_KIND),
    );
    findings
}

fn project_url(value: &str) -> Option<Finding> {
    let (label, url) = split(value);
    let finding = |message: String, text: String| {
        Finding::error("project-url", Some(Field::ProjectUrl), message)
            .with_help("write a label of at most 32 characters, a comma, and a URL")
            .with_index_text(text)
    };
    let length = label.chars().count();
    if label.is_empty() {
        let message = format!("the project URL {value:?} has no label before its comma");
        return Some(finding(message, "Must have a label".to_owned()));
    }
    if length > MAX_LABEL {
        let message = format!(
            "the project URL label {label:?} has {length} characters, and indexes take {MAX_LABEL}"
        );
        let text = format!(
            "{} must be {MAX_LABEL} characters or less.",
            python_repr(label)
        );
        return Some(finding(message, text));
    }
    if url.is_empty() {
        let message = format!("the project URL {value:?} has no URL after a comma");
        return Some(finding(message, "Must have a URL".to_owned()));
    }
    (!is_url(url)).then(|| not_a_url("project-url", Field::ProjectUrl, url, ""))
}

/// The label and the URL.
pub(crate) fn split(value: &str) -> (&str, &str) {
    let (label, url) = value.split_once(',').unwrap_or((value, ""));
    (label.trim(), url.trim())
}

fn not_a_url(rule: &'static str, field: Field, value: &str, stop: &str) -> Finding {
    let message = format!("{value:?} in {field} is no http or https URL");
    Finding::error(rule, Some(field), message)
        .with_help("write the whole address, beginning with https://")
        .with_index_text(format!("{} is not a valid url{stop}", python_repr(value)))
}

/// Whether the index takes it for a URL. Much that is none passes, because `rfc3986` quotes what is odd before it looks:
/// what remains is the scheme, brackets outside of the host, and the number of the port.
///
/// # Source
///
/// Warehouse, 2026-08-21, `utils/http.py`, with `rfc3986` 2.0.0.
pub(crate) fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    if !["http", "https"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return false;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    !path.contains(['[', ']']) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // What `rfc3986` 2.0.0 says as the index asks it.
    #[test]
    fn urls_are_judged_as_the_index_judges_them() {
        for text in [
            "http://a/b c",
            "https:///x",
            "HTTP://A",
            "http://[::1]/",
            "http://é.com/%zz",
            "http://x#[",
            "http://x:",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            " http://x",
            "http://x/[1]",
            "http://x?[",
            "http://a:99999/",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
