//! The files that the command writes.

use std::{
    fs, io,
    io::Write as _,
    path::{Component, Path, PathBuf},
};

use super::{bytes, is_link};
use crate::failure::{Exit, Failure};

/// Writes a file that the user named, unless it has this content already. Returns whether it was written.
///
/// The text goes to a temporary file in the same folder, which then replaces the file: a reader sees either the old
/// content or the new one, and an unchanged file keeps its time. Permissions are kept. A link in the path, below the
/// last part that the user cannot mean otherwise (`/` or `..`), is an error.
pub(crate) fn write(path: &Path, text: &str) -> Result<bool, Failure> {
    let (base, below) = split(path);
    write_below(&base, &below, text)
}

/// Writes a file whose path below `base` comes from a checkout, as [`write()`] does.
pub(crate) fn write_below(base: &Path, below: &Path, text: &str) -> Result<bool, Failure> {
    let path = base.join(below);
    check_path(base, below)
        .and_then(|()| replace(&path, text.as_bytes()))
        .map_err(|error| unwritable(&path, &error))
}

/// Fails where [`write()`] would because of a link, or of something that is not a file.
pub(crate) fn check_writable(path: &Path) -> Result<(), Failure> {
    let (base, below) = split(path);
    check_path(&base, &below).map_err(|error| unwritable(path, &error))
}

/// Makes a folder that the user named, and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        let message = format!("folder {path:?} could not be made ({error}): check its name");
        Failure::new(Exit::Refused, message)
    })
}

/// Appends to a file that other programs write to as well.
#[expect(clippy::disallowed_methods, reason = "the command writes files")]
pub(crate) fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let base = path.parent().unwrap_or(path);
    let check = check_path(base, path.file_name().unwrap_or_default().as_ref());
    check
        .and_then(|()| fs::File::options().append(true).create(true).open(path))
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| unwritable(path, &error))
}

/// The part of a path that is taken as it is, and the part below it in which a link is an error.
fn split(path: &Path) -> (PathBuf, PathBuf) {
    if path.is_absolute() {
        let name = path.file_name().unwrap_or_default();
        return (path.parent().unwrap_or(path).to_owned(), name.into());
    }
    let components: Vec<Component<'_>> = path.components().collect();
    let up = components
        .iter()
        .rposition(|component| *component == Component::ParentDir)
        .map_or(0, |up| up + 1);
    let (base, below) = components.split_at(up);
    (base.iter().collect(), below.iter().collect())
}

/// Fails unless every folder of `below` is one, and the last part a regular file or absent.
fn check_path(base: &Path, below: &Path) -> io::Result<()> {
    let mut path = base.to_owned();
    let mut parts = below.components().peekable();
    if parts.peek().is_none() {
        return Err(io::Error::other("it has no file name"));
    }
    while let Some(part) = parts.next() {
        if !matches!(part, Component::Normal(_) | Component::CurDir) {
            return Err(io::Error::other("it is outside of its folder"));
        }
        path.push(part);
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound && parts.peek().is_none() => {
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if found.is_symlink() {
            return Err(is_link(&path));
        }
        if parts.peek().is_none() && !found.is_file() {
            return Err(io::Error::other(format!("{path:?} is not a regular file")));
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the permissions of a file that the command replaces"
)]
fn replace(path: &Path, text: &[u8]) -> io::Result<bool> {
    if bytes(path, text.len() as u64).is_ok_and(|found| found == text) {
        return Ok(false);
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".tmp");
    let existing = fs::metadata(path).ok().map(|found| found.permissions());
    let permissions = existing.clone().or_else(usual_permissions);
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(text)?;
    if let Some(permissions) = existing {
        // The process may create files with fewer permissions than this one has.
        fs::set_permissions(temporary.path(), permissions)?;
    }
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(true)
}

/// Those of a new file, before the process's own mask.
#[cfg(unix)]
fn usual_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<fs::Permissions> {
    None
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let message =
        format!("file {path:?} could not be written ({error}): check its folder and permissions");
    Failure::new(Exit::Refused, message)
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
        assert!(write(&folder.path().join("no/_version.py"), "one").is_err());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn a_path_from_a_checkout_stays_below_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        for below in ["../file", "/etc/file", "", "."] {
            assert!(
                write_below(&inner, Path::new(below), "one").is_err(),
                "{below}"
            );
        }
        assert!(write_below(&inner, Path::new("./file"), "one").unwrap());
        assert_eq!(names(folder.path()), ["inner"]);
    }

    #[test]
    fn what_the_user_typed_is_split_where_links_begin_to_matter() {
        for (path, base, below) in [
            ("a/b", "", "a/b"),
            ("./a", "", "./a"),
            ("../a/b", "..", "a/b"),
            ("a/../../b", "a/../..", "b"),
            ("/a/b", "/a", "b"),
        ] {
            let (found, rest) = split(Path::new(path));
            assert_eq!(
                (found.as_path(), rest.as_path()),
                (Path::new(base), Path::new(below)),
                "{path}"
            );
        }
    }
}
