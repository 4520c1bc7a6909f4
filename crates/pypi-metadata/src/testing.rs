//! Small distributions for tests, built in memory. The same arguments give the same bytes.

use std::io::{Cursor, Write as _};

use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;

use crate::ProjectName;

/// A distribution in memory.
///
/// # Examples
///
/// ```
/// let wheel = pypi_metadata::testing::wheel("demo", "1.0");
/// assert_eq!(wheel.filename, "demo-1.0-py3-none-any.whl");
/// assert!(wheel.bytes.starts_with(b"PK"));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct TestDistribution {
    /// Its file name.
    pub filename: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A wheel with one module, which indexes and installers accept.
///
/// # Panics
///
/// If `name` is not a valid project name.
pub fn wheel(name: &str, version: &str) -> TestDistribution {
    wheel_with(name, version, &metadata(name, version))
}

/// A wheel with this text as its `METADATA`.
///
/// # Panics
///
/// If `name` is not a valid project name.
pub fn wheel_with(name: &str, version: &str, metadata: &str) -> TestDistribution {
    let part = part(name);
    let dist_info = format!("{part}-{version}.dist-info");
    let wheel =
        "Wheel-Version: 1.0\nGenerator: pypi-metadata\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let record =
        format!("{part}.py,,\n{dist_info}/METADATA,,\n{dist_info}/WHEEL,,\n{dist_info}/RECORD,,\n");
    let members = [
        (format!("{part}.py"), format!("VERSION = {version:?}\n")),
        (format!("{dist_info}/METADATA"), metadata.to_owned()),
        (format!("{dist_info}/WHEEL"), wheel.to_owned()),
        (format!("{dist_info}/RECORD"), record),
    ];
    TestDistribution {
        filename: format!("{part}-{version}-py3-none-any.whl"),
        bytes: zip(&members),
    }
}

/// An sdist with its `PKG-INFO` and one module.
///
/// # Panics
///
/// If `name` is not a valid project name.
pub fn sdist(name: &str, version: &str) -> TestDistribution {
    let part = part(name);
    let top = format!("{part}-{version}");
    let members = [
        (
            format!("{top}/pyproject.toml"),
            "[build-system]\nrequires = []\n".to_owned(),
        ),
        (format!("{top}/PKG-INFO"), metadata(name, version)),
        (
            format!("{top}/{part}.py"),
            format!("VERSION = {version:?}\n"),
        ),
    ];
    TestDistribution {
        filename: format!("{top}.tar.gz"),
        bytes: tar_gz(&members),
    }
}

/// Minimal metadata that indexes accept.
pub fn metadata(name: &str, version: &str) -> String {
    format!("Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: A test\n\nA test.\n")
}

/// A zip archive with these members, without data descriptors, which PyPI rejects.
pub fn zip(members: &[(String, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in members {
        archive
            .start_file(path, SimpleFileOptions::default())
            .expect(IN_MEMORY);
        archive.write_all(text.as_bytes()).expect(IN_MEMORY);
    }
    archive.finish().expect(IN_MEMORY).into_inner()
}

/// A gzipped tar archive with these members.
///
/// # Panics
///
/// If a path is too long for tar.
pub fn tar_gz(members: &[(String, String)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, path, text.as_bytes())
            .expect(IN_MEMORY);
    }
    gzip(&archive.into_inner().expect(IN_MEMORY))
}

/// Bytes compressed with gzip, without name and time.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::default());
    gzip.write_all(bytes).expect(IN_MEMORY);
    gzip.finish().expect(IN_MEMORY)
}

const IN_MEMORY: &str = "writing to memory does not fail";

fn part(name: &str) -> String {
    ProjectName::parse(name)
        .expect("a valid project name")
        .filename_part()
}
