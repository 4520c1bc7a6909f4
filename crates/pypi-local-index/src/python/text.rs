//! The texts in JSON.

use super::json::{Parsed, Parser, error};

const END_OF_TEXT: &str = "EOF while parsing a string";
const INVALID_ESCAPE: &str = "invalid escape";
const LONE_SURROGATE: &str = "lone leading surrogate in hex escape";
const SHORT_ESCAPE: &str = "unexpected end of hex escape";

impl Parser<'_> {
    /// Reads a text past its last quote.
    pub(super) fn text(&mut self) -> Parsed<String> {
        self.at += 1;
        let start = self.at;
        let mut text = Vec::new();
        loop {
            match self.byte() {
                None => return error(END_OF_TEXT, self.at),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    let escaped = self.escaped()?;
                    text.extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Some(0..=0x1f) => {
                    let message =
                        "control character (\\u0000-\\u001F) found while parsing a string";
                    return error(message, self.at);
                }
                Some(byte) => text.push(byte),
            }
            self.at += 1;
        }
        self.at += 1;
        String::from_utf8(text).or_else(|found| {
            let valid = found.utf8_error().valid_up_to();
            error("invalid unicode code point", start + valid + 1)
        })
    }

    /// Reads an escape sequence up to its last byte.
    fn escaped(&mut self) -> Parsed<char> {
        Ok(match self.byte() {
            None => return error(END_OF_TEXT, self.at),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => self.hex_escape()?,
            Some(_) => return error(INVALID_ESCAPE, self.at),
        })
    }

    fn hex_escape(&mut self) -> Parsed<char> {
        let first = self.hex()?;
        match first {
            0xdc00..=0xdfff => error(LONE_SURROGATE, self.at),
            0xd800..=0xdbff => {
                match (self.byte_after(1), self.byte_after(2)) {
                    (Some(b'\\'), Some(b'u')) => self.at += 2,
                    (Some(b'\\') | None, None) => return error(END_OF_TEXT, self.bytes.len()),
                    (Some(b'\\'), _) => return error(SHORT_ESCAPE, self.at + 2),
                    _ => return error(SHORT_ESCAPE, self.at + 1),
                }
                let second = self.hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return error(LONE_SURROGATE, self.at);
                }
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(code).map_or_else(|| error(INVALID_ESCAPE, self.at), Ok)
            }
            code => char::from_u32(code).map_or_else(|| error(INVALID_ESCAPE, self.at), Ok),
        }
    }

    /// Reads the four digits after a `u`, up to the last one.
    fn hex(&mut self) -> Parsed<u32> {
        if self.byte_after(4).is_none() {
            return error(END_OF_TEXT, self.bytes.len());
        }
        let mut code = 0;
        for _ in 0..4 {
            self.at += 1;
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            match digit {
                Some(digit) => code = code * 16 + digit,
                None => return error(INVALID_ESCAPE, self.at),
            }
        }
        Ok(code)
    }
}
