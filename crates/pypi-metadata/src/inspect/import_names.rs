//! The import names of a wheel, compared with what it installs.

use std::collections::BTreeSet;

use super::findings::{ArchiveFindings, listed};
use crate::{Filename, Metadata, archive::zipfile::Directory, rules};

/// The most import names that are compared.
const MAX_NAMES: usize = 1_000;

/// The longest import name that is found, in parts.
const MAX_DEPTH: usize = 16;

/// Advises on import names that the wheel does not contain, and on top-level modules that are not listed.
///
/// The names are those of the release (PEP 794), so only a wheel for any platform contains all of them.
pub(super) fn advise(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    filename: &str,
    metadata: Option<&Metadata>,
) {
    let names = metadata.map(names).unwrap_or_default();
    let is_any = |filename: Filename| filename.platform_tags().any(|tag| tag == "any");
    if names.is_empty() || names.len() > MAX_NAMES || !Filename::parse(filename).is_ok_and(is_any) {
        return;
    }
    let mut found = BTreeSet::new();
    let mut unlisted = BTreeSet::new();
    for file in directory.files() {
        if file.ends_with(".pth") && !file.contains('/') {
            return; // then modules may be anywhere
        }
        for module in modules(file) {
            match names.get(module.as_str()) {
                Some(name) => drop(found.insert(*name)),
                None if module.contains('.') || unlisted.len() >= MAX_NAMES => {}
                None => drop(unlisted.insert(module)),
            }
        }
    }
    let absent: Vec<&str> = names.difference(&found).copied().collect();
    if !absent.is_empty() {
        archive.advise(
            &rules::IMPORT_NAME_ABSENT,
            format!("the wheel does not contain the import names {}", listed(absent)),
            "correct Import-Name or Import-Namespace, or configure the build backend to find the modules",
        );
    }
    if !unlisted.is_empty() {
        let unlisted = listed(unlisted.iter().map(String::as_str));
        archive.advise(
            &rules::IMPORT_NAME_UNLISTED,
            format!("neither Import-Name nor Import-Namespace lists {unlisted}, which the wheel installs"),
            "list it, followed by \"; private\" if users should not import it",
        );
    }
}

/// The names in both fields, at most one more than are compared.
fn names(metadata: &Metadata) -> BTreeSet<&str> {
    let names = metadata.import_names().chain(metadata.import_namespaces());
    names.map(|(name, _)| name).take(MAX_NAMES + 1).collect()
}

/// The dotted names of the module that a file is, and of the packages that contain it.
fn modules(path: &str) -> Vec<String> {
    let mut path = path;
    if let Some((top, rest)) = path.split_once('/')
        && top.ends_with(".data")
    {
        let (scheme, rest) = rest.split_once('/').unwrap_or((rest, ""));
        if !matches!(scheme, "purelib" | "platlib") {
            return Vec::new();
        }
        path = rest;
    }
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let Some((stem, extension)) = file.split_once('.') else {
        return Vec::new();
    };
    let is_module = extension == "py"
        || extension == "pyc"
        || [".so", ".pyd"].iter().any(|end| file.ends_with(end));
    let mut modules = Vec::new();
    if !is_module {
        return modules;
    }
    let folders = folder.split('/').filter(|part| !part.is_empty());
    let parts = folders.chain((stem != "__init__").then_some(stem));
    let mut name = String::new();
    for part in parts.take(MAX_DEPTH) {
        if part.contains('.') {
            break; // not a package
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(part);
        modules.push(name.clone());
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_names_of_its_module_and_packages() {
        for (path, expected) in [
            ("demo.py", "demo"),
            ("demo/__init__.py", "demo"),
            ("a/b/c.py", "a a.b a.b.c"),
            ("a/b.cpython-313-x86_64-linux-gnu.so", "a a.b"),
            ("a/b.abi3.so", "a a.b"),
            ("a/b.cp313-win_amd64.pyd", "a a.b"),
            ("demo-1.0.data/purelib/a/b.py", "a a.b"),
            ("demo-1.0.data/scripts/a.py", ""),
            ("demo-1.0.dist-info/x.py", ""),
            ("a/data.txt", ""),
            ("demo.libs/libx.so.1", ""),
            ("LICENSE", ""),
        ] {
            assert_eq!(modules(path).join(" "), expected, "{path}");
        }
        let deep = "a/".repeat(1_000) + "b.py";
        assert_eq!(modules(&deep).len(), MAX_DEPTH);
    }
}
