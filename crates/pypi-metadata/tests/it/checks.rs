//! What is found, and what the index says about it.

use std::io::Cursor;

use pypi_metadata::{Distribution, Field, Finding, Metadata, Severity, testing};

fn metadata(changes: &[(Field, &str)]) -> Metadata {
    let changed = |field: Field| changes.iter().any(|(at, _)| *at == field);
    let base = [
        (Field::MetadataVersion, "2.4"),
        (Field::Name, "demo"),
        (Field::Version, "1.0"),
    ];
    let base = base.into_iter().filter(|(field, _)| !changed(*field));
    Metadata::from_fields(
        base.chain(changes.iter().copied())
            .map(|(field, value)| (field, value.to_owned())),
    )
}

#[test]
fn valid_metadata_has_no_findings() {
    let metadata = metadata(&[
        (Field::Classifier, "Programming Language :: Python :: 3"),
        (
            Field::DescriptionContentType,
            "text/markdown; charset=UTF-8; variant=GFM",
        ),
        (
            Field::RequiresDist,
            "requests[socks] >= 2 ; python_version < \"4\"",
        ),
    ]);
    assert_eq!(metadata.check(), []);
}

/// The sentences were recorded from Warehouse of 2026-08-21.
#[test]
fn each_rejection_has_the_sentence_of_the_index() {
    let long = "x".repeat(513);
    for (field, value, rule, sentence) in [
        (
            Field::MetadataVersion,
            "3.0",
            "metadata-version",
            "'3.0' is not a valid metadata version. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::MetadataVersion,
            "2.10",
            "metadata-version",
            "'2.10' is not a valid metadata version. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::MetadataVersion,
            "",
            "metadata-version",
            "None is not a valid metadata version. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Version,
            "one",
            "version-invalid",
            "'one' is invalid for 'version'. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Version,
            "1.0+local",
            "version-local",
            "The use of local versions in '1.0+local' is not allowed. See https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers for more information.",
        ),
        (
            Field::Summary,
            "a\nb",
            "summary-lines",
            "'summary' must be a single line. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Summary,
            &long,
            "summary-length",
            "'summary' field must be 512 characters or less. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Classifier,
            "Not :: A Classifier",
            "classifier-unknown",
            "'Not :: A Classifier' is not a valid classifier. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Classifier,
            "Private :: Do Not Upload",
            "classifier-unknown",
            "'Private :: Do Not Upload' is not a valid classifier. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::Classifier,
            "Natural Language :: Ukranian",
            "classifier-deprecated",
            "The classifier 'Natural Language :: Ukranian' has been deprecated, use one of ['Natural Language :: Ukrainian'] instead. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::DescriptionContentType,
            "text/plain; charset=utf-8",
            "content-type",
            "'description-content-type' can only specify the UTF-8 charset, not 'utf-8'. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::DescriptionContentType,
            "text/markdown; variant=Fancy",
            "content-type",
            "valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not 'Fancy'. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::DescriptionContentType,
            "text/html",
            "content-type",
            "'description-content-type' must be one of ['text/plain', 'text/markdown', 'text/x-rst'], not 'text/html'. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
        (
            Field::ImportName,
            "demo",
            "field-too-new",
            "import-name introduced in metadata version 2.5, not 2.4. See https://packaging.python.org/specifications/core-metadata for more information.",
        ),
    ] {
        let findings = metadata(&[(field, value)]).check();
        let found: Vec<_> = findings
            .iter()
            .map(|f| (f.rule().id(), f.index_text(), f.severity()))
            .collect();
        assert_eq!(
            found,
            [(rule, Some(sentence), Severity::Error)],
            "{field}: {value}"
        );
    }
}

#[test]
fn a_repeated_field_is_rejected() {
    let findings = metadata(&[(Field::Version, "1.0"), (Field::Version, "2.0")]).check();
    assert_eq!(
        findings[0].index_text(),
        Some(
            "'version' has invalid data. See https://packaging.python.org/specifications/core-metadata for more information."
        )
    );
}

#[test]
fn the_first_sentence_is_the_answer_of_the_index() {
    let metadata = metadata(&[
        (Field::Classifier, "Nope"),
        (Field::Summary, "a\nb"),
        (Field::Version, "1.0+local"),
        (Field::MetadataVersion, "9"),
    ]);
    let rules: Vec<_> = metadata.check().iter().map(|f| f.rule().id()).collect();
    assert_eq!(
        rules,
        [
            "metadata-version",
            "summary-lines",
            "version-local",
            "classifier-unknown"
        ]
    );
}

#[test]
fn requirements_are_checked() {
    for (requirement, rule, severity) in [
        (
            "demo @ https://example.org/demo.whl",
            "requires-dist-url",
            Severity::Error,
        ),
        ("x->=1", "requires-dist", Severity::Error),
        ("x-[a]", "requires-dist", Severity::Error),
        ("x[a-]", "requires-dist", Severity::Error),
        ("x[a, b.]>1", "requires-dist", Severity::Error),
        ("not a requirement", "requires-dist", Severity::Error),
        ("", "", Severity::Warning),
    ] {
        let findings = metadata(&[(Field::RequiresDist, requirement)]).check();
        let found = findings
            .first()
            .map(|finding| (finding.rule().id(), finding.severity()));
        assert_eq!(
            found,
            (!rule.is_empty()).then_some((rule, severity)),
            "{requirement}"
        );
    }
}

fn check(filename: &str, name: &str, version: &str) -> Vec<Finding> {
    let bytes = if filename.ends_with(".whl") {
        let dist_info = filename
            .splitn(3, '-')
            .take(2)
            .collect::<Vec<_>>()
            .join("-");
        testing::zip(&[(
            format!("{dist_info}.dist-info/METADATA"),
            testing::metadata(name, version),
        )])
    } else {
        testing::tar_gz(&[("top/PKG-INFO".to_owned(), testing::metadata(name, version))])
    };
    Distribution::read(filename, Cursor::new(bytes))
        .expect("a distribution")
        .check()
}

#[test]
fn the_file_name_must_match_the_metadata() {
    for (filename, name, version, rule, sentence) in [
        (
            "oracle_other-1.0-py3-none-any.whl",
            "oracle-existing",
            "1.0",
            "filename-name",
            "Start filename for 'oracle-existing' with 'oracle_existing'.",
        ),
        (
            "oracle_other-1.0.tar.gz",
            "oracle-existing",
            "1.0",
            "filename-name",
            "Start filename for 'oracle-existing' with 'oracle_existing'.",
        ),
        (
            "Oracle_Existing-1.0-py3-none-any.whl",
            "oracle-existing",
            "1.0",
            "filename-not-normalized",
            "Filename 'Oracle_Existing-1.0-py3-none-any.whl' should contain the normalized project name 'oracle_existing', not 'Oracle_Existing'.",
        ),
        (
            "demo-7.5-py3-none-any.whl",
            "demo",
            "1.0",
            "filename-version",
            "Version in filename should be '1.0' not '7.5'.",
        ),
        (
            "oracle-existing-1.0.tar.gz",
            "oracle-existing",
            "1.0",
            "filename-not-normalized",
            "Filename 'oracle-existing-1.0.tar.gz' is invalid, should be 'oracle_existing-1.0.tar.gz'.",
        ),
        (
            "demo-0.5.tar.gz",
            "demo",
            "1.0",
            "filename-version",
            "Filename 'demo-0.5.tar.gz' is invalid, should be 'demo-1.0.tar.gz'.",
        ),
        (
            "demo-1.0.0.tar.gz",
            "demo",
            "1.0",
            "filename-not-normalized",
            "Filename 'demo-1.0.0.tar.gz' is invalid, should be 'demo-1.0.tar.gz'.",
        ),
    ] {
        let findings = check(filename, name, version);
        let found: Vec<_> = findings
            .iter()
            .map(|f| (f.rule().id(), f.index_text()))
            .collect();
        assert_eq!(found, [(rule, Some(sentence))], "{filename}");
    }
}

#[test]
fn a_wheel_may_spell_its_version_differently() {
    assert_eq!(check("demo-1.0.0-py3-none-any.whl", "demo", "1.0"), []);
}

#[test]
fn what_an_upload_leaves_out_is_a_warning() {
    let text =
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nLicense-File: LICENSE\nX-Mine: 1\n\n";
    let wheel = testing::wheel_with("demo", "1.0", text);
    let distribution =
        Distribution::read(&wheel.filename, Cursor::new(wheel.bytes)).expect("a wheel");
    let findings = distribution.check();
    let found: Vec<_> = findings
        .iter()
        .map(|f| (f.rule().id(), f.severity()))
        .collect();
    assert_eq!(
        found,
        [
            ("field-too-new", Severity::Warning),
            ("field-unknown", Severity::Warning)
        ]
    );
}
