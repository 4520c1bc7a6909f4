//! No piece of a secret is left in redacted text, whether it was cut, percent-encoded, or split by white space or tags; text without secrets
//! stays as it is. An input is a secret on a line, and the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_http::{Redactor, Secret};

fuzz_target!(|input: &str| {
    let (secret, text) = input.split_once('\n').unwrap_or_default();
    let redactor = Redactor::new([&Secret::new(secret)]);
    let redacted = redactor.redact(text);
    let pieces = pieces(secret);
    let has_piece = |text: &str| pieces.iter().any(|piece| text.contains(piece.as_str()));
    // `[redacted]` may complete a piece.
    let own = "[redacted]";
    let is_own = pieces
        .iter()
        .any(|piece| piece.contains(['[', ']']) || own.contains(piece.as_str()));
    assert!(
        is_own || !has_piece(&redacted),
        "{secret:?} in {redacted:?}"
    );
    let plain = |text: &str| text.contains(['%', '<']) || text.contains(char::is_whitespace);
    if !plain(text) && !plain(secret) && !has_piece(text) && secret.is_ascii() {
        assert_eq!(redacted, text);
    }
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    if secret.len() >= Redactor::SHORTEST
        && !secret.contains(char::is_whitespace)
        && !secret.contains(['<', '%'])
    {
        for hidden in [encoded, secret.replace('a', "a<b>"), format!("x{secret}x")] {
            let redacted = redactor.redact(&hidden);
            assert!(
                redacted.contains(own) && (is_own || !has_piece(&redacted)),
                "{redacted:?}"
            );
        }
    }
});

/// The pieces of a secret that must not be left.
fn pieces(secret: &str) -> Vec<String> {
    let letters: Vec<char> = secret
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    let length = Redactor::SHORTEST.min(letters.len());
    match length {
        0 => Vec::new(),
        _ => letters.windows(length).map(String::from_iter).collect(),
    }
}
