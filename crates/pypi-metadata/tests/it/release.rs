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
    let differ = |field: &str, lost: &str, found: &str| {
        vec![format!(
            "demo-1.0-py3-none-any.whl does not have the {field} {lost:?} of demo-1.0.tar.gz, which metadata 2.6 \
             requires of a dynamic field, but {found:?}"
        )]
    };
    assert_eq!(check("2.6", one, two), [""; 0]);
    assert_eq!(check("2.6", two, one), differ("Requires-Dist", "b", "a"));
    assert_eq!(check("2.5", two, one), [""; 0]);
    assert_eq!(check("2.6", "Keywords: a, b", "Keywords: b,c,a"), [""; 0]);
    assert_eq!(
        check("2.6", "Keywords: a,b", "Keywords: b"),
        differ("Keywords", "a", "b")
    );
    assert_eq!(check("2.6", "Summary: a", "Summary: b"), [""; 0]);
}

/// From metadata 2.2 on (PEP 643), what is not dynamic in the sdist is the same in the wheel.
#[test]
fn a_wheel_has_every_static_value_of_the_sdist() {
    let check = |version: &str, sdist: &str, wheel: &str| {
        let text = |more: &str| {
            format!("Metadata-Version: {version}\nName: demo\nVersion: 1.0\n{more}\nA test.\n")
        };
        let members = [("demo-1.0/PKG-INFO".to_owned(), text(sdist))];
        let sdist = Distribution::read("demo-1.0.tar.gz", Cursor::new(testing::tar_gz(&members)));
        let wheel = read(testing::wheel_with("demo", "1.0", &text(wheel)));
        let findings = check_release([&sdist.expect("an sdist"), &wheel]);
        let each = findings.iter().map(|finding| {
            assert_eq!(finding.severity(), Severity::Warning);
            assert_eq!(finding.file(), Some("demo-1.0-py3-none-any.whl"));
            (finding.rule().id(), finding.message().to_owned())
        });
        each.collect::<Vec<_>>()
    };
    let differ = |field: &str, sdist: &str, wheel: &str| {
        let message = format!(
            "{field} of demo-1.0.tar.gz is {sdist}, which is not dynamic, but that of demo-1.0-py3-none-any.whl is {wheel}"
        );
        vec![("release-static", message)]
    };
    let (a, ab) = ("Requires-Dist: a\n", "Requires-Dist: a\nRequires-Dist: b\n");
    for version in ["2.2", "2.6"] {
        assert_eq!(
            check(version, a, ab),
            differ("Requires-Dist", "\"a\"", "\"a\", \"b\"")
        );
    }
    assert_eq!(
        check("2.4", "", a),
        differ("Requires-Dist", "missing", "\"a\"")
    );
    assert_eq!(
        check("2.4", "Summary: one\n", "Summary: two\n"),
        differ("Summary", "\"one\"", "\"two\"")
    );
    assert_eq!(
        check("2.1", a, ab)[0].0,
        "release-fields",
        "2.1 has no Dynamic"
    );
    let reordered = "Requires-Dist: b\nRequires-Dist: a\n";
    assert_eq!(check("2.4", ab, reordered), []);
    assert_eq!(
        check("2.4", &format!("Dynamic: requires-dist\n{a}"), ab),
        []
    );
    let both = check(
        "2.4",
        "Dynamic: Keywords\nSummary: one\n",
        "Keywords: k\nSummary: two\nPlatform: any\n",
    );
    assert_eq!(both.len(), 2, "a finding for each field: {both:?}");
}

/// A message shows where long values differ.
#[test]
fn a_long_static_value_is_shortened() {
    let check = |sdist: &str, wheel: &str| {
        let text =
            |more: &str| format!("Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n{more}\n");
        let members = [("demo-1.0/PKG-INFO".to_owned(), text(sdist))];
        let sdist = Distribution::read("demo-1.0.tar.gz", Cursor::new(testing::tar_gz(&members)));
        let wheel = read(testing::wheel_with("demo", "1.0", &text(wheel)));
        let findings = check_release([&sdist.expect("an sdist"), &wheel]);
        findings[0].message().to_owned()
    };
    let line = "é".repeat(500);
    let message = check(
        &format!("\n{line}\nold\n{line}"),
        &format!("\n{line}\nnew\n{line}"),
    );
    assert!(message.chars().count() < 300, "{message}");
    assert!(
        message.contains("\\nold\\n") && message.contains("\\nnew\\n"),
        "{message}"
    );
    let list = |from: u32| -> String {
        let values = from..from + 100;
        values.map(|n| format!("Requires-Dist: a{n}\n")).collect()
    };
    assert_eq!(
        check(&list(0), &list(1)),
        "Requires-Dist of demo-1.0.tar.gz is \"a0\" and 99 values that both have, which is not dynamic, but that of \
         demo-1.0-py3-none-any.whl is \"a100\" and 99 values that both have"
    );
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
            ("release-static", Some(name)),
        ]
    );
}

/// Without an sdist that says which values are static, the files are compared with the first.
#[test]
fn differences_between_wheels_are_found() {
    let mut wheel = testing::wheel_with(
        "demo",
        "1.0",
        "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nSummary: Another\n\nA test.\n",
    );
    wheel.filename = "demo-1.0-cp313-abi3-any.whl".to_owned();
    let files = [read(testing::wheel("demo", "1.0")), read(wheel)];
    let name = "demo-1.0-cp313-abi3-any.whl".to_owned();
    assert_eq!(found(&files), [("release-fields", Some(name))]);
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
