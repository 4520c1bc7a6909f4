//! What a wheel would put where: files that do not belong, and tags that do not fit.

use std::collections::BTreeSet;

use super::{Archive, some};
use crate::{Filename, archive::zipfile::Directory};

/// Top-level names that one project must not claim for itself.
const COMMON: [&str; 9] = [
    "test", "tests", "testing", "doc", "docs", "example", "examples", "src", "scripts",
];

/// Ends of the names of extension modules and of the libraries that they load.
const NATIVE: [&str; 3] = [".so", ".pyd", ".dylib"];

pub(super) fn advise(
    archive: &mut Archive,
    directory: &Directory,
    filename: &str,
    dist_info: &str,
) {
    let data = dist_info.replace(".dist-info", ".data");
    let files: Vec<&str> = directory
        .files()
        .filter(|name| !name.starts_with(dist_info) && !name.starts_with(&data))
        .collect();
    let tops: BTreeSet<&str> = files
        .iter()
        .filter_map(|name| Some(name.split_once('/')?.0))
        .collect();
    let common: Vec<&str> = tops
        .iter()
        .copied()
        .filter(|top| COMMON.contains(top))
        .collect();
    if !common.is_empty() {
        let message = format!(
            "the wheel installs {} beside every other project's",
            some(common)
        );
        archive.advise(
            "wheel-common-name",
            message,
            "leave tests, examples and documents out of the wheel, or put them into the package",
        );
    }
    let junk: Vec<&str> = files.iter().copied().filter(|name| is_junk(name)).collect();
    if !junk.is_empty() {
        let message = format!("the wheel packs what no one imports: {}", some(junk));
        archive.advise(
            "wheel-junk",
            message,
            "exclude it in the settings of the build backend",
        );
    }
    if files.contains(&"__init__.py") {
        archive.advise(
            "wheel-top-init",
            "the wheel installs __init__.py at the top of site-packages",
            "put the modules into a folder of the package's name",
        );
    }
    if files.is_empty() && directory.files().all(|name| !name.starts_with(&data)) {
        archive.advise(
            "wheel-empty",
            "the wheel installs nothing",
            "tell the build backend where the package is",
        );
    }
    tags(archive, &files, filename);
    if let Some(other) = directory
        .files()
        .find(|name| is_other_dist_info(name, dist_info))
    {
        let message = format!("the wheel has a second folder of metadata: {other:?}");
        archive.advise(
            "wheel-second-dist-info",
            message,
            "build the wheel again from a clean folder",
        );
    }
}

fn is_other_dist_info(name: &str, dist_info: &str) -> bool {
    let top = name.split_once('/').map(|(top, _)| top);
    top.is_some_and(|top| top.ends_with(".dist-info") && top != dist_info)
}

fn is_junk(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let is_at_top = !name.contains('/');
    file.ends_with(".pyc")
        || matches!(file, ".DS_Store" | "Thumbs.db" | ".gitignore" | ".coverage")
        || (is_at_top
            && matches!(
                file,
                "setup.py"
                    | "pyproject.toml"
                    | "README.md"
                    | "README.rst"
                    | "LICENSE"
                    | "LICENSE.txt"
                    | "conftest.py"
                    | "tox.ini"
                    | "noxfile.py"
            ))
}

fn tags(archive: &mut Archive, files: &[&str], filename: &str) {
    let Ok(filename) = Filename::parse(filename) else {
        return;
    };
    let native: Vec<&str> = files
        .iter()
        .copied()
        .filter(|name| NATIVE.iter().any(|end| name.ends_with(end)))
        .collect();
    let is_universal = filename.platform_tags().any(|tag| tag == "any");
    if is_universal && !native.is_empty() {
        let message = format!(
            "the wheel says that it runs anywhere, and holds {}",
            some(native)
        );
        archive.advise(
            "tag-universal-native",
            message,
            "tag it for the platform that it was built on",
        );
    } else if filename.python_tags().any(|tag| tag.starts_with("py2")) && is_universal {
        archive.advise(
            "tag-python2",
            format!(
                "the wheel says that it runs on Python 2: {:?}",
                filename.pyversion()
            ),
            "remove \"universal\" from the settings of bdist_wheel",
        );
    }
}
