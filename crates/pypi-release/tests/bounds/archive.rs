//! Archives with any members.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use zip::{CompressionMethod, write::SimpleFileOptions};

pub(crate) const METADATA: &str = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";

const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

const REQUIRED: [(&str, &str); 3] = [
    ("demo-1.0.dist-info/METADATA", METADATA),
    ("demo-1.0.dist-info/WHEEL", WHEEL),
    ("demo-1.0.dist-info/RECORD", ""),
];

const WHEEL_NAME: &str = "demo-1.0-py3-none-any.whl";

const SDIST_NAME: &str = "demo-1.0.tar.gz";

/// Writes the wheel `demo` with these empty members besides those that are required, and returns the arguments that check it.
/// Names may repeat.
pub(crate) fn check_stored(folder: &Path, names: impl Iterator<Item = String>) -> Vec<String> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let required = REQUIRED.map(|(name, text)| (name.to_owned(), text));
    let members = required.into_iter().chain(names.map(|name| (name, "")));
    let mut count = 0_u64;
    for (name, text) in members {
        let crc = crc(text.as_bytes());
        let size = u32::try_from(text.len()).expect("a small member");
        // Version 2.0, names in UTF-8, not compressed, 1980-01-01.
        let mut common = b"\x14\0\0\x08\0\0\0\0\x21\0".to_vec();
        for number in [crc, size, size] {
            common.extend(number.to_le_bytes());
        }
        let length = u16::try_from(name.len()).expect("a name");
        common.extend(length.to_le_bytes());
        common.extend([0, 0]);
        let offset = u32::try_from(bytes.len()).expect("a small archive");
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.as_bytes());
        bytes.extend(text.as_bytes());
        count += 1;
    }
    let (at, size) = (bytes.len() as u64, directory.len() as u64);
    bytes.extend(directory);
    let end = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend(b"\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
    for number in [count, count, size, at] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(end.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    write(&folder.join(WHEEL_NAME), &bytes);
    check(WHEEL_NAME)
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Writes the sdist `demo` with the members that `fill` adds, and returns the arguments that check it.
pub(crate) fn check_tar(
    folder: &Path,
    fill: impl FnOnce(&mut tar::Builder<GzEncoder<Vec<u8>>>),
) -> Vec<String> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    fill(&mut archive);
    let gzip = archive.into_inner().expect(IN_MEMORY);
    write(&folder.join(SDIST_NAME), &gzip.finish().expect(IN_MEMORY));
    check(SDIST_NAME)
}

/// Writes the wheel `demo` with these members, besides those that are required but not given, and returns the arguments that
/// check it.
pub(crate) fn check_wheel(folder: &Path, members: &[(&str, &[u8])]) -> Vec<String> {
    let required = REQUIRED.map(|(path, text)| (path, text.as_bytes()));
    let missing = required.iter().filter(|(path, _)| {
        let mut given = members.iter();
        !given.any(|(other, _)| other == path)
    });
    let all: Vec<_> = members.iter().chain(missing).copied().collect();
    write(&folder.join(WHEEL_NAME), &zip(&all));
    check(WHEEL_NAME)
}

/// Writes the sdist `demo` with this `PKG-INFO`, and returns the arguments that check it.
pub(crate) fn check_sdist(folder: &Path, pkg_info: &str) -> Vec<String> {
    let members = [("demo-1.0/PKG-INFO".to_owned(), pkg_info.to_owned())];
    let bytes = pypi_metadata::testing::tar_gz(&members);
    write(&folder.join(SDIST_NAME), &bytes);
    check(SDIST_NAME)
}

/// The arguments that check a file.
pub(crate) fn check(name: &str) -> Vec<String> {
    vec!["check".to_owned(), name.to_owned()]
}

/// A deflated zip archive.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in members {
        archive.start_file(*path, options).expect(IN_MEMORY);
        archive.write_all(bytes).expect(IN_MEMORY);
    }
    archive.finish().expect(IN_MEMORY).into_inner()
}

#[expect(clippy::disallowed_methods, reason = "the test writes its files")]
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("a file");
}

const IN_MEMORY: &str = "writing to memory does not fail";
