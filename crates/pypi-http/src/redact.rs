//! Removal of secrets from text that a server wrote.

use std::{collections::HashSet, ops::Range};

use crate::Secret;

/// Replaces secrets in text from elsewhere, such as a server's reply, which may echo what it was sent.
///
/// A secret is found without its beginning or its end, percent-encoded, and split by white space or HTML tags: every run
/// of [`SHORTEST`](Self::SHORTEST) of its characters is replaced. A secret that is shorter is found as a whole.
///
/// Redact before shortening: a cut could leave a piece that is too short to be found.
///
/// # Examples
///
/// ```
/// use pypi_http::{Redactor, Secret};
///
/// let redactor = Redactor::new([&Secret::new("pypi-AgEIcHlwaS5vcmcCJDU3")]);
/// assert_eq!(redactor.redact("no such token: AgEIcHlwa <b>S5vcmcCJDU</b>"), "no such token: [redacted]</b>");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Redactor(Vec<Secret>);

impl Redactor {
    /// The shortest piece of a secret that is recognised, in characters.
    pub const SHORTEST: usize = 8;

    /// A redactor of these secrets.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self(secrets.into_iter().cloned().collect())
    }

    /// `text` with every piece of a secret replaced by `[redacted]`.
    pub fn redact(&self, text: &str) -> String {
        let mut spans: Vec<Range<usize>> = Vec::new();
        // What looks like an escape or a tag may also be a part of the secret, or contain it.
        for (decodes, strips) in [(true, true), (true, false), (false, true), (false, false)] {
            let plain = Plain::of(text, decodes, strips);
            for secret in &self.0 {
                plain.find(secret.reveal(), &mut spans);
            }
        }
        // A piece may begin or end within a character.
        for span in &mut spans {
            while !text.is_char_boundary(span.start) {
                span.start -= 1;
            }
            while !text.is_char_boundary(span.end) {
                span.end += 1;
            }
        }
        spans.sort_by_key(|span| span.start);
        let mut redacted = String::with_capacity(text.len());
        let mut end = 0;
        for span in spans {
            if span.start > end || (end == 0 && span.start == 0) {
                redacted.push_str(text.get(end..span.start).unwrap_or_default());
                redacted.push_str("[redacted]");
            }
            end = end.max(span.end);
        }
        redacted.push_str(text.get(end..).unwrap_or_default());
        redacted
    }
}

/// A text without white space, and if that is asked for without percent-encoding and tags, and where each of its bytes is
/// in the original.
struct Plain {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Plain {
    fn of(text: &str, decodes: bool, strips: bool) -> Self {
        let mut plain = Self {
            bytes: Vec::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let length = match byte {
                b'<' if strips => tag_length(bytes.get(at..).unwrap_or_default()),
                b'%' if decodes => match percent_decoded(bytes.get(at..at + 3)) {
                    Some(decoded) => {
                        plain.push(decoded, at..at + 3);
                        at += 3;
                        continue;
                    }
                    None => None,
                },
                _ if byte.is_ascii_whitespace() => Some(1),
                _ => None,
            };
            match length {
                Some(length) => at += length,
                None => {
                    plain.push(byte, at..at + 1);
                    at += 1;
                }
            }
        }
        plain
    }

    fn push(&mut self, byte: u8, place: Range<usize>) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// Adds the spans of the original text that contain pieces of `secret`.
    fn find(&self, secret: &str, spans: &mut Vec<Range<usize>>) {
        let secret: Vec<u8> = secret
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let length = Redactor::SHORTEST.min(secret.len());
        if length == 0 {
            return;
        }
        let pieces: HashSet<&[u8]> = secret.windows(length).collect();
        let mut run: Option<Range<usize>> = None;
        for (at, window) in self.bytes.windows(length).enumerate() {
            if !pieces.contains(window) {
                continue;
            }
            run = match run {
                Some(run) if at <= run.end => Some(run.start..at + length),
                ended => {
                    spans.extend(ended.and_then(|run| self.original(run)));
                    Some(at..at + length)
                }
            };
        }
        spans.extend(run.and_then(|run| self.original(run)));
    }

