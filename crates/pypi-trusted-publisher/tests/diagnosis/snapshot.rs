//! Texts that are compared with files.

use std::{fs, path::PathBuf};

/// Compares the cases with `tests/snapshots/{file}`. Equal texts are written once, after the names of their cases.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "reads the snapshots, and writes them when told to"
)]
pub(crate) fn compare(file: &str, cases: impl IntoIterator<Item = (String, String)>) {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (name, text) in cases {
        match groups.iter_mut().find(|(other, _)| *other == text) {
            Some((_, names)) => names.push(name),
            None => groups.push((text, vec![name])),
        }
    }
    let groups = groups.iter().map(|(text, names)| {
        let names: String = names.iter().map(|name| format!("== {name}\n")).collect();
        format!("{names}\n{text}\n")
    });
    let text = groups.collect::<Vec<_>>().join("\n");
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots")).join(file);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, text).expect("a writable snapshot");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = expected.lines().zip(text.lines()).enumerate();
    if let Some((at, (expected, found))) = lines.find(|(_, (expected, found))| expected != found) {
        assert_eq!(found, expected, "{}:{}", path.display(), at + 1);
    }
    assert_eq!(
        text.lines().count(),
        expected.lines().count(),
        "{}",
        path.display()
    );
}
