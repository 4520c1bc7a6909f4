//! The files that a user names: paths, folders, and patterns that no shell has expanded.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::attestations::PredicateType;

use crate::{
    attestation::sidecar,
    failure::{Exit, Failure},
    files,
    glob::Glob,
};

/// The folder into which build frontends write.
const DIST: &str = "dist";

/// The files that arguments name: a folder stands for its wheels and sdists, a pattern for the files that match it, and
/// no argument for the folder `dist`.
///
/// A path that exists is that path, whatever characters are in it. Paths stay as they were written, also those that do
/// not exist: whoever reads them says so.
pub(crate) fn distributions(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if arguments.is_empty() {
        return without_arguments();
    }
    let mut found = Vec::new();
    for argument in arguments {
        match argument.is_dir() {
            true => found.extend(files::distributions(argument)?),
            false => found.extend(matching(argument)?),
        }
    }
    Ok(found)
}

/// As [`distributions`], with the attestations beside the distributions of a folder, and nothing without arguments.
pub(crate) fn with_attestations(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for argument in arguments {
        if !argument.is_dir() {
            found.extend(matching(argument)?);
            continue;
        }
        for path in files::distributions(argument)? {
            let beside = PredicateType::ALL.map(|predicate| sidecar(&path, predicate));
            found.push(path);
            found.extend(beside.into_iter().filter(|path| path.is_file()));
        }
    }
    Ok(found)
}

/// The files that a path names, or the pattern that it is.
pub(crate) fn matching(argument: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failure =
        |what: String| Failure::new(Exit::Refused, format!("pattern {argument:?} {what}"));
    if argument.symlink_metadata().is_ok() {
        return Ok(vec![argument.to_owned()]);
    }
    let glob = Glob::of_argument(argument)
        .map_err(|expected| failure(format!("cannot be used: expected {expected}")))?;
    let Some((folder, glob)) = glob else {
        return Ok(vec![argument.to_owned()]);
    };
    let base = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder.as_path(),
    };
    if !base.is_dir() {
        return Err(failure(format!(
            "matches no file: there is no folder {base:?}"
        )));
    }
    let found = glob.find(base).map_err(|error| {
        failure(format!(
            "cannot be searched for in folder {base:?}: {error}"
        ))
    })?;
    let found = found.into_iter().filter(|path| !path.is_dir());
    let found: Vec<PathBuf> = match folder.as_os_str().is_empty() {
        true => found
            .map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))
            .collect(),
        false => found.collect(),
    };
    match found.is_empty() {
        true => {
            let wildcards = match glob.has_brackets() {
                true => " (the wildcards are *, ? and **)",
                false => "",
            };
            Err(failure(format!(
                "matches no file in folder {base:?}{wildcards}: check its name, or build the distributions"
            )))
        }
        false => Ok(found),
    }
}

fn without_arguments() -> Result<Vec<PathBuf>, Failure> {
    let folder = Path::new(DIST);
    if folder.is_dir() {
        return files::distributions(folder);
    }
    let message = format!(
        "there is no folder {DIST:?} here: build the distributions, name them, or run this in the folder of the project"
    );
    Err(Failure::usage(message))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
mod tests {
    use std::fs;

    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// What is found, without the folder, or the message.
    fn found(folder: &Path, argument: &str) -> Result<Vec<String>, String> {
        let found = distributions(&[folder.join(argument)]);
        let found = found.map_err(|failure| failure.message().to_owned())?;
        let names = found.iter().map(|path| {
            let path = path.strip_prefix(folder).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        });
        Ok(names.collect())
    }

    const FILES: &[&str] = &[
        "dist/a-1.0.tar.gz",
        "dist/a-1.0-py3-none-any.whl",
        "dist/a-1.0.tar.gz.publish.attestation",
        "dist/notes.txt",
        "dist/.hidden-1.0.tar.gz",
        "dist/old/a-0.9.tar.gz",
    ];

    #[test]
    fn a_folder_stands_for_its_wheels_and_sdists() {
        let folder = folder(FILES);
        let expected = ["dist/a-1.0-py3-none-any.whl", "dist/a-1.0.tar.gz"];
        assert_eq!(found(folder.path(), "dist").unwrap(), expected);
        let with_attestations = with_attestations(&[folder.path().join("dist")]).unwrap();
        let names = with_attestations
            .iter()
            .map(|path| path.file_name().unwrap());
        assert_eq!(
            names.collect::<Vec<_>>(),
            [
                "a-1.0-py3-none-any.whl",
                "a-1.0.tar.gz",
                "a-1.0.tar.gz.publish.attestation"
            ]
        );
        fs::create_dir(folder.path().join("empty")).unwrap();
        let message = found(folder.path(), "empty").unwrap_err();
        assert!(message.contains("has no distributions"), "{message}");
    }

    #[test]
    fn a_pattern_stands_for_the_files_that_match() {
        let folder = folder(FILES);
        for (pattern, expected) in [
            ("dist/*.whl", &["dist/a-1.0-py3-none-any.whl"][..]),
            (
                "dist/*",
                &[
                    "dist/a-1.0-py3-none-any.whl",
                    "dist/a-1.0.tar.gz",
                    "dist/a-1.0.tar.gz.publish.attestation",
                    "dist/notes.txt",
                ],
            ),
            ("d?st/**/a-0*", &["dist/old/a-0.9.tar.gz"]),
            ("dist/old/../*.whl", &["dist/old/../a-1.0-py3-none-any.whl"]),
            ("dist/missing.whl", &["dist/missing.whl"]),
        ] {
            assert_eq!(
                found(folder.path(), pattern).unwrap(),
                expected,
                "{pattern}"
            );
        }
        let message = found(folder.path(), "dist/*.zip").unwrap_err();
        assert!(
            message.contains("dist/*.zip\" matches no file in folder"),
            "{message}"
        );
        let message = found(folder.path(), "dist/[a-z]*.whl").unwrap_err();
        assert!(message.contains("wildcards are *, ? and **"), "{message}");
        let message = found(folder.path(), "nope/*.whl").unwrap_err();
        assert!(message.contains("there is no folder"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_read_is_not_left_out() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

        let folder = folder(&["a-1.0.whl", "folder.whl/x"]);
        std::os::unix::fs::symlink("nowhere", folder.path().join("b-1.0.whl")).unwrap();
        for argument in ["", "*.whl"] {
            let found = found(folder.path(), argument).unwrap();
            assert_eq!(found, ["a-1.0.whl", "b-1.0.whl"], "{argument}");
        }
        let name = OsStr::from_bytes(b"\xff-1.0.whl");
        if fs::write(folder.path().join(name), "").is_ok() {
            for argument in ["", "*.whl"] {
                let found = distributions(&[folder.path().join(argument)]).unwrap();
                assert_eq!(found.last().unwrap().file_name(), Some(name), "{argument}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_exists_is_not_a_pattern() {
        let folder = folder(&["a*.whl", "ab.whl", "d*/x-1.tar.gz", "de/y-1.tar.gz"]);
        assert_eq!(found(folder.path(), "a*.whl").unwrap(), ["a*.whl"]);
        assert_eq!(found(folder.path(), "d*").unwrap(), ["d*/x-1.tar.gz"]);
        assert_eq!(found(folder.path(), "?b.whl").unwrap(), ["ab.whl"]);
    }
}
