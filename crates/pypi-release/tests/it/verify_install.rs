//! How an installation from an index is run and reported, with programs in place of uv and Python.
//!
//! `.ci/interop.d/verify` does it with the real ones.

use std::{io::Read as _, os::unix::fs::PermissionsExt as _, process::Stdio};

use serde_json::{Value, json};

use crate::{
    command::{Ran, run, text, write},
    verify::Release,
};

/// A release, and a `uv` on the path that runs this script and notes its calls.
struct WithUv {
    release: Release,
    script: String,
}

impl WithUv {
    fn new(script: &str) -> Self {
        let with_uv = Self {
            release: Release::new(),
            script: script.to_owned(),
        };
        let calls = with_uv.path("calls");
        let script = format!("#!/bin/sh\necho \"$@\" >> {calls}\n{}\n", with_uv.script);
        let path = write(&with_uv.release.folder, "uv", script.as_bytes());
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, permissions).expect("permissions");
        with_uv
    }

    fn path(&self, name: &str) -> String {
        text(&self.release.folder.path().join(name)).to_owned()
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let [wheel, _] = self.release.paths();
        let mut command = self.release.command(&[&wheel, "--install"]);
        let folder = text(self.release.folder.path());
        command.args(arguments);
        command.env("PATH", format!("{folder}:/usr/bin:/bin"));
        command.env("HOME", folder).env("UV_INDEX", "redirected");
        command.env("GITHUB_TOKEN", "hush");
        command
    }

    fn verify(&self, arguments: &[&str]) -> Ran {
        run(self.command(arguments))
    }

    /// The arguments of each call.
    fn calls(&self) -> Vec<String> {
        #[expect(clippy::disallowed_methods, reason = "a test reads its files")]
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }
}

fn step(report: &Value) -> &Value {
    &report["installations"][0]["steps"][0]
}

#[test]
fn a_release_without_required_provenance_is_not_run() {
    let with_uv = WithUv::new("exit 0");
    let ran = with_uv.verify(&["--json", "--require-provenance"]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["installations"]), (1, &json!([])));
    let calls = with_uv.calls();
    assert!(calls.iter().all(|call| call == "--version"), "{calls:?}");
}

#[test]
fn a_failing_step_is_shown_with_the_end_of_its_output() {
    let with_uv = WithUv::new("[ $1 = --version ] || { echo ::error::told; env; exit 3; }");
    let ran = with_uv.verify(&["--json"]);
    let report = ran.json();
    assert_eq!((ran.exit, &report["success"]), (1, &json!(false)));
    assert_eq!(report["files"][0]["verification"], "confirmed");
    assert_eq!(step(&report)["step"], "environment");
    assert_eq!(step(&report)["verdict"], "failed");
    assert_eq!(step(&report)["message"], "exited with code 3");
    let output = step(&report)["output"].as_str().expect("its output");
    assert!(output.starts_with("::error::told\n"), "{output}");
    assert!(
        !output.contains("hush") && !output.contains("redirected"),
        "{output}"
    );

    let ran = with_uv.verify(&[]);
    assert_eq!(ran.exit, 1);
    let said = "pypi-release: demo 1.0 from wheel by uv: environment python3: exited with code 3\n  | ::error::told\n";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    assert!(ran.stdout.contains("environment  failed"), "{}", ran.stdout);
}

#[test]
fn what_is_not_confirmed_is_not_installed() {
    let with_uv = WithUv::new("");
    write(
        &with_uv.release.folder,
        &with_uv.release.wheel.filename,
        b"other",
    );
    let ran = with_uv.verify(&["--json"]);
    assert_eq!((ran.exit, &ran.json()["installations"]), (1, &json!([])));
    assert_eq!(with_uv.calls(), ["--version"]);
}

#[test]
fn an_installer_that_does_not_see_the_release_yet_is_run_again() {
    let with_uv = WithUv::new(
        "case \"$*\" in *install*) echo 'Because there is no version'; echo '   of demo==1.0'; exit 1;; esac",
    );
    let ran = with_uv.verify(&["--json", "--timeout", "3s"]);
    let report = ran.json();
    let steps = report["installations"][0]["steps"]
        .as_array()
        .expect("steps");
    let verdicts: Vec<&Value> = steps.iter().map(|step| &step["verdict"]).collect();
    assert_eq!(
        (ran.exit, verdicts),
        (3, vec![&json!("passed"), &json!("not_shown_yet")])
    );
    let calls = with_uv.calls();
    assert_eq!(calls.len(), 4, "{calls:?}");
    let index = with_uv.release.index.simple_url();
    for install in &calls[2..] {
        assert!(
            install.contains(&format!("--index-url {index} ")),
            "{install}"
        );
        assert!(
            install.contains("--no-deps --only-binary :all: --require-hashes"),
            "{install}"
        );
        assert!(install.contains("--no-config"), "{install}");
    }
}

#[test]
fn an_installer_that_is_missing_is_named() {
    let with_uv = WithUv::new("exit 127");
    let ran = with_uv.verify(&["--installer", "uv"]);
    let said = "pypi-release: uv exited with code 127: install it, or use --installer pip\n";
    assert_eq!((ran.exit, ran.stderr.as_str()), (1, said));
    let ran = with_uv.verify(&["--json", "--python", "no-such-python"]);
    let report = ran.json();
    assert_eq!(
        (ran.exit, &report["installations"][0]["installer"]),
        (1, &json!("pip"))
    );
    let message = step(&report)["message"].as_str().expect("a message");
    assert!(message.starts_with("could not be started: "), "{message}");
}

#[test]
fn wrong_usage_is_noticed_before_anything_is_asked() {
    let with_uv = WithUv::new("");
    for (arguments, said) in [
        (
            [
                "--dependencies-index",
                "https://me:hush@index.example/simple/",
            ],
            "contains credentials",
        ),
        (["--dependencies-index", "pypi"], "not a URL"),
    ] {
        let ran = with_uv.verify(&arguments);
        assert_eq!(ran.exit, 2, "{}", ran.stderr);
        assert!(
            ran.stderr.contains(said) && !ran.stderr.contains("hush"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(with_uv.release.index.requests().len(), 0);
}

#[test]
fn a_signal_ends_the_installer_and_all_that_it_started() {
    let with_uv =
        WithUv::new("[ $1 = --version ] || { mkfifo pipe; kill -INT $PPID; cat pipe & cat pipe; }");
    let mut command = with_uv.command(&["--json"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut stdout = String::new();
    let mut pipe = child.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut stdout).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let report: Value = serde_json::from_str(&stdout).expect("a report");
    assert_eq!(step(&report)["message"], "was interrupted");
    assert_eq!(step(&report)["verdict"], "unknown");
    assert_eq!(report["error"]["kind"], "interrupted");
}
