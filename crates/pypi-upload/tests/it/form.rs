//! The form, field by field and byte by byte.

use std::io::{Cursor, Read as _};

use proptest::prelude::*;
use pypi_http::Part;
use pypi_metadata::{Distribution, Field, testing};
use pypi_upload::{Digests, Form};

fn form(metadata: &str) -> (Form, Vec<u8>) {
    let wheel = testing::wheel_with("demo", "1.0", metadata);
    let distribution =
        Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes)).expect("a wheel");
    let digests = Digests::read(&wheel.bytes[..]).expect("memory reads");
    (
        Form::new(&distribution, &digests, Part::from(wheel.bytes.clone())),
        wheel.bytes,
    )
}

fn fields<'a>(form: &'a Form, name: &str) -> Vec<&'a str> {
    let fields = form.fields().iter().filter(|(key, _)| *key == name);
    fields.map(|(_, value)| value.as_str()).collect()
}

#[test]
fn every_field_of_the_metadata_is_sent_under_its_key() {
    let mut text = "Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n".to_owned();
    let others = Field::ALL.into_iter().filter(|field| {
        !matches!(
            field,
            Field::MetadataVersion | Field::Name | Field::Version | Field::Description
        )
    });
    for field in others.clone() {
        text.push_str(&format!("{}: of {field}\n", field.header()));
    }
    let (form, _) = form(&format!("{text}\nThe body.\n"));
    for field in others {
        assert_eq!(
            fields(&form, field.form_key()),
            [format!("of {field}")],
            "{field}"
        );
    }
    for (key, value) in [
        (":action", "file_upload"),
        ("protocol_version", "1"),
        ("filetype", "bdist_wheel"),
        ("pyversion", "py3"),
        ("metadata_version", "2.5"),
        ("name", "demo"),
        ("version", "1.0"),
        ("description", "The body.\n"),
    ] {
        assert_eq!(fields(&form, key), [value], "{key}");
    }
    assert_eq!(
        form.fields().len(),
        Field::ALL.len() + 6,
        "and the two digests"
    );
    assert!(
        fields(&form, "license_files").is_empty(),
        "the index ignores the plural"
    );
}

#[test]
fn fields_for_which_the_index_would_reject_the_file_are_left_out() {
    let text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nLicense-File: LICENSE\nSummary: a\nSummary: b\nClassifier: a\nClassifier: b\n\n";
    let (form, _) = form(text);
    assert!(fields(&form, "license_file").is_empty(), "newer than 2.1");
    assert_eq!(fields(&form, "summary"), ["a"]);
    assert_eq!(fields(&form, "classifiers"), ["a", "b"]);
}

#[test]
fn metadata_newer_than_this_crate_is_sent_as_it_is() {
    for version in ["2.6", "2.7", "3.0"] {
        let text = format!(
            "Metadata-Version: {version}\nName: demo\nVersion: 1.0\nLicense-File: LICENSE\nImport-Name: demo\n\n"
        );
        let (form, _) = form(&text);
        assert_eq!(fields(&form, "metadata_version"), [version]);
        assert_eq!(fields(&form, "license_file"), ["LICENSE"], "{version}");
        assert_eq!(fields(&form, "import_name"), ["demo"], "{version}");
    }
}

#[test]
fn attestations_are_a_field() {
    let (form, _) = form(&testing::metadata("demo", "1.0"));
    assert_eq!(
        fields(&form.attestations("[{}]".to_owned()), "attestations"),
        ["[{}]"]
    );
}

/// Takes a multipart body apart by the letter of RFC 7578.
fn parts(body: &[u8], content_type: &str) -> Vec<(String, Vec<u8>)> {
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a boundary");
    assert!(boundary.len() <= 70, "RFC 2046 allows 70 characters");
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = [b"\r\n", body].concat();
    let mut parts = Vec::new();
    loop {
        let place = rest
            .windows(delimiter.len())
            .position(|window| window == delimiter.as_bytes())
            .expect("a delimiter");
        let after = rest.split_off(place);
        if place > 0 {
            let end = rest
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
                .expect("headers end");
            let headers = String::from_utf8(rest[2..end].to_vec()).expect("text");
            parts.push((headers, rest[end + 4..].to_vec()));
        }
        rest = after[delimiter.len()..].to_vec();
        if rest == b"--\r\n" {
            return parts;
        }
    }
}

proptest! {
    #[test]
    fn what_is_sent_is_what_was_written(
        summary in "[a-zéß🦀\"'][a-zéß🦀\"' ]{0,20}[a-z]",
        body in "[-a-z\"=;:\r\n]{0,80}[a-z]",
    ) {
        let text = format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nSummary: {summary}\n\n{body}");
        let (form, bytes) = form(&text);
        let body = form.body();
        let length = body.content_length();
        let mut sent = Vec::new();
        body.into_reader().read_to_end(&mut sent).expect("memory reads");
        prop_assert_eq!(sent.len() as u64, length);
        let parts = parts(&sent, &form.content_type());
        let (last, fields) = parts.split_last().expect("parts");
        for ((headers, value), (name, expected)) in fields.iter().zip(form.fields()) {
            prop_assert_eq!(headers, &format!("Content-Disposition: form-data; name=\"{name}\""));
            prop_assert_eq!(value, expected.as_bytes());
        }
        prop_assert_eq!(fields.len(), form.fields().len());
        prop_assert!(last.0.contains("name=\"content\"; filename=\"demo-1.0-py3-none-any.whl\""));
        prop_assert_eq!(&last.1, &bytes);
    }
}
