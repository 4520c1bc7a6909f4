//! Reading wheels and sdists, sound and hostile.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use pypi_metadata::{
    Distribution, Field, FilenameErrorKind, MAX_METADATA, OpenErrorKind, ParseErrorKind, testing,
};

fn read(filename: &str, bytes: Vec<u8>) -> Result<Distribution, OpenErrorKind> {
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
    assert_eq!(error.kind(), OpenErrorKind::Read);
    assert_eq!(
        error.to_string(),
        "other-1.0.tar.gz: cannot be read: entity not found"
    );
}

#[test]
fn what_is_no_distribution_has_a_kind() {
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
            OpenErrorKind::Filename(FilenameErrorKind::Extension),
        ),
        (
            "demo-1.0.zip",
            wheel.bytes.clone(),
            OpenErrorKind::Filename(FilenameErrorKind::Extension),
        ),
        (wheel.filename.as_str(), Vec::new(), OpenErrorKind::Empty),
        (
            wheel.filename.as_str(),
            half(&wheel.bytes),
            OpenErrorKind::Archive,
        ),
        (
            wheel.filename.as_str(),
            b"not a zip".to_vec(),
            OpenErrorKind::Archive,
        ),
        (wheel.filename.as_str(), other, OpenErrorKind::NoMetadata),
        (
            broken.filename.as_str(),
            broken.bytes,
            OpenErrorKind::Metadata(ParseErrorKind::Headers),
        ),
        (
            sdist.filename.as_str(),
            half(&sdist.bytes),
            OpenErrorKind::Archive,
        ),
        (
            sdist.filename.as_str(),
            b"not a tar".to_vec(),
            OpenErrorKind::Archive,
        ),
        (
            sdist.filename.as_str(),
            testing::tar_gz(&nested),
            OpenErrorKind::NoMetadata,
        ),
        (
            sdist.filename.as_str(),
            testing::tar_gz(&[("./PKG-INFO".to_owned(), testing::metadata("demo", "1.0"))]),
            OpenErrorKind::NoMetadata,
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
fn metadata_of_any_size_is_bounded() {
    let long = format!(
        "{}{}",
        testing::metadata("demo", "1.0"),
        "x".repeat(MAX_METADATA as usize)
    );
    let wheel = testing::wheel_with("demo", "1.0", &long);
    assert!(wheel.bytes.len() < 100_000, "it packs well");
    assert_eq!(
        read(&wheel.filename, wheel.bytes).expect_err("too long"),
        OpenErrorKind::TooLarge
    );
}

#[test]
fn metadata_that_is_not_utf_8_is_refused() {
    let bytes = testing::tar_gz(&[(
        "demo-1.0/PKG-INFO".to_owned(),
        testing::metadata("demo", "1.0"),
    )]);
    assert!(read("demo-1.0.tar.gz", bytes).is_ok());
    let latin = pypi_metadata::Metadata::parse(
        b"Metadata-Version: 2.1\nName: x\nVersion: 1\nAuthor: Andr\xe9\n\n",
    );
    assert_eq!(latin.expect_err("latin-1").kind(), ParseErrorKind::NotUtf8);
}

/// Counts the bytes that are read of a file that is mostly one large member.
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
fn what_is_read_of_a_wheel_does_not_grow_with_it() {
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
