//! `--sums` and `--write-sums`.

use std::{path::Path, process::Command};

use pypi_local_index::LocalIndex;

use crate::command::{DIST, publish_to, pypi_release, text};
use crate::version::{read, write};

/// A folder with both distributions.
fn dist() -> (tempfile::TempDir, [String; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = DIST.map(|path| {
        let copy = folder
            .path()
            .join(Path::new(path).file_name().expect("a name"));
        std::fs::copy(path, &copy).expect("copied");
        text(&copy).to_owned()
    });
    (folder, paths)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tool that this is compared with"
)]
fn sha256sum(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("sha256sum")
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn what_check_writes_sha256sum_verifies_and_writes_too() {
    let (folder, [wheel, sdist]) = dist();
    let sums = folder.path().join("SHA256SUMS");
    let ran = pypi_release(&["check", "--write-sums", text(&sums), &wheel, &sdist]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let written = read(folder.path(), "SHA256SUMS");
    assert_eq!(written.lines().count(), 2);
    if sha256sum(folder.path(), &["--check", "--strict", "SHA256SUMS"]).is_none() {
        return; // the tool is not installed
    }
    let names = DIST.map(|path| Path::new(path).file_name().and_then(|name| name.to_str()));
    let names = names.map(|name| name.expect("a name"));
    assert_eq!(
        sha256sum(folder.path(), &names).as_deref(),
        Some(&written[..])
    );
    // It may be among the files.
    let verified = ["check", "--sums", text(&sums), &wheel, &sdist, text(&sums)];
    let ran = pypi_release(&verified);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.ends_with("SHA256SUMS: no findings\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn names_with_line_breaks_and_backslashes_are_those_of_sha256sum() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["a\\b.txt", "c\nd.txt", " e*.txt"];
    for name in names {
        write(folder.path(), name, name);
    }
    let Some(listed) = sha256sum(folder.path(), &["--", names[2], names[0], names[1]]) else {
        return; // the tool is not installed
    };
    write(folder.path(), "SHA256SUMS", &listed);
    let paths = names.map(|name| folder.path().join(name));
    let (sums, ours) = (folder.path().join("SHA256SUMS"), folder.path().join("OURS"));
    let mut arguments = vec![
        "check",
        "--json",
        "--sums",
        text(&sums),
        "--write-sums",
        text(&ours),
    ];
    arguments.extend(paths.iter().map(|path| text(path)));
    let json = pypi_release(&arguments).json();
    let files = json["files"].as_array().expect("files");
    let sums = files.iter().find(|file| file["filename"] == "SHA256SUMS");
    assert_eq!(
        sums.expect("it is listed")["findings"],
        serde_json::json!([])
    );
    assert_eq!(read(folder.path(), "OURS"), listed);
}

#[test]
fn each_difference_is_a_finding() {
    let (folder, [wheel, sdist]) = dist();
    let sums = folder.path().join("SHA256SUMS");
    let zeros = "0".repeat(64);
    let name = Path::new(DIST[0])
        .file_name()
        .and_then(|name| name.to_str());
    let name = name.expect("a name");
    let lines = format!("{zeros}  dist/{name}\n{zeros}  gone-1.0.tar.gz\n");
    write(folder.path(), "SHA256SUMS", &lines);
    let ran = pypi_release(&["check", "--sums", text(&sums), &wheel, &sdist]);
    assert_eq!(ran.exit, 1);
    for line in [
        "  error[sums-missing]: gone-1.0.tar.gz is listed and was not given",
        "  error[sums-extra]: upload_demo-1.0.0.tar.gz is not listed",
    ] {
        assert!(
            ran.stdout.lines().any(|at| at == line),
            "{line}: {}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout
            .contains(&format!("  error[sums-different]: {name} has sha256 ")),
        "{}",
        ran.stdout
    );
    let json = pypi_release(&["check", "--json", "--sums", text(&sums), &wheel, &sdist]).json();
    assert_eq!(json["errors"], 3);

    let index = LocalIndex::start().expect("an index");
    let ran = publish_to(&index, &["--json", "--sums", text(&sums), &wheel, &sdist]);
    assert_eq!(ran.exit, 1);
    let message = ran.json()["error"]["message"]
        .as_str()
        .expect("text")
        .to_owned();
    assert!(
        message.contains("gone-1.0.tar.gz is listed and was not given"),
        "{message}"
    );
    assert!(message.ends_with("nothing was sent"), "{message}");
    assert!(index.requests().is_empty(), "nothing is sent");
}

#[test]
fn publish_verifies_and_writes() {
    let (folder, [wheel, sdist]) = dist();
    let sums = folder.path().join("SHA256SUMS");
    let index = LocalIndex::start().expect("an index");
    let write = ["--dry-run", "--write-sums", text(&sums), &wheel, &sdist];
    assert_eq!(publish_to(&index, &write).exit, 0);
    let written = read(folder.path(), "SHA256SUMS");
    let verify = ["--sums", text(&sums), &wheel, &sdist, text(&sums)];
    let ran = publish_to(&index, &verify);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let given = pypi_release(&["check", "--write-sums", text(&sums), &sdist, &wheel]);
    assert_eq!(
        (given.exit, read(folder.path(), "SHA256SUMS")),
        (0, written)
    );
}
