//! Base64 as Python's `base64.urlsafe_b64decode` reads it.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Accepts bits that the last character has too many.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Base64url without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Ignores every character that is not in the alphabet, and reads up to the padding. Python requires that the padding,
/// of which `pymacaroons` adds as much as the length lacks, completes the last group.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let added = text.len().wrapping_neg() % 4;
    let mut characters = String::new();
    let mut padding = 0;
    for c in text.chars().chain(std::iter::repeat_n('=', added)) {
        let group = characters.len() % 4;
        match c {
            '=' if group >= 2 => {
                padding += 1;
                if group + padding >= 4 {
                    return ENGINE.decode(characters).ok();
                }
            }
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' => {
                padding = 0;
                characters.push(c);
            }
            '+' => characters.push('-'),
            '/' => characters.push('_'),
            _ => {}
        }
    }
    let is_complete = characters.len().is_multiple_of(4);
    is_complete
        .then(|| ENGINE.decode(characters).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of pymacaroons 0.13 with Python 3.11.
    #[test]
    fn stray_characters_are_ignored() {
        for (text, bytes) in [
            ("aGk", Some(b"hi".as_slice())),
            ("aGk=", Some(b"hi")),
            ("aG k\n", Some(b"hi")),
            ("aGl", Some(b"hi")),
            ("a+/_", Some(b"k\xef\xff")),
            ("aGk=aGk", Some(b"hi")),
            ("aG=k", None),
            ("aG==k", Some(b"h")),
            ("=aGk", None),
            ("a", None),
            ("", Some(b"")),
        ] {
            assert_eq!(decode(text).as_deref(), bytes, "{text:?}");
        }
    }
}
