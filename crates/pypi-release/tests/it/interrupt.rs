//! What remains of a publication that is interrupted.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
};

use pypi_local_index::{Fault, LocalIndex, Route};
use serde_json::{Value, json};

use crate::command::{DIST, command};

/// A `publish --json` to `index` that has begun to send its first file.
struct Publishing(Child, BufReader<std::process::ChildStderr>);

impl Publishing {
    fn to(index: &LocalIndex) -> Self {
        let mut command = command(["publish", "--json", DIST[0], DIST[1]]);
        command.args(["--index", index.upload_url().as_str()]);
        command.args(["--simple-url", index.simple_url().as_str()]);
        command.envs(index.environment());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        wait_for(&mut stderr, "uploading");
        Self(child, stderr)
    }

    #[expect(clippy::disallowed_methods, reason = "only a shell can send a signal")]
    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.0.id());
        let status = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(status.expect("a shell").success());
    }

    /// The exit code and the report.
    fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = String::new();
        let pipe = self.0.stdout.as_mut().expect("a pipe");
        pipe.read_to_string(&mut stdout).expect("text");
        (self.0.wait().expect("it ends").code(), stdout)
    }
}

fn wait_for(stderr: &mut impl std::io::BufRead, text: &str) {
    for line in stderr.by_ref().lines() {
        if line.expect("text").contains(text) {
            return;
        }
    }
    panic!("nobody printed {text:?}");
}

fn burned(index: &LocalIndex) -> usize {
    let requests = index.requests();
    requests
        .iter()
        .filter(|request| request.route == Route::Burn)
        .count()
}

#[test]
fn a_signal_stops_burns_and_reports() {
    for signal in ["INT", "TERM"] {
        let index = LocalIndex::start().expect("an index");
        index.add_fault(Fault::on(Route::Upload).stall_body(10));
        let publishing = Publishing::to(&index);
        publishing.signal(signal);
        let (exit, stdout) = publishing.end();
        let report: Value = serde_json::from_str(&stdout).expect("a report");
        assert_eq!((exit, burned(&index)), (Some(130), 1), "{signal}: {stdout}");
        assert_eq!(report["success"], false);
        assert_eq!(report["token_burned"], true);
        assert_eq!(report["error"]["kind"], "cancelled");
        for file in report["files"].as_array().expect("files") {
            let outcome = &file["outcome"];
            assert!(
                *outcome == json!("failed") || *outcome == json!("unknown"),
                "{file:#}"
            );
        }
        assert!(index.files().is_empty());
    }
}

#[test]
fn what_was_stored_before_the_signal_is_reported() {
    let index = LocalIndex::start().expect("an index");
    // The index stores the wheel, but its response never ends.
    index.add_fault(Fault::on(Route::Upload).nth(1).stall_response(0));
    let publishing = Publishing::to(&index);
    while index.files().is_empty() {
        std::thread::yield_now();
    }
    publishing.signal("TERM");
    let (exit, stdout) = publishing.end();
    let report: Value = serde_json::from_str(&stdout).expect("a report");
    assert_eq!(exit, Some(130));
    assert_eq!(report["files"][0]["outcome"], "uploaded", "{stdout}");
    assert_eq!(report["files"][1]["outcome"], "failed", "{stdout}");
    assert_eq!((&report["token_burned"], burned(&index)), (&json!(true), 1));
}

#[test]
fn a_second_signal_ends_the_process() {
    let index = LocalIndex::start().expect("an index");
    index.add_fault(Fault::on(Route::Upload).stall_body(10));
    index.add_fault(Fault::on(Route::Burn).stall_body(0));
    let mut publishing = Publishing::to(&index);
    publishing.signal("INT");
    wait_for(&mut publishing.1, "interrupt again");
    publishing.signal("INT");
    let (exit, stdout) = publishing.end();
    assert_eq!((exit, stdout.as_str()), (Some(130), ""));
}
