//! The files that a caller names.

use std::{fs, io, path::Path};

/// Opens a regular file, directly or through links. Opening a named pipe would wait, and a device may have no end.
#[expect(
    clippy::disallowed_methods,
    reason = "the only place of this crate that opens files"
)]
pub(crate) fn open(path: &Path) -> io::Result<fs::File> {
    check(&fs::metadata(path)?)?;
    let file = fs::File::open(path)?;
    // It may have been replaced.
    check(&file.metadata()?)?;
    Ok(file)
}

fn check(found: &fs::Metadata) -> io::Result<()> {
    if found.is_file() {
        return Ok(());
    }
    let message = format!("it is {}, expected a regular file", kind(found.file_type()));
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

fn kind(found: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if found.is_fifo() {
            return "a named pipe";
        }
        if found.is_socket() {
            return "a socket";
        }
        if found.is_char_device() || found.is_block_device() {
            return "a device";
        }
    }
    match found.is_dir() {
        true => "a folder",
        false => "a special file",
    }
}
