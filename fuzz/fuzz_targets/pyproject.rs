//! No text makes the checks of a pyproject.toml panic, and every finding has a position in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::check_pyproject;

fuzz_target!(|text: &str| {
    let lines = text.matches('\n').count() + 1;
    for finding in check_pyproject(text) {
        assert!(
            finding.position().is_some_and(|at| at.line <= lines),
            "{finding:?}"
        );
        assert!(!finding.message().contains('\n'), "{finding:?}");
    }
});
