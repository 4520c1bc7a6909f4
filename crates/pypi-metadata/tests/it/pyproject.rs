//! What is wrong with a `pyproject.toml`, and where.

use pypi_metadata::{Severity, check_pyproject};

fn found(text: &str) -> Vec<(&'static str, usize, usize)> {
    let findings = check_pyproject(text);
    let each = findings.iter().map(|finding| {
        let at = finding.position().expect("a position");
        (finding.rule().id(), at.line, at.column)
    });
    each.collect()
}

const GOOD: &str = r#"[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
description = "A demo"
readme = "README.md"
requires-python = ">=3.9"
license = "MIT"
license-files = ["LICENSE*"]
authors = [{ name = "Some One", email = "some@example.org" }]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["requests>=2; python_version < '4'"]
import-names = ["demo"]

[project.urls]
Source = "https://example.org"

[project.optional-dependencies]
dev = ["pytest"]

[project.scripts]
demo = "demo:main"
"#;

#[test]
fn a_valid_file_has_no_findings() {
    assert_eq!(check_pyproject(GOOD), []);
}

#[test]
fn each_mistake_is_found_at_its_position() {
    for (good, bad, rule, line, column) in [
        ("name = \"demo\"", "name = \"de mo\"", "name-invalid", 6, 8),
        (
            "version = \"1.0\"",
            "version = \"1.0+x\"",
            "version-local",
            7,
            11,
        ),
        (
            "version = \"1.0\"",
            "version = 1.0",
            "pyproject-type",
            7,
            11,
        ),
        ("version = \"1.0\"\n", "", "pyproject-version", 5, 2),
        ("\">=3.9\"", "\"3.9+\"", "requires-python", 10, 19),
        ("\"MIT\"", "\"Apache 2.0\"", "license-expression", 11, 11),
        (
            "\"MIT\"",
            "{ text = \"MIT\" }",
            "pyproject-license-table",
            11,
            1,
        ),
        ("some@example.org", "nobody", "email-invalid", 13, 41),
        (":: Python :: 3", ":: Cobra", "classifier-unknown", 14, 16),
        (
            "requests>=2; python_version < '4'",
            "requests @ https://x",
            "requires-dist-url",
            15,
            17,
        ),
        ("requests>=2", "requests 2", "requires-dist", 15, 17),
        ("https://example.org", "example.org", "project-url", 19, 10),
        ("[\"pytest\"]", "\"pytest\"", "pyproject-type", 22, 7),
        ("demo:main", "demo", "entry-points", 25, 8),
        ("README.md", "README", "pyproject-readme", 9, 10),
        ("import-names", "import_names", "pyproject-unknown", 16, 16),
        (
            "import-names = [\"demo\"]",
            "import-names = [\"a.class\"]",
            "import-name",
            16,
            17,
        ),
        (
            "import-names = [\"demo\"]",
            "dynamic = [\"name\"]",
            "pyproject-dynamic",
            16,
            12,
        ),
        (
            "import-names = [\"demo\"]",
            "dynamic = [\"readme\"]",
            "pyproject-dynamic",
            16,
            12,
        ),
        (
            "requires = [\"hatchling\"]\n",
            "",
            "pyproject-build-system",
            1,
            2,
        ),
        ("\"demo\"\n", "\"demo\n", "pyproject-toml", 6, 13),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let text = GOOD.replacen(good, bad, 1);
        let found = found(&text);
        assert!(
            found.iter().any(|(at, _, _)| *at == rule),
            "{bad}: {found:?}"
        );
        assert!(found.contains(&(rule, line, column)), "{bad}: {found:?}");
    }
}

/// PEP 808, which not every build backend knows yet.
#[test]
fn a_list_or_table_may_be_set_and_extended_by_the_build() {
    let set = "dynamic = [\"dependencies\", \"scripts\"]\nimport-names = [\"demo\"]";
    let text = GOOD.replacen("import-names = [\"demo\"]", set, 1);
    let findings = check_pyproject(&text);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding.rule().id(), finding.severity()))
        .collect();
    assert_eq!(found, [("pyproject-dynamic", Severity::Warning); 2]);
}

/// A build requirement is not uploaded.
#[test]
fn a_build_requirement_may_be_a_url() {
    let text = GOOD.replacen(
        "\"hatchling\"",
        "\"hatchling @ https://example.org/h.whl\"",
        1,
    );
    assert_eq!(check_pyproject(&text), []);
    let text = GOOD.replacen("\"hatchling\"", "\"hatch ling\"", 1);
    assert_eq!(found(&text), [("requires-dist", 2, 13)]);
}

#[test]
fn legacy_configuration_gets_a_warning() {
    let poetry = "[tool.poetry]\nname = \"demo\"\n[build-system]\nrequires = []\n";
    assert_eq!(found(poetry), [("pyproject-poetry", 1, 7)]);
    let rules: Vec<&str> = found("").iter().map(|(rule, _, _)| *rule).collect();
    assert_eq!(rules, ["pyproject-no-project", "pyproject-no-build-system"]);
}

#[test]
fn unlimited_nesting_is_invalid_toml() {
    let text = format!("x = {}", "[".repeat(100_000));
    assert_eq!(
        found(&text).first().map(|(rule, _, _)| *rule),
        Some("pyproject-toml")
    );
}
