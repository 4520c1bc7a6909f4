//! Signing as a CI job, with the Sigstore instance of a local index.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{fs, path::Path};

use pypi_local_index::{Fault, Identity, LocalIndex, Route, Verification};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{DIST, Ran, command, run, text, write};

pub(crate) const WHEEL: &str = "upload_demo-1.0.0-py3-none-any.whl";
pub(crate) const SDIST: &str = "upload_demo-1.0.0.tar.gz";
pub(crate) const SIDECAR: &str = "upload_demo-1.0.0-py3-none-any.whl.publish.attestation";
pub(crate) const REPOSITORY: &str = "https://github.com/octo-org/demo";

/// An index that verifies attestations with its own root, the configuration of its Sigstore instance, and two files.
pub(crate) struct Signing {
    pub(crate) index: LocalIndex,
    pub(crate) folder: TempDir,
}

impl Signing {
    pub(crate) fn new() -> Self {
        Self::by(Identity::github("octo-org/demo", "release.yml"))
    }

    pub(crate) fn by(identity: Identity) -> Self {
        let index = LocalIndex::builder().publishes_any().identity(identity);
        let index = index.verification(Verification::sigstore()).start();
        let index = index.expect("an index");
        let folder = tempfile::tempdir().expect("a folder");
        for (path, name) in DIST.iter().zip([WHEEL, SDIST]) {
            write(&folder, name, &fs::read(path).expect("test data"));
        }
        let config = index.sigstore_trust_config();
        write(&folder, "trust_config.json", config.as_bytes());
        let root: Value = serde_json::from_str(&config).expect("JSON");
        let root = root["trustedRoot"].to_string();
        write(&folder, "trusted_root.json", root.as_bytes());
        Self { index, folder }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }

    /// Runs the command in the folder, as the job, and looks for secrets in what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = command(arguments);
        command
            .envs(self.index.environment())
            .envs(variables.iter().copied());
        command.current_dir(self.folder.path());
        let ran = run(command);
        let environment = self.index.environment();
        let secret = environment
            .iter()
            .find(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        let secret = &secret.expect("the token of the job").1;
        for output in [&ran.stdout, &ran.stderr] {
            // The second is how every ID token begins.
            assert!(
                !output.contains(secret) && !output.contains("eyJ"),
                "{output}"
            );
        }
        ran
    }

    /// `attest sign` with the index's own instance.
    pub(crate) fn sign(&self, arguments: &[&str]) -> Ran {
        self.run(
            &[
                &["attest", "sign", "--sigstore", "trust_config.json"],
                arguments,
            ]
            .concat(),
        )
    }

    pub(crate) fn requests(&self, route: Route) -> usize {
        let requests = self.index.requests();
        requests.iter().filter(|one| one.route == route).count()
    }
}

/// The values of a key of the files of a report.
pub(crate) fn of_files(ran: &Ran, pointer: &str) -> Vec<Value> {
    let report = ran.json();
    let files = report["files"].as_array().expect("files").iter();
    files
        .map(|file| file.pointer(pointer).cloned().unwrap_or_default())
        .collect()
}

#[test]
fn what_was_signed_verifies() {
    let signing = Signing::new();
    let ran = signing.sign(&[WHEEL, SDIST]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0].starts_with(&format!("{WHEEL}  signed  20")),
        "{lines:?}"
    );
    assert!(
        lines[0].contains(", log index ") && lines.len() == 2,
        "{lines:?}"
    );

    let by = [
        "attest",
        "verify",
        "--trusted-root",
        "trusted_root.json",
        "--json",
    ];
    let verify = |more: &[&str]| signing.run(&[&by[..], more].concat());
    let ran = verify(&["--repository", REPOSITORY, WHEEL, SDIST]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/verified")),
        (0, vec![json!(true); 2])
    );
    let workflow =
        r#"{"kind": "GitHub", "repository": "octo-org/demo", "workflow": "release.yml"}"#;
    assert_eq!(verify(&["--identity-json", workflow, WHEEL]).exit, 0);
    for (arguments, kind) in [
        (
            ["--repository", "https://github.com/octo-org/other", WHEEL],
            "identity",
        ),
        (
            ["--repository", "https://gitlab.com/octo-org/demo", WHEEL],
            "issuer",
        ),
    ] {
        let ran = verify(&arguments);
        assert_eq!(
            (ran.exit, of_files(&ran, "/attestations/0/error/kind")),
            (1, vec![json!(kind)])
        );
    }
    let ran = signing.run(&[
        "attest",
        "verify",
        "--json",
        "--repository",
        REPOSITORY,
        WHEEL,
    ]);
    assert_eq!(ran.exit, 1, "the public instance did not sign it");
    write(&signing.folder, WHEEL, b"other");
    let ran = verify(&["--repository", REPOSITORY, WHEEL]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/attestations/0/error/kind")),
        (1, vec![json!("digest")])
    );
}

