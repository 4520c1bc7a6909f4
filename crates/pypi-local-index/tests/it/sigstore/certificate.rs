//! Certificates for ID tokens.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pypi_attestations::{Attestation, CertificateClaims, Identity as Signer, Verifier};
use pypi_local_index::{Clock, Identity, LocalIndex, Signing};
use ring::signature::EcdsaKeyPair;
use serde_json::{Value, json};
use x509_cert::der::asn1::{BitString, ObjectIdentifier, SetOfVec};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::name::Name;
use x509_cert::request::{CertReq, CertReqInfo, Version};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::{
    FULCIO, REKOR, SUBJECT, Signed, certify, der, job, key, pem, post, proposal, public_pem, sign,
    trusted_root,
};
use crate::client::{get, send};

const FILE: &str = "demo-1.0.tar.gz";

/// What the certificate of a job says, after it was verified.
fn claims(
    index: &LocalIndex,
    job: Identity,
    challenge: &str,
    signer: &Signer,
) -> CertificateClaims {
    let (key, sha256) = (key(), "ab".repeat(32));
    let certificate = certify(index, job, &key, challenge);
    let signed = Signed::new(&key, FILE, &sha256);
    let logged = post(index, REKOR, &signed.entry(&certificate)).json();
    let attestation: Attestation = signed.attestation(&certificate, &logged);
    let verifier = Verifier::with_root(&trusted_root(index)).expect("a root");
    let verified = verifier.verify(&attestation, |name| name == FILE, &sha256, signer);
    verified.expect("verified")
}

#[test]
fn a_certificate_has_the_claims_of_its_issuer_and_lasts_ten_minutes() {
    let now = 1_760_000_000;
    let builder = LocalIndex::builder().clock(Clock::fixed(now));
    let index = builder.start().expect("an index");

    let signer = Signer::github("octo-org/demo", "release.yml");
    let job = job().environment("pypi").reference("refs/tags/v1.0");
    let found = claims(&index, job, "repo:octo-org/demo:environment:pypi", &signer);
    let workflow = "https://github.com/octo-org/demo/.github/workflows/release.yml@refs/tags/v1.0";
    assert_eq!(
        found.issuer(),
        Some("https://token.actions.githubusercontent.com")
    );
    assert_eq!(
        (found.identity(), found.signer()),
        (Some(workflow), Some(workflow))
    );
    assert_eq!(found.repository(), Some("https://github.com/octo-org/demo"));
    assert_eq!(
        found.commit(),
        Some("0123456789abcdef0123456789abcdef01234567")
    );
    assert_eq!(
        (found.git_ref(), found.trigger()),
        (Some("refs/tags/v1.0"), Some("push"))
    );
    assert_eq!(
        found.run(),
        Some("https://github.com/octo-org/demo/actions/runs/1/attempts/1")
    );
    assert_eq!(found.environment(), Some("pypi"));
    let time = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(found.valid_from(), time(now));
    assert_eq!(found.valid_until(), time(now + 600));

    let signer = Signer::gitlab("my-group/demo", ".gitlab-ci.yml");
    let job = Identity::gitlab("my-group/demo", ".gitlab-ci.yml");
    let found = claims(
        &index,
        job,
        "project_path:my-group/demo:ref_type:branch:ref:main",
        &signer,
    );
    let pipeline = "https://gitlab.com/my-group/demo//.gitlab-ci.yml@refs/heads/main";
    assert_eq!(
        (found.identity(), found.workflow()),
        (Some(pipeline), Some(pipeline))
    );
    assert_eq!(found.git_ref(), Some("refs/heads/main"));
    assert_eq!(
        found.run(),
        Some("https://gitlab.com/my-group/demo/-/jobs/1")
    );

    let email = "publisher@my-project.iam.gserviceaccount.com";
    let found = claims(
        &index,
        Identity::google(email),
        email,
        &Signer::google(email),
    );
    assert_eq!(
        (found.issuer(), found.repository()),
        (Some("https://accounts.google.com"), None)
    );
}

/// The workflow that PyPI compares is the caller's, and the name in the certificate is that of the called one.
#[test]
fn a_reusable_workflow_is_the_name_of_the_certificate() {
    let index = LocalIndex::start().expect("an index");
    let called = "octo-org/shared/.github/workflows/publish.yml@refs/heads/\u{fc}";
    let job = job().claim("job_workflow_ref", called);
    let signer = Signer::github("octo-org/demo", "release.yml");
    let found = claims(&index, job, SUBJECT, &signer);
    let name = "https://github.com/octo-org/shared/.github/workflows/publish.yml@refs/heads/%C3%BC";
    assert_eq!(found.identity(), Some(name));
    assert_eq!(
        found.signer(),
        Some(format!("https://github.com/{called}").as_str())
    );
}

/// A request as sigstore-python makes it: without a subject, with the key of `signed` and signed by `signer`.
fn signing_request(signed: &EcdsaKeyPair, signer: &EcdsaKeyPair) -> Value {
    let info = CertReqInfo {
        version: Version::V1,
        subject: Name::default(),
        public_key: SubjectPublicKeyInfoOwned::from_der(&der(&public_pem(signed))).expect("a key"),
        attributes: SetOfVec::default(),
    };
    let signature = STANDARD
        .decode(sign(signer, &info.to_der().expect("DER")))
        .expect("base64");
    let request = CertReq {
        info,
        algorithm: AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
            parameters: None,
        },
        signature: BitString::from_bytes(&signature).expect("a signature"),
    };
    let text = pem("CERTIFICATE REQUEST", &request.to_der().expect("DER"));
    json!({"certificateSigningRequest": STANDARD.encode(text)})
}

