//! `Description-Content-Type`.

use crate::{Field, Finding, Metadata, python_repr};

const CONTENT_TYPES: [&str; 3] = ["text/plain", "text/markdown", "text/x-rst"];
const VARIANTS: [&str; 2] = ["GFM", "CommonMark"];

pub(crate) fn check(metadata: &Metadata) -> Option<Finding> {
    let value = metadata.get(Field::DescriptionContentType)?;
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let parameters: Vec<(String, &str)> = parts
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| {
            (
                key.trim().to_ascii_lowercase(),
                value.trim().trim_matches('"'),
            )
        })
        .collect();
    let parameter = |key: &str| {
        parameters
            .iter()
            .find(|(at, _)| at == key)
            .map(|(_, value)| *value)
    };
    let finding = |message: String, text: String| {
        Some(
            Finding::error("content-type", Some(Field::DescriptionContentType), message)
                .with_index_text(text),
        )
    };
    if !CONTENT_TYPES.contains(&kind.as_str()) {
        return finding(
            format!(
                "the description's content type is {value:?}, expected text/plain, text/markdown or text/x-rst"
            ),
            format!(
                "'description-content-type' must be one of ['text/plain', 'text/markdown', 'text/x-rst'], not {}",
                python_repr(value)
            ),
        );
    }
    if let Some(charset) = parameter("charset").filter(|charset| *charset != "UTF-8") {
        return finding(
            format!("the description's charset is {charset:?}, expected \"UTF-8\" in capitals"),
            format!(
                "'description-content-type' can only specify the UTF-8 charset, not {}",
                python_repr(charset)
            ),
        );
    }
    let variant = parameter("variant")
        .filter(|variant| kind == "text/markdown" && !VARIANTS.contains(variant))?;
    finding(
        format!("the description's Markdown variant is {variant:?}, expected GFM or CommonMark"),
        format!(
            "valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not {}",
            python_repr(variant)
        ),
    )
}
