//! YAML as a flat list: each value with the keys that lead to it.
//!
//! Workflows of a checkout are untrusted. No tree is built, aliases are not followed, and nothing is called recursively,
//! so a small file cannot become large.

use saphyr_parser::{Event, Parser};

/// The largest file that is read, in bytes.
const MAX_LENGTH: usize = 1024 * 1024;
/// The deepest value that is kept.
const MAX_DEPTH: usize = 12;

/// A scalar, or the beginning of a mapping or sequence, which has an empty value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    /// Keys of mappings and numbers of sequences.
    pub(super) path: Vec<String>,
    pub(super) value: String,
}

/// A mapping or sequence that has begun.
enum Open {
    /// The key whose value comes next; `None` when a key comes next.
    Mapping(Option<String>),
    /// The number of the next value.
    Sequence(usize),
}

/// The values of the first document. `None` when it is not YAML, or too long.
pub(super) fn entries(text: &str) -> Option<Vec<Entry>> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut entries = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.ok()?;
        match event {
            Event::Scalar(value, ..) => scalar(&mut open, &mut entries, &value),
            Event::Alias(_) => scalar(&mut open, &mut entries, ""),
            Event::MappingStart(..) => begin(&mut open, &mut entries, Open::Mapping(None)),
            Event::SequenceStart(..) => begin(&mut open, &mut entries, Open::Sequence(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                advance(&mut open);
            }
            Event::DocumentEnd => break,
            _ => {}
        }
    }
    Some(entries)
}

fn scalar(open: &mut [Open], entries: &mut Vec<Entry>, value: &str) {
    if let Some(Open::Mapping(key @ None)) = open.last_mut() {
        *key = Some(value.to_owned());
        return;
    }
    push(open, entries, value);
    advance(open);
}

fn begin(open: &mut Vec<Open>, entries: &mut Vec<Entry>, opened: Open) {
    // A mapping or sequence as a key: workflows have none.
    if let Some(Open::Mapping(key @ None)) = open.last_mut() {
        *key = Some(String::new());
        open.push(opened);
        return;
    }
    push(open, entries, "");
    open.push(opened);
}

/// After a value, a key or the next number comes.
fn advance(open: &mut [Open]) {
    match open.last_mut() {
        Some(Open::Mapping(key)) => *key = None,
        Some(Open::Sequence(number)) => *number += 1,
        None => {}
    }
}

fn push(open: &[Open], entries: &mut Vec<Entry>, value: &str) {
    if open.len() > MAX_DEPTH {
        return;
    }
    let path = open.iter().map(|open| match open {
        Open::Mapping(key) => key.clone().unwrap_or_default(),
        Open::Sequence(number) => number.to_string(),
    });
    entries.push(Entry {
        path: path.collect(),
        value: value.to_owned(),
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(text: &str) -> Vec<String> {
        let entries = entries(text).expect("YAML");
        let line = |entry: &Entry| format!("{}={}", entry.path.join("."), entry.value);
        entries.iter().map(line).collect()
    }

    #[test]
    fn values_have_the_keys_that_lead_to_them() {
        assert_eq!(
            list(
                "on:\n  push: {branches: [main, 'v*']}\n  workflow_call:\njobs:\n  t:\n    steps:\n    - run: |\n        tox\n    - uses: x\n"
            ),
            [
                "=",
                "on=",
                "on.push=",
                "on.push.branches=",
                "on.push.branches.0=main",
                "on.push.branches.1=v*",
                "on.workflow_call=",
                "jobs=",
                "jobs.t=",
                "jobs.t.steps=",
                "jobs.t.steps.0=",
                "jobs.t.steps.0.run=tox\n",
                "jobs.t.steps.1=",
                "jobs.t.steps.1.uses=x"
            ]
        );
        assert_eq!(list("on: push"), ["=", "on=push"]);
    }

    #[test]
    fn hostile_files_stay_small() {
        let bomb = "a: &a [x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n";
        assert!(list(bomb).len() < 40);
        let deep = format!("{}x{}", "[".repeat(200), "]".repeat(200));
        assert!(entries(&deep).is_none_or(|entries| entries.len() <= MAX_DEPTH + 1));
        let deeper = "[".repeat(100_000);
        assert_eq!(entries(&deeper), None);
        let block = "- ".repeat(100_000);
        let _ = entries(&block);
        assert_eq!(entries(&"x".repeat(MAX_LENGTH + 1)), None);
        assert_eq!(entries("a: [b"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "[\\PC\n\\[\\]{}:&*|>-]{0,200}") {
            let _ = entries(&text);
        }
    }
}