/// sigstore-python sends the token in a header, to the root of the host.
#[test]
fn a_certificate_signing_request_is_a_proof_of_possession() {
    let index = LocalIndex::start().expect("an index");
    let (key, other) = (key(), key());
    let token = index.id_token(job(), "sigstore").expect("an ID token");
    let authorization = format!("Bearer {}", token.reveal());
    let request = |body: &Value| {
        let headers = [("authorization", authorization.as_str())];
        let body = body.to_string();
        send(
            &index,
            "POST /api/v2/signingCert",
            &headers,
            body.as_bytes(),
        )
    };
    let response = request(&signing_request(&key, &key));
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.json()["signedCertificateEmbeddedSct"]["chain"]["certificates"].is_array());
    for (body, message) in [
        (
            signing_request(&key, &other),
            "The signature supplied in the request could not be verified",
        ),
        (
            json!({"certificateSigningRequest": "eA=="}),
            "The certificate signing request could not be parsed",
        ),
    ] {
        let response = request(&body);
        assert_eq!(
            (response.status, &response.json()["message"]),
            (400, &json!(message))
        );
    }
}

#[test]
fn each_refusal_has_the_status_and_the_message_of_fulcio() {
    let index = LocalIndex::start().expect("an index");
    let key = key();
    let email = "publisher@my-project.iam.gserviceaccount.com";
    let now = index.clock().now();
    let identity = "There was an error processing the identity token";
    let unverified = "The signature supplied in the request could not be verified";
    for (job, audience, challenge, message) in [
        (job(), "pypi", SUBJECT, identity),
        (job().claim("exp", now - 1), "sigstore", SUBJECT, identity),
        (job().without_claim("exp"), "sigstore", SUBJECT, identity),
        (job().claim("nbf", now + 400), "sigstore", SUBJECT, identity),
        (
            job().claim("iss", "https://example.com"),
            "sigstore",
            SUBJECT,
            identity,
        ),
        (
            job().signing(Signing::OtherKey),
            "sigstore",
            SUBJECT,
            identity,
        ),
        (
            Identity::activestate("org", "demo", "1"),
            "sigstore",
            SUBJECT,
            identity,
        ),
        (
            Identity::google(email).claim("email_verified", false),
            "sigstore",
            email,
            identity,
        ),
        (
            Identity::google("no address"),
            "sigstore",
            "no address",
            identity,
        ),
        (
            Identity::google(email),
            "sigstore",
            "111260650121185072906",
            unverified,
        ),
        (
            job(),
            "sigstore",
            "repo:octo-org/other:ref:refs/heads/main",
            unverified,
        ),
        (
            job().without_claim("job_workflow_sha"),
            "sigstore",
            SUBJECT,
            "value <job_workflow_sha> not present in either claims or defaults",
        ),
    ] {
        let token = index.id_token(&job, audience).expect("an ID token");
        let response = post(&index, FULCIO, &proposal(token.reveal(), &key, challenge));
        let body = response.json();
        assert_eq!(
            (response.status, &body["code"]),
            (400, &json!(3)),
            "{job:?}"
        );
        assert!(
            body["message"].as_str().expect("text").starts_with(message),
            "{body} {job:?}"
        );
        assert_eq!(body["details"], json!([]));
        let recorded = index.requests().pop().expect("a request");
        assert!(
            recorded.message.starts_with(message),
            "{}",
            recorded.message
        );
        assert!(!format!("{recorded:?}").contains(token.reveal()));
    }
    let twice = job().claim("aud", ["pypi", "sigstore"]);
    certify(&index, twice, &key, SUBJECT);
}

#[test]
fn each_malformed_request_has_its_message() {
    let index = LocalIndex::start().expect("an index");
    let key = key();
    let token = index.id_token(job(), "sigstore").expect("an ID token");
    let proposal = proposal(token.reveal(), &key, SUBJECT);
    let changed = |path: &str, value: &str| {
        let mut changed = proposal.clone();
        *changed.pointer_mut(path).expect("a member") = value.into();
        changed
    };
    let unparsed = "The public key supplied in the request could not be parsed";
    let content = "/publicKeyRequest/publicKey/content";
    for (body, message) in [
        (changed(content, ""), unparsed),
        (changed(content, &pem("PUBLIC KEY", b"x")), unparsed),
        (changed(content, &pem("RSA PUBLIC KEY", b"x")), unparsed),
        (changed(content, &p384()), "signing algorithm not permitted"),
        (
            changed("/publicKeyRequest/proofOfPossession", "!"),
            "The signature supplied in the request could not be verified",
        ),
        (
            json!({}),
            "There was an error processing the identity token",
        ),
        (json!([]), "proto: syntax error"),
        (json!({"credentials": 1}), "proto: syntax error"),
    ] {
        let response = post(&index, FULCIO, &body);
        let found = response.json();
        assert_eq!(response.status, 400, "{body}");
        assert!(
            found["message"]
                .as_str()
                .expect("text")
                .starts_with(message),
            "{found}"
        );
    }
    let response = get(&index, FULCIO, &[]);
    assert_eq!(
        (response.status, &response.json()["code"]),
        (501, &json!(12))
    );
}

/// A public key on another curve.
fn p384() -> String {
    const START: [u8; 23] = [
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05,
        0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
    ];
    pem("PUBLIC KEY", &[START.as_slice(), &[4], &[7; 96]].concat())
}
