//! Whether an index serves what was published.

use std::process::Command;

use pypi_local_index::{Fault, LocalIndex, Route};
use pypi_metadata::testing::{self, TestDistribution};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ran, command, pypi_release, run, text, write};

/// A folder with a wheel and an sdist, and an index that has both.
pub(crate) struct Release {
    pub(crate) folder: TempDir,
    pub(crate) index: LocalIndex,
    pub(crate) wheel: TestDistribution,
    sdist: TestDistribution,
}

impl Release {
    pub(crate) fn new() -> Self {
        let release = Self::unpublished();
        for file in [&release.wheel, &release.sdist] {
            let added = release.index.add_file(&file.filename, file.bytes.clone());
            added.expect("a distribution");
        }
        release
    }

    fn unpublished() -> Self {
        let release = Self {
            folder: tempfile::tempdir().expect("a folder"),
            index: LocalIndex::start().expect("an index"),
            wheel: testing::wheel("demo", "1.0"),
            sdist: testing::sdist("demo", "1.0"),
        };
        for file in [&release.wheel, &release.sdist] {
            write(&release.folder, &file.filename, &file.bytes);
        }
        release
    }

    pub(crate) fn paths(&self) -> [String; 2] {
        [&self.wheel, &self.sdist].map(|file| {
            let path = self.folder.path().join(&file.filename);
            text(&path).to_owned()
        })
    }

    fn verify(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments))
    }

    /// `verify` on the index of the release.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let index = &self.index;
        let mut command = command(["verify", "--index", index.upload_url().as_str()]);
        command.args(["--simple-url", index.simple_url().as_str()]);
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// The exit code and the verdicts, for both files.
    fn verdicts(&self, arguments: &[&str]) -> (i32, Vec<String>, Value) {
        let [wheel, sdist] = self.paths();
        let ran = self.verify(&[&["--json", &wheel, &sdist], arguments].concat());
        let report = ran.json();
        let files = report["files"].as_array().expect("files");
        let verdict = |file: &Value| file["verification"].as_str().expect("a word").to_owned();
        assert_eq!(report["success"], json!(ran.exit == 0));
        (ran.exit, files.iter().map(verdict).collect(), report)
    }

    fn requests(&self, route: Route) -> usize {
        let requests = self.index.requests();
        requests.iter().filter(|one| one.route == route).count()
    }
}

#[test]
fn every_file_is_downloaded_and_compared() {
    let release = Release::new();
    let [wheel, sdist] = release.paths();
    let ran = release.verify(&[&wheel, &sdist]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("demo-1.0-py3-none-any.whl") && lines[0].ends_with("confirmed"));
    let last = "all 2 files are on 127.0.0.1, downloaded and verified by sha256";
    assert_eq!(lines[2..], [last]);
    assert_eq!(release.requests(Route::File), 2);
}

