//! The stages in which an index checks an upload form.

use std::io::Cursor;

use pypi_metadata::{Field, Finding, UploadForm, testing};

const TYPE: &str = "application/octet-stream";

fn form(changes: &[(&str, &str)]) -> UploadForm {
    let digest = "0".repeat(64);
    let base = [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("metadata_version", "2.4"),
        ("name", "demo"),
        ("version", "1.0"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("sha256_digest", &digest),
    ];
    let is_changed = |key: &str| changes.iter().any(|(at, _)| *at == key);
    let base = base.into_iter().filter(|(key, _)| !is_changed(key));
    UploadForm::new(base.chain(changes.iter().copied()))
}

fn sentences(findings: &[Finding]) -> Vec<&str> {
    findings.iter().filter_map(Finding::index_text).collect()
}

#[test]
fn a_valid_form_passes_every_stage() {
    let wheel = testing::wheel("demo", "1.0");
    let form = form(&[]).file("content", &wheel.filename, TYPE);
    let content = Cursor::new(&wheel.bytes);
    assert_eq!(sentences(&form.inspect(content)), [""; 0]);
}

#[test]
fn each_stage_reports_its_own_problems() {
    let form = form(&[
        ("filetype", "exe"),
        ("summary", "a\nb"),
        ("name", "asyncio"),
        ("description", "Title\n==\n\n.. nope:: x\n"),
    ])
    .file("summary", "x", TYPE)
    .file(
        "content",
        "asyncio-2.0-py3-none-linux_x86_64.WHL",
        "image/png",
    )
    .digests([("sha256_digest", "1".repeat(64))]);
    let first = |findings: Vec<Finding>| findings[0].rule().id();
    assert_eq!(first(form.check_parts()), "form-file-part");
    assert_eq!(first(form.check_fields()), "form-field");
    assert_eq!(first(form.check_metadata()), "summary-lines");
    assert_eq!(first(form.check_new_project()), "name-stdlib");
    assert_eq!(first(form.check_description()), "description-rst");
    let rules: Vec<_> = form
        .check_filename()
        .iter()
        .map(|f| f.rule().id())
        .collect();
    assert_eq!(rules, ["filename-extension", "form-content-type"]);
    assert_eq!(first(form.check_digests()), "form-digest");
    assert_eq!(form.check_content(Cursor::new(b"")), []);
}

#[test]
fn text_fields_must_not_be_files() {
    let form = form(&[]).file("summary", "summary.txt", "text/plain");
    let form = form.file("gpg_signature", "demo.asc", "text/plain");
    assert_eq!(
        sentences(&form.check_parts()),
        ["summary: Should not be a tuple."]
    );
}

#[test]
fn the_distribution_is_the_last_part_of_its_name() {
    let missing = "Upload payload does not have a file.";
    let form = form(&[]).file("content", "demo-1.0.tar.gz", TYPE);
    assert_eq!(sentences(&form.check_metadata()), [""; 0]);
    let form = form.field("content", "text");
    assert_eq!(sentences(&form.check_metadata()), [missing]);
}

#[test]
fn values_are_read_as_the_index_reads_them() {
    let form = UploadForm::new([
        ("filetype", "sdist"),
        ("filetype", "exe"),
        ("protocol_version", "2"),
        ("protocol_version", "1"),
        ("comment", "a\0b"),
        ("pyversion", "py3"),
        ("pyversion", " UNKNOWN "),
        ("summary", ""),
        ("classifiers", ""),
        ("classifiers", "Typing :: Typed"),
    ]);
    assert_eq!(form.value("filetype"), Some("sdist"), "the first");
    assert_eq!(form.value("protocol_version"), Some("1"), "the last");
    assert_eq!(form.value("comment"), Some("a\\x00b"), "without NUL");
    assert_eq!(form.value("pyversion"), None, "UNKNOWN is absent");
    let metadata = form.metadata();
    assert_eq!(metadata.get(Field::Summary), None, "empty is absent");
    let classifiers: Vec<&str> = metadata.all(Field::Classifier).collect();
    assert_eq!(classifiers, ["", "Typing :: Typed"], "but not among others");
}

// The results of Warehouse's own form.
#[test]
fn a_digest_of_blanks_counts_as_none_that_is_invalid() {
    let digest = |value: &str| {
        let form = UploadForm::new([("name", "demo"), ("filetype", "sdist")]);
        let findings = form.field("sha256_digest", value).check_fields();
        findings
            .first()
            .and_then(|f| f.index_text().map(str::to_owned))
    };
    let valid = "a".repeat(64);
    for value in [&valid, &format!("{valid}\n"), " "] {
        assert_eq!(digest(value), None, "{value:?}");
    }
    for value in ["a", &format!("{valid} "), &format!("{valid}\n\n")] {
        assert!(
            digest(value).is_some_and(|text| text.contains("SHA256")),
            "{value:?}"
        );
    }
}
