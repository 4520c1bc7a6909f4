//! JSON as `jiter` 0.16, the parser of pydantic, reads it: with its messages, and the members of objects in their order.

use std::collections::HashMap;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Array(Vec<Self>),
    Bool(bool),
    Float(f64),
    /// As Python writes it.
    Int(String),
    Null,
    /// The members, without those that are given again.
    Object(Vec<(String, Self)>),
    Text(String),
}

impl Json {
    /// # Errors
    ///
    /// The message of `jiter`, with the line and the column.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut parser = Parser { bytes, at: 0 };
        let found = parser.document();
        found.map_err(|Error { message, at }| format!("{message} at {}", position(bytes, at)))
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let mut members = members.iter();
        members.find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// How deep arrays and objects may be nested.
const MAX_DEPTH: usize = 200;

/// How many characters the integer part of a number may have.
const MAX_DIGITS: usize = 4300;

pub(super) struct Error {
    message: &'static str,
    at: usize,
}

pub(super) type Parsed<T> = Result<T, Error>;

pub(super) fn error<T>(message: &'static str, at: usize) -> Parsed<T> {
    Err(Error { message, at })
}

const END_OF_LIST: &str = "EOF while parsing a list";
const END_OF_OBJECT: &str = "EOF while parsing an object";
const END_OF_VALUE: &str = "EOF while parsing a value";
const EXPECTED_VALUE: &str = "expected value";
const INVALID_NUMBER: &str = "invalid number";

/// Line and column, which count from 1.
fn position(bytes: &[u8], at: usize) -> String {
    let end = bytes.len().min(at.saturating_add(1));
    let before = bytes.get(..end).unwrap_or_default();
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let last = before.iter().rposition(|byte| *byte == b'\n');
    let column = end - last.map_or(0, |last| last + 1);
    format!("line {} column {column}", lines + 1)
}

/// An array or an object that is not complete.
enum Open {
    Array(Vec<Json>),
    /// The members, and the key of the next one.
    Object(Vec<(String, Json)>, String),
}

pub(super) struct Parser<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Parsed<Json> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = match self.start()? {
                Start::Open(container) => {
                    open.push(container);
                    if open.len() > MAX_DEPTH {
                        return error("recursion limit exceeded", self.at);
                    }
                    continue;
                }
                Start::Value(value) => value,
            };
            // A value completes the containers that it is the last one of.
            loop {
                match open.pop() {
                    None => return self.end(value),
                    Some(Open::Array(mut items)) => {
                        items.push(value);
                        if self.has_next_item()? {
                            open.push(Open::Array(items));
                            break;
                        }
                        value = Json::Array(items);
                    }
                    Some(Open::Object(mut members, key)) => {
                        members.push((key, value));
                        if let Some(key) = self.next_key()? {
                            open.push(Open::Object(members, key));
                            break;
                        }
                        value = Json::Object(unique(members));
                    }
                }
            }
        }
    }

    /// Reads a scalar, an empty container, or the start of a container up to its first value.
    fn start(&mut self) -> Parsed<Start> {
        let Some(first) = self.next() else {
            return error(END_OF_VALUE, self.at);
        };
        let value = match first {
            b'[' => {
                self.at += 1;
                match self.next() {
                    None => return error(END_OF_LIST, self.at),
                    Some(b']') => {
                        self.at += 1;
                        Json::Array(Vec::new())
                    }
                    Some(_) => return Ok(Start::Open(Open::Array(Vec::new()))),
                }
            }
            b'{' => {
                self.at += 1;
                match self.next() {
                    None => return error(END_OF_OBJECT, self.at),
                    Some(b'"') => {
                        let key = self.key()?;
                        if self.next().is_none() {
                            return error(END_OF_VALUE, self.at);
                        }
                        return Ok(Start::Open(Open::Object(Vec::new(), key)));
                    }
                    Some(b'}') => {
                        self.at += 1;
                        Json::Object(Vec::new())
                    }
                    Some(_) => return error("key must be a string", self.at),
                }
            }
            b'"' => Json::Text(self.text()?),
            b't' => self.word("true", Json::Bool(true))?,
            b'f' => self.word("false", Json::Bool(false))?,
            b'n' => self.word("null", Json::Null)?,
            b'N' => self.word("NaN", Json::Float(f64::NAN))?,
            b'I' => self.word("Infinity", Json::Float(f64::INFINITY))?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return error(EXPECTED_VALUE, self.at),
        };
        Ok(Start::Value(value))
    }

    fn end(&mut self, value: Json) -> Parsed<Json> {
        match self.next() {
            None => Ok(value),
            Some(_) => error("trailing characters", self.at),
        }
    }

    /// Reads up to the next item of an array, or past the end of the array.
    fn has_next_item(&mut self) -> Parsed<bool> {
        match self.next() {
            None => error(END_OF_LIST, self.at),
            Some(b',') => {
                self.at += 1;
                match self.next() {
                    None => error(END_OF_VALUE, self.at),
                    Some(b']') => error("trailing comma", self.at),
                    Some(_) => Ok(true),
                }
            }
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => error("expected `,` or `]`", self.at),
        }
    }

    /// Reads the next key of an object, or past the end of the object.
    fn next_key(&mut self) -> Parsed<Option<String>> {
        match self.next() {
            None => error(END_OF_OBJECT, self.at),
            Some(b',') => {
                self.at += 1;
                match self.next() {
                    None => error(END_OF_VALUE, self.at),
                    Some(b'"') => self.key().map(Some),
                    Some(b'}') => error("trailing comma", self.at),
                    Some(_) => error("key must be a string", self.at),
                }
            }
            Some(b'}') => {
                self.at += 1;
                Ok(None)
            }
            Some(_) => error("expected `,` or `}`", self.at),
        }
    }

    fn key(&mut self) -> Parsed<String> {
        let key = self.text()?;
        match self.next() {
            None => error(END_OF_OBJECT, self.at),
            Some(b':') => {
                self.at += 1;
                Ok(key)
            }
            Some(_) => error("expected `:`", self.at),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Parsed<Json> {
        for expected in word.bytes() {
            match self.byte() {
                Some(byte) if byte == expected => self.at += 1,
                Some(_) => return error("expected ident", self.at),
                None => return error(END_OF_VALUE, self.at),
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Parsed<Json> {
        let start = self.at;
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        match self.byte() {
            None => return error(END_OF_VALUE, self.at),
            Some(b'I') => return self.word("Infinity", Json::Float(f64::NEG_INFINITY)),
            Some(b'0') => {
                self.at += 1;
                if self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
                    return error(INVALID_NUMBER, self.at);
                }
            }
            Some(b'1'..=b'9') => self.digits(),
            Some(_) => return error(INVALID_NUMBER, self.at),
        }
        if self.at - start > MAX_DIGITS {
            return error("number out of range", start + MAX_DIGITS + 1);
        }
        let is_float = matches!(self.byte(), Some(b'.' | b'e' | b'E'));
        if !is_float {
            let text = self.since(start);
            return Ok(Json::Int(if text == "-0" { "0" } else { text }.to_owned()));
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        let number = self.since(start).parse().unwrap_or(f64::NAN);
        Ok(Json::Float(number))
    }

    fn some_digits(&mut self) -> Parsed<()> {
        match self.byte() {
            None => error(END_OF_VALUE, self.at),
            Some(byte) if byte.is_ascii_digit() => {
                self.digits();
                Ok(())
            }
            Some(_) => error(INVALID_NUMBER, self.at),
        }
    }

    fn digits(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space, which is passed.
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\r' | b'\t' | b'\n') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.byte_after(0)
    }

    pub(super) fn byte_after(&self, distance: usize) -> Option<u8> {
        self.bytes.get(self.at + distance).copied()
    }

    /// The number since `start`.
    fn since(&self, start: usize) -> &str {
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

enum Start {
    Open(Open),
    Value(Json),
}

/// A key that is given again keeps its place and gets the last value.
fn unique(members: Vec<(String, Json)>) -> Vec<(String, Json)> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut unique: Vec<(String, Json)> = Vec::new();
    for (key, value) in members {
        match places.get(&key).and_then(|place| unique.get_mut(*place)) {
            Some((_, known)) => *known = value,
            None => {
                places.insert(key.clone(), unique.len());
                unique.push((key, value));
            }
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of pydantic 2.13.5. The recorded exchanges have more.
    #[test]
    fn errors_have_jiters_words_and_positions() {
        for (text, message) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("[1, ", "EOF while parsing a value at line 1 column 4"),
            ("[1 ", "EOF while parsing a list at line 1 column 3"),
            ("{\"a\"", "EOF while parsing an object at line 1 column 4"),
            ("{\"a\":", "EOF while parsing a value at line 1 column 5"),
            ("-", "EOF while parsing a value at line 1 column 1"),
            ("-x", "invalid number at line 1 column 2"),
            ("1.", "EOF while parsing a value at line 1 column 2"),
            ("1.x", "invalid number at line 1 column 3"),
            ("1e+]", "invalid number at line 1 column 4"),
            ("Infinitx", "expected ident at line 1 column 8"),
            ("\"\\uZ000\"", "invalid escape at line 1 column 4"),
            (
                "\"\\udc00\"",
                "lone leading surrogate in hex escape at line 1 column 7",
            ),
            (
                "\"\\ud800\\n\"",
                "unexpected end of hex escape at line 1 column 9",
            ),
            ("\u{feff}1", "expected value at line 1 column 1"),
        ] {
            assert_eq!(
                Json::parse(text.as_bytes()),
                Err(message.to_owned()),
                "{text}"
            );
        }
        let invalid = Json::parse(b"\"a\xff\"").expect_err("not UTF-8");
        assert_eq!(invalid, "invalid unicode code point at line 1 column 4");
    }

    #[test]
    fn values_may_be_nested_two_hundred_deep() {
        let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(nested(200).as_bytes()).is_ok());
        let message = "recursion limit exceeded at line 1 column 202";
        assert_eq!(Json::parse(nested(201).as_bytes()), Err(message.to_owned()));
    }

    #[test]
    fn the_last_value_of_a_key_counts() {
        let found = Json::parse(br#"{"b": 1, "a": 2, "b": 3}"#).expect("JSON");
        let member = |key: &str, value: &str| (key.to_owned(), Json::Int(value.to_owned()));
        assert_eq!(
            found,
            Json::Object(vec![member("b", "3"), member("a", "2")])
        );
        assert_eq!(found.get("b"), Some(&Json::Int("3".to_owned())));
    }
}
