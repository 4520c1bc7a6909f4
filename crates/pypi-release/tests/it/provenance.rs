//! Who published what an index serves: real attestations, uploaded to an index that does not verify them.
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::fs;

use pypi_local_index::{AdminFlag, Fault, Identity, LocalIndex, Route};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    attest::{GITHUB, GITHUB_REPOSITORY, GITLAB, GITLAB_REPOSITORY, data},
    command::{Ran, command, publish_to, run, text, write},
};

const RELEASE: &str = "gitlab-oidc-project==0.0.3";
const PUBLISHER: &str =
    "pipeline .gitlab-ci.yml of https://gitlab.com/facutuesca/gitlab-oidc-project";

/// An index with a file, and with its attestations if it was published with them.
pub(crate) struct Served {
    pub(crate) index: LocalIndex,
    pub(crate) folder: TempDir,
    pub(crate) path: String,
}

impl Served {
    /// The project of GitLab, published by `identity`.
    fn by(identity: Identity) -> Self {
        Self::of(GITLAB, identity)
    }

    fn of(name: &str, identity: Identity) -> Self {
        let index = LocalIndex::builder().publishes_any().identity(identity);
        let index = index.start().expect("an index");
        let folder = tempfile::tempdir().expect("a folder");
        for suffix in ["", ".publish.attestation", ".slsa.attestation"] {
            let name = format!("{name}{suffix}");
            if let Ok(bytes) = fs::read(data(&name)) {
                write(&folder, &name, &bytes);
            }
        }
        let path = text(&folder.path().join(name)).to_owned();
        let ran = publish_to(&index, &[&path]);
        assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
        Self {
            index,
            folder,
            path,
        }
    }

    /// The project of GitLab, as it was published.
    pub(crate) fn real() -> Self {
        Self::by(gitlab())
    }

    fn verify(&self, arguments: &[&str]) -> Ran {
        self.verify_as(&[], arguments)
    }

    fn verify_as(&self, job: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let index = &self.index;
        let mut command = command(["verify", "--index", index.upload_url().as_str()]);
        command.args(["--simple-url", index.simple_url().as_str()]);
        command.args(arguments).envs(job.iter().copied());
        command.current_dir(self.folder.path());
        run(command)
    }

    /// The exit code, the state of the provenance of the first file, and the kind of its problem.
    fn state(&self, arguments: &[&str]) -> (i32, String, Option<String>) {
        let ran = self.verify(&[&["--json"], arguments].concat());
        state(&ran)
    }

    fn requests(&self, route: Route) -> usize {
        let requests = self.index.requests();
        requests.iter().filter(|one| one.route == route).count()
    }
}

fn gitlab() -> Identity {
    Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml")
}

#[track_caller]
fn state(ran: &Ran) -> (i32, String, Option<String>) {
    let report = ran.json();
    assert_eq!(report["success"], json!(ran.exit == 0));
    let provenance = &report["files"][0]["provenance"];
    let status = provenance["status"].as_str().expect("a word");
    let kind = provenance["error"]["kind"].as_str();
    (ran.exit, status.to_owned(), kind.map(str::to_owned))
}

#[track_caller]
fn assert_state(found: (i32, String, Option<String>), exit: i32, status: &str, kind: Option<&str>) {
    assert_eq!(
        (found.0, found.1.as_str(), found.2.as_deref()),
        (exit, status, kind)
    );
}

