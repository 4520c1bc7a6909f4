//! Whether PyPI can render the description.

use pypi_readme::check_rst;

use crate::{Field, Finding, Metadata, rules};

/// # Source
///
/// Warehouse, 2026-08-21, with `readme_renderer` 44: Markdown and plain text always render; reStructuredText fails on
/// every warning of docutils, and is what a description without a content type is.
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
    let (failed, help) = match content_type {
        Some(value) => (
            format!("The description failed to render for '{value}'."),
            "correct it, or write the readme in Markdown and set its content type to text/markdown",
        ),
        None => (
            "The description failed to render in the default format of reStructuredText."
                .to_owned(),
            "correct it; if the readme is Markdown, set its content type to text/markdown",
        ),
    };
    let sentence = format!(
        "{failed} See https://pypi.org/help/#description-content-type for more information."
    );
    let finding =
        |rule, message, line| Finding::in_field(rule, Field::Description, message).at(line, 1);
    let report = check_rst(description);
    let errors = report.problems().iter().map(|problem| {
        let message = format!("the description cannot be rendered: {problem}");
        finding(&rules::DESCRIPTION_RST, message, problem.line())
            .with_help(help)
            .with_index_text(sentence.clone())
    });
    let unchecked = report.unchecked().map(|problem| {
        let message = format!("a part of the description could not be checked: {problem}");
        finding(&rules::DESCRIPTION_NOT_JUDGED, message, problem.line())
            .with_help("run docutils on it")
    });
    errors.chain(unchecked).collect()
}
