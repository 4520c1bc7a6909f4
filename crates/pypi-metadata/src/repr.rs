//! Python's `repr` of a text.

use std::fmt::Write as _;

/// A text as Python's `repr` prints it, which is how the index quotes values in its sentences.
///
/// Python escapes every character that Unicode does not class as printable, and so does Rust's `Debug`.
#[doc(hidden)]
pub fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            _ if is_printable(c) => out.push(c),
            _ => escape(&mut out, u32::from(c)),
        }
    }
    out.push(quote);
    out
}

/// Whether a character is a mark that extends the one before it.
pub(crate) fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_printable(c) && c.escape_debug().count() > 1
}

/// Whether Python's `str.isprintable` says so.
pub(crate) fn is_printable(c: char) -> bool {
    // Rust escapes a mark that extends the character before it at the start of a text only.
    matches!(c, ' '..='~')
        || "x"
            .chars()
            .chain([c])
            .collect::<String>()
            .escape_debug()
            .count()
            == 2
}

fn escape(out: &mut String, code: u32) {
    // Writing to a `String` cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of Python 3.11.
    #[test]
    fn texts_are_quoted_as_python_quotes_them() {
        for (text, repr) in [
            ("", "''"),
            ("plain", "'plain'"),
            ("it's", "\"it's\""),
            ("it's \"so\"", r#"'it\'s "so"'"#),
            ("\"so\"", "'\"so\"'"),
            ("a\\b", r"'a\\b'"),
            ("\0\u{7f}\u{a0}", r"'\x00\x7f\xa0'"),
            ("orácle\u{2028}", r"'orácle\u2028'"),
            ("e\u{301}\u{301}\u{5d0}", "'e\u{301}\u{301}\u{5d0}'"),
            (
                "\u{ad}\u{378}\u{200b}\u{e000}\u{ffff}\u{e0001}",
                r"'\xad\u0378\u200b\ue000\uffff\U000e0001'",
            ),
        ] {
            assert_eq!(python_repr(text), repr);
        }
    }
}
