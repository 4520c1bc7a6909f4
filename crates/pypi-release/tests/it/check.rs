//! `check`.

use pypi_metadata::testing;

use crate::command::{DIST, command, pypi_release, text, write};

#[test]
fn a_sound_release_has_no_findings() {
    let ran = pypi_release(&["check", "--strict", DIST[0], DIST[1]]);
    assert_eq!(ran.exit, 0);
    assert_eq!(
        ran.stdout,
        format!("{}: no findings\n{}: no findings\n", DIST[0], DIST[1])
    );
}

#[test]
fn attestations_among_the_files_are_not_distributions() {
    let attestation = "absent-1.0.tar.gz.publish.attestation";
    let ran = pypi_release(&["check", "--strict", DIST[0], attestation]);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert_eq!(pypi_release(&["check", attestation]).exit, 1);
}

#[test]
fn a_variant_wheel_is_named_with_its_label() {
    let folder = tempfile::tempdir().expect("a folder");
    let wheel = testing::wheel("demo", "1.0");
    let path = write(&folder, "demo-1.0-py3-none-any-x86_64_v3.whl", &wheel.bytes);
    let ran = pypi_release(&["check", "--json", text(&path), DIST[0]]);
    assert_eq!(ran.exit, 1);
    let json = ran.json();
    assert_eq!(json["files"][0]["variant"], "x86_64_v3");
    assert_eq!(json["files"][0]["findings"][0]["rule"], "wheel-variant");
    assert!(json["files"][1]["variant"].is_null());
}

#[test]
fn findings_say_what_the_index_would_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let metadata =
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nClassifier: Nope\nX-Mine: 1\n\n";
    let wheel = testing::wheel_with("demo", "1.0", metadata);
    let path = write(&folder, &wheel.filename, &wheel.bytes);
    let ran = pypi_release(&["check", text(&path)]);
    assert_eq!(ran.exit, 1);
    for line in [
        text(&path),
        "  error[classifier-unknown]: the classifier \"Nope\" is unknown to PyPI",
        "    help: remove it, or use one from https://pypi.org/classifiers/",
        "    the index: 'Nope' is not a valid classifier. See https://packaging.python.org/specifications/core-metadata for more information.",
        "  warning[field-unknown]: \"X-Mine\" is not a core metadata field, so indexes ignore it",
    ] {
        assert!(
            ran.stdout.lines().any(|at| at == line),
            "{line}: {}",
            ran.stdout
        );
    }
    let json = pypi_release(&["check", "--json", text(&path)]).json();
    assert_eq!(json["errors"], 1);
    assert!(
        json["warnings"].as_u64().is_some_and(|count| count >= 1),
        "{json}"
    );
    assert_eq!(
        json["files"][0]["findings"][0]["index_text"],
        "'Nope' is not a valid classifier. See https://packaging.python.org/specifications/core-metadata for more information."
    );
}

#[test]
fn warnings_fail_a_strict_check_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let wheel = testing::wheel_with(
        "demo",
        "1.0",
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nX-Mine: 1\n\n",
    );
    let path = write(&folder, &wheel.filename, &wheel.bytes);
    assert_eq!(pypi_release(&["check", text(&path)]).exit, 0);
    assert_eq!(pypi_release(&["check", "--strict", text(&path)]).exit, 1);
}

#[test]
fn every_file_is_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "README.md", b"");
    let ran = pypi_release(&["check", text(&path), DIST[0]]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stdout.starts_with(&format!(
            "{}\n  error[filename-extension]: ",
            path.display()
        )),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .ends_with("upload_demo-1.0.0-py3-none-any.whl: no findings\n"),
        "{}",
        ran.stdout
    );
    let ran = pypi_release(&["check", "no-such-file.whl", DIST[0]]);
    let not_found = std::io::Error::from_raw_os_error(2);
    assert_eq!(
        (ran.exit, ran.stderr),
        (
            1,
            format!("pypi-release: no-such-file.whl: the file cannot be read: {not_found}\n")
        )
    );
}

/// A wheel that lacks what users want, and that an index takes.
fn poor_wheel(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nX-Mine: 1\n\n";
    let wheel = testing::wheel_with("demo", "1.0", metadata);
    write(folder, &wheel.filename, &wheel.bytes)
}

#[test]
fn a_rule_can_be_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = poor_wheel(&folder);
    let all = pypi_release(&["check", "--json", text(&path)]).json();
    let rules: Vec<&str> = all["files"][0]["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    assert!(rules.contains(&"field-unknown"), "{rules:?}");
    let mut arguments = vec!["check", "--strict"];
    for rule in &rules {
        arguments.extend(["--ignore", rule]);
    }
    arguments.push(text(&path));
    let ran = pypi_release(&arguments);
    assert_eq!(
        (ran.exit, ran.stdout),
        (0, format!("{}: no findings\n", path.display()))
    );
}

#[test]
fn an_unknown_rule_is_wrong_usage() {
    let ran = pypi_release(&["check", "--ignore", "classifer-unknown", DIST[0]]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains(
            "invalid value 'classifer-unknown' for '--ignore <RULE>': unknown rule, did you mean 'classifier-unknown'?"
        ),
        "{}",
        ran.stderr
    );
    let ran = pypi_release(&["check", "--ignore", "x", DIST[0]]);
    assert_eq!(ran.exit, 2);
    assert!(!ran.stderr.contains("did you mean"), "{}", ran.stderr);
}

#[test]
fn a_pyproject_is_checked_with_its_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "pyproject.toml", b"[project]\nname = \"de mo\"\n");
    let ran = pypi_release(&["check", text(&path)]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stdout.contains("  2:8: error[name-invalid]: "),
        "{}",
        ran.stdout
    );
    let ran = command(["check", text(&path)])
        .env("GITHUB_ACTIONS", "true")
        .output()
        .expect("it runs");
    let stdout = String::from_utf8(ran.stdout).expect("text");
    let annotation = stdout
        .lines()
        .find(|line| line.starts_with("::error file=") && line.contains("name-invalid"))
        .expect("an annotation");
    assert!(
        annotation.contains(",title=name-invalid,line=2,col=8::"),
        "{annotation}"
    );
}

#[test]
fn code_scanning_gets_sarif() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "pyproject.toml", b"[project]\nname = \"de mo\"\n");
    let sarif = pypi_release(&["check", "--sarif", text(&path)]).json();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|result| result["ruleId"] == "name-invalid")
        .expect("the result");
    assert_eq!(result["level"], "error");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&2.into(), &8.into())
    );
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    assert!(rules.iter().any(|rule| rule["id"] == "name-invalid"));
}

#[test]
fn files_of_a_release_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let (wheel, sdist) = (testing::wheel("demo", "1.0"), testing::sdist("demo", "1.1"));
    let wheel = write(&folder, &wheel.filename, &wheel.bytes);
    let sdist = write(&folder, &sdist.filename, &sdist.bytes);
    let ran = pypi_release(&["check", text(&wheel), text(&sdist)]);
    assert!(
        ran.stdout
            .contains("error[release-versions]: the files of demo are of 2 versions: 1.0 (demo-1.0-py3-none-any.whl), 1.1 (demo-1.1.tar.gz)\n    help: empty the folder before the build, or allow several versions (--all-versions)"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.exit, 1);
    let ran = pypi_release(&["check", "--all-versions", text(&wheel), text(&sdist)]);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    assert!(ran.stdout.contains("warning[release-versions]"));
}
