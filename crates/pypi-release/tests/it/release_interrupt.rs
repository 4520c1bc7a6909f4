//! What remains of a release that is interrupted.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::PermissionsExt as _,
    process::{Child, ChildStderr, Command, Stdio},
};

use pypi_local_index::{Fault, Route};
use serde_json::{Value, json};

use crate::{
    command::{text, write},
    job::{Job, states},
};

/// A `release --json` that runs.
struct Releasing(Child, BufReader<ChildStderr>);

impl Releasing {
    fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        Self(child, stderr)
    }

    /// Sends SIGTERM when the run prints this.
    #[expect(clippy::disallowed_methods, reason = "only a shell can send a signal")]
    fn terminate_at(mut self, said: &str) -> Self {
        let mut lines = self.1.by_ref().lines();
        assert!(
            lines.any(|line| line.expect("text").contains(said)),
            "nobody printed {said:?}"
        );
        let kill = format!("kill -TERM {}", self.0.id());
        let killed = Command::new("sh").args(["-c", &kill]).status();
        assert!(killed.expect("a shell").success());
        self
    }

    /// The report of a run that was interrupted.
    fn report(mut self) -> Value {
        let mut stdout = String::new();
        let pipe = self.0.stdout.as_mut().expect("a pipe");
        pipe.read_to_string(&mut stdout).expect("text");
        assert_eq!(
            self.0.wait().expect("it ends").code(),
            Some(130),
            "{stdout}"
        );
        let report: Value = serde_json::from_str(&stdout).expect("a report");
        assert_eq!(
            (&report["success"], &report["error"]["kind"]),
            (&json!(false), &json!("interrupted"))
        );
        report
    }
}

/// The last step and its state.
fn last(report: &Value) -> String {
    states(report).pop().expect("a step")
}

#[test]
fn a_command_of_the_gate_ends_with_the_run() {
    let job = Job::of_tag();
    job.settings("[gate]\ncommands = ['mkfifo pipe; kill -TERM $PPID; echo $$ > pid; cat pipe']\n");
    let report = Releasing::start(job.command(&["--json"])).report();
    assert_eq!(last(&report), "gate failed");
    let message = report["error"]["message"].as_str().expect("a message");
    assert!(
        message.ends_with("was interrupted: nothing was sent"),
        "{message}"
    );
    job.assert_nothing_sent();
}

#[test]
fn a_gate_that_waits_is_interrupted() {
    let job = Job::of_tag();
    job.ran("ci.yml", "push", &["in_progress"]);
    let command = job.command(&["--json", "--after", "ci.yml"]);
    let report = Releasing::start(command)
        .terminate_at("waiting for ci.yml")
        .report();
    assert_eq!(last(&report), "gate failed");
    assert_eq!(
        report["error"]["message"],
        "interrupted while waiting for ci.yml: nothing was sent"
    );
    job.assert_nothing_sent();
}

#[test]
fn an_upload_that_is_interrupted_leaves_a_draft_and_no_token() {
    let job = Job::of_tag();
    job.index.add_fault(Fault::on(Route::Upload).stall_body(10));
    let releasing = Releasing::start(job.command(&["--json", "-v"])).terminate_at("uploading");
    let draft = {
        let state = job.github.state();
        (state.releases[0].draft, state.releases[0].assets.len())
    };
    assert_eq!(draft, (true, 3), "the draft was complete before the upload");
    let report = releasing.report();
    assert_eq!(
        (last(&report), &report["publication"]["token_burned"]),
        ("publish failed".to_owned(), &json!(true))
    );
    assert!(job.github.state().releases[0].draft);
    job.index.clear_faults();
    let again = job.release(&[]);
    assert_eq!(again.exit, 0, "{}", again.stderr);
    assert!(!job.github.state().releases[0].draft);
}

#[test]
fn what_was_published_is_reported_when_its_installation_is_interrupted() {
    let job = Job::of_tag();
    let script = b"#!/bin/sh\n[ $1 = --version ] || { mkfifo pipe; kill -TERM $PPID; cat pipe & cat pipe; }\n";
    let uv = write(&job.folder, "uv", script);
    std::fs::set_permissions(uv, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    let mut command = job.bare(&["--json", "--index", job.index.upload_url().as_str()]);
    command.args(["--simple-url", job.index.simple_url().as_str()]);
    command.env("PATH", format!("{}:/usr/bin:/bin", text(job.folder.path())));
    let report = Releasing::start(command).report();
    assert_eq!(last(&report), "verify failed");
    assert_eq!(report["publication"]["success"], true);
    assert_eq!(
        report["verification"]["installations"][0]["steps"][0]["verdict"],
        "unknown"
    );
    assert!(job.github.state().releases[0].draft);
}
