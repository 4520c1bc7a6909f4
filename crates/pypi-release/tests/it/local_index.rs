//! `local-index`: a process of its own, its folder and its end.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::command::{DIST, command, pypi_release, run, text, write};

struct Served {
    process: Child,
    told: Value,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(["local-index", "--json"]);
        let mut process = command
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut document = String::new();
        for line in BufReader::new(process.stdout.take().expect("standard output")).lines() {
            let line = line.expect("text");
            document.push_str(&line);
            if line == "}" {
                break;
            }
        }
        let told = serde_json::from_str(&document).expect("JSON");
        Self { process, told }
    }

    fn publish(&self) -> Value {
        let url = |key: &str| self.told[key].as_str().expect("a URL").to_owned();
        let mut command = command(["publish", DIST[0], "--json", "--index", &url("upload_url")]);
        command.args(["--simple-url", &url("simple_url")]);
        for (name, value) in self.told["environment"].as_object().expect("variables") {
            command.env(name, value.as_str().expect("text"));
        }
        let ran = run(command);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        ran.json()["files"][0]["outcome"].clone()
    }

    /// Ends the process as a service manager does, and gives its exit code.
    #[cfg(unix)]
    #[expect(clippy::disallowed_methods, reason = "the signal of a service manager")]
    fn terminate(&mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[cfg(unix)]
fn a_folder_has_the_state_when_the_process_is_ended_and_started_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--dir", text(folder.path())];
    let mut first = Served::start(&arguments);
    let token = first.told["token"].clone();
    let uploaded = first.publish();
    assert_eq!(first.terminate(), Some(0));
    let second = Served::start(&arguments);
    assert_eq!(second.told["token"], token);
    let again = second.publish();
    assert_ne!(again, uploaded, "the file is there already");
}

#[test]
fn a_scenario_that_cannot_be_read_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(&folder, "scenario.toml", b"seed = 1\nnonsense = true\n");
    let ran = pypi_release(&["local-index", "--scenario", text(&path)]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains(
            "scenario.toml: the scenario cannot be read: line 2: unknown field `nonsense`"
        ),
        "{}",
        ran.stderr
    );
    let ran = pypi_release(&["local-index", "--scenario", "no-such-file.toml"]);
    assert!(
        ran.stderr
            .contains("file \"no-such-file.toml\" could not be read"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_folder_is_of_one_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = Served::start(&["--dir", text(folder.path())]);
    let ran = pypi_release(&["local-index", "--dir", text(folder.path())]);
    assert_eq!(ran.exit, 3);
    assert!(
        ran.stderr.contains("that no other process uses"),
        "{}",
        ran.stderr
    );
}
