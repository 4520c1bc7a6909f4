//! `entry_points.txt`, as Python's `configparser` reads it.

use std::collections::HashSet;

/// Why the index rejects it, if it does.
///
/// # Source
///
/// Warehouse, 2026-08-21: `configparser` with `=` as the only delimiter and case preserved. The names in `console_scripts`
/// and `gui_scripts` must match `[\w.-]+`; the objects are not checked.
pub(super) fn problem(text: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Some("it is not UTF-8".to_owned());
    };
    let (mut sections, mut names) = (HashSet::new(), HashSet::new());
    let mut current: Option<&str> = None;
    // The indentation of the option that a more deeply indented line continues.
    let mut option: Option<usize> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            continue; // also within a value
        }
        let indent = line.len() - line.trim_start().len();
        if option.is_some_and(|above| indent > above) {
            continue;
        }
        option = None;
        if let Some(name) = section(content) {
            if !sections.insert(name) {
                return Some(format!("line {number} repeats section [{name}]"));
            }
            current = Some(name);
            names = HashSet::new(); // no section occurs twice
            continue;
        }
        let Some(section) = current else {
            return Some(format!("line {number} is not in a [section]"));
        };
        let Some((name, _)) = content.split_once('=') else {
            return Some(format!(
                "line {number} is not of the form \"name = module:object\""
            ));
        };
        let name = name.trim_end();
        if name.is_empty() {
            return Some(format!("line {number} has no name"));
        }
        if !names.insert(name) {
            return Some(format!("line {number} repeats {name:?}"));
        }
        let is_invalid = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
        if matches!(section, "console_scripts" | "gui_scripts") && name.contains(is_invalid) {
            return Some(format!(
                "the script name {name:?} has characters other than letters, digits, '_', '.' and '-'"
            ));
        }
        option = Some(indent);
    }
    None
}

fn section(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_points_are_judged_as_the_index_judges_them() {
        for text in [
            "",
            "[console_scripts]\nrun = a:b\n",
            "[my.plugins]\na/b = a:b\n",
            "# c\n[gui_scripts]\na-b.c=x:y [extra]\n",
            "[x]\na = b\n  continued\n",
            "[x]\n",
        ] {
            assert_eq!(problem(text.as_bytes()), None, "{text}");
        }
        for text in [
            "hello\n",
            "[console_scripts]\na b = a:b\n",
            "[gui_scripts]\na/b = a:b\n",
            "[x]\na = b\na = c\n",
            "[x]\n[x]\n",
            "[x]\nhello\n",
            "[x]\n= b\n",
        ] {
            assert!(problem(text.as_bytes()).is_some(), "{text}");
        }
        assert!(problem(b"\xff").is_some());
    }
}
