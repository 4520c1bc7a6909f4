//! A wheel or sdist: its file name and core metadata.

use std::{
    io::{Read, Seek},
    path::Path,
};

use crate::{
    Error, ErrorKind, Field, Filename, Kind, Metadata,
    archive::{self, core_metadata},
    disk,
};

/// A wheel or sdist: its file name, its size and its core metadata.
///
/// Opening it reads the central directory and `METADATA` of a wheel, or an sdist up to its `PKG-INFO`. Nothing is unpacked
/// to disk. Time and memory do not grow with the size of a wheel.
///
/// # Examples
///
#[cfg_attr(feature = "testing", doc = "```")]
#[cfg_attr(not(feature = "testing"), doc = "```ignore")]
/// use pypi_metadata::{Distribution, Kind, testing};
/// # use std::io::Cursor;
///
/// let wheel = testing::wheel("demo", "1.0");
/// let distribution = Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes))?;
/// assert_eq!(distribution.filename().kind(), Kind::Wheel);
/// assert_eq!(distribution.metadata().version(), Some("1.0".parse()?));
/// assert!(distribution.check().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Distribution {
    filename: Filename,
    size: u64,
    metadata: Metadata,
}

impl Distribution {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read as a distribution; [`ErrorKind`] says why.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let filename = path.file_name().unwrap_or(path.as_os_str());
        let filename = filename.to_string_lossy();
        let file = disk::open(path).map_err(|source| Error::read(source).of_file(&filename))?;
        Self::read(&filename, file)
    }

    /// Reads a distribution from any seekable reader.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn read(filename: &str, reader: impl Read + Seek) -> Result<Self, Error> {
        Self::read_unnamed(filename, reader).map_err(|error| error.of_file(filename))
    }

    fn read_unnamed(filename: &str, mut reader: impl Read + Seek) -> Result<Self, Error> {
        let filename = Filename::parse(filename)?;
        let size = archive::size(&mut reader).map_err(Error::read)?;
        if size == 0 {
            return Err(Error::new(ErrorKind::Empty, "the file is empty")
                .with_help("build the distribution again"));
        }
        let text = match filename.kind() {
            Kind::Sdist => core_metadata::of_sdist(reader),
            Kind::Wheel => core_metadata::of_wheel(reader, &filename.dist_info()),
        };
        Ok(Self {
            metadata: Metadata::parse(&text?)?,
            filename,
            size,
        })
    }

    /// The file name.
    pub fn filename(&self) -> &Filename {
        &self.filename
    }

    /// The size of the file, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The core metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Its first classifier that begins with `Private ::`, which keeps it from being published by mistake: PyPI rejects it.
    pub fn private_classifier(&self) -> Option<&str> {
        let mut classifiers = self.metadata().all(Field::Classifier);
        classifiers.find(|classifier| classifier.trim_start().starts_with("Private ::"))
    }
}
