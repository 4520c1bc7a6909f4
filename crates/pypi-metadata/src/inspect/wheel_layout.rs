//! What a wheel installs: files that do not belong there, and tags that do not match.

use std::collections::BTreeSet;

use super::findings::{ArchiveFindings, listed};
use crate::{Filename, archive::zipfile::Directory, rules};

/// Top-level names that no project should claim for itself.
const COMMON: [&str; 9] = [
    "test", "tests", "testing", "doc", "docs", "example", "examples", "src", "scripts",
];

/// The file extensions of extension modules and of the libraries that they load.
const NATIVE: [&str; 3] = [".so", ".pyd", ".dylib"];

pub(super) fn advise(
    archive: &mut ArchiveFindings,
    directory: &Directory,
    filename: &str,
    dist_info: &str,
) {
    let data = dist_info.replace(".dist-info", ".data");
    let files: Vec<&str> = directory
        .files()
        .filter(|name| !name.starts_with(dist_info) && !name.starts_with(&data))
        .collect();
    let folders = files.iter().filter_map(|name| name.split_once('/'));
    let tops: BTreeSet<&str> = folders.map(|(top, _)| top).collect();
    let common: Vec<&str> = tops
        .into_iter()
        .filter(|top| COMMON.contains(top))
        .collect();
    if !common.is_empty() {
        archive.advise(
            &rules::WHEEL_COMMON_NAME,
            format!(
                "the wheel installs top-level packages that clash with those of other projects: {}",
                listed(common)
            ),
            "leave tests, examples and documentation out of the wheel, or move them into the package",
        );
    }
    let junk: Vec<&str> = files.iter().copied().filter(|name| is_junk(name)).collect();
    if !junk.is_empty() {
        archive.advise(
            &rules::WHEEL_JUNK,
            format!(
                "the wheel contains files that nobody imports: {}",
                listed(junk)
            ),
            "exclude them in the settings of the build backend",
        );
    }
    if files.contains(&"__init__.py") {
        archive.advise(
            &rules::WHEEL_TOP_INIT,
            "the wheel installs __init__.py directly into site-packages",
            "move the modules into a folder with the name of the package",
        );
    }
    if files.is_empty() && directory.files().all(|name| !name.starts_with(&data)) {
        archive.advise(
            &rules::WHEEL_EMPTY,
            "the wheel installs nothing",
            "configure the build backend to find the package",
        );
    }
    tags(archive, &files, filename);
    let mut names = directory.files();
    if let Some(other) = names.find(|name| is_other_dist_info(name, dist_info)) {
        archive.advise(
            &rules::WHEEL_SECOND_DIST_INFO,
            format!("the wheel has a second metadata folder: {other:?}"),
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

fn tags(archive: &mut ArchiveFindings, files: &[&str], filename: &str) {
    let Ok(filename) = Filename::parse(filename) else {
        return;
    };
    if !filename.platform_tags().any(|tag| tag == "any") {
        return;
    }
    let is_native = |name: &&str| NATIVE.iter().any(|end| name.ends_with(end));
    let native: Vec<&str> = files.iter().copied().filter(is_native).collect();
    if !native.is_empty() {
        archive.advise(
            &rules::TAG_UNIVERSAL_NATIVE,
            format!(
                "the wheel is tagged for any platform but contains {}",
                listed(native)
            ),
            "tag it for the platform that it was built on",
        );
    } else if filename.python_tags().any(|tag| tag.starts_with("py2")) {
        archive.advise(
            &rules::TAG_PYTHON2,
            format!(
                "the wheel is tagged for Python 2: {:?}",
                filename.pyversion()
            ),
            "remove \"universal\" from the settings of bdist_wheel",
        );
    }
}
