//! `entry_points.txt`, as Python's `configparser` reads it.

/// What keeps the index from taking it.
///
/// # Source
///
/// Warehouse, 2026-08-21: `configparser` with `=` as the only separator and case kept; the names in `console_scripts` and
/// `gui_scripts` must match `[\w.-]+`; what they name is not looked at.
pub(super) fn problem(text: &[u8]) -> Option<String> {
    let Ok(text) = std::str::from_utf8(text) else {
        return Some("it is not UTF-8".to_owned());
    };
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    // The indent of the option that a deeper line continues, and of an empty line within it.
    let mut option: Option<usize> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let content = line.trim();
        if content.is_empty() || content.starts_with(['#', ';']) {
            // An empty line may stand within a value; a comment may too.
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if option.is_some_and(|above| indent > above) {
            continue;
        }
        option = None;
        if let Some(name) = section(content) {
            if sections.iter().any(|(known, _)| *known == name) {
                return Some(format!("line {number} begins section [{name}] once more"));
            }
            sections.push((name, Vec::new()));
            continue;
        }
        let Some((_, names)) = sections.last_mut() else {
            return Some(format!("line {number} stands before any [section]"));
        };
        let Some((name, _)) = content.split_once('=') else {
            return Some(format!("line {number} is no \"name = module:object\""));
        };
        let name = name.trim_end();
        if name.is_empty() {
            return Some(format!("line {number} has no name"));
        }
        if names.contains(&name) {
            return Some(format!("line {number} gives {name:?} once more"));
        }
        names.push(name);
        option = Some(indent);
    }
    let is_odd = |name: &&&str| {
        !name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    let scripts = sections
        .iter()
        .filter(|(name, _)| matches!(*name, "console_scripts" | "gui_scripts"));
    let odd = scripts.flat_map(|(_, names)| names).find(is_odd)?;
    Some(format!(
        "the script name {odd:?} has other characters than letters, digits, '_', '.' and '-'"
    ))
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
