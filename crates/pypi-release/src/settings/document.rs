//! The tables of one file: every key is known, and every value valid.

use toml_edit::{Document, Item, TableLike};

use super::{
    keys::{KEYS, Key},
    suggest::unknown,
    value::{self, Value, quoted},
};

/// A value that a file sets.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) key: &'static Key,
    pub(super) value: Value,
    pub(super) line: usize,
}

/// The maximum number of problems that a message lists.
const MAX_PROBLEMS: usize = 20;

/// The text of a file with settings.
pub(super) struct File<'a> {
    /// Its name in messages.
    pub(super) name: &'a str,
    /// What precedes the path of a key: `tool.pypi-release.`, or nothing.
    pub(super) prefix: &'static str,
    pub(super) text: &'a str,
}

impl File<'_> {
    pub(super) fn parse(&self) -> Result<Document<&str>, String> {
        Document::parse(self.text).map_err(|error| {
            let line = self.line(error.span().map(|span| span.start));
            let reason = error.message().replace(char::is_control, " ");
            format!("{} line {line} is not valid TOML: {reason}", self.name)
        })
    }

    /// Reads all values of `root`, or returns a line for each that is wrong.
    pub(super) fn read(&self, root: &dyn TableLike) -> Result<Vec<Set>, Vec<String>> {
        let (mut values, mut problems) = (Vec::new(), Vec::new());
        let mut open = vec![(String::new(), root)];
        while let Some((table, items)) = open.pop() {
            for (name, item) in items.iter() {
                // Finding a line takes time in proportion to the length of the file.
                if problems.len() == MAX_PROBLEMS {
                    problems.push("and more".to_owned());
                    return Err(problems);
                }
                let path = match table.is_empty() {
                    true => name.to_owned(),
                    false => format!("{table}.{name}"),
                };
                let start = items.get_key_value(name).and_then(|(key, _)| key.span());
                let line = self.line(start.or_else(|| item.span()).map(|span| span.start));
                let problem = |what: String| format!("{} line {line}: {what}", self.name);
                let named = format!("{}{path}", self.prefix);
                if let Some(key) = KEYS.iter().find(|key| key.path == path) {
                    match value::read(key.kind, item) {
                        Ok(value) => values.push(Set { key, value, line }),
                        Err(what) if what.starts_with('.') => {
                            problems.push(problem(format!("{named}{what}")));
                        }
                        Err(what) => problems.push(problem(format!("{named} {what}"))),
                    }
                } else if KEYS.iter().any(|key| key.table() == path) {
                    match item.as_table_like() {
                        Some(items) => open.push((path, items)),
                        None => problems.push(problem(format!("{named} is not a table"))),
                    }
                } else {
                    let named = match named
                        .chars()
                        .all(|c| c.is_alphanumeric() || "-_.".contains(c))
                    {
                        true => named,
                        false => quoted(&named),
                    };
                    problems.push(problem(unknown(&named, &table, name)));
                }
            }
        }
        match problems.is_empty() {
            true => Ok(values),
            false => Err(problems),
        }
    }

    fn line(&self, offset: Option<usize>) -> usize {
        let before = self.text.get(..offset.unwrap_or(0)).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

/// Looks up a dotted key in tables of any notation.
pub(super) fn get<'a>(root: &'a Item, path: &str) -> Option<&'a Item> {
    let mut item = root;
    for key in path.split('.') {
        item = item.as_table_like()?.get(key)?;
    }
    Some(item)
}
