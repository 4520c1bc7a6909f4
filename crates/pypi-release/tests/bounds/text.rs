//! Files that somebody wrote, as large as they may be.

use std::path::Path;

use crate::{Arguments, archive::write};

const PROJECT: &str = "[project]\nname = \"demo\"\nversion = \"1.0\"\n";

pub(crate) fn settings_of_values(folder: &Path) -> Arguments {
    config(folder, &format!("a = [{}]", "0,".repeat(2_000_000)))
}

/// As many as are parsed.
pub(crate) fn settings_of_keys(folder: &Path) -> Arguments {
    let keys: String = (0..49_000).map(|number| format!("a{number}=1\n")).collect();
    config(folder, &keys)
}

pub(crate) fn settings_of_brackets(folder: &Path) -> Arguments {
    config(folder, &"[".repeat(4_000_000))
}

pub(crate) fn lock(folder: &Path) -> Arguments {
    write(&folder.join("pyproject.toml"), PROJECT.as_bytes());
    let entry = "\n[[package]]\nname = \"x\"\nversion = \"1\"\nsource = { registry = \"https://index.example/simple\" }\n";
    let lock = entry.repeat((16 << 20) / entry.len());
    write(&folder.join("uv.lock"), lock.as_bytes());
    ["bump", "patch", "--dry-run"].map(str::to_owned).into()
}

pub(crate) fn scenario(folder: &Path) -> Arguments {
    let text = format!("a = [{}]", "{},".repeat(1_000_000));
    write(&folder.join("scenario.toml"), text.as_bytes());
    let arguments = ["local-index", "--scenario", "scenario.toml"];
    arguments.map(str::to_owned).into()
}

fn config(folder: &Path, text: &str) -> Arguments {
    write(&folder.join("pyproject.toml"), text.as_bytes());
    vec!["config".to_owned()]
}
