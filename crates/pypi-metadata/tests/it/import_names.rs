//! `Import-Name` and `Import-Namespace`.

use std::io::Cursor;

use pypi_metadata::{Inspection, Metadata, Severity, testing};

/// Metadata 2.5 with more headers.
fn metadata(more: &str) -> String {
    format!("Metadata-Version: 2.5\nName: demo\nVersion: 1.0\n{more}\nA test.\n")
}

/// The messages of the rules whose ids begin with `import-name`.
fn found(filename: &str, files: &[&str], more: &str) -> Vec<String> {
    let file = |path: &&str| ((*path).to_owned(), String::new());
    let mut members: Vec<(String, String)> = files.iter().map(file).collect();
    members.push(("demo-1.0.dist-info/METADATA".to_owned(), metadata(more)));
    let inspection = Inspection::read(filename, Cursor::new(testing::zip(&members)));
    let findings = inspection.findings().iter();
    let about_names = findings.filter(|finding| finding.rule().id().starts_with("import-name"));
    let each = about_names.map(|finding| {
        assert!(finding.severity() < Severity::Error && finding.help().is_some());
        finding.to_string()
    });
    each.collect()
}

const WHEEL: &str = "demo-1.0-py3-none-any.whl";

#[test]
fn the_names_are_in_the_wheel() {
    let files = ["demo/__init__.py", "_demo.py", "space/part/x.abi3.so"];
    let names = "Import-Name: demo\nImport-Name: _demo; private\nImport-Name: space.part\nImport-Namespace: space\n";
    assert_eq!(found(WHEEL, &files, names), [""; 0]);
    assert_eq!(found(WHEEL, &files, ""), [""; 0], "nothing is said");
    assert_eq!(
        found(WHEEL, &files, &names.replace("demo; private", "dmeo")),
        [
            "the wheel does not contain the import names \"_dmeo\"",
            "neither Import-Name nor Import-Namespace lists \"_demo\", which the wheel installs",
        ]
    );
}

/// The names are those of the release, not of the file.
#[test]
fn only_a_wheel_for_any_platform_has_every_name() {
    let names = "Import-Name: demo\nImport-Name: other\n";
    let files = ["demo.py"];
    assert_eq!(found(WHEEL, &files, names).len(), 1);
    let platform = "demo-1.0-py3-none-win32.whl";
    assert_eq!(found(platform, &files, names), [""; 0]);
    let editable = ["demo.py", "demo.pth"];
    assert_eq!(found(WHEEL, &editable, names), [""; 0]);
}

#[test]
fn ambiguous_names_and_missing_parents_are_advice() {
    let advice = |more: &str| -> Vec<String> {
        let metadata = Metadata::parse(metadata(more).as_bytes()).expect("metadata");
        assert_eq!(metadata.check(), [], "PyPI accepts it");
        let advice = metadata.advice();
        let of_names = advice
            .iter()
            .filter(|f| f.rule().id().starts_with("import-name"));
        of_names.map(ToString::to_string).collect()
    };
    assert_eq!(
        advice(
            "Import-Name: a\nImport-Namespace: a; private\nImport-Name: a.b.c\nImport-Name: a.b.d\n"
        ),
        [
            "\"a\" is in Import-Name and in Import-Namespace",
            "\"a.b\" is not in Import-Name or Import-Namespace, but a name inside it is",
        ]
    );
    assert_eq!(advice("Import-Name: a.b\nImport-Namespace: a\n"), [""; 0]);
}
