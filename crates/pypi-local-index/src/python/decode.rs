//! Decoders as lenient as Python's.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// The bytes of a text in Base64, as `base64.b64decode` reads it: other characters and everything after the padding are
/// ignored.
pub(crate) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let is_digit = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    let mut digits = Vec::new();
    let mut padding = 0;
    for c in text.iter().copied().filter(|c| is_digit(c) || *c == b'=') {
        if is_digit(&c) {
            padding = 0;
            digits.push(c);
        } else if digits.len() % 4 >= 2 {
            padding += 1;
            if digits.len() % 4 + padding == 4 {
                break;
            }
        }
    }
    match digits.len() % 4 {
        0 => {}
        rest if rest + padding == 4 => digits.extend_from_slice(b"==".get(..padding)?),
        _ => return None,
    }
    LENIENT.decode(digits).ok()
}

/// The bytes of a text in Base64url, as `base64.urlsafe_b64decode` reads it: like [`base64()`], with `-` for `+` and `_` for
/// `/`. It reads both.
pub(crate) fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    let standard = text.iter().map(|c| match c {
        b'-' => b'+',
        b'_' => b'/',
        other => *other,
    });
    base64(&standard.collect::<Vec<_>>())
}

/// Python ignores bits that no byte has.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The bytes of a quoted-printable text, as Python decodes it: what is not an escape stands for itself.
pub(crate) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        let hex = |at: usize| char::from(*others.get(at)?).to_digit(16);
        rest = others;
        match (*first, others.first()) {
            (b'=', Some(b'=')) => {
                bytes.push(b'=');
                rest = others.get(1..).unwrap_or_default();
            }
            (b'=', Some(b'\r' | b'\n') | None) => {
                let end = others.iter().position(|byte| *byte == b'\n');
                rest = end
                    .and_then(|end| others.get(end + 1..))
                    .unwrap_or_default();
            }
            (b'=', Some(_)) => match (hex(0), hex(1)) {
                (Some(high), Some(low)) => {
                    bytes.extend(u8::try_from(high * 16 + low));
                    rest = others.get(2..).unwrap_or_default();
                }
                _ => bytes.push(b'='),
            },
            (byte, _) => bytes.push(byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of Python's `base64.b64decode`.
    #[test]
    fn base64_is_read_as_python_reads_it() {
        for (text, bytes) in [
            ("YTpi", Some(&b"a:b"[..])),
            (" YT pi\t", Some(b"a:b")),
            ("YTpiYw==", Some(b"a:bc")),
            ("YTpiYw==,Basic x", Some(b"a:bc")),
            ("YTpiYw", None),
            ("YTpiYw=", None),
            ("=YTpi", Some(b"a:b")),
            ("YTpiYx==", Some(b"a:bc")),
            ("", Some(b"")),
            ("Y", None),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), bytes, "{text}");
        }
    }

    // The results of Python's `base64.urlsafe_b64decode`.
    #[test]
    fn base64url_is_read_as_python_reads_it() {
        for (text, bytes) in [
            ("aGk=", Some(b"hi".as_slice())),
            ("aG k\n=", Some(b"hi")),
            ("aGl=", Some(b"hi")),
            ("a+/_", Some(b"k\xef\xff")),
            ("a-/_", Some(b"k\xef\xff")),
            ("aGk=aGk", Some(b"hi")),
            ("aG=k", None),
            ("aG==k", Some(b"h")),
            ("=aGk=", Some(b"hi")),
            ("a===", None),
            ("", Some(b"")),
        ] {
            assert_eq!(base64url(text.as_bytes()).as_deref(), bytes, "{text:?}");
        }
    }

    // The results of Python's `binascii.a2b_qp`.
    #[test]
    fn quoted_printable_is_read_as_python_reads_it() {
        for (text, bytes) in [
            ("a=3Db", "a=b"),
            ("a=\r\nb", "ab"),
            ("a=\nb", "ab"),
            ("a==b", "a=b"),
            ("a=zb", "a=zb"),
            ("a=", "a"),
            ("a= x\nb", "a= x\nb"),
        ] {
            assert_eq!(
                quoted_printable(text.as_bytes()),
                bytes.as_bytes(),
                "{text:?}"
            );
        }
    }
}
