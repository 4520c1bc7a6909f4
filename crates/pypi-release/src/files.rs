//! The files that the command reads and writes for its user.

use std::{fs, io, path::Path};

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
