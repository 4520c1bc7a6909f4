//! Archives that no build backend makes: each has a finding, and none causes a panic, a hang, or unbounded memory.

use std::io::{Cursor, Write as _};

use flate2::{Compression, write::GzEncoder};
use pypi_metadata::{Field, Inspection, MAX_METADATA, Metadata, rules, testing};
use zip::write::SimpleFileOptions;

fn rules(filename: &str, bytes: &[u8]) -> Vec<&'static str> {
    let inspection = Inspection::read(filename, Cursor::new(bytes));
    for finding in inspection.findings() {
        assert!(!finding.message().contains('\n'), "{finding}");
    }
    inspection
        .findings()
        .iter()
        .map(|finding| finding.rule().id())
        .collect()
}

fn wheel(members: &[(&str, &str)]) -> Vec<u8> {
    let good = [
        (
            "demo-1.0.dist-info/METADATA",
            testing::metadata("demo", "1.0"),
        ),
        (
            "demo-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\n".to_owned(),
        ),
    ];
    let mut all: Vec<(String, String)> = good
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text))
        .collect();
    all.extend(
        members
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
    );
    testing::zip(&all)
}

const WHEEL: &str = "demo-1.0-py3-none-any.whl";
const SDIST: &str = "demo-1.0.tar.gz";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn tar(members: &[(&str, tar::EntryType, u64, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, kind, size, data) in members {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(*size);
        header.set_mode(0o644);
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(data);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

#[test]
fn valid_files_have_no_errors() {
    for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
        let inspection = Inspection::read(&file.filename, Cursor::new(file.bytes));
        assert!(
            inspection.rejection().is_none(),
            "{:?}",
            inspection.findings()
        );
        assert!(inspection.distribution().is_some());
    }
}

#[test]
fn a_zip_that_unpacks_to_far_more_is_rejected() {
    let zeros = "\0".repeat(66 * 1024 * 1024);
    assert!(rules(WHEEL, &wheel(&[("demo.bin", &zeros)])).contains(&"zip-ratio"));
}

#[test]
fn wrong_sizes_and_checksums_are_found() {
    let bytes = wheel(&[("demo.py", "x = 1\n")]);
    let directory = bytes
        .windows(4)
        .position(|at| at == b"PK\x01\x02")
        .expect("a directory");
    for (at, rule) in [
        (16, "zip-damaged"),
        (20, "zip-damaged"),
        (24, "zip-damaged"),
        (42, "zip-damaged"),
    ] {
        let mut bytes = bytes.clone();
        // The crc, the sizes and the offset of METADATA, which is the first member; then of demo.py, the last.
        let last = bytes
            .windows(4)
            .rposition(|at| at == b"PK\x01\x02")
            .expect("a directory");
        for entry in [directory, last] {
            bytes[entry + at] ^= 0x15;
        }
        let rules = rules(WHEEL, &bytes);
        assert!(
            rules.contains(&rule) || rules.contains(&"zip-records"),
            "{at}: {rules:?}"
        );
    }
}

#[test]
fn names_outside_the_target_folder_are_found() {
    let wheel = wheel(&[("../evil.py", ""), ("/etc/x", ""), ("c:/y", "")]);
    assert!(rules(WHEEL, &wheel).contains(&"record-missing"));
    let record = [
        ("demo-1.0.dist-info/RECORD", "../evil.py,,\n"),
        ("../evil.py", ""),
    ];
    assert!(rules(WHEEL, &self::wheel(&record)).contains(&"archive-unsafe"));
    let members = [
        ("demo-1.0/PKG-INFO", tar::EntryType::Regular, 0, &b""[..]),
        ("demo-1.0/../../x", tar::EntryType::Regular, 0, b""),
    ];
    assert!(rules(SDIST, &gz(&tar(&members))).contains(&"archive-unsafe"));
}

#[test]
fn links_and_devices_are_found() {
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_path("demo-1.0/link").expect("a path");
    link.set_link_name("../../etc/passwd").expect("a path");
    link.set_size(0);
    link.set_cksum();
    let mut bytes = link.as_bytes().to_vec();
    bytes.extend(tar(&[
        ("demo-1.0/PKG-INFO", tar::EntryType::Regular, 0, b""),
        ("demo-1.0/dev", tar::EntryType::Block, 0, b""),
    ]));
    let rules = rules(SDIST, &gz(&bytes));
    assert!(
        rules.contains(&"archive-unsafe") && rules.contains(&"archive-odd-member"),
        "{rules:?}"
    );
}

#[test]
fn sparse_members_are_rejected() {
    let members = [
        ("demo-1.0/PKG-INFO", tar::EntryType::Regular, 0, &b""[..]),
        ("demo-1.0/holes", tar::EntryType::GNUSparse, 0, b""),
    ];
    assert!(rules(SDIST, &gz(&tar(&members))).contains(&"tar-sparse"));
}

#[test]
fn a_declared_size_is_not_allocated() {
    let long = vec![b'x'; 2 * 1024 * 1024];
    let members = [(
        "name",
        tar::EntryType::GNULongName,
        long.len() as u64,
        long.as_slice(),
    )];
    assert!(rules(SDIST, &gz(&tar(&members))).contains(&"tar-large"));
    let members = [(
        "demo-1.0/PKG-INFO",
        tar::EntryType::Regular,
        1 << 40,
        &b"short"[..],
    )];
    assert!(rules(SDIST, &gz(&tar(&members))).contains(&"tar-damaged"));
}

#[test]
fn the_size_of_metadata_is_limited() {
    let huge = format!(
        "{}{}",
        testing::metadata("demo", "1.0"),
        "x".repeat(usize::try_from(MAX_METADATA).expect("a size"))
    );
    let sdist = testing::tar_gz(&[
        ("demo-1.0/PKG-INFO".to_owned(), huge.clone()),
        ("demo-1.0/setup.py".to_owned(), String::new()),
    ]);
    let found = rules(SDIST, &sdist);
    assert!(found.contains(&"metadata-unreadable"), "{found:?}");
    let wheel = testing::zip(&[
        ("demo-1.0.dist-info/METADATA".to_owned(), huge),
        ("demo-1.0.dist-info/WHEEL".to_owned(), String::new()),
        ("demo-1.0.dist-info/RECORD".to_owned(), String::new()),
    ]);
    assert!(rules(WHEEL, &wheel).contains(&"metadata-unreadable"));
}

#[test]
fn nested_metadata_of_another_project_is_ignored() {
    let members = [
        (
            "demo-1.0/vendor/other/PKG-INFO".to_owned(),
            testing::metadata("other", "9"),
        ),
        (
            "demo-1.0/PKG-INFO".to_owned(),
            testing::metadata("demo", "1.0"),
        ),
    ];
    let inspection = Inspection::read(SDIST, Cursor::new(testing::tar_gz(&members)));
    let name = inspection
        .distribution()
        .and_then(|distribution| distribution.metadata().name());
    assert_eq!(
        name.map(|name| name.normalized().to_owned()).as_deref(),
        Some("demo")
    );
}

#[test]
fn every_truncation_of_a_file_is_found() {
    for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
        for end in 0..file.bytes.len() - 8 {
            let inspection = Inspection::read(&file.filename, Cursor::new(&file.bytes[..end]));
            assert!(
                !inspection.findings().is_empty(),
                "{} truncated at {end}",
                file.filename
            );
        }
    }
}

#[test]
fn problems_of_zip_records_are_named() {
    let good = testing::wheel("demo", "1.0").bytes;
    let say = |bytes: Vec<u8>| {
        let inspection = Inspection::read(WHEEL, Cursor::new(bytes));
        let found = inspection
            .findings()
            .iter()
            .find(|finding| finding.rule() == &rules::ZIP_RECORDS);
        found
            .and_then(|finding| finding.index_text())
            .map(str::to_owned)
    };
    let sentence = |problem: &str| {
        Some(format!(
            "Invalid distribution file. ZIP archive not accepted: {problem}. See https://docs.pypi.org/archives for more information"
        ))
    };
    assert_eq!(say(good.clone()), None);
    assert_eq!(
        say([b"#!/bin/sh\n", good.as_slice()].concat()),
        sentence("Unknown record signature")
    );
    assert_eq!(
        say([good.as_slice(), b"more"].concat()),
        sentence("Trailing data")
    );
    let twice = {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in [
            "demo-1.0.dist-info/WHEEL",
            "demo-1.0.dist-info/METADATA",
            "a.py",
            "b.py",
        ] {
            writer
                .start_file(name, SimpleFileOptions::default())
                .expect("memory");
        }
        let mut bytes = writer.finish().expect("memory").into_inner();
        for at in 0..bytes.len() - 4 {
            if &bytes[at..at + 4] == b"b.py" {
                bytes[at] = b'a';
            }
        }
        bytes
    };
    assert_eq!(say(twice), sentence("Duplicate filename in local headers"));
}

#[test]
fn a_wrong_record_is_found() {
    let record = "demo.py,sha256=AAAA,6\nabsent.py,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/WHEEL,,\n";
    let rules = rules(
        WHEEL,
        &wheel(&[
            ("demo.py", "x = 1\n"),
            ("more.py", ""),
            ("demo-1.0.dist-info/RECORD", record),
        ]),
    );
    for rule in ["record-unlisted", "record-absent", "record-hash"] {
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
}

#[test]
fn files_that_a_wheel_should_not_install_are_found() {
    let members = [
        ("tests/x.py", ""),
        ("demo/a.so", ""),
        ("setup.py", ""),
        ("demo/b.pyc", ""),
    ];
    let rules = rules(WHEEL, &wheel(&members));
    for rule in [
        "wheel-common-name",
        "wheel-junk",
        "tag-universal-native",
        "record-missing",
    ] {
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
}

/// `mailparse` compares every `=?` of a header with the character before it, which it counts from the start.
#[test]
fn what_looks_like_encoded_words_is_parsed_in_linear_time() {
    let text = testing::metadata("demo", "1.0");
    let header = format!("Platform: {}\n", "\"=?".repeat(500_000));
    let metadata = Metadata::parse(format!("{header}{text}").as_bytes()).expect("metadata");
    let value = metadata.get(Field::Platform).expect("a platform");
    assert_eq!(value.len(), 1_500_000);
}

/// Inputs for which a naive algorithm takes quadratic time.
#[test]
fn long_texts_are_checked_in_linear_time() {
    let long = |piece: &str| piece.repeat(50_000 / piece.len());
    let head = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";
    for text in [
        format!("{head}{}", long("Project-URL: a\n")),
        format!("{head}{}", long("Classifier: x\n")),
        format!("{head}{}", long("License-File: x\n")),
        format!("{head}Requires-Dist: {}\n", long("(")),
        format!("{head}\n{}", long("*a ")),
        format!("{head}\n{}", long("`a_ ")),
        format!("{head}\n{}", long("-_")),
        format!("{head}\n{}", long("* a\n\n")),
        format!("{head}\n{}", long(" ")),
        format!("{head}\n{}", long(".. _a: b\n")),
        format!("{head}\n{}", long("a\n===\n")),
    ] {
        let wheel = testing::wheel_with("demo", "1.0", &text);
        assert!(!rules(&wheel.filename, &wheel.bytes).is_empty());
    }
    let members = [
        (
            "demo-1.0.dist-info/entry_points.txt",
            long("[a]\nb=c\n[d]\n"),
        ),
        ("demo-1.0.dist-info/RECORD", long("demo.py,,\n")),
        ("demo.py", String::new()),
    ];
    let members: Vec<(&str, &str)> = members
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    assert!(rules(WHEEL, &wheel(&members)).contains(&"entry-points"));
}

/// What is above a limit is reported, and what is just below it is read.
#[test]
fn more_than_the_limits_allow_is_a_finding() {
    let head = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";
    let headers = |count: usize| format!("{head}{}", "A: b\n".repeat(count));
    assert!(Metadata::parse(headers(49_997).as_bytes()).is_ok());
    let error = Metadata::parse(headers(49_998).as_bytes()).expect_err("too many");
    assert_eq!(
        error.to_string(),
        "the core metadata has more than 50000 headers"
    );
    let text = format!("{head}Summary: {}\n", "a".repeat(2 * 1024 * 1024));
    let error = Metadata::parse(text.as_bytes()).expect_err("too long");
    assert_eq!(
        error.to_string(),
        "the header \"Summary\" has more than 2097152 bytes"
    );
    let text = format!("Description: {}\n{head}", "a".repeat(7 * 1024 * 1024));
    let metadata = Metadata::parse(text.as_bytes()).expect("metadata");
    assert_eq!(metadata.get(Field::Name), Some("demo"));
    // Headers of more than 1 MiB are not given to `python-pkginfo`.
    let text = text.replace("Version: 1.0\n", "");
    let error = Metadata::parse(text.as_bytes()).expect_err("no version");
    assert_eq!(error.to_string(), "the core metadata has no Version");

    let points = "#\n".repeat(2 * 1024 * 1024 + 1);
    let members = [("demo-1.0.dist-info/entry_points.txt", points.as_str())];
    let inspection = Inspection::read(WHEEL, Cursor::new(wheel(&members)));
    let mut findings = inspection.findings().iter();
    let finding = findings.find(|finding| finding.rule() == &rules::ENTRY_POINTS);
    let finding = finding.expect("a finding");
    assert_eq!(finding.severity(), pypi_metadata::Severity::Warning);
    assert!(finding.message().contains("was not checked"), "{finding}");
}

/// Findings above the limits are counted by one finding, an error if one of them is.
#[test]
fn findings_above_the_limits_are_counted() {
    let head = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";
    let requirements = (0..3_000).map(|number| format!("Requires-Dist: a {number}\n"));
    let text = format!("{head}{}", requirements.collect::<String>());
    let findings = Metadata::parse(text.as_bytes()).expect("metadata").check();
    let (last, kept) = findings.split_last().expect("findings");
    assert_eq!(kept.len(), 1_000);
    assert_eq!(last.rule(), &rules::FINDINGS_LIMIT);
    assert_eq!(last.severity(), pypi_metadata::Severity::Error);
    assert_eq!(last.message(), "2000 more findings are left out");
    let inspection = {
        let wheel = testing::wheel_with("demo", "1.0", &text);
        Inspection::read(&wheel.filename, Cursor::new(wheel.bytes))
    };
    let count = |rule| {
        let findings = inspection.findings().iter();
        findings.filter(|finding| finding.rule() == rule).count()
    };
    assert_eq!(count(&rules::REQUIRES_DIST), 1_000);
    assert_eq!(count(&rules::FINDINGS_LIMIT), 1);
    let unknown = format!("{head}{}", "A: b\n".repeat(3_000));
    let wheel = testing::wheel_with("demo", "1.0", &unknown);
    let findings = Inspection::read(&wheel.filename, Cursor::new(wheel.bytes));
    let limit = findings.findings().iter();
    let limit = limit
        .filter(|finding| finding.rule() == &rules::FINDINGS_LIMIT)
        .map(|finding| (finding.severity(), finding.message()));
    let expected = (
        pypi_metadata::Severity::Warning,
        "2000 more findings are left out",
    );
    assert_eq!(limit.collect::<Vec<_>>(), [expected]);
}
