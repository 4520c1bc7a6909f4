//! A wheel whose METADATA both we and the crate `zip` can read has the same metadata for both; what we read of a wheel without findings, it reads
//! too.
#![no_main]

use std::io::{Cursor, Read as _};

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Distribution, Inspection, Metadata};

const NAME: &str = "demo-1.0-py3-none-any.whl";
const METADATA: &str = "demo-1.0.dist-info/METADATA";

fuzz_target!(|bytes: &[u8]| {
    let ours = Distribution::read(NAME, Cursor::new(bytes));
    let theirs = metadata(bytes);
    match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            let theirs = Metadata::parse(&theirs).expect("the same text is metadata");
            assert_eq!(*ours.metadata(), theirs);
        }
        (Ok(ours), None) => {
            let inspection = Inspection::read(NAME, Cursor::new(bytes));
            assert!(!inspection.findings().is_empty(), "{ours:?}");
        }
        _ => {}
    }
});

/// The text of METADATA, if there is one member of this name and its checksum is right.
fn metadata(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = Vec::new();
    let member = archive.by_name(METADATA).ok()?;
    member.take(1024 * 1024).read_to_end(&mut text).ok()?;
    Some(text)
}
