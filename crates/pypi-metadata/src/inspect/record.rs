//! `RECORD`: the list of a wheel's files.

/// A row of `RECORD`.
pub(super) struct Row {
    pub(super) path: String,
    /// Such as `sha256=…`, or empty.
    #[cfg_attr(
        not(feature = "digests"),
        expect(dead_code, reason = "comparing it needs a hasher")
    )]
    pub(super) hash: String,
    pub(super) size: String,
}

/// The rows, or `None` if it is not UTF-8 or not valid CSV, which the index treats as a missing `RECORD`.
pub(super) fn read(text: &[u8]) -> Option<Vec<Row>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut rows = Vec::new();
    let mut chars = text.chars().peekable();
    let mut row = vec![String::new()];
    let mut is_quoted = false;
    while let Some(c) = chars.next() {
        let field = row.last_mut()?;
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            '\r' | '\n' if !is_quoted => {
                finish(&mut rows, &mut row);
            }
            ',' if !is_quoted => row.push(String::new()),
            '\0' => return None,
            _ => field.push(c),
        }
    }
    finish(&mut rows, &mut row);
    Some(rows)
}

fn finish(rows: &mut Vec<Row>, row: &mut Vec<String>) {
    let mut fields = std::mem::replace(row, vec![String::new()]).into_iter();
    let path = fields.next().unwrap_or_default().replace('\\', "/");
    if path.is_empty() {
        return;
    }
    rows.push(Row {
        path,
        hash: fields.next().unwrap_or_default(),
        size: fields.next().unwrap_or_default(),
    });
}

/// Whether the specification leaves a file out of `RECORD`.
pub(super) fn is_unlisted(path: &str, dist_info: &str) -> bool {
    let name = path
        .strip_prefix(dist_info)
        .and_then(|rest| rest.strip_prefix('/'));
    matches!(name, Some("RECORD.jws" | "RECORD.p7s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_comma_separated_and_can_be_quoted() {
        let rows = read(b"a.py,sha256=x,1\r\n\"b,\"\"c.py\",,\nd\\e.py,,").expect("CSV");
        let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, ["a.py", "b,\"c.py", "d/e.py"]);
        assert_eq!(
            rows.first()
                .map(|row| (row.hash.as_str(), row.size.as_str())),
            Some(("sha256=x", "1"))
        );
        assert!(read(b"\xff").is_none());
    }
}
