//! The binary format of macaroons, version 2.

use super::{Macaroon, Restriction};

const VERSION: u8 = 2;

// The types of fields. They come in this order.
const END: u64 = 0;
const LOCATION: u64 = 1;
const IDENTIFIER: u64 = 2;
const VERIFICATION: u64 = 4;
const SIGNATURE: u64 = 6;

pub(super) fn write(macaroon: &Macaroon) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    field(&mut bytes, LOCATION, macaroon.location.as_bytes());
    field(&mut bytes, IDENTIFIER, &macaroon.identifier);
    number(&mut bytes, END);
    for caveat in &macaroon.caveats {
        if let Some(location) = &caveat.location {
            field(&mut bytes, LOCATION, location.as_bytes());
        }
        field(&mut bytes, IDENTIFIER, &caveat.identifier);
        if let Some(verification) = &caveat.verification {
            field(&mut bytes, VERIFICATION, verification);
        }
        number(&mut bytes, END);
    }
    number(&mut bytes, END);
    field(&mut bytes, SIGNATURE, &macaroon.signature);
    bytes
}

fn field(bytes: &mut Vec<u8>, kind: u64, content: &[u8]) {
    number(bytes, kind);
    number(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

/// Writes seven bits per byte, the lowest first.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = (number & 0x7f).to_le_bytes();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// Reads a macaroon. What follows it is ignored.
pub(super) fn read(bytes: &[u8]) -> Option<Macaroon> {
    let mut reader = Reader(bytes.strip_prefix(&[VERSION])?);
    let head = reader.section()?;
    let (location, identifier) = match head.as_slice() {
        [(LOCATION, location), (IDENTIFIER, identifier)] => (text(location)?, identifier),
        [(IDENTIFIER, identifier)] => (String::new(), identifier),
        _ => return None,
    };
    let mut caveats = Vec::new();
    loop {
        let section = reader.section()?;
        if section.is_empty() {
            break;
        }
        caveats.push(restriction(&section)?);
    }
    let (SIGNATURE, signature) = reader.field()? else {
        return None;
    };
    Some(Macaroon {
        location,
        identifier: identifier.to_vec(),
        caveats,
        signature: signature.to_vec(),
    })
}

fn restriction(section: &[(u64, &[u8])]) -> Option<Restriction> {
    let (location, identifier, verification) = match section {
        [(IDENTIFIER, identifier)] => (None, identifier, None),
        [(IDENTIFIER, identifier), (VERIFICATION, key)] => (None, identifier, Some(key)),
        [
            (LOCATION, location),
            (IDENTIFIER, identifier),
            (VERIFICATION, key),
        ] => (Some(text(location)?), identifier, Some(key)),
        _ => return None,
    };
    Some(Restriction {
        location,
        identifier: identifier.to_vec(),
        verification: verification.map(|key| key.to_vec()),
    })
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The fields up to the next end.
    fn section(&mut self) -> Option<Vec<(u64, &'b [u8])>> {
        let mut fields: Vec<(u64, &[u8])> = Vec::new();
        loop {
            let (kind, content) = self.field()?;
            if kind == END {
                return Some(fields);
            }
            if fields.last().is_some_and(|(last, _)| *last >= kind) {
                return None;
            }
            fields.push((kind, content));
        }
    }

    /// The type and the content of a field. An end has no content.
    fn field(&mut self) -> Option<(u64, &'b [u8])> {
        let kind = self.number()?;
        if kind == END {
            return Some((END, &[]));
        }
        let length = usize::try_from(self.number()?).ok()?;
        let (content, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((kind, content))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_bytes_are_no_macaroon() {
        let whole = write(&Macaroon {
            location: "pypi.org".to_owned(),
            identifier: b"id".to_vec(),
            caveats: Vec::new(),
            signature: vec![7; 32],
        });
        assert!(read(&whole).is_some());
        assert!(read(&[whole.as_slice(), b"more"].concat()).is_some());
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), None, "{end} bytes");
        }
        for bytes in [
            b"\x01".as_slice(),
            b"\x02\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x02\x02\x01a\x01\x01b\x00\x00\x06\x01s",
            b"\x02\x01\x01\xff\x02\x01a\x00\x00\x06\x01s",
            b"\x02\x02\x01a\x00\x01\x01l\x02\x01c\x00\x00\x06\x01s",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
