//! Signing as a CI job, with the Sigstore instance of a local index.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{fs, path::Path};

use pypi_local_index::{Fault, Identity, LocalIndex, Route, Verification};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    command::{DIST, Ran, command, run, text, write},
    job::{Job, states},
};

const WHEEL: &str = "upload_demo-1.0.0-py3-none-any.whl";
const SDIST: &str = "upload_demo-1.0.0.tar.gz";
const SIDECAR: &str = "upload_demo-1.0.0-py3-none-any.whl.publish.attestation";
const REPOSITORY: &str = "https://github.com/octo-org/demo";

/// An index that verifies attestations with its own root, the configuration of its Sigstore instance, and two files.
struct Signing {
    index: LocalIndex,
    folder: TempDir,
}

impl Signing {
    fn new() -> Self {
        Self::by(Identity::github("octo-org/demo", "release.yml"))
    }

    fn by(identity: Identity) -> Self {
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

    fn path(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }

    /// Runs the command in the folder, as the job, and looks for secrets in what it printed.
    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments)
    }

    fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
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
    fn sign(&self, arguments: &[&str]) -> Ran {
        self.run(
            &[
                &["attest", "sign", "--sigstore", "trust_config.json"],
                arguments,
            ]
            .concat(),
        )
    }

    /// `publish` to the index.
    fn publish(&self, arguments: &[&str]) -> Ran {
        self.publish_with(&[], arguments)
    }

    fn publish_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let index = &self.index;
        let [upload, simple] = [index.upload_url(), index.simple_url()].map(|url| url.as_str());
        let to = [
            "publish",
            "--index",
            upload,
            "--simple-url",
            simple,
            WHEEL,
            SDIST,
        ];
        self.run_with(variables, &[&to[..], arguments].concat())
    }

    /// `verify` on the index.
    fn verify(&self, arguments: &[&str]) -> Ran {
        let index = &self.index;
        let [upload, simple] = [index.upload_url(), index.simple_url()].map(|url| url.as_str());
        let on = ["verify", "--index", upload, "--simple-url", simple];
        self.run(&[&on[..], arguments].concat())
    }

    fn requests(&self, route: Route) -> usize {
        let requests = self.index.requests();
        requests.iter().filter(|one| one.route == route).count()
    }
}

const ATTEST: [&str; 3] = ["--attest", "--sigstore", "trust_config.json"];

