//! The files of a caller.

use std::{fs, io, path::Path};

/// Opens a regular file. To open a named pipe would block, and a device may have no end.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place that opens the files that a caller names"
)]
pub(crate) fn open(path: &Path) -> io::Result<fs::File> {
    match fs::metadata(path)?.is_file() {
        true => fs::File::open(path),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the folder that a caller names"
)]
pub(crate) fn entries(folder: &Path) -> io::Result<fs::ReadDir> {
    fs::read_dir(folder)
}
