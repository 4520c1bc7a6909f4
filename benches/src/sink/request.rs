//! The head of a request.

use std::io::{self, BufRead, Read as _};

/// What the sink has to know of a request, without its body.
pub(super) struct Request {
    pub(super) method: String,
    target: String,
    /// The length of the body, in bytes.
    pub(super) length: u64,
    pub(super) expects_continue: bool,
    /// Whether the client closes the connection after the reply.
    pub(super) closes: bool,
}

impl Request {
    /// Reads the next head; `None` when the client has closed the connection.
    pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut head = reader.take(LONGEST_HEAD);
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split(' ').map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(invalid("not a request line"));
        };
        let mut request = Self {
            method,
            target,
            length: 0,
            expects_continue: false,
            closes: false,
        };
        loop {
            line.clear();
            if head.read_line(&mut line)? == 0 {
                return Err(invalid("the head is cut or too long"));
            }
            let Some((name, value)) = line.split_once(':') else {
                return Ok(Some(request));
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "connection" => request.closes = value.eq_ignore_ascii_case("close"),
                "content-length" => {
                    request.length = value.parse().map_err(|_| invalid("not a length"))?;
                }
                "expect" => request.expects_continue = true,
                "transfer-encoding" => return Err(invalid("a body without a length")),
                _ => {}
            }
        }
    }

    pub(super) fn path_and_query(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The longest head, in bytes.
const LONGEST_HEAD: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_to_its_end() {
        let mut reader =
            &b"POST /legacy/?a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"[..];
        let request = Request::read(&mut reader).unwrap().unwrap();
        assert_eq!(
            (request.method.as_str(), request.path_and_query()),
            ("POST", ("/legacy/", "a"))
        );
        assert_eq!(
            (request.length, request.expects_continue, request.closes),
            (3, true, false)
        );
        assert_eq!(reader, b"abc");
        assert!(Request::read(&mut &b""[..]).unwrap().is_none());
    }

    #[test]
    fn a_body_of_unknown_length_is_an_error() {
        let head = &b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"[..];
        assert!(Request::read(&mut &*head).is_err());
    }
}