#[test]
fn a_release_is_verified_without_its_files() {
    let release = Release::new();
    let ran = release.verify(&["--json", "Demo==1.0.0"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(report["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["files"][0]["verification"], "confirmed");
    assert_eq!(
        report["projects"][0],
        json!({"name": "demo", "status": "active", "reason": null})
    );
    let ran = release.verify(&["demo==2.0", "--timeout", "1s"]);
    assert_eq!(ran.exit, 3);
    assert_eq!(
        ran.stderr,
        "pypi-release: demo==2.0: not listed by the index yet\n"
    );
}

#[test]
fn other_content_is_an_alarm() {
    let release = Release::new();
    write(&release.folder, &release.wheel.filename, b"other");
    let (exit, verdicts, report) = release.verdicts(&[]);
    assert_eq!(
        (exit, verdicts),
        (1, vec!["different".into(), "confirmed".into()])
    );
    let message = report["files"][0]["message"].as_str().expect("a message");
    assert!(
        message.starts_with("THE INDEX SHOWS OTHER CONTENT: it lists sha256 "),
        "{message}"
    );
}

#[test]
fn other_bytes_than_those_listed_are_an_alarm() {
    let release = Release::new();
    let fault = Fault::on(Route::File).path_contains(".whl");
    let bytes = "x".repeat(release.wheel.bytes.len());
    release
        .index
        .add_fault(fault.respond(200, "application/octet-stream", bytes));
    let (exit, verdicts, report) = release.verdicts(&[]);
    assert_eq!(
        (exit, verdicts),
        (1, vec!["different".into(), "confirmed".into()])
    );
    let message = report["files"][0]["message"].as_str().expect("a message");
    assert!(
        message.starts_with("THE INDEX SERVES OTHER CONTENT: "),
        "{message}"
    );
    let ran = release.verify(&["demo==1.0"]);
    assert_eq!(ran.exit, 1, "also compared with what it lists");
}

#[test]
fn a_missing_file_is_not_shown_yet() {
    let release = Release::new();
    assert!(release.index.delete_file(&release.sdist.filename));
    let (exit, verdicts, _) = release.verdicts(&["--timeout", "1s"]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["confirmed".into(), "not_shown_yet".into()])
    );
    let (exit, verdicts, _) = Release::unpublished().verdicts(&["--timeout", "1s"]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["not_shown_yet".into(), "not_shown_yet".into()])
    );
}

#[test]
fn a_file_that_is_listed_before_it_is_served_is_waited_for() {
    let release = Release::new();
    let page = Fault::on(Route::Simple)
        .nth(1)
        .hide(&release.wheel.filename);
    release.index.add_fault(page);
    let bytes = Fault::on(Route::File).path_contains(".whl").nth(1);
    release
        .index
        .add_fault(bytes.respond(404, "text/plain", ""));
    let (exit, verdicts, _) = release.verdicts(&[]);
    assert_eq!(
        (exit, verdicts),
        (0, vec!["confirmed".into(), "confirmed".into()])
    );
    assert_eq!(
        (
            release.requests(Route::Simple),
            release.requests(Route::File)
        ),
        (2, 3)
    );

    let never = Fault::on(Route::File).respond(404, "text/plain", "");
    release.index.add_fault(never);
    let (exit, verdicts, report) = release.verdicts(&["--timeout", "1s"]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["not_shown_yet".into(), "not_shown_yet".into()])
    );
    assert_eq!(report["files"][0]["message"], "listed, but not served yet");
}

#[test]
fn yanked_and_archived_are_told() {
    let release = Release::new();
    assert!(
        release
            .index
            .yank("demo", "1.0", Some("wrong\n::error::data"))
    );
    release.index.archive("demo");
    let (exit, _, report) = release.verdicts(&[]);
    assert_eq!((exit, &report["files"][0]["yanked"]), (0, &json!(true)));
    assert_eq!(report["files"][0]["yanked_reason"], "wrong\n::error::data");
    assert_eq!(report["projects"][0]["status"], "archived");
    let [wheel, _] = release.paths();
    let ran = release.verify(&[&wheel]);
    let said = "warning: project demo is archived\n\
                warning: demo-1.0-py3-none-any.whl is yanked: wrong\\n::error::data\n";
    assert_eq!(ran.stderr, said);
}

#[test]
fn a_quarantined_project_is_told_at_once() {
    let release = Release::new();
    release.index.quarantine("demo");
    let (exit, verdicts, report) = release.verdicts(&[]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["not_shown_yet".into(), "not_shown_yet".into()])
    );
    assert_eq!(report["projects"][0]["status"], "quarantined");
    assert_eq!(release.requests(Route::Simple), 1);
    let ran = release.verify(&["demo==1.0"]);
    assert_eq!(ran.exit, 3);
    assert!(
        ran.stderr.contains("project demo is quarantined"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_index_that_cannot_be_asked_is_unknown() {
    let release = Release::new();
    release
        .index
        .add_fault(Fault::on(Route::Simple).reset_before_body());
    let (exit, verdicts, _) = release.verdicts(&["--timeout", "1s"]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["unknown".into(), "unknown".into()])
    );
    release.index.clear_faults();
    release
        .index
        .add_fault(Fault::on(Route::File).respond(403, "text/plain", ""));
    let (exit, verdicts, report) = release.verdicts(&[]);
    assert_eq!(
        (exit, verdicts),
        (3, vec!["unknown".into(), "unknown".into()])
    );
    let message = report["files"][0]["message"].as_str().expect("a message");
    assert!(message.ends_with(" replied 403"), "{message}");
}

#[test]
fn what_cannot_be_verified_is_wrong_usage_or_a_failure() {
    for (arguments, exit, said) in [
        (
            &["verify", "--index", "local", "demo==1.0"][..],
            2,
            "--index local starts an index",
        ),
        (
            &["verify", "--index", "https://index.example/", "demo==1.0"],
            2,
            "add --simple-url URL",
        ),
        (&["verify", "demo==x"], 2, "demo==x"),
        (&["verify", "no-such-1.0.tar.gz"], 1, "could not be read"),
        (&["verify", "no-such"], 1, "no-such"),
    ] {
        let ran = pypi_release(arguments);
        assert_eq!(ran.exit, exit, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
    let ran = pypi_release(&["verify", "--json", "no-such-1.0.tar.gz"]);
    let report = ran.json();
    assert_eq!(
        (&report["success"], &report["files"]),
        (&json!(false), &json!([]))
    );
    assert!(report["error"]["message"].is_string());
}

#[test]
fn a_step_of_github_has_outputs_and_a_summary() {
    let release = Release::new();
    let [wheel, _] = release.paths();
    let (output, summary) = ("output", "summary");
    let index = &release.index;
    let mut command = command([
        "verify",
        "--index",
        index.upload_url().as_str(),
        "--github-output",
    ]);
    command.args(["--simple-url", index.simple_url().as_str(), &wheel]);
    command.env("GITHUB_OUTPUT", write(&release.folder, output, b""));
    command.env("GITHUB_STEP_SUMMARY", write(&release.folder, summary, b""));
    command.current_dir(release.folder.path());
    assert_eq!(run(command).exit, 0);
    #[expect(clippy::disallowed_methods, reason = "a test reads its files")]
    let read = |name| std::fs::read_to_string(release.folder.path().join(name)).expect("a file");
    assert!(read(output).contains("files=[\"demo-1.0-py3-none-any.whl\"]\n"));
    let summary = read(summary);
    assert!(
        summary.starts_with("### Verified on 127.0.0.1\n"),
        "{summary}"
    );
    assert!(summary.contains("| confirmed |"), "{summary}");
}
