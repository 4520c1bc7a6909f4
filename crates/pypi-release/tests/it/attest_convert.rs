//! Attestations in other formats: what they say, and their conversion.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;

use serde_json::{Value, json};

use crate::{
    attest::{GITHUB, GITHUB_REPOSITORY, GITLAB, attest, data, kind, with_subject},
    command::{text, write},
};

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