#[test]
fn a_signed_file_is_not_signed_again() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&["--json", WHEEL]).exit, 0);
    let first = signing.read(SIDECAR);
    // `dist/*` contains the attestations too.
    let ran = signing.sign(&["--json", WHEEL, SDIST, SIDECAR]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/state")),
        (0, vec![json!("present"), json!("signed")])
    );
    assert!(
        of_files(&ran, "/attestation/log_index")
            .iter()
            .all(Value::is_u64)
    );
    assert_eq!(
        (signing.read(SIDECAR), signing.requests(Route::LogEntry)),
        (first, 2)
    );
    // All are signed: no job is needed.
    let config = signing.path("trust_config.json");
    let mut command = command(["attest", "sign", "--sigstore", &config, WHEEL, SDIST]);
    command.current_dir(signing.folder.path());
    assert_eq!(run(command).exit, 0);
}

#[test]
fn an_attestation_of_other_content_is_replaced_and_said_so() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
    write(&signing.folder, WHEEL, b"other");
    let ran = signing.sign(&["--dry-run", "--json", WHEEL]);
    assert_eq!(of_files(&ran, "/state"), [json!("planned")]);
    let ran = signing.sign(&[WHEEL]);
    assert_eq!(ran.exit, 0);
    let path = Path::new(SIDECAR).display();
    assert_eq!(
        ran.stderr,
        format!("warning: {path} contained another attestation: it is replaced\n")
    );
}

#[test]
fn the_folder_of_the_attestations_can_be_another_one() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&["--output-dir", "new/out", WHEEL]).exit, 0);
    assert!(signing.read(&format!("new/out/{SIDECAR}")).is_some());
    assert_eq!(signing.read(SIDECAR), None);
}

#[test]
fn a_dry_run_asks_nobody() {
    let signing = Signing::new();
    let ran = signing.sign(&["--dry-run", WHEEL, SDIST]);
    assert_eq!(ran.exit, 0);
    assert!(
        ran.stdout
            .lines()
            .all(|line| line.ends_with("would be signed")),
        "{}",
        ran.stdout
    );
    assert_eq!(signing.index.requests().len(), 0);
    assert_eq!(signing.read(SIDECAR), None);
}

#[test]
fn what_was_signed_before_a_failure_is_written() {
    let signing = Signing::new();
    let fault = Fault::on(Route::LogEntry).nth(2);
    signing.index.add_fault(fault.respond(
        400,
        "application/json",
        r#"{"code": 400, "message": "no"}"#,
    ));
    let ran = signing.sign(&["--json", WHEEL, SDIST]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/state")),
        (1, vec![json!("signed"), json!("failed")])
    );
    assert!(signing.read(SIDECAR).is_some());
    signing.index.clear_faults();
    let ran = signing.sign(&["--json", WHEEL, SDIST]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/state")),
        (0, vec![json!("present"), json!("signed")])
    );
}

#[test]
fn a_log_that_is_down_is_waited_for_and_said_so() {
    let signing = Signing::new();
    let fault = Fault::on(Route::LogEntry).nth(1);
    let fault = fault
        .respond(503, "text/plain", "busy")
        .header("Retry-After", "0");
    signing.index.add_fault(fault);
    let ran = signing.sign(&[WHEEL]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let told = format!("{WHEEL}: signing: attempt 1: ");
    assert!(
        ran.stderr.starts_with(&told) && ran.stderr.contains("503"),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_what_was_signed() {
    use std::{io::BufRead as _, process::Stdio};
    let signing = Signing::new();
    let fault = Fault::on(Route::LogEntry).from(2);
    signing
        .index
        .add_fault(fault.respond(503, "text/plain", "busy"));
    let mut command = command([
        "attest",
        "sign",
        "--json",
        "--sigstore",
        "trust_config.json",
    ]);
    command
        .args([WHEEL, SDIST])
        .envs(signing.index.environment());
    command.current_dir(signing.folder.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let stderr = child.stderr.take().expect("a pipe");
    let mut lines = std::io::BufReader::new(stderr).lines();
    let line = lines.next().expect("a line").expect("text");
    assert!(line.starts_with(&format!("{SDIST}: signing: ")), "{line}");
    let kill = format!("kill -INT {}", child.id());
    let status = std::process::Command::new("sh")
        .args(["-c", &kill])
        .status();
    assert!(status.expect("a shell").success());
    assert!(lines.all(|line| line.is_ok()), "it ends");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let states = [&report["files"][0]["state"], &report["files"][1]["state"]];
    assert_eq!(states, [&json!("signed"), &json!("failed")]);
    assert_eq!(report["error"]["kind"], "interrupted");
    assert!(signing.read(SIDECAR).is_some());
}
