//! How much memory the parser of TOML would need.

/// The most that it may need, in bytes, by our estimate: enough for some 25,000 keys.
pub(super) const MAX: usize = 32 * 1024 * 1024;

/// Estimates the memory for a document, from above.
///
/// `toml_edit` needs about 1 KiB for a key or a table, a quarter of that for a value in an array, and 52 bytes for each other
/// token (0.25, measured). A string or comment is one token.
pub(super) fn estimate(text: &str) -> usize {
    const TABLE: usize = 1024;
    const VALUE: usize = 256;
    const TOKEN: usize = 64;
    let mut rest = text.as_bytes();
    let mut is_word = false;
    let mut sum = 0;
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' | b'\'' => after_string(rest, *byte),
            b'#' => after_line(after),
            _ => after,
        };
        let was_word = std::mem::replace(&mut is_word, is_part_of_word(*byte));
        sum += match byte {
            b'[' | b'{' | b'.' | b'=' => TABLE,
            b',' => VALUE,
            _ if was_word && is_word => 0,
            _ => TOKEN,
        };
    }
    sum
}

fn is_part_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b'\t' | 0x80..)
}

/// What follows a string; without an end, it ends with its line, or with the text if it may have several.
fn after_string(text: &[u8], quote: u8) -> &[u8] {
    let is_long = text.starts_with(&[quote; 3]);
    let end = [quote; 3];
    let end = end.get(..if is_long { 3 } else { 1 }).unwrap_or_default();
    let mut rest = text.get(end.len()..).unwrap_or_default();
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'\n' if !is_long => return rest,
            b'\\' if quote == b'"' && !after.starts_with(b"\n") => {
                rest = after.get(1..).unwrap_or_default();
            }
            _ if rest.starts_with(end) => return rest.get(end.len()..).unwrap_or_default(),
            _ => rest = after,
        }
    }
    rest
}

fn after_line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tables_count_but_not_what_is_in_strings_and_comments() {
        let of = |text: &str| estimate(text) / 1024;
        assert_eq!(of(&"[a.b]\n".repeat(1000)), 2250);
        assert_eq!(of(&"a = 1\n".repeat(1000)), 1187);
        for text in [
            "# a.b = [\n".repeat(10),
            format!("\"{}\"", r#"a.b = [ \" {"#.repeat(10)),
            format!("'{}'", r"a.b = [ \ {".repeat(10)),
            format!("\"\"\"{}\"\"\"", "a.b\n\"= [ \\\" {".repeat(10)),
            format!("'''{}'''", "a.b\n'= [ \\ {".repeat(10)),
            "\"unclosed.\n'unclosed.\n\"\\\n".to_owned(),
        ] {
            assert!(of(&text) <= 1, "{text}: {}", estimate(&text));
        }
    }
}
