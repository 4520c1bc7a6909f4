//! Blanks as Python's `str` methods know them.

/// Whether `str.isspace` counts a character as a blank: Unicode's, and the four separators of ASCII.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The text without blanks at both ends, as `str.strip`.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_blank)
}
