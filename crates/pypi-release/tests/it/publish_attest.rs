//! Publishing with attestations, to an index that verifies them with the root of its own Sigstore instance.

use pypi_local_index::{Fault, Identity, LocalIndex, Route, Verification};
use serde_json::json;

use crate::{
    attest_sign::{REPOSITORY, SDIST, SIDECAR, Signing, WHEEL, of_files},
    command::{Ran, write},
    job::{Job, states},
};

impl Signing {
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
}

const ATTEST: [&str; 3] = ["--attest", "--sigstore", "trust_config.json"];

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
    let best = ["--attest=best-effort", "--sigstore", "trust_config.json"];
    let best = [&best[..], &["--token-env", "TOKEN", "--dry-run"]].concat();
    let ran = signing.publish_with(&[("TOKEN", &token)], &best);
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains("to sign"), "{}", ran.stdout);
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
    let options = ["--json", "--sigstore", "trust_config.json"];
    let ran = job.release(&[&options[..], &["--index-profile", "local"]].concat());
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
    let ran = job.release(&options);
    assert_eq!(ran.exit, 0, "an index of another kind: {}", ran.stderr);
}
