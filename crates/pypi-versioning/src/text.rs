//! Quoting of foreign text in messages, and white space as Python defines it.

/// The maximum number of characters of foreign text that a message repeats.
const MAX_QUOTED: usize = 60;

/// Quotes `text` for a message: control characters are escaped, and long text is cut.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

/// Trims what Python's `str.strip` and `\s` consider white space.
pub(crate) fn trim_python(text: &str) -> &str {
    text.trim_matches(is_python_space)
}

/// Unicode white space, and four control characters more.
pub(crate) fn is_python_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}
