//! The tags and the variant label of a wheel's name.

use std::io::Cursor;

use pypi_metadata::{
    Distribution, Field, Finding, Inspection, Severity, Severity::Warning, UploadForm, testing,
};

/// The rule, the severity and PyPI's sentence of each finding about the tags of a wheel of demo 1.0, which are the same
/// for its metadata alone and for the whole file.
fn found(tags: &str) -> Vec<(&'static str, Severity, Option<String>)> {
    let wheel = testing::wheel("demo", "1.0");
    let filename = format!("demo-1.0-{tags}.whl");
    let distribution =
        Distribution::read(&filename, Cursor::new(&wheel.bytes)).expect("a distribution");
    let inspection = Inspection::read(&filename, Cursor::new(&wheel.bytes));
    let of = |findings: &[Finding]| -> Vec<_> {
        let findings = findings.iter().filter(|finding| finding.field().is_none());
        let each = findings.map(|finding| {
            let text = finding.index_text().map(str::to_owned);
            (finding.rule().id(), finding.severity(), text)
        });
        each.collect()
    };
    let found = of(&distribution.check());
    assert_eq!(found, of(inspection.findings()), "{tags}");
    found
}

/// The answer of the index to an upload of the wheel.
fn answer(tags: &str) -> Option<String> {
    let wheel = testing::wheel("demo", "1.0");
    let distribution =
        Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes)).expect("a distribution");
    let mut fields: Vec<(&str, &str)> = distribution
        .metadata()
        .fields()
        .map(|(field, value): (Field, &str)| (field.form_key(), value))
        .collect();
    let digest = "0".repeat(64);
    fields.extend([
        ("protocol_version", "1"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("sha256_digest", &digest),
    ]);
    let filename = format!("demo-1.0-{tags}.whl");
    let form = UploadForm::new(fields).file("content", filename, "application/octet-stream");
    let findings = form.inspect(Cursor::new(wheel.bytes));
    let mut errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    errors.next()?.index_text().map(str::to_owned)
}

fn unsupported(tags: &str, tag: &str) -> String {
    format!("Binary wheel 'demo-1.0-{tags}.whl' has an unsupported platform tag '{tag}'.")
}

#[test]
fn an_unknown_architecture_is_an_error() {
    for tag in ["manylinux_2_28_loongarch64", "pyodide_2024_0_wasm32"] {
        let tags = format!("cp313-cp313-{tag}");
        let sentence = unsupported(&tags, tag);
        assert_eq!(
            found(&tags),
            [("tag-platform", Severity::Error, Some(sentence.clone()))]
        );
        assert_eq!(answer(&tags), Some(sentence));
    }
}

/// PyPI may accept it by now, but it did not when the data were read.
#[test]
fn a_newer_macos_is_a_warning_for_a_file_and_an_error_for_a_form() {
    let (tags, tag) = ("cp313-cp313-macosx_99_0_arm64", "macosx_99_0_arm64");
    let sentence = Some(unsupported(tags, tag));
    assert_eq!(found(tags), [("tag-platform", Warning, sentence.clone())]);
    assert_eq!(answer(tags), sentence);
}

#[test]
fn a_tag_that_no_installer_selects_is_a_warning() {
    let tags = "cp313-cp313-manylinux_2_4_x86_64.manylinux_2_28_x86_64";
    for tags in [
        tags,
        "3-none-any",
        "py3.-none-any",
        "py3--any",
        "py+3-none-any",
    ] {
        assert_eq!(found(tags), [("tag-odd", Warning, None)], "{tags}");
        assert_eq!(answer(tags), None);
    }
}

#[test]
fn a_variant_wheel_is_an_error_with_the_sentence_of_pypi() {
    for (tags, sentence) in [
        (
            "cp313-cp313-win_amd64-x86_64_v3",
            "Invalid build number: cp313 in 'demo-1.0-cp313-cp313-win_amd64-x86_64_v3'",
        ),
        (
            "1-cp313-cp313-win_amd64-null",
            "Invalid wheel filename (wrong number of parts): 'demo-1.0-1-cp313-cp313-win_amd64-null'",
        ),
    ] {
        let sentence = Some(sentence.to_owned());
        assert_eq!(
            found(tags),
            [("wheel-variant", Severity::Error, sentence.clone())]
        );
        assert_eq!(answer(tags), sentence);
    }
    let tags = "cp313-cp313-linux_x86_64-v3";
    assert_eq!(found(tags)[0].0, "wheel-variant", "it comes first");
}
