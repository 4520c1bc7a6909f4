//! No RECORD, WHEEL, entry_points.txt, METADATA or license in a wheel makes the inspection panic; each finding is one bounded line and there are not
//! many. An input is the name of a member on a line, and its text.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Inspection, testing};

const NAME: &str = "demo-1.0-py3-none-any.whl";
const MEMBERS: [(&str, &str); 5] = [
    ("demo.py", "VERSION = '1.0'\n"),
    (
        "demo-1.0.dist-info/METADATA",
        "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\n",
    ),
    (
        "demo-1.0.dist-info/WHEEL",
        "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ),
    (
        "demo-1.0.dist-info/RECORD",
        "demo.py,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/WHEEL,,\ndemo-1.0.dist-info/RECORD,,\n",
    ),
    (
        "demo-1.0.dist-info/entry_points.txt",
        "[console_scripts]\ndemo = demo:main\n",
    ),
];

fuzz_target!(|input: &str| {
    let (name, text) = input.split_once('\n').unwrap_or_default();
    let end = format!("/{name}");
    let members: Vec<(String, String)> = MEMBERS
        .into_iter()
        .map(|(path, usual)| {
            let text = if path.ends_with(&end) { text } else { usual };
            (path.to_owned(), text.to_owned())
        })
        .collect();
    let wheel = testing::zip(&members);
    let inspection = Inspection::read(NAME, Cursor::new(&wheel));
    let findings = inspection.findings();
    assert!(
        findings.len() <= 500 + 2 * text.lines().count(),
        "{}",
        findings.len()
    );
    for finding in findings {
        let message = finding.message();
        assert!(
            !message.contains('\n') && message.len() < 20_000,
            "{finding:?}"
        );
    }
    let again = Inspection::read(NAME, Cursor::new(&wheel));
    assert_eq!(again.findings(), findings);
    if name != "METADATA" {
        let distribution = inspection.distribution().expect("its METADATA is valid");
        assert_eq!(
            distribution
                .metadata()
                .name()
                .map(|name| name.to_string())
                .as_deref(),
            Some("demo")
        );
    }
});
