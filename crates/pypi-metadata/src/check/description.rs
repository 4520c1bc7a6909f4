//! Whether the index can show the description.

use pypi_readme::check_rst;

use crate::{Field, Finding, Metadata};

/// # Source
///
/// Warehouse, 2026-08-21, with `readme_renderer` 44: Markdown and plain text always render, reStructuredText fails on
/// any warning of docutils, and without a content type it is reStructuredText.
pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let content_type = metadata.get(Field::DescriptionContentType);
    let kind = content_type.map_or("", |value| {
        value.split(';').next().unwrap_or_default().trim()
    });
    let Some(description) = metadata.get(Field::Description) else {
        return Vec::new();
    };
    if !(kind.is_empty() || kind.eq_ignore_ascii_case("text/x-rst")) {
        return Vec::new();
    }
    let sentence = match content_type {
        Some(value) => format!("The description failed to render for '{value}'."),
        None => {
            "The description failed to render in the default format of reStructuredText.".to_owned()
        }
    };
    let report = check_rst(description);
    let errors = report.problems().iter().map(|problem| {
        let message = format!("the description does not render: {problem}");
        let finding = Finding::error("description-rst", Some(Field::Description), message)
            .at(problem.line(), 1);
        let help = match content_type {
            Some(_) => "correct it, or write the readme in Markdown and say so in its content type",
            None => {
                "correct it; or if the readme is Markdown, say text/markdown in its content type"
            }
        };
        finding.with_help(help).with_index_text(sentence.clone())
    });
    let unchecked = report.unchecked().map(|problem| {
        let message = format!("not checked whether the description renders: {problem}");
        Finding::hint("description-not-judged", Some(Field::Description), message)
            .at(problem.line(), 1)
            .with_help("run docutils on it")
    });
    errors.chain(unchecked).collect()
}
