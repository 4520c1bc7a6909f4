//! No `pypi-release.toml` or `pyproject.toml` makes the reader of settings panic; its error is one line that names the file, and it reads the same
//! twice. An input is `own` or anything else on a line, and the text.
#![no_main]

use std::{fs, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|input: &str| {
    let (kind, text) = input.split_once('\n').unwrap_or_default();
    let (name, other) = match kind {
        "own" => ("pypi-release.toml", "pyproject.toml"),
        _ => ("pyproject.toml", "pypi-release.toml"),
    };
    let folder = FOLDER.path();
    let _ = fs::remove_file(folder.join(other));
    fs::write(folder.join(name), text).expect("a file");
    let read = command::settings(folder);
    match &read {
        Ok(values) => assert!(values.len() > 10),
        Err(message) => assert!(!message.contains('\n'), "{message:?}"),
    }
    assert_eq!(command::settings(folder), read);
});
