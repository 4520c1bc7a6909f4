//! Whether a file is still the one that was read before.

use std::{fs, io, time::SystemTime};

/// The identity of a file's content at one time: device, inode, size, modification and change times, as far as the
/// platform has them. If it is the same later, the content is.
///
/// # Examples
///
/// ```
/// use pypi_http::FileStamp;
///
/// let file = std::fs::File::open("Cargo.toml")?;
/// assert_eq!(FileStamp::of(&file)?, FileStamp::of(&file)?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileStamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Device, inode, and the change time in seconds and nanoseconds.
    unix: Option<[i128; 4]>,
}

impl FileStamp {
    /// The stamp of an open file.
    ///
    /// # Errors
    ///
    /// That of the file system, or [`io::ErrorKind::InvalidInput`] when it is not a regular file.
    pub fn of(file: &fs::File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is not a regular file",
            ));
        }
        Ok(Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            unix: unix(&metadata),
        })
    }

    /// The stamp of a file of `size` bytes that does not exist.
    #[cfg(feature = "testing")]
    pub(crate) fn of_size(size: u64) -> Self {
        Self {
            size,
            modified: None,
            unix: None,
        }
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

#[cfg(unix)]
fn unix(metadata: &fs::Metadata) -> Option<[i128; 4]> {
    use std::os::unix::fs::MetadataExt as _;
    Some([
        metadata.dev().into(),
        metadata.ino().into(),
        metadata.ctime().into(),
        metadata.ctime_nsec().into(),
    ])
}

#[cfg(not(unix))]
fn unix(_: &fs::Metadata) -> Option<[i128; 4]> {
    None
}
