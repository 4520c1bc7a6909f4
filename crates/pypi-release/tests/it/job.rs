//! A project in a checkout, and the CI job that releases it: with an index, a fake of GitHub, and the files of a build.

use std::{collections::BTreeMap, fs, process::Command};

use pypi_local_index::{LocalIndex, Route};
use pypi_metadata::testing::{self, TestDistribution};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    command::{Ran, command, run, text, write},
    fake_github::{FakeGitHub, TOKEN},
    version::git,
};

/// The job of a push to the repository `o/r`.
pub(crate) struct Job {
    pub(crate) folder: TempDir,
    pub(crate) index: LocalIndex,
    pub(crate) github: FakeGitHub,
    pub(crate) variables: BTreeMap<String, String>,
}

/// Part of each secret that a test makes up.
pub(crate) const HUSH: &str = "hush";

impl Job {
    /// The project `demo` with the tag `v1.0.0`, which was pushed, and with a wheel and an sdist of that version.
    pub(crate) fn of_tag() -> Self {
        let job = Self::new(&[(
            "pyproject.toml",
            "[project]\nname = \"demo\"\ndynamic = [\"version\"]\n",
        )]);
        job.tag("v1.0.0");
        job.build(&[
            testing::wheel("demo", "1.0.0"),
            testing::sdist("demo", "1.0.0"),
        ]);
        job.on("push", "refs/tags/v1.0.0")
    }

    /// A checkout with these files in one commit. Others are ignored.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        for (name, text) in files {
            let parent = path.join(name);
            fs::create_dir_all(parent.parent().expect("a folder")).expect("made");
            write(&folder, name, text.as_bytes());
        }
        fs::create_dir(path.join("dist")).expect("made");
        git(path, &["init", "--quiet", "--initial-branch=main"]);
        git(path, &["add", "--all"]);
        git(
            path,
            &[
                "commit",
                "--quiet",
                "--allow-empty",
                "--message",
                "feat: a first version",
            ],
        );
        write(&folder, ".git/info/exclude", b"*\n");
        let commit = git(path, &["rev-parse", "HEAD"]);
        let index = LocalIndex::start().expect("an index");
        let github = FakeGitHub::start();
        let mut variables: BTreeMap<String, String> = index.environment().into_iter().collect();
        for (name, value) in [
            ("GITHUB_API_URL", github.url()),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_SHA", &commit),
            ("GITHUB_TOKEN", TOKEN),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        Self {
            folder,
            index,
            github,
            variables,
        }
    }

    /// Makes a tag of the commit, here and on GitHub.
    pub(crate) fn tag(&self, name: &str) {
        git(self.folder.path(), &["tag", name]);
        let commit = self.variables["GITHUB_SHA"].clone();
        self.github.state().tags.insert(name.to_owned(), commit);
    }

    /// Replaces the files in the folder `dist`.
    pub(crate) fn build(&self, files: &[TestDistribution]) {
        let dist = self.folder.path().join("dist");
        fs::remove_dir_all(&dist).expect("removed");
        fs::create_dir(&dist).expect("made");
        for file in files {
            write(
                &self.folder,
                &format!("dist/{}", file.filename),
                &file.bytes,
            );
        }
    }

    /// Sets the event.
    pub(crate) fn on(mut self, event: &str, reference: &str) -> Self {
        self.set("GITHUB_EVENT_NAME", event);
        self.set("GITHUB_REF", reference);
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Writes `pypi-release.toml`.
    pub(crate) fn settings(&self, text: &str) {
        write(&self.folder, "pypi-release.toml", text.as_bytes());
    }

    /// Adds a workflow run of the commit.
    pub(crate) fn ran(&self, workflow: &str, event: &str, states: &[&str]) {
        let commit = self.variables["GITHUB_SHA"].clone();
        self.github.run(&serde_json::json!({
            "workflow": workflow, "head_sha": commit, "event": event, "states": states,
        }));
    }

    /// `release` to the job's index, without the installation.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(&["--no-install"]);
        command.args(["--index", self.index.upload_url().as_str()]);
        command.args(["--simple-url", self.index.simple_url().as_str()]);
        command.args(arguments);
        command
    }

    /// `release` with these arguments only.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = command(["release"]);
        command.args(arguments).envs(&self.variables);
        command.current_dir(self.folder.path());
        command
    }

    pub(crate) fn release(&self, arguments: &[&str]) -> Ran {
        self.run(self.command(arguments))
    }

    /// Runs a command, and checks that no secret is printed.
    pub(crate) fn run(&self, command: Command) -> Ran {
        let ran = run(command);
        let request = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
        let request = self.variables.get(request).map_or(TOKEN, String::as_str);
        for text in [&ran.stdout, &ran.stderr] {
            for secret in [TOKEN, request, HUSH, "pypi-AgE", "eyJ"] {
                assert!(!text.contains(secret), "{secret:?} in {text}");
            }
        }
        ran
    }

    /// Nothing was sent: no file, no token was minted, and GitHub was only read.
    #[track_caller]
    pub(crate) fn assert_nothing_sent(&self) {
        let requests = self.index.requests();
        let is_sent = |route| matches!(route, Route::Upload | Route::Mint);
        assert!(!requests.iter().any(|request| is_sent(request.route)));
        assert_eq!(self.github.writes(), [""; 0]);
    }

    /// The text of a file.
    #[expect(clippy::disallowed_methods, reason = "a test reads its files")]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).expect("a file")
    }

    pub(crate) fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }
}

/// The command failed with this exit code, said all of this, and sent nothing.
#[track_caller]
pub(crate) fn assert_stopped(job: &Job, ran: &Ran, exit: i32, said: &[&str]) {
    assert_eq!(ran.exit, exit, "{}", ran.stderr);
    for said in said {
        assert!(ran.stderr.contains(said), "no {said:?} in {}", ran.stderr);
    }
    job.assert_nothing_sent();
}

/// The steps of a report with their states: `check done`.
pub(crate) fn states(report: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let steps = report["steps"].as_array().expect("steps");
    steps
        .iter()
        .map(|step| format!("{} {}", word(&step["step"]), word(&step["state"])))
        .collect()
}
