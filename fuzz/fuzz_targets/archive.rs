//! No bytes make the full pass over a wheel or sdist panic, and every finding is one line.
//!
//! The bytes are also tried as the tar archive inside a gzip stream, which a mutation would never find.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Inspection, testing};

fuzz_target!(|bytes: &[u8]| {
    inspect("demo-1.0-py3-none-any.whl", bytes);
    inspect("demo-1.0.tar.gz", bytes);
    inspect("demo-1.0.tar.gz", &testing::gzip(bytes));
});

fn inspect(filename: &str, bytes: &[u8]) {
    for finding in Inspection::read(filename, Cursor::new(bytes)).findings() {
        assert!(!finding.message().contains('\n'), "{finding:?}");
    }
}
