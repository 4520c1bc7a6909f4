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
    if let Some(problem) = report.problems().first()
        && unindented(description).is_some_and(|text| is_rendered(&text))
    {
        let message = format!(
            "the description cannot be rendered: {problem}; the only cause is the indentation of its lines, which a folded Description header leaves"
        );
        let help = "build the file again with a current build backend, which writes the description below the headers, or remove the indentation";
        return vec![
            finding(&rules::DESCRIPTION_RST, message, problem.line())
                .with_help(help)
                .with_index_text(sentence),
        ];
    }
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

fn is_rendered(text: &str) -> bool {
    let report = check_rst(text);
    report.problems().is_empty() && report.unchecked().is_none()
}

/// The description without the indentation of the lines after its first, as a folded header has it: blanks that all of
/// them share, or a bar after seven.
fn unindented(description: &str) -> Option<String> {
    let (first, rest) = description.split_once('\n')?;
    let is_blank = |line: &&str| line.trim().is_empty();
    let barred: Option<Vec<&str>> = rest
        .lines()
        .filter(|line| !is_blank(line))
        .map(|line| line.strip_prefix("       |"))
        .collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let common = match barred {
        Some(_) => 8,
        None => rest
            .lines()
            .filter(|line| !is_blank(line))
            .map(indent)
            .min()?,
    };
    if common == 0 {
        return None;
    }
    let mut text = first.to_owned();
    for line in rest.lines() {
        text.push('\n');
        text.push_str(line.get(common..).unwrap_or_default());
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(description: &str) -> Vec<String> {
        let text = "Metadata-Version: 1.2\nName: demo\nVersion: 1.0\n";
        let metadata =
            Metadata::parse(format!("{text}\n{description}").as_bytes()).expect("metadata");
        let findings = check(&metadata);
        findings
            .iter()
            .map(|finding| finding.message().to_owned())
            .collect()
    }

    #[test]
    fn folding_is_named_if_it_is_the_only_cause() {
        for indent in ["        ", "    ", "       |"] {
            let folded =
                ["Demo", "====", "", "*Text* and", "more", ""].join(&format!("\n{indent}"));
            let messages = messages(&folded);
            assert_eq!(messages.len(), 1, "{messages:?}");
            assert!(
                messages
                    .concat()
                    .contains("the only cause is the indentation"),
                "{messages:?}"
            );
        }
        let other = messages("Demo\n        ====\n\n        *Text");
        assert!(
            !other.is_empty() && other.iter().all(|message| !message.contains("only cause")),
            "{other:?}"
        );
    }
}