    fn original(&self, run: Range<usize>) -> Option<Range<usize>> {
        let first = self.places.get(run.start)?;
        let last = self.places.get(run.end - 1)?;
        Some(first.start..last.end)
    }
}

/// The length of an HTML tag; `None` for a `<` that does not begin one of a sensible length.
fn tag_length(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 256;
    let is_tag = text
        .get(1)
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
    let end = text.iter().take(LONGEST).position(|byte| *byte == b'>')?;
    is_tag.then_some(end + 1)
}

fn percent_decoded(escape: Option<&[u8]>) -> Option<u8> {
    let [b'%', high, low] = escape? else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "pypi-AgEIcHlwaS5vcmcCJDU3YjQ3+/ZDQ1LTk5";

    fn redacted(text: &str) -> String {
        Redactor::new([&Secret::new(TOKEN)]).redact(text)
    }

    #[test]
    fn every_disguise_of_a_token_is_found() {
        let percent = TOKEN.replace('+', "%2B").replace('/', "%2f");
        let spaced: String = TOKEN.chars().flat_map(|c| [c, ' ']).collect();
        for text in [
            TOKEN,
            TOKEN.strip_prefix("pypi-").expect("a prefix"),
            &TOKEN[..TOKEN.len() - 1],
            &percent,
            &spaced,
            &format!("{}<b>{}</b>", &TOKEN[..12], &TOKEN[12..]),
            &format!("{}\r\n\t{}", &TOKEN[..3], &TOKEN[3..]),
        ] {
            let shown = redacted(&format!("before: {text}, after"));
            assert!(shown.starts_with("before: [redacted]"), "{text}: {shown}");
            assert!(shown.ends_with(", after"), "{text}: {shown}");
            assert_eq!(shown.matches("[redacted]").count(), 1, "{text}: {shown}");
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "",
            "no token here",
            "a < b > c % d",
            "100%25",
            "<html> pypi-Ag",
        ] {
            assert_eq!(redacted(text), text);
        }
        assert_eq!(Redactor::default().redact(TOKEN), TOKEN);
    }

    #[test]
    fn a_short_secret_is_found_as_a_whole() {
        let redactor = Redactor::new([&Secret::new("hush"), &Secret::new("")]);
        assert_eq!(redactor.redact("hush, hus"), "[redacted], hus");
    }

    #[test]
    fn a_secret_may_contain_an_escape_or_a_tag() {
        for secret in ["pass%44word", "pass<b>word", "a%41<i>b</i>c"] {
            let redactor = Redactor::new([&Secret::new(secret)]);
            let encoded = secret.replace('%', "%25");
            for text in [
                secret.to_owned(),
                encoded,
                format!("{}\n{}", &secret[..6], &secret[6..]),
            ] {
                assert_eq!(
                    redactor.redact(&format!("({text})")),
                    "([redacted])",
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_secret_in_a_tag_or_after_a_percent_sign_is_found() {
        let tag = format!("<a href=\"/?token={TOKEN}\">x</a>");
        assert_eq!(redacted(&tag), "<a href=\"/?token=[redacted]\">x</a>");
        let redactor = Redactor::new([&Secret::new("abc")]);
        assert_eq!(redactor.redact("100%abc"), "100%[redacted]");
    }

    #[test]
    fn text_around_a_piece_of_a_character_stays() {
        let redactor = Redactor::new([&Secret::new("mpi\u{43e}mpi\u{43e}mpi")]);
        // The second byte of the first letter is that of the secret.
        let shown = redactor.redact("before \u{33e}mpi\u{43e}mp, after");
        assert_eq!(shown, "before [redacted], after");
    }

    #[test]
    fn two_secrets_beside_each_other_are_both_replaced() {
        let redactor = Redactor::new([&Secret::new("first-secret"), &Secret::new("second-secret")]);
        assert_eq!(
            redactor.redact("first-secret:second-secret"),
            "[redacted]:[redacted]"
        );
    }

    proptest! {
        #[test]
        fn no_long_piece_survives(before in ".{0,20}", from in 0usize..30, after in ".{0,20}") {
            let text = format!("{before}{}{after}", &TOKEN[from..]);
            let shown = redacted(&text);
            let pieces: Vec<&str> = (0..=TOKEN.len() - Redactor::SHORTEST)
                .map(|at| &TOKEN[at..at + Redactor::SHORTEST])
                .collect();
            prop_assert!(!pieces.iter().any(|piece| shown.contains(piece)), "{shown}");
        }
    }
}
