//! A distribution that PyPI accepts has no error, whatever else is odd about it.

use std::io::Cursor;

use pypi_metadata::{Distribution, Finding, Inspection, Severity, UploadForm, rules, testing};

const WHEEL: &str = "demo-1.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.tar.gz";

fn text(version: &str, more: &str) -> String {
    format!("Metadata-Version: {version}\nName: demo\nVersion: 1.0\n{more}\n\nA test.\n")
}

/// A wheel with `more` in its folder of metadata.
fn wheel(metadata: &str, more: &[&str]) -> Vec<u8> {
    let names = ["METADATA", "WHEEL", "RECORD"].into_iter();
    let names: Vec<&str> = names.chain(more.iter().copied()).collect();
    let record: String = names
        .iter()
        .map(|name| format!("demo-1.0.dist-info/{name},,\n"))
        .collect();
    let members = names.into_iter().map(|name| {
        let content = match name {
            "METADATA" => metadata,
            "RECORD" => &record,
            _ => "x: y\n",
        };
        (format!("demo-1.0.dist-info/{name}"), content.to_owned())
    });
    testing::zip(&members.collect::<Vec<_>>())
}

fn sdist(metadata: &str, more: &[&str]) -> Vec<u8> {
    let members = more
        .iter()
        .map(|name| (format!("demo-1.0/{name}"), String::new()));
    let others = [("PKG-INFO", metadata), ("pyproject.toml", "")];
    let others = others.map(|(name, text)| (format!("demo-1.0/{name}"), text.to_owned()));
    testing::tar_gz(&others.into_iter().chain(members).collect::<Vec<_>>())
}

fn findings(filename: &str, bytes: &[u8], severity: Severity) -> Vec<Finding> {
    let inspection = Inspection::read(filename, Cursor::new(bytes));
    let findings = inspection.findings().iter();
    findings
        .filter(|finding| finding.severity() == severity)
        .cloned()
        .collect()
}

fn errors(filename: &str, bytes: &[u8]) -> Vec<&'static str> {
    let errors = findings(filename, bytes, Severity::Error);
    errors.iter().map(|finding| finding.rule().id()).collect()
}

/// `License-File` came with Metadata 2.4. An upload of older metadata leaves it out, and PyPI then does not look for the
/// files, which setuptools wrote next to `METADATA` or not at all.
#[test]
fn license_files_of_older_metadata_may_be_anywhere() {
    for version in ["1.2", "2.1", "2.2", "2.3"] {
        let metadata = text(version, "License-File: LICENSE\nLicense-File: docs/COPYING");
        for more in [&["LICENSE"][..], &["licenses/LICENSE"], &[]] {
            assert_eq!(
                errors(WHEEL, &wheel(&metadata, more)),
                [""; 0],
                "{version}, {more:?}"
            );
        }
        assert_eq!(errors(SDIST, &sdist(&metadata, &[])), [""; 0], "{version}");
    }
}

#[test]
fn license_files_of_newer_metadata_must_be_where_pypi_looks() {
    for version in ["2.4", "2.5", "2.6", "2.7"] {
        let metadata = text(version, "License-File: LICENSE");
        let missing = ["license-file-missing"];
        assert_eq!(
            errors(WHEEL, &wheel(&metadata, &["LICENSE"])),
            missing,
            "{version}"
        );
        assert_eq!(
            errors(WHEEL, &wheel(&metadata, &["licenses/LICENSE"])),
            [""; 0],
            "{version}"
        );
        assert_eq!(errors(SDIST, &sdist(&metadata, &[])), missing, "{version}");
        assert_eq!(
            errors(SDIST, &sdist(&metadata, &["LICENSE"])),
            [""; 0],
            "{version}"
        );
    }
}

/// PyPI may know the version by now, and other indexes may accept it: only they can tell.
#[test]
fn metadata_newer_than_pypi_is_a_warning_with_its_sentence() {
    for version in ["2.6", "2.7", "2.10", "3.0"] {
        let sentence = format!(
            "'{version}' is not a valid metadata version. \
             See https://packaging.python.org/specifications/core-metadata for more information."
        );
        let metadata = text(version, "Frobnicate: x\nDynamic: License-File");
        for (filename, bytes) in [
            (WHEEL, wheel(&metadata, &[])),
            (SDIST, sdist(&metadata, &[])),
        ] {
            assert_eq!(errors(filename, &bytes), [""; 0], "{version}");
            let distribution = Distribution::read(filename, Cursor::new(&bytes)).expect(filename);
            let found = distribution
                .check()
                .into_iter()
                .find(|finding| finding.rule() == &rules::METADATA_VERSION);
            let found = found.expect("a finding");
            assert_eq!(
                (found.severity(), found.index_text()),
                (Severity::Warning, Some(sentence.as_str()))
            );
        }
        let form = UploadForm::new([
            ("metadata_version", version),
            ("name", "demo"),
            ("version", "1.0"),
        ]);
        let findings = form.check_metadata();
        assert_eq!(
            findings[0].severity(),
            Severity::Error,
            "PyPI of 2026-08-21 rejects the form"
        );
        assert_eq!(findings[0].index_text(), Some(sentence.as_str()));
    }
    for version in ["2.0", "1.3", "2.6.1", "2.6a", "-2.6", "2", "two", ""] {
        let bytes = wheel(&text(version, ""), &[]);
        assert!(!errors(WHEEL, &bytes).is_empty(), "{version:?}");
    }
}

#[test]
fn a_field_of_unknown_metadata_may_be_dynamic() {
    let metadata = |version| text(version, "Dynamic: Frobnicate");
    assert_eq!(errors(WHEEL, &wheel(&metadata("2.6"), &[])), ["dynamic"]);
    assert_eq!(errors(WHEEL, &wheel(&metadata("2.7"), &[])), [""; 0]);
}

/// What only exceeds a limit of this crate, or is accepted by `packaging` against the specification.
#[test]
fn limits_of_this_crate_are_warnings() {
    let long = format!("Requires-Dist: a{}", " ".repeat(20_000));
    let deep = format!(
        "Requires-Dist: a; {}os_name == 'x'{}",
        "(".repeat(101),
        ")".repeat(101)
    );
    for (field, rule) in [
        ("Requires-Dist: a<99999999999999999999", "requires-dist"),
        (&long, "requires-dist"),
        (&deep, "requires-dist"),
        ("Requires-Python: <99999999999999999999", "requires-python"),
        ("License-Expression: LicenseRef-", "license-expression"),
    ] {
        let bytes = wheel(&text("2.4", field), &[]);
        assert_eq!(errors(WHEEL, &bytes), [""; 0], "{rule}");
        let warnings = findings(WHEEL, &bytes, Severity::Warning);
        let warning = warnings.iter().find(|finding| finding.rule().id() == rule);
        assert_eq!(warning.expect(rule).index_text(), None, "{rule}");
    }
}

/// As in the sdist of six 1.16.0: `twine` 7 sends the indentation, so the directives contain the rest of the text.
#[test]
fn a_description_folded_by_setuptools_is_rendered() {
    let field = "Description: .. image:: https://x.example/badge.svg\n           :alt: a badge\n        \n        Six is \
        a library.\n        ";
    let bytes = wheel(&text("1.2", field), &[]);
    assert_eq!(errors(WHEEL, &bytes), [""; 0]);
}
