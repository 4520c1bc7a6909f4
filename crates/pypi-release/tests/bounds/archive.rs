//! Archives with any members.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::Path,
};

use zip::{CompressionMethod, write::SimpleFileOptions};

pub(crate) const METADATA: &str = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";

const WHEEL: &str =
    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

/// Writes the wheel `demo` with these members, besides those that are required but not given, and returns the arguments that
/// check it.
pub(crate) fn check_wheel(folder: &Path, members: &[(&str, &[u8])]) -> Vec<String> {
    let name = "demo-1.0-py3-none-any.whl";
    let required = [
        ("demo-1.0.dist-info/METADATA", METADATA.as_bytes()),
        ("demo-1.0.dist-info/WHEEL", WHEEL.as_bytes()),
        ("demo-1.0.dist-info/RECORD", b""),
    ];
    let missing = required.iter().filter(|(path, _)| {
        let mut given = members.iter();
        !given.any(|(other, _)| other == path)
    });
    let all: Vec<_> = members.iter().chain(missing).copied().collect();
    write(&folder.join(name), &zip(&all));
    check(name)
}

/// Writes the sdist `demo` with this `PKG-INFO`, and returns the arguments that check it.
pub(crate) fn check_sdist(folder: &Path, pkg_info: &str) -> Vec<String> {
    let name = "demo-1.0.tar.gz";
    let members = [("demo-1.0/PKG-INFO".to_owned(), pkg_info.to_owned())];
    let bytes = pypi_metadata::testing::tar_gz(&members);
    write(&folder.join(name), &bytes);
    check(name)
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
