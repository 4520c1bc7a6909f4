//! Verification of real attestations with the embedded roots, and of what was changed in them.

mod changes;

use pypi_attestations::{
    Attestation, CertificateClaims, Error, ErrorKind, Identity, Provenance, Verifier,
};
use serde_json::Value;

use crate::{gitlab, real};

const NAME: &str = "gitlab_oidc_project-0.0.3.tar.gz";
const SHA256: &str = "c1ca9b0d85df1606451098233018534497bf584362e10e4a8c21dfaea92c02a8";

fn identity() -> Identity {
    Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml")
}

fn production() -> Verifier {
    Verifier::production().expect("an embedded root")
}

/// Verifies an attestation for the file that it names.
fn verify(attestation: &Attestation, identity: &Identity) -> Result<CertificateClaims, Error> {
    let sha256 = attestation.statement().subject_sha256();
    production().verify(attestation, |_| true, sha256, identity)
}

/// Verifies what became of the attestation of [`gitlab`].
fn changed(object: &Value) -> Result<CertificateClaims, Error> {
    let attestation = Attestation::parse(object.to_string().as_bytes())?;
    production().verify(&attestation, |name| name == NAME, SHA256, &identity())
}

fn kind(result: Result<CertificateClaims, Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

fn provenance(name: &str) -> Provenance {
    Provenance::parse(&real(&format!("{name}.provenance"))).expect(name)
}

#[test]
fn a_verifier_is_shared_by_threads() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    is_shared(&production());
}

#[test]
fn each_publisher_is_verified() {
    for (name, git_ref) in [
        (
            "circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl",
            Some("refs/heads/pypi"),
        ),
        ("gcb_attestation_test-0.0.0.tar.gz", None),
        ("pypi_attestations-0.0.19.tar.gz", Some("refs/tags/v0.0.19")),
    ] {
        let provenance = provenance(name);
        for bundle in provenance.bundles() {
            let identity = bundle.identity().expect("a known publisher");
            for attestation in bundle.attestations() {
                let claims = verify(attestation, identity).expect(name);
                assert_eq!(claims.git_ref(), git_ref);
            }
        }
    }
    assert!(changed(&gitlab()).is_ok());
}

#[test]
fn the_certificate_says_what_ran() {
    let attestation = Attestation::parse(&real("pypi_attestations-0.0.19.tar.gz.slsa.attestation"))
        .expect("real");
    let identity = Identity::repository("https://github.com/trailofbits/pypi-attestations");
    let claims = verify(&attestation, &identity.expect("a URL")).expect("verified");
    let workflow = "https://github.com/trailofbits/pypi-attestations/.github/workflows/release.yml@refs/tags/v0.0.19";
    assert_eq!(claims.workflow(), Some(workflow));
    assert_eq!(claims.signer(), Some(workflow));
    assert_eq!(claims.identity(), Some(workflow));
    assert_eq!(claims.trigger(), Some("release"));
    assert_eq!(claims.visibility(), Some("public"));
    assert_eq!(claims.environment(), None);
    assert_eq!(claims.commit().map(str::len), Some(40));
    let run = claims.run().expect("a run");
    assert!(run.starts_with("https://github.com/trailofbits/pypi-attestations/actions/runs/"));
    let life = claims.valid_until().duration_since(claims.valid_from());
    assert_eq!(life.expect("an order").as_secs(), 600);
    let time = attestation.log_entry().expect("an entry").integrated_time();
    assert!((claims.valid_from()..=claims.valid_until()).contains(&time));
}

#[test]
fn bundles_are_verified_after_their_conversion() {
    let bundle = real("pypi_attestation_models-0.0.4a2.tar.gz.sigstore");
    let attestation = Attestation::from_bundle(&bundle).expect("a bundle");
    let claims = attestation.certificate_claims().expect("a certificate");
    let (san, issuer) = (claims.identity().expect("a name"), claims.issuer());
    let identity = Identity::certificate(san, issuer.expect("an issuer"));
    assert!(verify(&attestation, &identity).is_ok(), "{san}");
}

