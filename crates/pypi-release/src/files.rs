//! The files that the command reads and writes for its user.

use std::{ffi::OsString, fs, io, path::Path};

use crate::failure::{Exit, Failure};

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    read_to_string(path).map_err(|error| unreadable(path, &error))
}

/// The text of a file; `None` when it does not exist.
pub(crate) fn read_if_present(path: &Path) -> Result<Option<String>, Failure> {
    match read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Writes a file unless it has this content already. Returns whether it was written.
///
/// The text goes to a temporary file in the same folder, which then replaces the file: a reader sees
/// either the old content or the new one, and an unchanged file keeps its time. Permissions are kept,
/// and a symbolic link still points to the file.
///
/// # Errors
///
/// Returns the error of the file system.
#[expect(clippy::disallowed_methods, reason = "the command writes files")]
pub(crate) fn write(path: &Path, text: &str) -> io::Result<bool> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(false);
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written = fs::write(&temporary, text)
        .and_then(|()| match fs::metadata(path) {
            Ok(found) => fs::set_permissions(&temporary, found.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| true)
}

pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let message =
        format!("file {path:?} could not be written ({error}): check its folder and permissions");
    Failure::new(Exit::Refused, message)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let message =
        format!("file {path:?} could not be read ({error}): check its name and permissions");
    Failure::new(Exit::Refused, message)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command reads the files that it is given"
)]
fn read_to_string(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_file_is_written_once_and_completely() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("_version.py");
        let modified = || fs::metadata(&path).unwrap().modified().unwrap();
        assert!(write(&path, "one").unwrap());
        let first = modified();
        assert!(!write(&path, "one").unwrap());
        assert_eq!(first, modified());
        assert!(write(&path, "two").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(names(folder.path()), ["_version.py"]);
    }

    #[test]
    fn a_missing_folder_is_an_error_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("no/_version.py"), "one").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        assert!(write(&link, "two").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
