//! Bad input: one line that names the thing and the remedy, and nothing is sent.

use std::net::{Ipv4Addr, TcpListener};

use pypi_local_index::LocalIndex;
use pypi_metadata::testing;

use crate::command::{DIST, command, publish_to, pypi_release, run, text, write};

#[track_caller]
fn assert_refused(filename: &str, bytes: &[u8], line: &str) {
    let index = LocalIndex::start().expect("an index");
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, filename, bytes);
    let ran = publish_to(&index, &[DIST[0], text(&path)]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    let line = line.strip_prefix(filename).expect("the file is named");
    let line = format!("pypi-release: {}{line}\n", path.display());
    assert_eq!(ran.stderr, line, "with the path as it was given");
    assert!(
        index.requests().is_empty(),
        "nothing is sent, not even the valid file"
    );
}

#[test]
fn a_file_that_is_not_a_distribution() {
    assert_refused(
        "README.md",
        b"# hello",
        "README.md: the file name ends in neither .whl nor .tar.gz; give wheels and sdists that a build backend made",
    );
}

#[test]
fn an_empty_file() {
    assert_refused(
        "demo-1.0.tar.gz",
        b"",
        "demo-1.0.tar.gz: the file is empty; build the distribution again",
    );
}

#[test]
fn a_truncated_zip() {
    let wheel = testing::wheel("demo", "1.0");
    let index = LocalIndex::start().expect("an index");
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(
        &folder,
        &wheel.filename,
        &wheel.bytes[..wheel.bytes.len() / 2],
    );
    let ran = publish_to(&index, &[text(&path)]);
    assert_eq!((ran.exit, ran.stderr.lines().count()), (1, 1));
    assert!(
        ran.stderr.starts_with(&format!(
            "pypi-release: {}: the file is not a complete zip archive: ",
            path.display()
        )),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .ends_with("; build or download the distribution again\n"),
        "{}",
        ran.stderr
    );
    assert!(index.requests().is_empty());
}

#[test]
fn a_name_that_disagrees_with_the_metadata() {
    assert_refused(
        "other-1.0.tar.gz",
        &testing::sdist("demo", "1.0").bytes,
        "other-1.0.tar.gz: the file name is for project \"other\", but the metadata is for \"demo\"; build the distribution again and do not rename it",
    );
}

#[test]
fn a_local_version() {
    let wheel = testing::wheel("demo", "1.0+local");
    assert_refused(
        &wheel.filename,
        &wheel.bytes,
        "demo-1.0+local-py3-none-any.whl: the version 1.0+local has a local part, which PyPI does not accept; build it as 1.0",
    );
}

#[test]
fn no_identity() {
    let ran = pypi_release(&["publish", DIST[0]]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert_eq!(
        ran.stderr,
        "pypi-release: pypi: no CI identity in the environment: expected a job of Forgejo Actions, GitHub Actions, GitLab CI, Buildkite, CircleCI, Azure Pipelines or Google Cloud; elsewhere, use an API token; to choose a provider, name one of forgejo, github, gitlab, buildkite, circleci, azure, activestate, google\n"
    );
}

#[test]
fn a_job_without_the_permission_to_request_a_token() {
    let mut command = command(["publish", DIST[0]]);
    command.env("GITHUB_ACTIONS", "true");
    let ran = run(command);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr
            .contains("add `permissions: id-token: write` to the job"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_job_that_is_not_a_publisher_of_the_project() {
    let index = LocalIndex::builder()
        .project("upload-demo")
        .start()
        .expect("an index");
    let ran = publish_to(&index, &[DIST[0]]);
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    let mut lines = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("pypi-release: "));
    let line = lines.next_back().expect("an error");
    assert!(
        line.contains("invalid-publisher: valid token, but no corresponding publisher"),
        "{line}"
    );
    assert!(
        line.contains("; register this trusted publisher for the project, spelled exactly so: "),
        "{line}"
    );
    assert!(
        line.contains("octo-org") && line.contains("release.yml"),
        "{line}"
    );
    assert!(
        line.ends_with(&format!("; not tried: {}", DIST[0])),
        "{line}"
    );
    assert!(index.files().is_empty());
    let stderr = &ran.stderr;
    assert!(
        stderr.contains("possible causes, the most likely first:"),
        "{stderr}"
    );
    assert!(stderr.contains("Workflow name: "), "{stderr}");
}

#[test]
fn a_variable_without_a_token() {
    let ran = pypi_release(&["publish", "--token-env", "NOT_SET", DIST[0]]);
    assert_eq!(ran.exit, 1);
    assert_eq!(
        ran.stderr,
        "pypi-release: the variable NOT_SET contains no API token: set it, or leave out --token-env\n"
    );
}

/// The URL of a port on which nobody listens.
fn unreachable() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "asks for a port and gives it back"
    )]
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    format!("http://{}/", listener.local_addr().expect("an address"))
}

