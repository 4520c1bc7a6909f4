//! Text with placeholders, and values made safe for where they are put.

use crate::failure::{Exit, Failure};

/// Replaces each `@name@` of `template` by its value. Values are not searched for placeholders.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('@') {
        text.push_str(before);
        let value = after.split_once('@').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        match value {
            Some((value, after)) => {
                text.push_str(value);
                rest = after;
            }
            None => {
                text.push('@');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// A YAML string. JSON strings are YAML strings.
pub(super) fn yaml(text: &str) -> String {
    let mut quoted = serde_json::Value::from(text).to_string();
    // YAML reads these as line breaks.
    for (c, escape) in [('\u{85}', "\\N"), ('\u{2028}', "\\L"), ('\u{2029}', "\\P")] {
        quoted = quoted.replace(c, escape);
    }
    quoted
}

/// Fails for names that would mean something else in a generated file: control characters, and expressions of the CI.
pub(super) fn safe(what: &str, text: &str) -> Result<(), Failure> {
    let is_unsafe = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains("${{") && !text.contains("$[[") && !text.contains(is_unsafe) {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Refused,
        format!("{what} {text:?} cannot be written to a workflow: rename it, or name another one"),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_replaced_once() {
        let values = [("a", "@b@"), ("b", "x")];
        assert_eq!(fill("@a@ @b@ a@b @c@ @", &values), "@b@ x a@b @c@ @");
    }

    #[test]
    fn expressions_and_line_breaks_are_rejected() {
        for text in ["a${{ b }}", "a\nb", "$[[ inputs.x ]]", "a\u{2028}b"] {
            assert!(safe("branch", text).is_err(), "{text:?}");
        }
        assert!(safe("branch", "release/1.x+ü").is_ok());
    }

    proptest! {
        #[test]
        fn a_quoted_text_is_one_line_of_yaml(text in any::<String>()) {
            let quoted = yaml(&text);
            let breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
            prop_assert!(!quoted.contains(breaks));
            let entries = super::super::yaml::entries(&quoted).expect("YAML");
            prop_assert_eq!(&entries[0].value, &text);
        }
    }
}