/// The values of a key of the files of a report.
fn of_files(ran: &Ran, pointer: &str) -> Vec<Value> {
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
fn a_private_repository_is_not_shown_unless_allowed() {
    let private =
        Identity::github("octo-org/demo", "release.yml").claim("repository_visibility", "private");
    let signing = Signing::by(private);
    // The ID token of the job is not sent to the public instance.
    for instance in ["production", "staging"] {
        let ran = signing.run(&["attest", "sign", "--json", "--sigstore", instance, WHEEL]);
        assert_eq!(
            (ran.exit, of_files(&ran, "/state")),
            (1, vec![json!("failed")])
        );
        let message = &of_files(&ran, "/error/message")[0];
        assert!(
            message
                .as_str()
                .is_some_and(|text| text.contains("octo-org/demo is private")),
            "{message}"
        );
        assert_eq!(of_files(&ran, "/error/kind"), [json!("attestation")]);
    }
    assert_eq!(signing.read(SIDECAR), None);
    // Its own instance is not public.
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
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

#[test]
fn what_cannot_be_signed_is_told() {
    let signing = Signing::new();
    let fault = Fault::on(Route::Certificate);
    signing.index.add_fault(fault.respond(
        400,
        "application/json",
        r#"{"code": 3, "message": "no such issuer"}"#,
    ));
    let ran = signing.sign(&[WHEEL, SDIST]);
    assert_eq!(ran.exit, 1);
    assert_eq!(
        ran.stderr.lines().count(),
        1,
        "one reason for all: {}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .starts_with("pypi-release: [attestation] could not get a signing certificate: "),
        "{}",
        ran.stderr
    );

    write(&signing.folder, "notes.txt", b"");
    for (arguments, exit) in [
        (&["absent-1.0.tar.gz"][..], 1),
        (&["notes.txt"], 1),
        (&["--output-dir", "notes.txt", WHEEL], 1),
        (&[WHEEL, WHEEL], 1),
        (&[SIDECAR], 2),
        (&[], 2),
        (&["--id-token-env", "eyJ.secret", WHEEL], 2),
    ] {
        assert_eq!(signing.sign(arguments).exit, exit, "{arguments:?}");
    }
    let ran = signing.run(&["attest", "sign", "--sigstore", "trusted_root.json", WHEEL]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr
            .contains("cannot sign with this Sigstore instance"),
        "{}",
        ran.stderr
    );
    let mut command = command(["attest", "sign", DIST[0]]);
    command.current_dir(signing.folder.path());
    let ran = run(command);
    assert_eq!(ran.exit, 1, "no job: {}", ran.stderr);
}

#[test]
fn a_release_is_published_with_attestations_and_verified() {
    let signing = Signing::new();
    let ran = signing.publish(&[&ATTEST[..], &["--json"]].concat());
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(
        of_files(&ran, "/attestations/0/source"),
        [json!("signed"), json!("signed")]
    );
    assert_eq!(
        signing.read(SIDECAR),
        None,
        "nothing is written beside the files"
    );

    let root = ["--trusted-root", "trusted_root.json"];
    let verify = |more: &[&str]| signing.verify(&[&root[..], more].concat());
    let ran = verify(&[WHEEL, SDIST, "--require-provenance"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    // The job is that of the repository.
    let last = "all 2 files are on 127.0.0.1, downloaded and verified by sha256, signed by any workflow of https://github.com/octo-org/demo";
    assert_eq!(ran.stdout.lines().last(), Some(last));
    let release = ["--provenance-of", "upload-demo==1.0.0"];
    assert_eq!(verify(&release).exit, 0);
    assert_eq!(
        verify(&[&release[..], &["--repository", REPOSITORY]].concat()).exit,
        0
    );
    assert_eq!(
        verify(
            &[
                &release[..],
                &["--repository", "https://github.com/octo-org/x"]
            ]
            .concat()
        )
        .exit,
        1
    );
    let ran = signing.verify(&[&release[..], &["--json"]].concat());
    assert_eq!(ran.exit, 1, "the public instance did not sign it");
    assert_eq!(
        of_files(&ran, "/provenance/error/kind"),
        vec![json!("inclusion_promise"); 2]
    );
}

#[test]
fn attestations_that_were_made_before_are_sent() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
    let ran = signing.publish(&[&ATTEST[..], &["--json"]].concat());
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(
        of_files(&ran, "/attestations/0/source"),
        [json!("sidecar"), json!("signed")]
    );
    assert_eq!(signing.requests(Route::LogEntry), 2);
}

#[test]
fn what_was_signed_can_be_written() {
    let signing = Signing::new();
    let ran = signing.publish(&[&ATTEST[..], &["--write-attestations", "out"]].concat());
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    let last = "all files are on 127.0.0.1, verified by sha256, with attestations";
    assert!(
        ran.stdout.lines().any(|line| line == last),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains(&format!("signed {WHEEL}, log index ")),
        "{}",
        ran.stderr
    );
    let wheel = signing.path(&format!("out/{SIDECAR}"));
    let by = [
        "attest",
        "verify",
        "--trusted-root",
        "trusted_root.json",
        "--repository",
        REPOSITORY,
    ];
    let ran = signing.run(&[&by[..], &["--attestation", &wheel, WHEEL]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.stderr);

    let other = Signing::new();
    let ran = other.publish(&[&ATTEST[..], &["--write-attestations", WHEEL]].concat());
    assert_eq!((ran.exit, other.index.requests().len()), (1, 0));
}

#[test]
fn nothing_is_uploaded_unless_all_are_signed() {
    let signing = Signing::new();
    let refusal = |nth| {
        let fault = Fault::on(Route::LogEntry).nth(nth);
        fault.respond(400, "application/json", r#"{"code": 400, "message": "no"}"#)
    };
    signing.index.add_fault(refusal(2));
    let ran = signing.publish(&[&ATTEST[..], &["--json"]].concat());
    assert_eq!(
        (ran.exit, ran.json()["error"]["kind"].clone()),
        (1, json!("attestation"))
    );
    assert_eq!(signing.requests(Route::Upload), 0);

    signing.index.clear_faults();
    signing.index.add_fault(refusal(1));
    let best = [
        "--attest=best-effort",
        "--sigstore",
        "trust_config.json",
        "--json",
    ];
    let ran = signing.publish(&best);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(signing.requests(Route::Upload), 2);
    let sent = of_files(&ran, "/attestations");
    assert_eq!(sent.iter().filter(|list| **list != json!([])).count(), 1);
}

#[test]
fn settings_say_whether_to_sign() {
    let set = |value: &str| {
        let signing = Signing::new();
        let text = format!("[publish]\nattest = \"{value}\"\n");
        write(&signing.folder, "pypi-release.toml", text.as_bytes());
        signing
    };
    let with = ["--json", "--sigstore", "trust_config.json"];
    let signing = set("required");
    let ran = signing.publish(&with);
    assert_eq!(
        (ran.exit, of_files(&ran, "/attestations/0/source")),
        (0, vec![json!("signed"); 2])
    );
    // The option wins.
    let signing = set("required");
    let ran = signing.publish(&["--json", "--attest=off"]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/attestations")),
        (0, vec![json!([]); 2])
    );
    let signing = set("off");
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
    let ran = signing.publish(&["--json"]);
    assert_eq!(
        (ran.exit, of_files(&ran, "/attestations")),
        (0, vec![json!([]); 2])
    );
    let ran = set("maybe").publish(&["--json"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains("publish.attest"), "{}", ran.stderr);
}

#[test]
fn a_dry_run_shows_what_would_be_signed() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
    let before = signing.index.requests().len();
    let ran = signing.publish(&[&ATTEST[..], &["--dry-run"]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0].ends_with("  1 attestation") && lines[1].ends_with("  to sign"),
        "{lines:?}"
    );
    assert_eq!(signing.index.requests().len(), before);
}

#[test]
fn the_id_token_for_signing_can_be_given() {
    let signing = Signing::new();
    let job = Identity::github("octo-org/demo", "release.yml");
    let token = |audience: &str| {
        let token = signing
            .index
            .id_token(job.clone(), audience)
            .expect("a token");
        token.reveal().to_owned()
    };
    let given = [&ATTEST[..], &["--sigstore-id-token-env", "SIGSTORE_TOKEN"]].concat();
    let ran = signing.publish(&given);
    assert_eq!(ran.exit, 1, "not set: {}", ran.stderr);
    // One for the index is not sent to Sigstore.
    let ran = signing.publish_with(&[("SIGSTORE_TOKEN", &token("pypi"))], &given);
    assert_eq!(
        (ran.exit, signing.requests(Route::Certificate)),
        (1, 0),
        "{}",
        ran.stderr
    );
    let ran = signing.publish_with(&[("SIGSTORE_TOKEN", &token("sigstore"))], &given);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    let ran = signing.publish(&[&ATTEST[..], &["--sigstore-id-token-env", "ey.J"]].concat());
    assert_eq!(ran.exit, 2, "{}", ran.stderr);
}

#[test]
fn an_api_token_and_signatures_do_not_go_together() {
    let signing = Signing::new();
    let token = signing.index.user_token().reveal().to_owned();
    let given = [&ATTEST[..], &["--token-env", "TOKEN"]].concat();
    let ran = signing.publish_with(&[("TOKEN", &token)], &given);
    assert_eq!((ran.exit, signing.requests(Route::Upload)), (1, 0));
    assert!(
        ran.stderr.contains("trusted publishing only"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_local_index_signs_with_its_own_instance() {
    let signing = Signing::new();
    let to = [
        "publish", "--index", "local", "--attest", "--json", WHEEL, SDIST,
    ];
    let ran = signing.run(&to);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(
        of_files(&ran, "/attestations/0/source"),
        vec![json!("signed"); 2]
    );
    assert_eq!(signing.index.requests().len(), 0);
}

/// The job of a tag, whose settings say to sign, with an index that verifies attestations with its own root.
fn attested_job() -> Job {
    let mut job = Job::of_tag();
    let index = LocalIndex::builder().identity(Identity::github("o/r", "release.yml"));
    let index = index.publishes_any().verification(Verification::sigstore());
    job.index = index.start().expect("an index");
    for (name, value) in job.index.environment() {
        if name.starts_with("ACTIONS_ID_TOKEN") {
            job.set(&name, &value);
        }
    }
    let config = job.index.sigstore_trust_config();
    write(&job.folder, "trust_config.json", config.as_bytes());
    job.settings("[publish]\nattest = \"required\"\n");
    job
}

#[test]
fn a_release_is_signed_and_its_publisher_verified() {
    let job = attested_job();
    let ran = job.release(&["--json", "--sigstore", "trust_config.json"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(
        report["publication"]["files"][0]["attestations"][0]["source"],
        "signed"
    );
    for file in report["verification"]["files"].as_array().expect("files") {
        let provenance = &file["provenance"];
        assert_eq!(
            (&provenance["status"], &provenance["expected_by"]),
            (&json!("verified"), &json!("job"))
        );
    }
    let step = report["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["step"] == "verify");
    let detail = step.expect("a step")["detail"].as_str().expect("text");
    assert!(
        detail.ends_with(", signed by any workflow of https://github.com/o/r"),
        "{detail}"
    );
}

#[test]
fn what_was_sent_with_attestations_must_be_served_with_them() {
    let job = attested_job();
    let fault = Fault::on(Route::Provenance);
    job.index
        .add_fault(fault.respond(404, "application/json", "{}"));
    let ran = job.release(&["--json", "--sigstore", "trust_config.json"]);
    assert_eq!(ran.exit, 1, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(report["publication"]["success"], true);
    assert_eq!(
        report["verification"]["files"][0]["provenance"]["status"],
        "none"
    );
    assert!(
        states(&report).contains(&"verify failed".to_owned()),
        "{report}"
    );
}
