//! Files that somebody else names.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

/// Opens a regular file, directly or through links, for reading.
///
/// Opening a named pipe waits until somebody writes to it, a device may have no end, and a socket is not a file: none of
/// them is opened.
///
/// # Errors
///
/// That of the file system, or [`io::ErrorKind::InvalidInput`] when it is not a regular file.
///
/// # Examples
///
/// ```
/// use pypi_http::open_file;
///
/// assert!(open_file("Cargo.toml").is_ok());
/// let error = open_file("src").unwrap_err();
/// assert_eq!(error.to_string(), "it is a folder, expected a regular file");
/// ```
#[expect(
    clippy::disallowed_methods,
    reason = "the only place of the crates above this one that opens files"
)]
pub fn open_file(path: impl AsRef<Path>) -> io::Result<fs::File> {
    let path = path.as_ref();
    check(&fs::metadata(path)?)?;
    let file = fs::File::open(path)?;
    // It may have been replaced.
    check(&file.metadata()?)?;
    Ok(file)
}

/// The content of a regular file of at most `max` bytes.
///
/// # Errors
///
/// As [`open_file`], or [`io::ErrorKind::FileTooLarge`] when it has more bytes. Then none were read, unless the file grew.
///
/// # Examples
///
/// ```
/// use pypi_http::read_file;
///
/// let error = read_file("Cargo.toml", 3).unwrap_err();
/// assert_eq!(error.to_string(), "it has more than 3 bytes");
/// ```
pub fn read_file(path: impl AsRef<Path>, max: u64) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, TooLarge(max).to_string());
    let size = file.metadata()?.len();
    if size > max {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > max {
        true => Err(too_large()),
        false => Ok(bytes),
    }
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

/// A limit, for people.
struct TooLarge(u64);

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const KIB: u64 = 1024;
        const MIB: u64 = 1024 * KIB;
        let (number, unit) = match self.0 {
            max if max >= MIB && max % MIB == 0 => (max / MIB, "MiB"),
            max if max >= KIB && max % KIB == 0 => (max / KIB, "KiB"),
            max => (max, "bytes"),
        };
        write!(f, "it has more than {number} {unit}")
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own files")]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_at_most_the_bytes_that_are_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "abcd").unwrap();
        assert_eq!(read_file(&path, 4).unwrap(), b"abcd");
        let error = read_file(&path, 3).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
        for (max, message) in [
            (1000, "it has more than 1000 bytes"),
            (64 << 10, "it has more than 64 KiB"),
            (16 << 20, "it has more than 16 MiB"),
        ] {
            assert_eq!(read_file(&path, max).unwrap_err().to_string(), message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "abc").unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(path("pipe"))
            .status();
        assert!(made.unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        let link = |to: &Path, name| std::os::unix::fs::symlink(to, path(name)).unwrap();
        link(Path::new("/dev/zero"), "device");
        link(&path("pipe"), "link");
        link(&path("file"), "link to a file");
        for (name, what) in [
            ("pipe", "a named pipe"),
            ("link", "a named pipe"),
            ("socket", "a socket"),
            ("device", "a device"),
            ("folder", "a folder"),
        ] {
            let error = open_file(path(name)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name}");
            let message = format!("it is {what}, expected a regular file");
            assert_eq!(error.to_string(), message, "{name}");
        }
        assert_eq!(read_file(path("link to a file"), 3).unwrap(), b"abc");
    }
}