#[test]
fn the_publisher_of_a_file_is_verified() {
    let served = Served::real();
    let ran = served.verify(&[&served.path]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let signed = format!("signed by {PUBLISHER}, as the index says");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[0].ends_with(&format!("confirmed  {signed}")),
        "{lines:?}"
    );
    let last = format!("the file is on 127.0.0.1, downloaded and verified by sha256, {signed}");
    assert_eq!(lines[1..], [last]);

    let ran = served.verify(&["--json", "--repository", GITLAB_REPOSITORY, &served.path]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let report = ran.json();
    let provenance = &report["files"][0]["provenance"];
    assert_eq!(
        (
            &provenance["status"],
            &provenance["publisher"],
            &provenance["expected_by"]
        ),
        (&json!("verified"), &json!(PUBLISHER), &json!("option"))
    );
    let attestation = &provenance["attestations"][0];
    assert_eq!(
        (
            &attestation["verified"],
            &attestation["log_index"],
            &attestation["ref"]
        ),
        (&json!(true), &json!(149_945_774), &json!("refs/heads/main"))
    );
}

#[test]
fn a_release_is_verified_without_downloading_it() {
    let served = Served::real();
    let ran = served.verify(&["--provenance-of", RELEASE]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (0, ""));
    let last = format!("the file is listed by 127.0.0.1, signed by {PUBLISHER}, as the index says");
    assert_eq!(ran.stdout.lines().last(), Some(last.as_str()));
    assert_eq!(
        (
            served.requests(Route::File),
            served.requests(Route::Provenance)
        ),
        (0, 1)
    );

    let by = ["--provenance-of", RELEASE, "--repository"];
    assert_state(
        served.state(&[&by[..], &[GITLAB_REPOSITORY]].concat()),
        0,
        "verified",
        None,
    );
    let other = served.state(&[&by[..], &[GITHUB_REPOSITORY]].concat());
    assert_state(other, 1, "rejected", Some("issuer"));
    let ran = served.verify(&["--provenance-of", "gitlab-oidc-project==9"]);
    assert_eq!(ran.exit, 3, "at once: {}", ran.stderr);
}

#[test]
fn both_predicates_are_verified() {
    let served = Served::of(
        GITHUB,
        Identity::github("trailofbits/pypi-attestations", "release.yml"),
    );
    let ran = served.verify(&["--json", "--provenance-of", "pypi-attestations==0.0.19"]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let attestations = ran.json()["files"][0]["provenance"]["attestations"].clone();
    assert_eq!(attestations.as_array().map(Vec::len), Some(2));
}

#[test]
fn somebody_else_is_rejected() {
    let served = Served::real();
    let other = served.state(&[
        "--repository",
        "https://gitlab.com/facutuesca/other",
        &served.path,
    ]);
    assert_state(other, 1, "rejected", Some("identity"));
    let other = served.state(&["--staging", &served.path]);
    assert_state(other, 1, "rejected", Some("inclusion_promise"));
    let ran = served.verify(&[
        "--repository",
        "https://gitlab.com/facutuesca/other",
        &served.path,
    ]);
    assert!(
        ran.stderr.contains(": provenance rejected: [identity] "),
        "{}",
        ran.stderr
    );

    // The index names a publisher that did not sign.
    let served = Served::by(Identity::github("octo-org/demo", "release.yml"));
    assert_state(served.state(&[&served.path]), 1, "rejected", Some("issuer"));
    assert_state(
        served.state(&["--repository", GITLAB_REPOSITORY, &served.path]),
        0,
        "verified",
        None,
    );
    let ran = served.verify(&["--repository", GITLAB_REPOSITORY, &served.path]);
    assert!(!ran.stdout.contains("octo-org"), "{}", ran.stdout);
}

#[test]
fn the_files_of_a_job_are_those_of_its_repository() {
    let served = Served::real();
    let job = |url: &'static str| [("GITLAB_CI", "true"), ("CI_PROJECT_URL", url)];
    let arguments = ["--json", served.path.as_str()];
    let ran = served.verify_as(&job(GITLAB_REPOSITORY), &arguments);
    assert_eq!(ran.json()["files"][0]["provenance"]["expected_by"], "job");
    assert_state(state(&ran), 0, "verified", None);
    let other = job("https://gitlab.com/octo-org/demo");
    let ran = served.verify_as(&other, &arguments);
    assert_state(state(&ran), 1, "rejected", Some("identity"));
    assert!(
        ran.json()["files"][0]["provenance"]["error"]["help"]
            .as_str()
            .is_some_and(|help| help.contains("--repository"))
    );
    // Other people's releases are not.
    assert_state(
        state(&served.verify_as(&other, &["--json", RELEASE])),
        0,
        "verified",
        None,
    );
}

#[test]
fn later_steps_are_not_given_what_is_rejected() {
    let served = Served::real();
    let output = text(&served.folder.path().join("output")).to_owned();
    for (repository, files) in [
        (GITLAB_REPOSITORY, json!([GITLAB])),
        (GITHUB_REPOSITORY, json!([])),
    ] {
        write(&served.folder, "output", b"");
        let arguments = ["--github-output", "--repository", repository, &served.path];
        served.verify_as(&[("GITHUB_OUTPUT", &output)], &arguments);
        let written = fs::read_to_string(&output).expect("output");
        let expected = format!("files={files}");
        assert!(written.lines().any(|line| line == expected), "{written}");
    }
}

#[test]
fn a_file_without_provenance_is_fine_unless_it_is_required() {
    let index = LocalIndex::start().expect("an index");
    let bytes = fs::read(data(GITLAB)).expect("test data");
    index.add_file(GITLAB, bytes).expect("a distribution");
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served {
        index,
        folder,
        path: data(GITLAB),
    };
    assert_state(served.state(&[&served.path]), 0, "none", None);
    for required in [
        &["--require-provenance", &served.path][..],
        &["--repository", GITLAB_REPOSITORY, &served.path],
        &["--provenance-of", RELEASE],
    ] {
        assert_state(served.state(required), 1, "none", None);
    }
    let ran = served.verify(&["--require-provenance", &served.path]);
    let message = format!(
        "pypi-release: {GITLAB}: no provenance: the index has no attestations of this file\n"
    );
    assert_eq!(ran.stderr, message);
    assert_eq!(served.requests(Route::Provenance), 0);
}

#[test]
fn provenance_that_cannot_be_asked_for_is_unknown() {
    let served = Served::real();
    served
        .index
        .add_fault(Fault::on(Route::Provenance).respond(404, "application/json", "{}"));
    assert_state(served.state(&[&served.path]), 0, "none", None);
    served.index.clear_faults();
    served.index.set_admin_flag(AdminFlag::DisablePep740, true);
    assert_state(
        served.state(&[&served.path]),
        0,
        "unknown",
        Some("unavailable"),
    );
    assert_state(
        served.state(&["--require-provenance", &served.path]),
        3,
        "unknown",
        Some("unavailable"),
    );
    let ran = served.verify(&[&served.path]);
    assert!(
        ran.stderr
            .starts_with(&format!("warning: {GITLAB}: provenance unknown: ")),
        "{}",
        ran.stderr
    );
    let report = served
        .verify(&["--json", "--no-provenance", &served.path])
        .json();
    assert_eq!(
        (&report["success"], &report["files"][0]["provenance"]),
        (&json!(true), &Value::Null)
    );
}

#[test]
fn what_an_index_serves_may_be_anything() {
    let served = Served::real();
    let real = fs::read_to_string(data("gcb_attestation_test-0.0.0.tar.gz.provenance"))
        .expect("test data");
    let unknown = real.replace("\"Google\"", "\"New\"");
    for (body, status, kind, exit) in [
        ("[]", "rejected", Some("malformed"), 1),
        (r#"{"version": 2}"#, "rejected", Some("version"), 1),
        (r#"{"attestation_bundles": []}"#, "none", None, 0),
        (
            r#"{"attestation_bundles": [{"publisher": {"kind": "GitHub", "repository": "a/b", "workflow": "c"}, "attestations": []}]}"#,
            "none",
            None,
            0,
        ),
        (real.as_str(), "rejected", Some("name"), 1),
        (unknown.as_str(), "unknown", Some("publisher"), 0),
    ] {
        served.index.clear_faults();
        served
            .index
            .add_fault(Fault::on(Route::Provenance).respond(200, "application/json", body));
        assert_state(served.state(&[&served.path]), exit, status, kind);
    }
}

#[test]
fn different_publishers_of_one_release_are_told() {
    let served = Served::real();
    let wheel = pypi_metadata::testing::wheel("gitlab-oidc-project", "0.0.3");
    served
        .index
        .add_file(&wheel.filename, wheel.bytes)
        .expect("a distribution");
    let ran = served.verify(&[RELEASE]);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let warning = format!(
        "warning: the files of gitlab-oidc-project 0.0.3 are not all signed by the same publisher: 1 by nobody, 1 by {PUBLISHER}\n"
    );
    assert_eq!(ran.stderr, warning);
    assert_eq!(served.verify(&["--provenance-of", RELEASE]).exit, 1);
}

#[test]
fn wrong_usage_exits_2() {
    let served = Served::real();
    for arguments in [
        &["--provenance-of", "demo"][..],
        &["--provenance-of", RELEASE, &served.path],
        &["--provenance-of", RELEASE, "--install"],
        &["--no-provenance", "--require-provenance", &served.path],
        &["--repository", "x", &served.path],
    ] {
        assert_eq!(served.verify(arguments).exit, 2, "{arguments:?}");
    }
}

#[test]
fn to_verify_no_file_is_not_success() {
    let served = Served::real();
    for only in [
        &["dist/SHA256SUMS"][..],
        &["dist/demo-1.0.tar.gz.publish.attestation"],
        &["--require-provenance", "dist/SHA256SUMS"],
    ] {
        let ran = served.verify(&[&["--json"], only].concat());
        assert_eq!((ran.exit, &ran.json()["success"]), (2, &json!(false)));
    }
}
