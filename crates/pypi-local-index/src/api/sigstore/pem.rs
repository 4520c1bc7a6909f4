//! PEM (RFC 7468), read as leniently as Go's library reads it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A block of PEM.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The text in its first line, such as `CERTIFICATE`.
    pub(super) label: &'t str,
    pub(super) der: Vec<u8>,
}

/// The text of a block, with lines of 64 characters that end in LF.
pub(super) fn encode(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (position, character) in STANDARD.encode(der).chars().enumerate() {
        if position > 0 && position % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

/// The blocks in `text`. `None` if there is none, or if one is damaged.
pub(super) fn decode(text: &[u8]) -> Option<Vec<Block<'_>>> {
    let mut rest = std::str::from_utf8(text).ok()?;
    let mut blocks = Vec::new();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----")?;
        let (body, after) = after.split_once(&format!("-----END {label}-----"))?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = STANDARD.decode(body).ok()?;
        blocks.push(Block { label, der });
        rest = after;
    }
    (!blocks.is_empty()).then_some(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_ending_is_read_and_lf_is_written() {
        for length in [0, 1, 47, 48, 49, 96, 200] {
            let der: Vec<u8> = (0..length).collect();
            let text = encode("CERTIFICATE", &der);
            assert!(text.lines().all(|line| line.len() <= 64) && !text.contains('\r'));
            let windows = text.replace('\n', "\r\n") + &text;
            let blocks = decode(windows.as_bytes()).expect("two blocks");
            assert!(
                blocks
                    .iter()
                    .all(|block| block.label == "CERTIFICATE" && block.der == der)
            );
            assert_eq!(blocks.len(), 2);
        }
        for bad in [
            "",
            "text",
            "-----BEGIN A-----\nAA==\n-----END B-----",
            "-----BEGIN A-----\n!\n-----END A-----",
        ] {
            assert!(decode(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
