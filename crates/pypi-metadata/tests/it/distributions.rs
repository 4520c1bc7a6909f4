//! Reading wheels and sdists, valid and hostile.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use pypi_metadata::{
    Distribution, ErrorKind, Field, FilenameErrorKind, MAX_METADATA, MetadataErrorKind, testing,
};

fn read(filename: &str, bytes: Vec<u8>) -> Result<Distribution, ErrorKind> {
    Distribution::read(filename, Cursor::new(bytes)).map_err(|error| {
        let text = error.to_string();
        assert!(
            text.starts_with(filename) && !text.contains('\n'),
            "one line that names the file: {text:?}"
        );
        error.kind()
    })
}

#[test]
fn a_wheel_and_an_sdist_are_read() {
    for made in [
        testing::wheel("my.demo", "1.0rc1"),
        testing::sdist("my.demo", "1.0rc1"),
    ] {
        let size = made.bytes.len() as u64;
        let distribution = read(&made.filename, made.bytes).expect(&made.filename);
        assert_eq!(distribution.metadata().get(Field::Name), Some("my.demo"));
        assert_eq!(distribution.filename().version().to_string(), "1.0rc1");
        assert_eq!(distribution.size(), size);
        assert_eq!(distribution.check(), [], "{}", made.filename);
    }
}

#[test]
fn a_file_on_disk_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let wheel = testing::wheel("demo", "1.0");
    let path = folder.path().join(&wheel.filename);
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    std::fs::write(&path, wheel.bytes).expect("written");
    assert_eq!(
        Distribution::open(&path)
            .expect("a wheel")
            .filename()
            .as_str(),
        wheel.filename
    );
    let error =
        Distribution::open(folder.path().join("other-1.0.tar.gz")).expect_err("no such file");
    assert_eq!(error.kind(), ErrorKind::Read);
    assert_eq!(
        error.to_string(),
        "other-1.0.tar.gz: the file cannot be read"
    );
    let cause = std::error::Error::source(&error).expect("a cause");
    let cause: Option<&io::Error> = cause.downcast_ref();
    assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::NotFound));
}

#[test]
fn each_error_has_its_kind() {
    let wheel = testing::wheel("demo", "1.0");
    let sdist = testing::sdist("demo", "1.0");
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let other = testing::wheel("other", "1.0").bytes;
    let nested = vec![(
        "demo-1.0/vendor/PKG-INFO".to_owned(),
        testing::metadata("evil", "1.0"),
    )];
    let broken = testing::wheel_with("demo", "1.0", "Metadata-Version: 2.4\nName: demo\n\n");
    for (filename, bytes, kind) in [
        (
            "README.md",
            b"# hello".to_vec(),
            ErrorKind::Filename(FilenameErrorKind::Extension),
        ),
        (
            "demo-1.0.zip",
            wheel.bytes.clone(),
            ErrorKind::Filename(FilenameErrorKind::Extension),
        ),
        (wheel.filename.as_str(), Vec::new(), ErrorKind::Empty),
        (
            wheel.filename.as_str(),
            half(&wheel.bytes),
            ErrorKind::Archive,
        ),
        (
            wheel.filename.as_str(),
            b"not a zip".to_vec(),
            ErrorKind::Archive,
        ),
        (wheel.filename.as_str(), other, ErrorKind::NoMetadata),
        (
            broken.filename.as_str(),
            broken.bytes,
            ErrorKind::Metadata(MetadataErrorKind::Headers),
        ),
        (
            sdist.filename.as_str(),
            half(&sdist.bytes),
            ErrorKind::Archive,
        ),
        (
            sdist.filename.as_str(),
            b"not a tar".to_vec(),
            ErrorKind::Archive,
        ),
        (
            sdist.filename.as_str(),
            testing::tar_gz(&nested),
            ErrorKind::NoMetadata,
        ),
        (
            sdist.filename.as_str(),
            testing::tar_gz(&[("./PKG-INFO".to_owned(), testing::metadata("demo", "1.0"))]),
            ErrorKind::NoMetadata,
        ),
    ] {
        assert_eq!(
            read(filename, bytes).expect_err(filename),
            kind,
            "{filename}"
        );
    }
}

#[test]
fn the_size_of_metadata_is_limited() {
    let long = format!(
        "{}{}",
        testing::metadata("demo", "1.0"),
        "x".repeat(MAX_METADATA as usize)
    );
    let wheel = testing::wheel_with("demo", "1.0", &long);
    assert!(wheel.bytes.len() < 100_000, "it compresses well");
    assert_eq!(
        read(&wheel.filename, wheel.bytes).expect_err("too long"),
        ErrorKind::TooLarge
    );
}

#[test]
fn metadata_that_is_not_utf_8_is_an_error() {
    let bytes = testing::tar_gz(&[(
        "demo-1.0/PKG-INFO".to_owned(),
        testing::metadata("demo", "1.0"),
    )]);
    assert!(read("demo-1.0.tar.gz", bytes).is_ok());
    let latin = pypi_metadata::Metadata::parse(
        b"Metadata-Version: 2.1\nName: x\nVersion: 1\nAuthor: Andr\xe9\n\n",
    );
    assert_eq!(
        latin.expect_err("latin-1").kind(),
        MetadataErrorKind::NotUtf8
    );
}

/// Counts the bytes that are read from a file.
struct Counting {
    inner: Cursor<Vec<u8>>,
    read: usize,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

impl Seek for Counting {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn the_bytes_read_do_not_grow_with_the_wheel() {
    let read = |size: usize| {
        // Noise, so that the member is as large in the archive.
        let mut state = 1_u32;
        let noise: String = (0..size)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b' ' + (state >> 24) as u8 % 94)
            })
            .collect();
        let members = [
            ("demo.py".to_owned(), noise),
            (
                "demo-1.0.dist-info/METADATA".to_owned(),
                testing::metadata("demo", "1.0"),
            ),
        ];
        let mut reader = Counting {
            inner: Cursor::new(testing::zip(&members)),
            read: 0,
        };
        Distribution::read("demo-1.0-py3-none-any.whl", &mut reader).expect("a wheel");
        reader.read
    };
    assert_eq!(
        read(400_000),
        read(2_000_000),
        "a wheel's size must not matter"
    );
}
