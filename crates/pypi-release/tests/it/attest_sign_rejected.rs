//! What `attest sign` does not sign, or does not take for signed.

use pypi_local_index::{Fault, Identity, Route};
use serde_json::json;

use crate::{
    attest_sign::{SDIST, SIDECAR, Signing, WHEEL, of_files},
    command::{DIST, command, run, write},
};

#[test]
fn an_attestation_of_another_repository_is_not_that_of_the_job() {
    let signing = Signing::new();
    assert_eq!(signing.sign(&[WHEEL]).exit, 0);
    let dry_run = ["--dry-run", "--json", WHEEL];
    assert_eq!(
        of_files(&signing.sign(&dry_run), "/state"),
        [json!("present")]
    );
    let other = [("GITHUB_REPOSITORY", "octo-org/demo-other")];
    let sign = ["attest", "sign", "--sigstore", "trust_config.json"];
    let ran = signing.run_with(&other, &[&sign[..], &dry_run].concat());
    assert_eq!(of_files(&ran, "/state"), [json!("planned")]);
    // The job is not the signer then.
    let ran = signing.run_with(
        &other,
        &[&sign[..], &dry_run, &["--provider", "github"]].concat(),
    );
    assert_eq!(of_files(&ran, "/state"), [json!("present")]);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_not_signed() {
    let signing = Signing::new();
    std::os::unix::fs::symlink(".", signing.path("link")).expect("a link");
    for arguments in [
        &["--output-dir", "link", WHEEL][..],
        &[&format!("link/{WHEEL}")],
    ] {
        let ran = signing.sign(arguments);
        assert_eq!(ran.exit, 1);
        assert!(ran.stderr.contains("is a symbolic link"), "{}", ran.stderr);
    }
    assert_eq!(signing.index.requests().len(), 0);
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
    assert!(
        ran.stderr.contains("--id-token-env") && !ran.stderr.contains("API token"),
        "{}",
        ran.stderr
    );
}
