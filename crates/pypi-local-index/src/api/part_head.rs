//! The headers of a part, as Python's `email` and `cgi` read them.

/// What the headers of a part say.
#[derive(Debug, Default)]
pub(super) struct PartHead {
    /// The name of the field. `None` if there is none.
    pub(super) name: Option<String>,
    /// The name of the file. Empty and absent differ only in how the value is decoded.
    pub(super) filename: Option<String>,
    /// Without parameters. `text/plain` if there is none.
    pub(super) content_type: String,
    pub(super) charset: Option<String>,
    pub(super) transfer_encoding: Option<String>,
}

impl PartHead {
    pub(super) fn parse(head: &str) -> Self {
        let headers = headers(head);
        let find = |name: &str| {
            let mut headers = headers.iter();
            let (_, value) = headers.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            Some(value.as_str())
        };
        let (_, mut disposition) = parameters(find("content-disposition").unwrap_or_default());
        let (content_type, mut options) = parameters(find("content-type").unwrap_or("text/plain"));
        Self {
            name: take(&mut disposition, "name"),
            filename: take(&mut disposition, "filename"),
            content_type,
            charset: take(&mut options, "charset"),
            transfer_encoding: find("content-transfer-encoding").map(str::to_owned),
        }
    }
}

/// The last value of a parameter.
fn take(parameters: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let place = parameters.iter().rposition(|(key, _)| key == name)?;
    Some(parameters.swap_remove(place).1)
}

/// The headers up to the first line that is not a header. A line that begins with a blank continues the one before.
fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines(head) {
        let is_continued = line.starts_with([' ', '\t']);
        match (line.split_once(':'), headers.last_mut()) {
            (_, Some((_, value))) if is_continued => value.push_str(line),
            (_, None) if is_continued => {}
            // The first line of a message in a mailbox.
            _ if line.starts_with("From ") => {}
            (Some((name, value)), _) if name.bytes().all(|byte| byte.is_ascii_graphic()) => {
                headers.push((
                    name.to_owned(),
                    value.trim_start_matches([' ', '\t']).to_owned(),
                ));
            }
            _ => break,
        }
    }
    for (_, value) in &mut headers {
        value.truncate(value.trim_end_matches(['\r', '\n']).len());
    }
    headers
}

/// The lines with their ends: a carriage return, a line feed or both.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.find(['\r', '\n']) {
            Some(end) if rest.get(end..).is_some_and(|end| end.starts_with("\r\n")) => end + 2,
            Some(end) => end + 1,
            None => rest.len(),
        };
        let (line, others) = rest.split_at_checked(end)?;
        rest = others;
        Some(line)
    })
}

/// A value and its parameters, whose names are in lower case.
pub(super) fn parameters(header: &str) -> (String, Vec<(String, String)>) {
    let mut parts = split(header);
    let value = parts.next().unwrap_or_default().trim().to_owned();
    let parameters = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim();
        let quoted = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'));
        let value = match quoted {
            Some(value) => value.replace("\\\\", "\\").replace("\\\"", "\""),
            None => value.to_owned(),
        };
        Some((name.trim().to_lowercase(), value))
    });
    (value, parameters.collect())
}

/// The parts between semicolons. One after an odd number of quotation marks does not count.
fn split(header: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(header);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut is_quoted = false;
        let mut before = 0;
        let end = text.bytes().position(|byte| {
            let was = std::mem::replace(&mut before, byte);
            is_quoted ^= byte == b'"' && was != b'\\';
            byte == b';' && !is_quoted
        });
        let (part, others) = match end.and_then(|end| text.split_at_checked(end)) {
            Some((part, others)) => (part, others.get(1..)),
            None => (text, None),
        };
        rest = others;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of Python's `cgi.parse_header`.
    #[test]
    fn parameters_are_read_as_python_reads_them() {
        for (header, value, expected) in [
            (
                r#"f; name="a;b"; filename="x\"y""#,
                "f",
                vec![("name", "a;b"), ("filename", "x\"y")],
            ),
            (
                r#"f; name="a\";b"; filename=z"#,
                "f",
                vec![("name", "a\";b"), ("filename", "z")],
            ),
            (
                r#"f; name="a; filename=x"#,
                "f",
                vec![("name", "\"a; filename=x")],
            ),
            (
                r#"f; NAME = "a" ; filename="\\x""#,
                "f",
                vec![("name", "a"), ("filename", "\\x")],
            ),
            (r#"f; filename=";"x";""#, "f", vec![("filename", ";\"x\";")]),
            (r#""q;r"; name=x"#, "\"q;r\"", vec![("name", "x")]),
            (";;name=x", "", vec![("name", "x")]),
            (r#"f; name=""#, "f", vec![("name", "\"")]),
        ] {
            let (found, parameters) = parameters(header);
            let parameters: Vec<(&str, &str)> = parameters
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!((found.as_str(), parameters), (value, expected), "{header}");
        }
    }

    #[test]
    fn headers_end_at_the_first_line_that_is_not_a_header() {
        let head = PartHead::parse(
            "content-DISPOSITION: form-data;\r\n\tname=a; name=b\nContent-Type: x/y; charset=z\rnone\nfilename: c\n",
        );
        assert_eq!(head.name.as_deref(), Some("b"));
        assert_eq!(
            (head.content_type.as_str(), head.charset.as_deref()),
            ("x/y", Some("z"))
        );
        assert_eq!(PartHead::parse("").content_type, "text/plain");
    }
}