#[test]
fn an_unreachable_index() {
    let url = unreachable();
    let upload = format!("{url}legacy/");
    let simple = format!("{url}simple/");
    let arguments = [
        "publish",
        "--attempts",
        "1",
        "--index",
        &upload,
        "--simple-url",
        &simple,
    ];
    let mut by_job = command(arguments);
    by_job.args(DIST).env("GITHUB_ACTIONS", "true");
    by_job
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", &url)
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "x");
    let ran = run(by_job);
    assert_eq!(
        (ran.exit, ran.stderr.lines().count()),
        (3, 1),
        "{}",
        ran.stderr
    );
    let cause = "could not connect to the server: tcp connect error: ";
    assert!(ran.stderr.contains(cause), "{}", ran.stderr);
    let files = format!("; not tried: {}, {}\n", DIST[0], DIST[1]);
    assert!(ran.stderr.ends_with(&files), "{}", ran.stderr);

    let mut by_token = command([
        "publish",
        "--attempts",
        "1",
        "--index",
        &upload,
        "--token-env",
        "MY_TOKEN",
    ]);
    by_token.args(DIST).env("MY_TOKEN", "pypi-x");
    let ran = run(by_token);
    assert_eq!(ran.exit, 3);
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        rows[0].contains("not uploaded: could not connect to the server (http://127.0.0.1:"),
        "{rows:?}"
    );
    assert_eq!(rows.len(), 1, "the second is not tried");
    let other = "upload_demo-1.0.0.tar.gz: not uploaded: not tried after upload_demo-1.0.0-py3";
    assert!(ran.stderr.contains(other), "{}", ran.stderr);
}

#[test]
fn errors_are_in_the_json_document_too() {
    let ran = pypi_release(&["publish", "--json", DIST[0]]);
    assert_eq!(ran.exit, 1);
    assert_eq!(ran.json()["problems"][0]["rule"], "no-identity");
    assert_eq!(ran.json()["success"], false);
    assert_eq!(ran.json()["error"]["kind"], "identity");
}

#[test]
fn wrong_usage() {
    for arguments in [
        &["publish"][..],
        &["no-such-verb"],
        &["publish", "--index", "ftp://index.example/", DIST[0]],
        &[
            "verify",
            "--index",
            "https://me:secret@index.example/",
            "--simple-url",
            "https://index.example/",
            DIST[0],
        ],
        &["version", "--base", "one"],
    ] {
        let ran = pypi_release(arguments);
        assert_eq!((ran.exit, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
    }
}

#[test]
fn an_argument_with_a_line_break_stays_on_its_line() {
    let ran = pypi_release(&["publish", "--no-such\n::error::injected\x1b[31m"]);
    assert_eq!(ran.exit, 2);
    assert!(
        ran.stderr.contains("\\n::error::injected\\u{1b}[31m"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_option_of_another_tool() {
    let ran = |verb| pypi_release(&[verb, "--password=hush", DIST[0]]);
    let (publish, check) = (ran("publish"), ran("check"));
    assert_eq!((publish.exit, check.exit), (2, 2));
    assert!(
        publish
            .stderr
            .contains("tip: --token-env and --password-env")
    );
    assert!(!check.stderr.contains("--token-env"), "it has none");
    assert!(!publish.stderr.contains("hush") && !check.stderr.contains("hush"));
}
