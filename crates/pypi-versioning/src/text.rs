/// The most characters of someone else's text a message repeats.
const MAX_QUOTED: usize = 60;

/// Quotes a text for a message: control characters escaped, cut when long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}

/// Trims what Python's `str.strip` and `\s` take for white space: four control characters more
/// than Unicode.
pub(crate) fn trim_python(text: &str) -> &str {
    text.trim_matches(is_python_space)
}

pub(crate) fn is_python_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}
