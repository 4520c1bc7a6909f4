//! How Python prints a text.

/// A text as Python's `repr` prints it, which is how the index quotes values in its sentences.
///
/// # Examples
///
/// ```
/// use pypi_metadata::python_repr;
///
/// assert_eq!(python_repr("a\nb"), r"'a\nb'");
/// assert_eq!(python_repr("it's"), "\"it's\"");
/// ```
pub fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut repr = String::with_capacity(text.len() + 2);
    repr.push(quote);
    for c in text.chars() {
        match c {
            '\\' => repr.push_str("\\\\"),
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            _ if c == quote => repr.extend(['\\', c]),
            _ if u32::from(c) < 0x20 || (0x7f..=0xa0).contains(&u32::from(c)) || c == '\u{ad}' => {
                repr.push_str(&format!("\\x{:02x}", u32::from(c)));
            }
            _ => repr.push(c),
        }
    }
    repr.push(quote);
    repr
}

#[cfg(test)]
mod tests {
    use super::*;

    // What Python 3.11 prints.
    #[test]
    fn it_quotes_as_python_does() {
        for (text, repr) in [
            ("", "''"),
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("it's \"so\"", r#"'it\'s "so"'"#),
            ("\"so\"", "'\"so\"'"),
            ("a\\b", r"'a\\b'"),
            ("\0\u{7f}\u{a0}", r"'\x00\x7f\xa0'"),
            ("orácle", "'orácle'"),
        ] {
            assert_eq!(python_repr(text), repr);
        }
    }
}
