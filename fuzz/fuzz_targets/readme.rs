//! No description makes the checker or the renderer panic, and the HTML contains no script.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, Metadata, readme::render};

fuzz_target!(|text: &str| {
    let metadata = Metadata::from_fields([(Field::Description, text.to_owned())]);
    let lines = text.lines().count().max(1);
    for finding in metadata.check_description() {
        assert!(
            finding.position().is_some_and(|at| at.line <= lines),
            "{finding:?}"
        );
    }
    for kind in [
        "text/markdown",
        "text/markdown; variant=CommonMark",
        "text/plain",
        "text/x-rst",
    ] {
        let html = render(text, Some(kind));
        assert!(
            !html.html().to_ascii_lowercase().contains("<script"),
            "{kind}"
        );
    }
});
