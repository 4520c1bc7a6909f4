//! `pyproject.toml` of 4 MiB.

use std::path::Path;

use crate::{
    Arguments,
    archive::{check, write},
};

/// Somewhat less than the most that is read.
const LENGTH: usize = 4 * 1024 * 1024 - 1000;

pub(crate) fn brackets(folder: &Path) -> Arguments {
    pyproject(folder, &"[".repeat(LENGTH))
}

/// As many tables as are parsed.
pub(crate) fn tables(folder: &Path) -> Arguments {
    let tables = (0..28_000).map(|number| format!("[t{number}]\n"));
    pyproject(folder, &tables.collect::<String>())
}

pub(crate) fn inline_tables(folder: &Path) -> Arguments {
    pyproject(folder, &format!("a = [{}]", "{},".repeat(24_000)))
}

pub(crate) fn dotted_keys(folder: &Path) -> Arguments {
    let keys = (0..6_200).map(|number| format!("a{number}.b.c.d.e=1\n"));
    pyproject(folder, &keys.collect::<String>())
}

pub(crate) fn unknown_keys(folder: &Path) -> Arguments {
    let keys = (0..27_000).map(|number| format!("k{number}=1\n"));
    pyproject(folder, &format!("[project]\n{}", keys.collect::<String>()))
}

pub(crate) fn invalid_requirements(folder: &Path) -> Arguments {
    let head = "[project]\nname = \"demo\"\nversion = \"1\"\ndependencies = [\n";
    pyproject(folder, &format!("{head}{}]\n", "\"a b\",".repeat(100_000)))
}

fn pyproject(folder: &Path, text: &str) -> Arguments {
    write(&folder.join("pyproject.toml"), text.as_bytes());
    check("pyproject.toml")
}
