/// The most characters of someone else's text a message repeats.
const MAX_QUOTED: usize = 60;

/// Quotes a text for a message: control characters escaped, cut when long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
