//! Attestations that do not verify, each with the kind of its problem.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;

use serde_json::{Value, json};

use crate::{
    attest::{GITLAB, GITLAB_REPOSITORY, STAGED, attest, copied, data, kind},
    command::{text, write},
};

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
