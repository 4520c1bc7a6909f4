//! Text from a token or a server, made fit for a message.

use std::iter;

/// A claim, or a part of one, for a message.
pub(crate) fn claim(text: &str) -> String {
    /// The longest names of GitHub have 255 characters.
    const MAX: usize = 300;
    shown(text, MAX)
}

/// A claim in quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", claim(text))
}

/// A sentence that a server wrote.
pub(crate) fn sentence(text: &str) -> String {
    const MAX: usize = 500;
    shown(text, MAX)
}

/// `text` on one line of at most `max` characters: white space is collapsed, and characters that move the cursor, end the
/// line, or change the direction of text are escaped.
fn shown(text: &str, max: usize) -> String {
    let words = text.split_whitespace();
    let chars = words.flat_map(|word| iter::once(' ').chain(word.chars()));
    let mut shown = String::new();
    for (at, c) in chars.skip(1).enumerate() {
        if at == max {
            shown.push('…');
            break;
        }
        if is_unsafe(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, line and paragraph separators, and characters that change the direction of text or hide in it.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_on_its_line_and_within_its_length() {
        for (text, max, expected) in [
            ("plain text", 20, "plain text"),
            ("two\n  lines\r\n", 20, "two lines"),
            ("\x1b[31mred", 20, "\\u{1b}[31mred"),
            ("a\u{202e}b", 20, "a\\u{202e}b"),
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abcdef…"),
            ("abc def", 3, "abc…"),
            ("ünï", 3, "ünï"),
            ("", 3, ""),
        ] {
            assert_eq!(shown(text, max), expected, "{text:?}");
        }
    }
}
