//! Our own pass over the header text: what `python-pkginfo` leaves out, and where it departs from `packaging`.

/// One header, its name and value as `packaging` reads them.
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: String,
    /// Whether `python-pkginfo` would change the value: it joins folded lines and decodes RFC 2047 words.
    pub(crate) departs: bool,
}

/// Splits a text into its headers and its body, as Python's `email.parser` does: the body begins after the first empty
/// line, or at the first line that is no header.
pub(crate) fn split(text: &str) -> (Vec<Header<'_>>, &str) {
    let mut headers: Vec<Header<'_>> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            return (headers, after);
        }
        if line.starts_with([' ', '\t']) {
            let Some(last) = headers.last_mut() else {
                return (headers, rest);
            };
            last.value.push('\n');
            last.value.push_str(line);
            last.departs = true;
        } else {
            let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_header(name))
            else {
                return (headers, rest);
            };
            headers.push(Header {
                name,
                value: value.trim_start_matches([' ', '\t']).to_owned(),
                departs: value.contains("=?") || value.ends_with([' ', '\t']),
            });
        }
        rest = after;
    }
    (headers, "")
}

/// Writes one header; lines after the first must be indented.
pub(crate) fn write(text: &mut String, name: &str, value: &str) {
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

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> (Vec<(&str, String)>, &str) {
        let (headers, body) = split(text);
        let headers = headers
            .into_iter()
            .map(|header| (header.name, header.value));
        (headers.collect(), body)
    }

    #[test]
    fn folded_lines_stay_as_they_are() {
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
    fn a_line_that_is_no_header_begins_the_body() {
        let (headers, body) = values("Name: x\nnot a header\nVersion: 1");
        assert_eq!(headers.len(), 1);
        assert_eq!(body, "not a header\nVersion: 1");
        assert_eq!(values(" folded first").1, " folded first");
    }
}
