//! The table of fields against the specification and the index.

use pypi_metadata::{Field, Metadata};

/// Every form key with its kind and version, as the index reads them: Warehouse, 2026-08-21.
const CONTRACT: &str = "
metadata_version S 1.0
name S 1.0
version S 1.0
summary S 1.0
description S 1.0
author S 1.0
author_email S 1.0
home_page S 1.0
license S 1.0
description_content_type S 2.1
keywords S 1.0
classifiers L 1.1
platform L 1.0
supported_platform L 1.1
download_url S 1.1
requires L 1.1
provides L 1.1
obsoletes L 1.1
maintainer S 1.2
maintainer_email S 1.2
requires_python S 1.2
requires_dist L 1.2
provides_dist L 1.2
obsoletes_dist L 1.2
requires_external L 1.2
project_urls L 1.2
provides_extra L 2.1
dynamic L 2.2
license_expression S 2.4
license_file L 2.4
import_name L 2.5
import_namespace L 2.5
";

#[test]
fn form_keys_are_those_of_the_index() {
    let mut expected: Vec<&str> = CONTRACT.trim().lines().collect();
    let rows = Field::ALL.map(|field| {
        let kind = if field.is_multiple() { "L" } else { "S" };
        format!("{} {kind} {}", field.form_key(), field.since())
    });
    let mut rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    expected.sort_unstable();
    rows.sort_unstable();
    assert_eq!(rows, expected);
}

#[test]
fn headers_and_keys_are_found_again() {
    for field in Field::ALL {
        assert_eq!(
            Field::from_header(&field.header().to_uppercase()),
            Some(field)
        );
        assert_eq!(Field::from_form_key(field.form_key()), Some(field));
    }
    assert_eq!(
        Field::from_form_key("license_files"),
        None,
        "the index ignores the plural"
    );
}

#[test]
fn every_field_of_a_text_is_read() {
    let mut text = String::new();
    for field in Field::ALL
        .into_iter()
        .filter(|field| *field != Field::Description)
    {
        text.push_str(&format!("{}: one {field}\n", field.header()));
        if field.is_multiple() {
            text.push_str(&format!("{}: two {field}\n", field.header().to_lowercase()));
        }
    }
    let metadata =
        Metadata::parse(format!("{text}X-Mine: 1\n\nThe body\n").as_bytes()).expect("metadata");
    for field in Field::ALL
        .into_iter()
        .filter(|field| *field != Field::Description)
    {
        let values: Vec<&str> = metadata.all(field).collect();
        assert_eq!(values[0], format!("one {field}"));
        assert_eq!(
            values.len(),
            if field.is_multiple() { 2 } else { 1 },
            "{field}"
        );
    }
    assert_eq!(metadata.get(Field::Description), Some("The body\n"));
    assert_eq!(metadata.unknown_headers().collect::<Vec<_>>(), ["X-Mine"]);
}

#[test]
fn values_that_python_pkginfo_changes_are_kept() {
    let text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nAuthor: =?utf-8?q?Andr=C3=A9?=\n\
                License: first\n        second\nSummary: a\nSummary: b\nPlatform: UNKNOWN\n\n";
    let metadata = Metadata::parse(text.as_bytes()).expect("metadata");
    assert_eq!(metadata.get(Field::Author), Some("=?utf-8?q?Andr=C3=A9?="));
    assert_eq!(metadata.get(Field::License), Some("first\n        second"));
    assert_eq!(metadata.all(Field::Summary).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        metadata.get(Field::Platform),
        None,
        "UNKNOWN means absent to the index"
    );
    assert_eq!(metadata.get(Field::Description), None);
}
