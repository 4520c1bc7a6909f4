//! Comma-separated values, as Python's `csv` reads them, in pieces and in bounded memory.

/// The first three fields of a row.
const FIELDS: usize = 3;

/// The longest field that is kept, in bytes: no member has a longer name. The rest of a longer one is left out.
const MAX_FIELD: usize = 64 * 1024;

/// A reader of rows.
pub(super) struct Csv {
    /// The start of a character whose end is in the next piece.
    carry: Vec<u8>,
    fields: [String; FIELDS],
    /// The number of the field, and whether it is empty so far.
    field: usize,
    is_empty: bool,
    quotes: Quotes,
    is_invalid: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    Outside,
    Inside,
    /// After a quote within quotes: it ends them unless another one follows.
    Ending,
}

impl Csv {
    pub(super) fn new() -> Self {
        Self {
            carry: Vec::new(),
            fields: Default::default(),
            field: 0,
            is_empty: true,
            quotes: Quotes::Outside,
            is_invalid: false,
        }
    }

    /// Reads a piece, and calls `take` with each row that ends in it.
    pub(super) fn read(&mut self, piece: &[u8], mut take: impl FnMut([&str; FIELDS])) {
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(piece);
        let end = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) => {
                self.is_invalid |= error.error_len().is_some();
                error.valid_up_to()
            }
        };
        if self.is_invalid {
            return;
        }
        let (whole, rest) = bytes.split_at(end);
        for c in std::str::from_utf8(whole).unwrap_or_default().chars() {
            self.character(c, &mut take);
        }
        self.carry = rest.to_vec();
    }

    /// Ends the last row; returns whether the whole text was valid.
    pub(super) fn finish(mut self, mut take: impl FnMut([&str; FIELDS])) -> bool {
        let is_valid = !self.is_invalid && self.carry.is_empty();
        if is_valid {
            self.end_row(&mut take);
        }
        is_valid
    }

    fn character(&mut self, c: char, take: &mut impl FnMut([&str; FIELDS])) {
        if self.quotes == Quotes::Ending {
            self.quotes = match c {
                '"' => Quotes::Inside,
                _ => Quotes::Outside,
            };
            if c == '"' {
                return self.push(c);
            }
        }
        match (c, self.quotes) {
            ('"', Quotes::Inside) => self.quotes = Quotes::Ending,
            ('"', _) if self.is_empty => self.quotes = Quotes::Inside,
            ('\r' | '\n', Quotes::Outside) => self.end_row(take),
            (',', Quotes::Outside) => {
                self.field += 1;
                self.is_empty = true;
            }
            ('\0', _) => self.is_invalid = true,
            _ => self.push(c),
        }
    }

    fn push(&mut self, c: char) {
        self.is_empty = false;
        if let Some(field) = self.fields.get_mut(self.field)
            && field.len() + c.len_utf8() <= MAX_FIELD
        {
            field.push(c);
        }
    }

    fn end_row(&mut self, take: &mut impl FnMut([&str; FIELDS])) {
        let [path, hash, size] = &self.fields;
        take([path, hash, size]);
        self.fields.iter_mut().for_each(String::clear);
        self.field = 0;
        self.is_empty = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], length: usize) -> Option<Vec<String>> {
        let (mut csv, mut rows) = (Csv::new(), Vec::new());
        let mut take = |row: [&str; 3]| rows.push(row.join("|"));
        for piece in text.chunks(length) {
            csv.read(piece, &mut take);
        }
        csv.finish(&mut take).then_some(rows)
    }

    #[test]
    fn rows_are_comma_separated_and_can_be_quoted() {
        let text = "a.py,sha256=x,1,more\n\"b,\"\"ü.py\",,\nd\\e.py,,\n\"\",a\"b,\"x\ny\"z";
        let expected = ["a.py|sha256=x|1", "b,\"ü.py||", "d\\e.py||", "|a\"b|x\nyz"];
        for length in 1..=text.len() {
            let found = rows(text.as_bytes(), length).expect("CSV");
            assert_eq!(found, expected, "in pieces of {length}");
        }
    }

    #[test]
    fn a_text_that_is_not_utf8_is_invalid() {
        for text in [&b"\xff"[..], b"a\xc3", b"\"\xc3\"\xa9", b"a\0b"] {
            for length in 1..=text.len() {
                assert_eq!(rows(text, length), None, "{text:?}");
            }
        }
    }
}
