//! The files that the command reads and writes for its user.
//!
//! A checkout is untrusted: a file in it may be a link to somewhere else. Nothing is ever written through a link.

mod output;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub(crate) use output::{append, check_writable, make_folder, write, write_below};
pub(crate) use pypi_trusted_upload::transport::{open_file as open, read_file as bytes};

use crate::failure::{Exit, Failure};

/// The most bytes of a file to bump: lock files of large workspaces have some megabytes.
pub(crate) const MAX_TEXT: u64 = 16 * MIB;
/// The most bytes of a changelog.
pub(crate) const MAX_CHANGELOG: u64 = 4 * MIB;
/// The most bytes of a file with settings.
pub(crate) const MAX_SETTINGS: u64 = 4 * MIB;
/// The most bytes of a `.pypirc` or netrc file.
pub(crate) const MAX_CREDENTIALS: u64 = MIB / 4;
/// The most bytes of a file that the user wrote: notes, a template, a workflow.
pub(crate) const MAX_WRITTEN: u64 = MIB;

const MIB: u64 = 1024 * 1024;

/// The text of a regular file of at most `max` bytes.
pub(crate) fn read(path: &Path, max: u64) -> Result<String, Failure> {
    text(path, max).map_err(|error| unreadable(path, &error))
}

/// The text of a regular file of at most `max` bytes; `None` when it does not exist.
pub(crate) fn read_if_present(path: &Path, max: u64) -> Result<Option<String>, Failure> {
    match text(path, max) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// The wheels and sdists in a folder, by name; nothing else that is in it. A link to nothing is among them: whoever reads
/// it says so.
pub(crate) fn distributions(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: io::Error| {
        let message = format!(
            "folder {folder:?} could not be read ({error}): build the distributions, or name them"
        );
        Failure::new(Exit::Refused, message)
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the command reads the folder that its user or settings name"
    )]
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_distribution = [".whl", ".tar.gz", ".zip"]
            .iter()
            .any(|end| name.ends_with(end));
        if is_distribution && !name.starts_with('.') && !path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort();
    match paths.is_empty() {
        true => Err(Failure::new(
            Exit::Refused,
            format!("folder {folder:?} has no distributions: build them, or name them"),
        )),
        false => Ok(paths),
    }
}

/// The text of a TOML file, as [`read_if_present`] returns it. A file of so many words and signs that its parsed form would
/// need much memory is an error.
pub(crate) fn toml_if_present(path: &Path) -> Result<Option<String>, Failure> {
    let text = read_if_present(path, MAX_SETTINGS)?;
    if text.as_deref().is_some_and(has_too_many_tokens) {
        let message = format!("it has more than {MAX_TOKENS} words and signs");
        let error = io::Error::new(io::ErrorKind::FileTooLarge, message);
        return Err(unreadable(path, &error));
    }
    Ok(text)
}

/// The text of a TOML file that exists, as [`toml_if_present`].
pub(crate) fn toml(path: &Path) -> Result<String, Failure> {
    toml_if_present(path)?.ok_or_else(|| unreadable(path, &io::ErrorKind::NotFound.into()))
}

/// Whether a text has more words and signs than TOML that is parsed. For each of them the parsed form needs some hundred
/// bytes.
pub(crate) fn has_too_many_tokens(text: &str) -> bool {
    let mut is_word = false;
    let begins = text.bytes().filter(|byte| {
        let was_word = is_word;
        is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | 0x80..);
        match is_word {
            true => !was_word,
            false => !matches!(byte, b' ' | b'\t'),
        }
    });
    begins.take(MAX_TOKENS + 1).count() > MAX_TOKENS
}

/// The check of a `pyproject.toml` has a bound of its own, because its parser needs more for a key.
const MAX_TOKENS: usize = 200_000;

/// [`read_if_present`] of a file that a checkout may have made: a link is an error.
pub(crate) fn read_unlinked(path: &Path, max: u64) -> Result<Option<String>, Failure> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(unreadable(path, &is_link(path))),
        _ => read_if_present(path, max),
    }
}

fn is_link(path: &Path) -> io::Error {
    let message = format!("{path:?} is a symbolic link: name the file that it points to");
    io::Error::other(message)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let remedy = match error.kind() {
        io::ErrorKind::FileTooLarge => "check that it is the right file",
        io::ErrorKind::InvalidData => "save it as such",
        io::ErrorKind::InvalidInput => "name a file, or write what it gives to one",
        _ => "check its name and permissions",
    };
    let message = format!("file {path:?} could not be read ({error}): {remedy}");
    Failure::new(Exit::Refused, message)
}

fn text(path: &Path, max: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, max)?).map_err(|_| {
        let message = "it is not text in UTF-8";
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_documentation() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md");
        let documented = fs::read_to_string(path).unwrap();
        for (what, max) in [
            (
                "`pyproject.toml`, `pypi-release.toml`, `--config`",
                MAX_SETTINGS,
            ),
            ("`uv.lock`, files of `bump.files`", MAX_TEXT),
            ("changelog", MAX_CHANGELOG),
            ("notes, templates, workflows", MAX_WRITTEN),
        ] {
            let row = format!("| {what} | {} MiB |", max / MIB);
            assert!(documented.contains(&row), "{row}");
        }
    }

    #[test]
    fn words_and_signs_are_counted() {
        let text = |count: usize| "a-b =\t1\n".repeat(count / 4);
        assert!(!has_too_many_tokens(&text(MAX_TOKENS)));
        assert!(has_too_many_tokens(&text(MAX_TOKENS + 4)));
    }

    #[test]
    fn a_file_of_a_checkout_is_regular_and_short() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(read_unlinked(&path, 3).unwrap(), None);
        fs::write(&path, "abc").unwrap();
        assert_eq!(read_unlinked(&path, 3).unwrap().as_deref(), Some("abc"));
        assert!(read_unlinked(&path, 2).is_err());
        assert!(read_unlinked(folder.path(), 3).is_err());
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
            assert!(read_unlinked(&link, 3).is_err());
        }
    }

    #[test]
    fn only_a_regular_file_of_bounded_length_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let message = || read(&path, MIB).unwrap_err().message().to_owned();
        fs::write(&path, "ü").unwrap();
        assert_eq!(read(&path, 2).unwrap(), "ü");
        fs::write(&path, b"\xff").unwrap();
        assert!(message().contains("is not text in UTF-8"), "{}", message());
        let file = fs::File::create(&path).unwrap();
        file.set_len(MIB + 1).unwrap();
        assert!(
            message().contains("(it has more than 1 MiB)"),
            "{}",
            message()
        );
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(
            message().contains("(it is a folder, expected a regular file)"),
            "{}",
            message()
        );
        #[cfg(unix)]
        assert!(read(Path::new("/dev/null"), 1).is_err());
    }
}
