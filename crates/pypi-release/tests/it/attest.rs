//! Attestations: who signed which file, with real attestations and the embedded roots of Sigstore.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ran, pypi_release, text, write};

/// Real attestations, and files that they are for.
pub(crate) const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../pypi-attestations/tests/data"
);
pub(crate) const GITLAB: &str = "gitlab_oidc_project-0.0.3.tar.gz";
pub(crate) const GITLAB_REPOSITORY: &str = "https://gitlab.com/facutuesca/gitlab-oidc-project";
pub(crate) const GITHUB: &str = "pypi_attestations-0.0.19.tar.gz";
pub(crate) const GITHUB_REPOSITORY: &str = "https://github.com/trailofbits/pypi-attestations";
pub(crate) const STAGED: &str = "rfc8785-0.1.2-py3-none-any.whl";

pub(crate) fn data(name: &str) -> String {
    format!("{DATA}/{name}")
}

/// A folder with a file and its attestation, both of which a test may change.
pub(crate) fn copied(name: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in [name, &format!("{name}.publish.attestation")] {
        write(&folder, name, &fs::read(data(name)).expect("test data"));
    }
    let path = text(&folder.path().join(name)).to_owned();
    (folder, path)
}

pub(crate) fn attest(arguments: &[&str]) -> Ran {
    pypi_release(&[&["attest"], arguments].concat())
}

/// `attest verify` of the file of GitLab; the exit code and the kind of the first problem.
#[track_caller]
pub(crate) fn kind(arguments: &[&str]) -> (i32, Option<String>) {
    let ran = attest(&[&["verify", "--json"], arguments].concat());
    let report = ran.json();
    assert_eq!(report["success"], json!(ran.exit == 0));
    let file = &report["files"][0];
    assert_eq!(file["verified"], report["success"]);
    let attestations = file["attestations"].as_array().expect("attestations");
    let problems = attestations.iter().map(|attestation| &attestation["error"]);
    let mut problems = problems
        .chain([&file["error"]])
        .filter(|one| !one.is_null());
    let kind = problems.next().map(|problem| {
        assert!(problem["message"].is_string(), "{problem}");
        problem["kind"].as_str().expect("a word").to_owned()
    });
    (ran.exit, kind)
}

