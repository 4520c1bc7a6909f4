//! The entry of the project itself in `uv.lock`.

use std::ops::Range;

use pypi_trusted_upload::metadata::ProjectName;
use toml_edit::{Document, Table};

use crate::files;

/// The place of a version with its quotes, and the version.
type Found = (Range<usize>, String);

/// The place of the version of a project in the text of a `uv.lock`, with its quotes, and the version.
///
/// `folder` is the folder of the project relative to the lock file, with `/`; `.` beside it. An entry of this name that
/// comes from elsewhere is another project, and one without a version has it from git.
///
/// # Source
///
/// uv 0.13: an entry of a member of the workspace has the source `editable`, `virtual` or `directory`.
pub(super) fn own_version(text: &str, name: &str, folder: &str) -> Result<Option<Found>, String> {
    // The parsed form of a lock file may need a hundred times its size, so its entries are parsed one by one.
    let mut starts = text.match_indices(ENTRY).map(|(place, _)| place + 1);
    let mut start = 0;
    loop {
        let next = starts.next();
        let entry = text.get(start..next.unwrap_or(text.len()));
        if let Some(found) = in_entry(entry.unwrap_or_default(), name, folder)? {
            return Ok(
                found.map(|(place, version)| (start + place.start..start + place.end, version))
            );
        }
        match next {
            Some(next) => start = next,
            None => return Ok(None),
        }
    }
}

/// How an entry begins. uv writes no texts of several lines.
const ENTRY: &str = "\n[[package]]";

/// The place of the version, if it has one, in a part of a lock file; `None` when it is not about the project.
fn in_entry(text: &str, name: &str, folder: &str) -> Result<Option<Option<Found>>, String> {
    if files::has_too_many_tokens(text) {
        return Err("has an entry that is too long".to_owned());
    }
    let document = Document::parse(text)
        .map_err(|error| format!("is not valid TOML: {}", error.message().replace('\n', " ")))?;
    let Some(packages) = document.as_table().get("package") else {
        return Ok(None);
    };
    let packages = packages
        .as_array_of_tables()
        .ok_or("has no tables [[package]]")?;
    let is_own = |package: &&Table| is_named(package, name) && is_at(package, folder);
    let Some(package) = packages.iter().find(is_own) else {
        return Ok(None);
    };
    let Some(version) = package.get("version") else {
        return Ok(Some(None));
    };
    let place = version.span().zip(version.as_str());
    let (place, version) = place.ok_or("has a version that is not a string")?;
    Ok(Some(Some((place, version.to_owned()))))
}

fn is_named(package: &Table, name: &str) -> bool {
    let normalized = |name: &str| {
        ProjectName::parse(name)
            .ok()
            .map(|name| name.normalized().to_owned())
    };
    let found = package.get("name").and_then(|name| name.as_str());
    found.and_then(normalized) == normalized(name)
}

fn is_at(package: &Table, folder: &str) -> bool {
    let source = package
        .get("source")
        .and_then(|source| source.as_table_like());
    let keys = ["editable", "virtual", "directory"];
    let places = keys.iter().filter_map(|key| source?.get(key)?.as_str());
    let mut places = places.map(|place| place.trim_end_matches('/'));
    places.any(|place| place == folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 1\nrevision = 3\n\n\
        [[package]]\nname = \"demo\"\nversion = \"0.9\"\nsource = { registry = \"https://pypi.org/simple\" }\n\n\
        [[package]]\nname = \"my-demo\"\nversion = \"1.0\"\nsource = { editable = \".\" }\n\n\
        [[package]]\nname = \"dynamic\"\nsource = { editable = \"packages/dynamic\" }\n\n\
        [[package]]\nname = \"member\"\nversion = \"3.0\"\nsource = { virtual = \"packages/member\" }\n";

    #[test]
    fn only_the_entry_of_the_project_is_found() {
        for (name, folder, expected) in [
            ("My.Demo", ".", Some("1.0")),
            ("member", "packages/member", Some("3.0")),
            ("member", ".", None),
            ("demo", ".", None),
            ("dynamic", "packages/dynamic", None),
            ("other", ".", None),
        ] {
            let found = own_version(LOCK, name, folder).unwrap();
            assert_eq!(
                found.as_ref().map(|(_, version)| &version[..]),
                expected,
                "{name}"
            );
            if let Some((place, version)) = found {
                assert_eq!(&LOCK[place], format!("\"{version}\""));
            }
        }
    }

    #[test]
    fn a_lock_that_cannot_be_read_is_an_error() {
        for text in [
            "[",
            "package = 1",
            "[[package]]\nname = 'x'\nversion = 1\nsource = { editable = '.' }",
        ] {
            assert!(own_version(text, "x", ".").is_err(), "{text}");
        }
        assert_eq!(own_version("version = 1", "x", "."), Ok(None));
    }
}
