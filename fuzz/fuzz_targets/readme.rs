//! No description makes the checker panic, and what it finds is within the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, Metadata};

fuzz_target!(|text: &str| {
    let metadata = Metadata::from_fields([(Field::Description, text.to_owned())]);
    let lines = text.lines().count().max(1);
    for finding in metadata.check_description() {
        assert!(
            finding.position().is_some_and(|at| at.line <= lines),
            "{finding:?}"
        );
    }
});