#[test]
fn another_identity_is_rejected() {
    let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    let ours = "facutuesca/gitlab-oidc-project";
    let json = |text: &str| Identity::parse(text.as_bytes()).expect("an identity");
    for (identity, expected) in [
        (Identity::gitlab(ours, "other.yml"), ErrorKind::Identity),
        (
            Identity::gitlab("Facutuesca/gitlab-oidc-project", ".gitlab-ci.yml"),
            ErrorKind::Identity,
        ),
        (Identity::gitlab(ours, ""), ErrorKind::Identity),
        (Identity::github(ours, ".gitlab-ci.yml"), ErrorKind::Issuer),
        (Identity::google("a@example.com"), ErrorKind::Identity),
        (Identity::circleci("p", "d"), ErrorKind::Issuer),
        (
            Identity::certificate("https://gitlab.com/x", "https://gitlab.com"),
            ErrorKind::Identity,
        ),
    ] {
        let error = verify(&attestation, &identity).expect_err("somebody else");
        assert_eq!(error.kind(), expected, "{identity}: {error}");
    }
    let circleci = provenance("circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl");
    let attestation = &circleci.bundles()[0].attestations()[0];
    let project = r#""kind": "CircleCI", "project_id": "fdd9283f-e619-46af-8f9c-851f7d3e8b2b""#;
    let pipeline = r#""pipeline_definition_id": "8e4f8ab2-8d7c-4827-9f15-de076d6d647f""#;
    for (members, expected) in [
        (format!("{project}, {pipeline}"), None),
        (
            format!(r#"{project}, "pipeline_definition_id": "x""#),
            Some(ErrorKind::Identity),
        ),
        (
            format!(r#"{project}, {pipeline}, "vcs_origin": "github.com/x/y""#),
            Some(ErrorKind::Identity),
        ),
        (
            format!(r#"{project}, {pipeline}, "vcs_ref": "refs/heads/x""#),
            Some(ErrorKind::Identity),
        ),
    ] {
        let identity = json(&format!("{{{members}}}"));
        assert_eq!(kind(verify(attestation, &identity)), expected, "{members}");
    }
}

#[test]
fn the_messages_name_what_was_found() {
    let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    for (identity, text) in [
        (
            Identity::gitlab("facutuesca/gitlab-oidc-project", "other.yml"),
            "the attestation was signed by workflow \"https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main\", expected \"https://gitlab.com/facutuesca/gitlab-oidc-project//other.yml\"",
        ),
        (
            Identity::gitlab("other/project", ".gitlab-ci.yml"),
            "the attestation was signed by repository \"https://gitlab.com/facutuesca/gitlab-oidc-project\", expected \"https://gitlab.com/other/project\"",
        ),
        (
            Identity::github("o/r", "w.yml"),
            "the certificate was issued for a token of \"https://gitlab.com\", expected \"https://token.actions.githubusercontent.com\"",
        ),
    ] {
        let error = verify(&attestation, &identity).expect_err("somebody else");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn another_file_is_rejected() {
    let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    let (verifier, identity) = (production(), identity());
    let result = verifier.verify(&attestation, |_| false, SHA256, &identity);
    assert_eq!(kind(result), Some(ErrorKind::Name));
    let result = verifier.verify(&attestation, |_| true, &SHA256.replace('c', "d"), &identity);
    assert_eq!(kind(result), Some(ErrorKind::Digest));
    let result = verifier.verify(&attestation, |_| true, &SHA256.to_uppercase(), &identity);
    assert_eq!(kind(result), Some(ErrorKind::Digest));
}

#[test]
fn the_staging_instance_has_a_root_of_its_own() {
    let json = real("rfc8785-0.1.2-py3-none-any.whl.publish.attestation");
    let attestation = Attestation::parse(&json).expect("real");
    let sha256 = attestation.statement().subject_sha256();
    let identity = Identity::certificate("william@yossarian.net", "https://github.com/login/oauth");
    let staging = Verifier::staging().expect("an embedded root");
    let verified = staging.verify(&attestation, |_| true, sha256, &identity);
    assert_eq!(kind(verified), None);
    assert_eq!(
        kind(verify(&attestation, &identity)),
        Some(ErrorKind::InclusionPromise)
    );
}

#[test]
fn another_root_is_rejected() {
    let attestation = Attestation::parse(gitlab().to_string().as_bytes()).expect("real");
    let staging = Verifier::staging().expect("an embedded root");
    let error = staging
        .verify(&attestation, |_| true, SHA256, &identity())
        .expect_err("another instance");
    assert_eq!(error.kind(), ErrorKind::InclusionPromise);
    assert!(std::error::Error::source(&error).is_some());
    for json in ["", "[]", "{}", r#"{"tlogs": [{}]}"#] {
        if let Ok(empty) = Verifier::with_root(json) {
            let result = empty.verify(&attestation, |_| true, SHA256, &identity());
            assert!(result.is_err(), "{json}");
        }
    }
    let error = Verifier::with_root("[").expect_err("no JSON");
    assert_eq!(error.kind(), ErrorKind::Root);
}
