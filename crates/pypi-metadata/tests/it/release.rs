//! Files that will be uploaded together.

use std::io::Cursor;

use pypi_metadata::{Distribution, Severity, check_release, testing};

fn read(file: testing::TestDistribution) -> Distribution {
    Distribution::read(&file.filename, Cursor::new(file.bytes)).expect("a distribution")
}

/// The rule and the file of each finding.
fn found(distributions: &[Distribution]) -> Vec<(&'static str, Option<String>)> {
    let findings = check_release(distributions);
    let each = findings.iter().map(|finding| {
        assert!(!finding.message().contains('\n'), "{finding}");
        (finding.rule().id(), finding.file().map(str::to_owned))
    });
    each.collect()
}

#[test]
fn a_valid_release_has_no_findings() {
    let files = [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")].map(read);
    assert_eq!(found(&files), []);
}

#[test]
fn a_file_name_may_occur_once() {
    let files = [
        testing::sdist("demo", "1.0"),
        testing::sdist("demo", "1.0"),
        testing::sdist("demo", "1.0"),
    ];
    let name = "demo-1.0.tar.gz".to_owned();
    assert_eq!(found(&files.map(read)), [("file-twice", Some(name))]);
}

#[test]
fn a_release_has_one_sdist_whatever_the_spelling_of_its_version() {
    let sdist = |version: &str| {
        let path = format!("demo-{version}/PKG-INFO");
        let bytes = testing::tar_gz(&[(path, testing::metadata("demo", "1.0"))]);
        let filename = format!("demo-{version}.tar.gz");
        Distribution::read(&filename, Cursor::new(bytes)).expect("an sdist")
    };
    let files = [sdist("1.0"), sdist("1.0.0")];
    assert_eq!(
        found(&files),
        [("release-two-sdists", Some("demo-1.0.0.tar.gz".to_owned()))]
    );
    let findings = check_release(&files);
    assert_eq!(
        findings[0].index_text(),
        Some("Only one sdist may be uploaded per release.")
    );
}

/// From metadata 2.6 on (PEP 808), a build may add to the values of a dynamic field, but not change them.
#[test]
fn a_wheel_has_every_value_of_a_dynamic_field_of_the_sdist() {
    let check = |version: &str, sdist: &str, wheel: &str| {
        let text = |more: &str| {
            format!("Metadata-Version: {version}\nName: demo\nVersion: 1.0\n{more}\n\nA test.\n")
        };
        let sdist = format!("Dynamic: Requires-Dist\nDynamic: Keywords\nDynamic: Summary\n{sdist}");
        let members = [("demo-1.0/PKG-INFO".to_owned(), text(&sdist))];
        let sdist = Distribution::read("demo-1.0.tar.gz", Cursor::new(testing::tar_gz(&members)));
        let wheel = read(testing::wheel_with("demo", "1.0", &text(wheel)));
        let findings = check_release([&sdist.expect("an sdist"), &wheel]);
        findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let (one, two) = ("Requires-Dist: a", "Requires-Dist: b\nRequires-Dist: a");
    let differ = |field: &str| {
        vec![format!(
            "demo-1.0.tar.gz and demo-1.0-py3-none-any.whl differ in {field}"
        )]
    };
    assert_eq!(check("2.6", one, two), [""; 0]);
    assert_eq!(check("2.6", two, one), differ("Requires-Dist"));
    assert_eq!(check("2.5", two, one), [""; 0]);
    assert_eq!(check("2.6", "Keywords: a, b", "Keywords: b,c,a"), [""; 0]);
    assert_eq!(
        check("2.6", "Keywords: a,b", "Keywords: b"),
        differ("Keywords")
    );
    assert_eq!(check("2.6", "Summary: a", "Summary: b"), [""; 0]);
}

#[test]
fn differences_between_the_files_are_found() {
    let wheel = testing::wheel_with(
        "demo",
        "1.0",
        "Metadata-Version: 2.4\nName: Demo\nVersion: 1.0\nSummary: Another\n\nA test.\n",
    );
    let name = wheel.filename.clone();
    let files = [
        read(testing::sdist("demo", "1.0")),
        read(wheel),
        read(testing::wheel("demo", "1.1")),
        read(testing::wheel("other", "2.0")),
    ];
    assert_eq!(
        found(&files),
        [
            ("release-spelling", None),
            ("release-versions", None),
            ("release-fields", Some(name)),
        ]
    );
}

#[test]
fn two_versions_are_an_error_that_names_the_files() {
    let platforms = ["a", "b", "c", "d"].map(|platform| {
        let mut wheel = testing::wheel("demo", "1.1");
        wheel.filename = format!("demo-1.1-py3-none-{platform}.whl");
        read(wheel)
    });
    let sdist = read(testing::sdist("demo", "1.0"));
    let findings = check_release(platforms.iter().chain([&sdist]));
    let [finding] = findings.as_slice() else {
        panic!("one finding: {findings:?}");
    };
    assert_eq!(finding.severity(), Severity::Error);
    assert_eq!(
        finding.message(),
        "the files of demo are of 2 versions: 1.0 (demo-1.0.tar.gz), 1.1 (demo-1.1-py3-none-a.whl, \
         demo-1.1-py3-none-b.whl, demo-1.1-py3-none-c.whl, 1 more)"
    );
}
