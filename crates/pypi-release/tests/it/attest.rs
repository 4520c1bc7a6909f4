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
const STAGED: &str = "rfc8785-0.1.2-py3-none-any.whl";

pub(crate) fn data(name: &str) -> String {
    format!("{DATA}/{name}")
}

/// A folder with a file and its attestation, both of which a test may change.
fn copied(name: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    for name in [name, &format!("{name}.publish.attestation")] {
        write(&folder, name, &fs::read(data(name)).expect("test data"));
    }
    let path = text(&folder.path().join(name)).to_owned();
    (folder, path)
}

fn attest(arguments: &[&str]) -> Ran {
    pypi_release(&[&["attest"], arguments].concat())
}

/// `attest verify` of the file of GitLab; the exit code and the kind of the first problem.
#[track_caller]
fn kind(arguments: &[&str]) -> (i32, Option<String>) {
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

#[track_caller]
fn assert_rejected(kind_expected: &str, arguments: &[&str]) {
    assert_eq!(
        kind(arguments),
        (1, Some(kind_expected.to_owned())),
        "{arguments:?}"
    );
    // The same for people, on standard error.
    let ran = attest(&[&["verify"], arguments].concat());
    assert_eq!((ran.exit, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains(&format!("[{kind_expected}] ")),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_was_verified_is_printed() {
    let ran = attest(&["verify", "--repository", GITLAB_REPOSITORY, &data(GITLAB)]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let mut lines = ran.stdout.lines();
    let first = format!("{GITLAB}: verified, signed by any pipeline of {GITLAB_REPOSITORY}");
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
fn somebody_else_is_rejected() {
    let file = data(GITLAB);
    for (repository, expected) in [
        ("https://gitlab.com/facutuesca/other", "identity"),
        (
            "https://gitlab.com/Facutuesca/gitlab-oidc-project",
            "identity",
        ),
        (
            "https://github.com/facutuesca/gitlab-oidc-project",
            "issuer",
        ),
    ] {
        assert_rejected(expected, &["--repository", repository, &file]);
    }
    let workflow = r#"{"kind": "GitLab", "repository": "facutuesca/gitlab-oidc-project", "workflow_filepath": "other.yml"}"#;
    assert_rejected("identity", &["--identity-json", workflow, &file]);
    let san = r#"{"san": "someone@example.com", "issuer": "https://gitlab.com"}"#;
    assert_rejected("identity", &["--identity-json", san, &file]);
}

#[test]
fn another_root_is_rejected() {
    let by = ["--repository", GITLAB_REPOSITORY];
    assert_rejected(
        "inclusion_promise",
        &[&by[..], &["--staging", &data(GITLAB)]].concat(),
    );
    let san = r#"{"san": "william@yossarian.net", "issuer": "https://github.com/login/oauth"}"#;
    let staged = data(STAGED);
    assert_eq!(
        kind(&["--staging", "--identity-json", san, &staged]),
        (0, None)
    );
    let ran = attest(&["verify", "--identity-json", san, &staged]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.ends_with("compare the Sigstore instance that signed with the trusted root: production, staging or your own\n"),
        "{}", ran.stderr
    );

    let folder = tempfile::tempdir().expect("a folder");
    let root = write(&folder, "trusted_root.json", b"{}");
    let ran = attest(&[
        "verify",
        "--json",
        "--trusted-root",
        text(&root),
        by[0],
        by[1],
        &data(GITLAB),
    ]);
    assert_eq!((ran.exit, &ran.json()["success"]), (1, &json!(false)));
    assert!(
        ran.stderr.contains("cannot use the trusted root"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_changed_file_is_rejected() {
    let (folder, path) = copied(GITLAB);
    let by = ["--repository", GITLAB_REPOSITORY, &path];
    assert_eq!(kind(&by), (0, None));
    write(&folder, GITLAB, b"other");
    assert_rejected("digest", &by);
}

#[test]
fn a_changed_attestation_is_rejected() {
    let (folder, path) = copied(GITLAB);
    let sidecar = format!("{GITLAB}.publish.attestation");
    let attestation: Value =
        serde_json::from_slice(&fs::read(folder.path().join(&sidecar)).expect("a file"))
            .expect("JSON");
    let entry = "/verification_material/transparency_entries/0";
    for (pointer, value, expected) in [
        ("/version", json!(2), "version"),
        ("/envelope/signature", json!("AAAA"), "signature"),
        (
            "/verification_material/certificate",
            json!("AAAA"),
            "certificate",
        ),
        (
            &format!("{entry}/integratedTime"),
            json!("1732037821"),
            "inclusion_promise",
        ),
        (&format!("{entry}/logIndex"), json!(7), "entry"),
        ("/envelope/statement", json!("e30="), "malformed"),
    ] {
        let mut changed = attestation.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value;
        write(&folder, &sidecar, changed.to_string().as_bytes());
        let (exit, kind) = kind(&["--repository", GITLAB_REPOSITORY, &path]);
        assert_eq!((exit, kind.as_deref()), (1, Some(expected)), "{pointer}");
    }
}

#[test]
fn the_name_counts_as_on_the_index() {
    let (folder, path) = copied(GITLAB);
    let by = ["--repository", GITLAB_REPOSITORY];
    // Another spelling of the same distribution.
    assert_eq!(
        kind(
            &[
                &by[..],
                &["--name", "Gitlab.OIDC_project-0.0.3.tar.gz", &path]
            ]
            .concat()
        ),
        (0, None)
    );
    assert_rejected(
        "name",
        &[
            &by[..],
            &["--name", "gitlab_oidc_project-0.0.4.tar.gz", &path],
        ]
        .concat(),
    );
    let other = write(&folder, "downloaded", &fs::read(&path).expect("a file"));
    let attestation = format!("{path}.publish.attestation");
    let arguments = [&by[..], &["--attestation", &attestation, text(&other)]].concat();
    assert_rejected("name", &arguments);
    assert_eq!(
        kind(&[&arguments[..], &["--name", GITLAB]].concat()),
        (0, None)
    );
}

#[test]
fn no_attestation_is_not_verified() {
    let (folder, path) = copied(GITLAB);
    fs::remove_file(folder.path().join(format!("{GITLAB}.publish.attestation"))).expect("removed");
    assert_rejected("missing", &["--repository", GITLAB_REPOSITORY, &path]);
    let none = write(&folder, "none", br#"{"attestation_bundles": []}"#);
    assert_rejected(
        "missing",
        &[
            "--repository",
            GITLAB_REPOSITORY,
            "--attestation",
            text(&none),
            &path,
        ],
    );
    let absent = text(&folder.path().join("absent-1.0.tar.gz")).to_owned();
    assert_rejected("unreadable", &["--repository", GITLAB_REPOSITORY, &absent]);
    assert_rejected(
        "unreadable",
        &[
            "--repository",
            GITLAB_REPOSITORY,
            "--attestation",
            &absent,
            &path,
        ],
    );
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

#[test]
fn formats_are_told_apart_by_their_content() {
    for (name, format, index) in [
        (
            format!("{GITLAB}.publish.attestation"),
            "attestation",
            149_945_774,
        ),
        (
            "rfc8785-0.1.2-py3-none-any.whl.sigstore".to_owned(),
            "bundle",
            28_175_749,
        ),
        (format!("{GITHUB}.provenance"), "provenance", 153_454_663),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = write(&folder, "file", &fs::read(data(&name)).expect("test data"));
        let ran = attest(&["inspect", "--json", text(&copy)]);
        assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
        let report = ran.json();
        assert_eq!(report["verified"], false);
        let file = &report["files"][0];
        assert_eq!(file["format"], format);
        assert_eq!(file["attestations"][0]["log_index"], index);
        let ran = attest(&["inspect", text(&copy)]);
        assert!(
            ran.stdout
                .lines()
                .next()
                .is_some_and(|line| line.ends_with(", not verified")),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_of_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = write(&folder, "bad", br#"{"version": 2}"#);
    let bundle = write(&folder, "bundle", br#"{"mediaType": "application/json"}"#);
    let good = data(&format!("{GITLAB}.publish.attestation"));
    let ran = attest(&[
        "inspect",
        "--json",
        text(&bad),
        text(&bundle),
        &good,
        "absent",
    ]);
    assert_eq!(ran.exit, 1);
    let report = ran.json();
    let kinds: Vec<&Value> = report["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| &file["error"]["kind"])
        .collect();
    assert_eq!(
        kinds,
        [
            &json!("version"),
            &json!("bundle"),
            &json!(null),
            &json!("unreadable")
        ]
    );
}

#[test]
fn a_bundle_becomes_an_attestation_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| text(&folder.path().join(name)).to_owned();
    let bundle = data("pypi_attestation_models-0.0.4a2.tar.gz.sigstore");
    let (attestation, back, again) = (path("attestation"), path("back"), path("again"));
    for (from, to) in [
        (&bundle, &attestation),
        (&attestation, &back),
        (&back, &again),
    ] {
        let ran = attest(&["convert", from, "--output", to]);
        assert_eq!(
            (ran.exit, ran.stdout.as_str(), ran.stderr.as_str()),
            (0, "", "")
        );
    }
    let read = |path: &str| -> Value {
        serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
    };
    let statement = |path: &str| read(path)["envelope"]["statement"].clone();
    assert_eq!(
        statement(&attestation),
        read(&bundle)["dsseEnvelope"]["payload"]
    );
    assert_eq!(read(&again), read(&attestation));
    let ran = attest(&["convert", &bundle]);
    assert_eq!((ran.exit, ran.json()), (0, read(&attestation)));
    let ran = attest(&["convert", "--json", &bundle]);
    let report = ran.json();
    assert_eq!(
        (&report["from"], &report["to"]),
        (&json!("bundle"), &json!("attestation"))
    );
    assert_eq!(report["content"][0], read(&attestation));
    assert_eq!(attest(&["convert", "absent"]).exit, 1);
}

#[test]
fn a_provenance_object_becomes_sidecars() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(&folder, GITHUB, &fs::read(data(GITHUB)).expect("test data"));
    let out = text(folder.path());
    let ran = attest(&[
        "convert",
        &data(&format!("{GITHUB}.provenance")),
        "--output",
        out,
    ]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert_eq!(
        kind(&["--repository", GITHUB_REPOSITORY, text(&file)]),
        (0, None)
    );
}

#[test]
fn a_subject_never_leaves_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("inner")).expect("a folder");
    let provenance = json!({
        "attestation_bundles": [{
            "publisher": {"kind": "New"},
            "attestations": [with_subject("../x-1.0.tar.gz")],
        }],
    });
    let provenance = write(&folder, "provenance", provenance.to_string().as_bytes());
    let inner = folder.path().join("inner");
    let ran = attest(&["convert", text(&provenance), "--output", text(&inner)]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("is not a distribution"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_dir(&inner).expect("a folder").count(), 0);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
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
