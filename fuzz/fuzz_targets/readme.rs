//! No description makes the checker or the renderer panic, and the HTML contains no script.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, Metadata, readme::render};

fuzz_target!(|text: &str| {
    let metadata = Metadata::from_fields([(Field::Description, text.to_owned())]);
    // Lines are Python's, and docutils reports what is missing at the end up to two lines after the last.
    let ends = "\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}";
    let last = text.chars().filter(|c| ends.contains(*c)).count() + 3;
    for finding in metadata.check_description() {
        assert!(
            finding.position().is_some_and(|at| at.line <= last),
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
