//! `Description-Content-Type`.

use crate::{
    ContentType, Field, Finding, Metadata, accept::content_type::Problem, python_repr, rules,
};

/// What `packaging` rejects.
pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let value = metadata.get(Field::DescriptionContentType)?;
    let field = Field::DescriptionContentType;
    let (message, sentence) = match ContentType::parse(value).err()? {
        Problem::Lines => {
            let message =
                format!("the content type of the description, {value:?}, is not one line");
            // The index fails without a sentence.
            return Some(Finding::in_field(&rules::CONTENT_TYPE, field, message));
        }
        Problem::Type => (
            format!(
                "the content type of the description is {value:?}, expected text/plain, text/markdown or text/x-rst"
            ),
            format!(
                "{{field}} must be one of ['text/plain', 'text/markdown', 'text/x-rst'], not {}",
                python_repr(value)
            ),
        ),
        Problem::Charset(charset) => (
            format!(
                "the charset of the description is {charset:?}, expected \"UTF-8\" in upper case"
            ),
            format!(
                "{{field}} can only specify the UTF-8 charset, not {}",
                python_repr(&charset)
            ),
        ),
        Problem::Variant(variant) => (
            format!(
                "the Markdown variant of the description is {variant:?}, expected GFM or CommonMark"
            ),
            format!(
                "valid Markdown variants for {{field}} are ['GFM', 'CommonMark'], not {}",
                python_repr(&variant)
            ),
        ),
    };
    let finding = Finding::in_field(&rules::CONTENT_TYPE, field, message);
    Some(super::with_packaging_text(finding, &sentence))
}
