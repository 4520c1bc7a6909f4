//! Our own pass over the headers, for what `python-pkginfo` leaves out and where it differs from `packaging`.

use super::MetadataError;

/// A header with its name and value as `packaging` reads them.
pub(super) struct Header<'a> {
    pub(super) name: &'a str,
    pub(super) value: String,
}

/// The most headers of a text. The largest lists of requirements have some thousands.
pub(super) const MAX_HEADERS: usize = 50_000;

/// The longest header, except for a description, in bytes: 2 MiB. The texts of licenses are the longest that occur.
pub(super) const MAX_HEADER: usize = 2 * 1024 * 1024;

/// Splits a text into headers and body as Python's `email.parser` does: the body starts after the first empty line, or at
/// the first line that is not a header.
///
/// # Errors
///
/// If there are more headers, or longer ones, than the limits allow.
pub(super) fn split(text: &str) -> Result<(Vec<Header<'_>>, &str), MetadataError> {
    let mut headers: Vec<Header<'_>> = Vec::new();
    let mut rest = text;
    let mut end = "";
    while !rest.is_empty() {
        let (line, line_end, after) = line(rest);
        if line.is_empty() {
            return Ok((headers, after));
        }
        if line.starts_with([' ', '\t']) {
            // A first line that continues nothing is dropped.
            if let Some(last) = headers.last_mut() {
                last.value.push_str(end);
                last.value.push_str(line);
                last.check_length()?;
            }
        } else {
            let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_header(name))
            else {
                return Ok((headers, rest));
            };
            if headers.len() == MAX_HEADERS {
                let message = format!("the core metadata has more than {MAX_HEADERS} headers");
                return Err(MetadataError::too_long(message));
            }
            let header = Header {
                name,
                value: value.trim_start_matches([' ', '\t']).to_owned(),
            };
            header.check_length()?;
            headers.push(header);
        }
        (rest, end) = (after, line_end);
    }
    Ok((headers, ""))
}

/// The first line of a text, its end and the rest. A lone carriage return ends a line too. The end is LF for CRLF.
fn line(text: &str) -> (&str, &'static str, &str) {
    let Some((line, rest)) = text
        .find(['\r', '\n'])
        .and_then(|at| text.split_at_checked(at))
    else {
        return (text, "", "");
    };
    let ends = [("\r\n", "\n"), ("\n", "\n"), ("\r", "\r")];
    let found = ends.into_iter().find_map(|(end, written)| {
        let after = rest.strip_prefix(end)?;
        Some((line, written, after))
    });
    found.unwrap_or((text, "", ""))
}

impl Header<'_> {
    fn check_length(&self) -> Result<(), MetadataError> {
        let is_description = self.name.eq_ignore_ascii_case("Description");
        if self.name.len() + self.value.len() <= MAX_HEADER || is_description {
            return Ok(());
        }
        let name: String = self.name.chars().take(60).collect();
        Err(MetadataError::too_long(format!(
            "the header {name:?} has more than {MAX_HEADER} bytes"
        )))
    }
}

/// Removes the indentation with which a description was folded into a header: eight spaces, as distutils and setuptools did,
/// or seven and `|`, as metadata 1.2 demands. Any other value is returned as it is.
pub(super) fn unfolded(value: &str) -> String {
    let (first, folded) = value.split_once('\n').unwrap_or((value, ""));
    let mut text = String::with_capacity(value.len());
    text.push_str(first);
    for line in folded.split('\n') {
        let indented = line.strip_prefix("       ");
        let Some(line) = indented.and_then(|line| line.strip_prefix([' ', '|'])) else {
            return value.to_owned();
        };
        text.push('\n');
        text.push_str(line);
    }
    text
}

/// Writes a header. Lines after the first are indented if they are not already.
pub(super) fn write(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    text.push(':');
    for (at, line) in value.split('\n').enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let is_indented = line.starts_with([' ', '\t']);
        match at {
            0 if line.is_empty() => {}
            0 => text.push(' '),
            _ if is_indented => {}
            _ => text.push_str("        "),
        }
        text.push_str(line);
    }
    text.push('\n');
}

/// A line without a name is a header that is not known.
fn is_header(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> (Vec<(&str, String)>, &str) {
        let (headers, body) = split(text).expect("within the limits");
        let headers = headers
            .into_iter()
            .map(|header| (header.name, header.value));
        (headers.collect(), body)
    }

    #[test]
    fn folded_lines_are_kept() {
        let (headers, body) = values("License: one\r\n        two\r\nName: x\r\n\r\nbody\r\n");
        let expected = [
            ("License", "one\n        two".to_owned()),
            ("Name", "x".to_owned()),
        ];
        assert_eq!(
            (headers.as_slice(), body),
            (expected.as_slice(), "body\r\n")
        );
    }

    #[test]
    fn a_folded_description_is_unfolded_as_a_whole() {
        for (folded, expected) in [
            ("one", "one"),
            (
                "one\n          two\n        \n        three",
                "one\n  two\n\nthree",
            ),
            ("one\n       |  two\n       |", "one\n  two\n"),
            ("one\n        two\n   three", "one\n        two\n   three"),
        ] {
            assert_eq!(unfolded(folded), expected);
        }
    }

    #[test]
    fn the_body_starts_at_a_line_that_is_not_a_header() {
        let (headers, body) = values("Name: x\nnot a header\nVersion: 1");
        assert_eq!(headers.len(), 1);
        assert_eq!(body, "not a header\nVersion: 1");
        assert_eq!(values(" folded first\nbody").1, "body");
    }

    // The results of Python 3.13.
    #[test]
    fn a_carriage_return_ends_a_line() {
        let (headers, body) = values("A: \r one\r two\r\nB:\n\t\n x\n\rbody\r");
        let expected = [
            ("A", "\r one\r two".to_owned()),
            ("B", "\n\t\n x".to_owned()),
        ];
        assert_eq!((headers.as_slice(), body), (expected.as_slice(), "body\r"));
    }
}