#[test]
fn what_was_verified_is_printed() {
    let ran = attest(&["verify", "--repository", GITLAB_REPOSITORY, &data(GITLAB)]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let mut lines = ran.stdout.lines();
    let path = data(GITLAB);
    let first = format!("{path}: verified, signed by any pipeline of {GITLAB_REPOSITORY}");
    assert_eq!(lines.next(), Some(first.as_str()));
    for expected in [
        "  issuer       https://gitlab.com",
        "  identity     https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main",
        "  ref          refs/heads/main",
        "  commit       72f7c63b75eb55ea80864962f0e645c93414da34",
        "  run          https://gitlab.com/facutuesca/gitlab-oidc-project/-/jobs/8415754949",
        "  logged       2024-11-19T17:37:00Z, log index 149945774",
    ] {
        assert!(
            ran.stdout.lines().any(|line| line == expected),
            "{}",
            ran.stdout
        );
    }
    let quiet = attest(&[
        "verify",
        "-q",
        "--repository",
        GITLAB_REPOSITORY,
        &data(GITLAB),
    ]);
    assert_eq!((quiet.exit, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn the_document_has_the_facts_of_each_attestation() {
    let ran = attest(&[
        "verify",
        "--json",
        "--repository",
        GITHUB_REPOSITORY,
        &data(GITHUB),
    ]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let report = ran.json();
    assert_eq!(
        (&report["root"], &report["error"]),
        (&json!("production"), &json!(null))
    );
    let file = &report["files"][0];
    assert_eq!(file["filename"], GITHUB);
    let attestations = file["attestations"].as_array().expect("attestations");
    let indexes: Vec<&Value> = attestations.iter().map(|one| &one["log_index"]).collect();
    assert_eq!(indexes, [&json!(153_454_663), &json!(153_454_647)]);
    let workflow = format!("{GITHUB_REPOSITORY}/.github/workflows/release.yml@refs/tags/v0.0.19");
    assert_eq!(
        attestations[0],
        json!({
            "path": data(&format!("{GITHUB}.publish.attestation")),
            "verified": true,
            "error": null,
            "predicate": "https://docs.pypi.org/attestations/publish/v1",
            "subject": GITHUB,
            "sha256": file["sha256"],
            "issuer": "https://token.actions.githubusercontent.com",
            "identity": workflow,
            "repository": GITHUB_REPOSITORY,
            "workflow": workflow,
            "ref": "refs/tags/v0.0.19",
            "commit": "08802efe1f8e5fec4ad842d6b8ce97656092ee72",
            "run": format!("{GITHUB_REPOSITORY}/actions/runs/12169989787/attempts/1"),
            "environment": null,
            "log_index": 153_454_663,
            "integrated_time": 1_733_354_041,
        })
    );
}

#[test]
fn each_form_of_the_identity_is_read() {
    for (identity, file) in [
        (
            r#"{"kind": "GitLab", "repository": "facutuesca/gitlab-oidc-project", "workflow_filepath": ".gitlab-ci.yml"}"#,
            GITLAB,
        ),
        (
            r#"{"kind": "GitHub", "repository": "trailofbits/pypi-attestations", "workflow": "release.yml", "environment": "any"}"#,
            GITHUB,
        ),
        (
            r#"{"san": "https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main", "issuer": "https://gitlab.com"}"#,
            GITLAB,
        ),
    ] {
        assert_eq!(
            kind(&["--identity-json", identity, &data(file)]),
            (0, None),
            "{identity}"
        );
    }
    let identity =
        r#"{"kind": "Google", "email": "919436158236-compute@developer.gserviceaccount.com"}"#;
    let provenance = data("gcb_attestation_test-0.0.0.tar.gz.provenance");
    let file = data("gcb_attestation_test-0.0.0.tar.gz");
    let verified = kind(&[
        "--identity-json",
        identity,
        "--attestation",
        &provenance,
        &file,
    ]);
    assert_eq!(verified, (0, None), "an attestation in a provenance object");
}

#[test]
fn every_file_of_a_folder_is_verified() {
    let (_folder, path) = copied(GITLAB);
    let sidecar = format!("{path}.publish.attestation");
    let ran = attest(&[
        "verify",
        "--json",
        "--repository",
        GITLAB_REPOSITORY,
        &path,
        &sidecar,
    ]);
    assert_eq!(
        (ran.exit, ran.json()["files"].as_array().map(Vec::len)),
        (0, Some(1))
    );
    // One that is not verified fails the run.
    let ran = attest(&[
        "verify",
        "--json",
        "--repository",
        GITLAB_REPOSITORY,
        &path,
        &data(GITHUB),
    ]);
    assert_eq!(ran.exit, 1);
    let verified: Vec<Value> = ran.json()["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| file["verified"].clone())
        .collect();
    assert_eq!(verified, [true, false]);
}

#[test]
fn wrong_usage_exits_2() {
    let file = data(GITLAB);
    let by = ["--repository", GITLAB_REPOSITORY];
    for arguments in [
        &["verify", &file][..],
        &["verify", "--repository", "https://example.com/o/r", &file],
        &["verify", "--identity-json", "{}", &file],
        &["verify", "--identity-json", "{}", by[0], by[1], &file],
        &[
            "verify",
            by[0],
            by[1],
            "--staging",
            "--trusted-root",
            "x",
            &file,
        ],
        &[
            "verify",
            by[0],
            by[1],
            "--name",
            GITLAB,
            &file,
            &data(GITHUB),
        ],
        &[
            "verify",
            by[0],
            by[1],
            "a.publish.attestation",
            "b.publish.attestation",
        ],
    ] {
        assert_eq!(attest(arguments).exit, 2, "{arguments:?}");
    }
}

/// The attestation of GitLab with a statement about a file of any name. It does not verify.
pub(crate) fn with_subject(name: &str) -> Value {
    let real = fs::read(data(&format!("{GITLAB}.publish.attestation"))).expect("test data");
    let mut object: Value = serde_json::from_slice(&real).expect("JSON");
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": "00"}}],
        "predicateType": "https://docs.pypi.org/attestations/publish/v1",
        "predicate": null,
    });
    object["envelope"]["statement"] = STANDARD.encode(statement.to_string()).into();
    object
}
