//! Commands for people and files: text that a POSIX shell reads.

/// Returns `text` as one word of a POSIX shell.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+%@".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_if_it_must_be() {
        for (text, expected) in [
            ("dist/demo-1.0+x.whl", "dist/demo-1.0+x.whl"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $(id)", r"'it'\''s $(id)'"),
            ("~", "'~'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
