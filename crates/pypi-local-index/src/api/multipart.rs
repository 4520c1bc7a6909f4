//! A reader of `multipart/form-data` that accepts what Warehouse's reader accepts, Python's `cgi.FieldStorage`.
//!
//! That one reads lines. A boundary is a line of its own, whatever ends it. The last boundary may be missing, and anything
//! may come before the first and after the last one.

use bytes::{Bytes, BytesMut};

use super::part_head::PartHead;

/// The longest line that is read at once, in bytes. A longer one is read in several parts, as Warehouse does.
const MAX_LINE: usize = 1 << 16;

/// The limit on the headers of a part, in bytes.
const MAX_HEAD: usize = 1 << 16;

/// The size from which data is returned before its part ends.
const PIECE: usize = 1 << 16;

/// Reads a body that is passed in chunks.
pub(super) struct MultipartReader {
    /// The boundary with its hyphens.
    boundary: Vec<u8>,
    buffer: BytesMut,
    /// How much of the buffer contains no line break.
    searched: usize,
    /// Whether the body has ended.
    is_whole: bool,
    place: Place,
    /// Whether the line before has ended.
    is_line_start: bool,
    /// The line break that belongs to the data, unless a boundary follows.
    line_break: &'static [u8],
}

enum Place {
    Preamble,
    Head(Vec<u8>),
    Data,
    Epilogue,
}

/// What was read.
#[derive(Debug)]
pub(super) enum Piece {
    /// A part begins.
    Head(PartHead),
    /// Data of the part that began last.
    Data(Bytes),
    /// The body has ended.
    End,
}

/// The boundary is invalid, or the headers of a part exceed the limit.
#[derive(Debug)]
pub(super) struct Malformed;

impl MultipartReader {
    /// Begins with the boundary of a content type.
    pub(super) fn new(boundary: &str) -> Result<Self, Malformed> {
        let is_printable = boundary.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_printable || boundary.is_empty() || boundary.ends_with(' ') || boundary.len() > 201 {
            return Err(Malformed);
        }
        Ok(Self {
            boundary: format!("--{boundary}").into_bytes(),
            buffer: BytesMut::new(),
            searched: 0,
            is_whole: false,
            place: Place::Preamble,
            is_line_start: true,
            line_break: b"",
        })
    }

    /// Adds a chunk of the body.
    pub(super) fn push(&mut self, chunk: &[u8]) {
        if !matches!(self.place, Place::Epilogue) {
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// Ends the body.
    pub(super) fn end(&mut self) {
        self.is_whole = true;
    }

    /// The next piece. `None` if it needs more of the body.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Malformed> {
        let mut data = BytesMut::new();
        while let Some(line) = self.line() {
            let ends = line.ends_with(b"\n");
            let was_line_start = std::mem::replace(&mut self.is_line_start, ends);
            match &mut self.place {
                Place::Preamble => {
                    if was_line_start && trim(&line) == self.boundary {
                        self.place = Place::Head(Vec::new());
                    }
                }
                Place::Head(head) => {
                    head.extend_from_slice(&line);
                    if trim(&line).is_empty() {
                        let head = PartHead::parse(&String::from_utf8_lossy(head));
                        self.place = Place::Data;
                        return Ok(Some(Piece::Head(head)));
                    }
                    if head.len() > MAX_HEAD {
                        return Err(Malformed);
                    }
                }
                Place::Data => {
                    self.data(&line, was_line_start, &mut data);
                    let is_end = !matches!(self.place, Place::Data);
                    if !data.is_empty() && (is_end || data.len() >= PIECE) {
                        return Ok(Some(Piece::Data(data.freeze())));
                    }
                }
                Place::Epilogue => {}
            }
        }
        if !data.is_empty() {
            return Ok(Some(Piece::Data(data.freeze())));
        }
        Ok(self.is_whole.then(|| self.finish()))
    }

    /// Reads a line of a part.
    fn data(&mut self, line: &[u8], is_line_start: bool, data: &mut BytesMut) {
        let rest = line.strip_prefix(self.boundary.as_slice());
        if let Some(rest) = rest.filter(|_| is_line_start && self.line_break != b"\r") {
            match trim_end(rest) {
                b"" => return self.enter(Place::Head(Vec::new())),
                b"--" => return self.enter(Place::Epilogue),
                _ => {}
            }
        }
        data.extend_from_slice(self.line_break);
        let (text, line_break): (_, &[u8]) = if let Some(text) = line.strip_suffix(b"\r\n") {
            (text, b"\r\n")
        } else if let Some(text) = line.strip_suffix(b"\n") {
            (text, b"\n")
        } else if let Some(text) = line.strip_suffix(b"\r") {
            // The line feed may be in the next part of the line.
            (text, b"\r")
        } else {
            (line, b"")
        };
        data.extend_from_slice(text);
        self.line_break = line_break;
    }

    fn enter(&mut self, place: Place) {
        if matches!(place, Place::Epilogue) {
            self.buffer = BytesMut::new();
        }
        self.place = place;
        self.line_break = b"";
    }

    /// Handles the end of the body. The line break before it belongs to a boundary that is missing.
    fn finish(&mut self) -> Piece {
        let place = std::mem::replace(&mut self.place, Place::Epilogue);
        match place {
            Place::Head(head) if !head.is_empty() => {
                Piece::Head(PartHead::parse(&String::from_utf8_lossy(&head)))
            }
            _ => Piece::End,
        }
    }

    /// The next line, or a part of it if it is long. `None` if it has not ended yet.
    fn line(&mut self) -> Option<Bytes> {
        let limit = self.buffer.len().min(MAX_LINE);
        let unsearched = self.buffer.get(self.searched..limit).unwrap_or_default();
        let end = match memchr::memchr(b'\n', unsearched) {
            Some(place) => self.searched + place + 1,
            None if limit == MAX_LINE || (self.is_whole && limit > 0) => limit,
            None => {
                self.searched = limit;
                return None;
            }
        };
        self.searched = 0;
        Some(self.buffer.split_to(end).freeze())
    }
}

/// The line without blanks at its ends, among which Python has the vertical tab.
fn trim(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|byte| !is_blank(*byte));
    trim_end(line.get(start.unwrap_or(line.len())..).unwrap_or_default())
}

fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !is_blank(*byte));
    line.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The names and values of the parts of a body that arrives in chunks of this size.
    fn parts(body: &[u8], chunk: usize) -> Vec<(Option<String>, Vec<u8>)> {
        let mut reader = MultipartReader::new("b-").expect("a boundary");
        let mut chunks = body.chunks(chunk);
        let mut parts = Vec::new();
        loop {
            match reader.next().expect("short headers") {
                Some(Piece::Head(head)) => parts.push((head.name, Vec::new())),
                Some(Piece::Data(data)) => {
                    let (_, value) = parts.last_mut().expect("a part");
                    value.extend_from_slice(&data);
                }
                Some(Piece::End) => return parts,
                None => match chunks.next() {
                    Some(chunk) => reader.push(chunk),
                    None => reader.end(),
                },
            }
        }
    }

    fn named(name: &str, value: &[u8]) -> (Option<String>, Vec<u8>) {
        (Some(name.to_owned()), value.to_vec())
    }

    const HEAD: &str = "--b-\r\nContent-Disposition: form-data; name=a\r\n\r\n";

    #[test]
    fn a_boundary_is_a_line() {
        for (body, value) in [
            ("x\r\n--b---\r\n", "x"),
            ("x\n--b---", "x"),
            ("x\r\n--b--- \t\r\ny", "x"),
            ("x\r\n", "x"),
            ("x", "x"),
            ("x\r\n\r\n--b---", "x\r\n"),
            ("x\r--b---", "x\r--b---"),
            ("x\r\n --b---", "x\r\n --b---"),
            ("x\r\n--b-x\r\n--b---", "x\r\n--b-x"),
            ("--b---", ""),
            ("", ""),
        ] {
            let body = format!("preamble\r\n{HEAD}{body}");
            for chunk in [1, 2, 3, 1000] {
                assert_eq!(
                    parts(body.as_bytes(), chunk),
                    [named("a", value.as_bytes())],
                    "{body:?}"
                );
            }
        }
        assert!(parts(b"--b---\r\n", 1).is_empty());
        assert_eq!(parts(b"--b-\r\nx: y", 1), [(None, Vec::new())]);
    }

    #[test]
    fn long_lines_and_headers_are_bounded() {
        let value = [
            b"y".repeat(MAX_LINE),
            b"\r\n".to_vec(),
            b"-".repeat(3 * MAX_LINE),
        ]
        .concat();
        let body = [HEAD.as_bytes(), &value, b"\r\n--b---"].concat();
        assert_eq!(parts(&body, 1000), [named("a", &value)]);
        let mut reader = MultipartReader::new("b-").expect("a boundary");
        reader.push(b"--b-\r\n");
        reader.push(&b"x: y\r\n".repeat(MAX_HEAD / 6 + 1));
        assert!(reader.next().is_err());
        for boundary in ["", "a ", "\u{e9}", "a\n"] {
            assert!(MultipartReader::new(boundary).is_err(), "{boundary:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            values in prop::collection::vec("[-b\r\n x]{0,40}", 0..5),
            chunk in 1_usize..50,
        ) {
            // A line of a value that is a boundary would end it.
            let is_boundary = |line: &str| matches!(line.trim_end(), "--b-" | "--b---");
            let values: Vec<String> = values
                .into_iter()
                .filter(|value| !value.split('\n').any(is_boundary))
                .collect();
            let mut body = String::new();
            for (number, value) in values.iter().enumerate() {
                body.push_str(&format!("--b-\r\nContent-Disposition: x; name={number}\r\n\r\n{value}\r\n"));
            }
            body.push_str("--b---\r\n");
            let written: Vec<_> = values
                .iter()
                .enumerate()
                .map(|(number, value)| named(&number.to_string(), value.as_bytes()))
                .collect();
            prop_assert_eq!(parts(body.as_bytes(), chunk), written);
        }
    }
}
