//! No bytes make the full pass over a wheel or an sdist panic, and findings are one line.
//!
//! Bytes that are no gzip are also tried as the tar inside one, which a mutation would never find.
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
