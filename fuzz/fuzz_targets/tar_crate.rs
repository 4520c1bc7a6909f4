//! An sdist whose PKG-INFO both we and the crate `tar` can read has the same metadata for both. An input is the tar archive inside of the gzip stream.
#![no_main]

use std::io::{Cursor, Read as _};

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Distribution, Metadata, testing};

const NAME: &str = "demo-1.0.tar.gz";
const PKG_INFO: &str = "demo-1.0/PKG-INFO";

fuzz_target!(|bytes: &[u8]| {
    let ours = Distribution::read(NAME, Cursor::new(testing::gzip(bytes)));
    let Ok(ours) = ours else {
        return;
    };
    let Some(theirs) = pkg_info(bytes) else {
        return;
    };
    let theirs = Metadata::parse(&theirs).expect("the same text is metadata");
    assert_eq!(*ours.metadata(), theirs);
});

/// The text of the first PKG-INFO; `None` for an archive with a second one, of which installers unpack the last.
fn pkg_info(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = tar::Archive::new(bytes);
    let mut found = None;
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        let path = entry.path_bytes().into_owned();
        if path == PKG_INFO.as_bytes() && entry.header().entry_type().is_file() {
            let mut text = Vec::new();
            entry
                .by_ref()
                .take(1024 * 1024)
                .read_to_end(&mut text)
                .ok()?;
            if found.replace(text).is_some() {
                return None;
            }
        } else if path.ends_with(b"PKG-INFO") {
            return None;
        }
    }
    found
}
