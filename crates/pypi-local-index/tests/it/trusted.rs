//! Trusted publishing, from the runner's variables to the burned token.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pypi_local_index::{AdminFlag, Clock, Identity, LocalIndex};
use pypi_metadata::testing::{sdist, wheel};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

use crate::client::{Form, Response, get, send, upload};

pub(crate) fn mint(index: &LocalIndex, id_token: &str) -> Response {
    let body = json!({"token": id_token, "more": true}).to_string();
    send(index, "POST /_/oidc/mint-token", &[], body.as_bytes())
}

/// An ID token as a job gets it, from the runner's variables.
fn id_token(index: &LocalIndex) -> String {
    let variables: HashMap<String, String> = index.environment().into_iter().collect();
    let url = format!(
        "{}&audience=pypi",
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"]
    );
    let path = url
        .strip_prefix(&index.url()[..url::Position::BeforePath])
        .expect("our address");
    let authorization = format!("bearer {}", variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
    let response = get(index, path, &[("authorization", &authorization)]);
    assert_eq!(response.status, 200);
    text(&response.json()["value"]).to_owned()
}

pub(crate) fn minted(index: &LocalIndex) -> String {
    text(&mint(index, &id_token(index)).json()["token"]).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[test]
fn a_first_release_is_published_and_its_token_is_burned() {
    let index = LocalIndex::start().expect("an index");
    let token = minted(&index);
    for file in [wheel("my-demo", "1.0"), sdist("my-demo", "1.0")] {
        let response = upload(&index, &token, &Form::of("my-demo", &file));
        assert_eq!(response.status, 200, "{}", response.reason);
    }
    let accept = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = get(&index, "/simple/my-demo/", &accept).json();
    assert_eq!(page["versions"], json!(["1.0"]));
    for (stored, file) in [wheel("my-demo", "1.0"), sdist("my-demo", "1.0")]
        .iter()
        .enumerate()
    {
        let entry = &page["files"][stored];
        assert_eq!(entry["filename"], file.filename);
        let path = text(&entry["url"])
            .strip_prefix(&index.url()[..url::Position::BeforePath])
            .expect("our address");
        assert_eq!(get(&index, path, &[]).body, file.bytes);
    }

    let body = json!({"token": token}).to_string();
    assert_eq!(
        send(&index, "POST /_/oidc/burn-token", &[], body.as_bytes()).status,
        202
    );
    let refused = upload(
        &index,
        &token,
        &Form::of("my-demo", &wheel("my-demo", "1.0")),
    );
    assert_eq!(refused.status, 403);
    assert!(
        refused
            .reason
            .starts_with("Invalid or non-existent authentication information."),
        "{}",
        refused.reason
    );
}

#[test]
fn an_id_token_is_exchanged_once() {
    let index = LocalIndex::start().expect("an index");
    let token = id_token(&index);
    assert_eq!(mint(&index, &token).status, 200);
    let again = mint(&index, &token);
    assert_eq!(again.status, 422);
    assert_eq!(again.json()["errors"][0]["code"], "invalid-reuse-token");
}

#[test]
fn a_token_that_matches_no_publisher_is_not_used_up() {
    let index = LocalIndex::builder().start().expect("an index");
    let token = id_token(&index);
    for _ in 0..2 {
        assert_eq!(
            mint(&index, &token).json()["errors"][0]["code"],
            "invalid-publisher"
        );
    }
}

#[test]
fn a_minted_token_is_valid_for_900_seconds() {
    let clock = Clock::fixed(1_760_000_000);
    let index = LocalIndex::builder()
        .publishes_any()
        .clock(clock.clone())
        .start()
        .expect("an index");
    let token = minted(&index);
    clock.advance(Duration::from_secs(899));
    let form = Form::of("demo", &wheel("demo", "1.0"));
    assert_eq!(upload(&index, &token, &form).status, 200);
    clock.advance(Duration::from_secs(1));
    let late = upload(&index, &token, &Form::of("demo", &sdist("demo", "1.0")));
    assert_eq!(
        (late.status, late.reason.as_str()),
        (403, "Invalid API Token: token is expired, token is expired")
    );
}

#[test]
fn a_pending_publisher_creates_only_its_project() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let index = LocalIndex::builder()
        .pending_publisher("demo", job.publisher())
        .identity(job)
        .start()
        .expect("an index");
    assert_eq!(get(&index, "/simple/demo/", &[]).status, 404);
    let token = minted(&index);
    assert_eq!(
        get(&index, "/simple/demo/", &[]).status,
        200,
        "the exchange alone creates the project"
    );

    let other = upload(&index, &token, &Form::of("other", &wheel("other", "1.0")));
    assert_eq!(other.status, 400);
    assert!(
        other
            .reason
            .starts_with("Non-user identities cannot create new projects."),
        "{}",
        other.reason
    );
    assert_eq!(
        upload(&index, &token, &Form::of("demo", &wheel("demo", "1.0"))).status,
        200
    );
    assert_eq!(
        mint(&index, &id_token(&index)).status,
        200,
        "the publisher is not pending any more"
    );
}

#[test]
fn a_pending_publisher_of_an_existing_project_is_rejected_and_removed() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let index = LocalIndex::builder()
        .project("demo")
        .pending_publisher("demo", job.publisher())
        .identity(job)
        .start()
        .expect("an index");
    let error = |response: Response| response.json()["errors"][0]["code"].clone();
    assert_eq!(
        error(mint(&index, &id_token(&index))),
        "invalid-pending-publisher"
    );
    assert_eq!(error(mint(&index, &id_token(&index))), "invalid-publisher");
}

#[test]
fn an_exchange_with_a_read_only_index_uses_up_nothing_but_the_id() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let index = LocalIndex::builder()
        .pending_publisher("demo", job.publisher())
        .admin_flag(AdminFlag::ReadOnly)
        .identity(job)
        .start()
        .expect("an index");
    let token = id_token(&index);
    let response = mint(&index, &token);
    assert_eq!(response.status, 200);
    let minted = response.json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(get(&index, "/simple/demo/", &[]).status, 404);
    assert_eq!(
        mint(&index, &token).json()["errors"][0]["code"],
        "invalid-reuse-token"
    );
    index.set_admin_flag(AdminFlag::ReadOnly, false);
    let form = Form::of("demo", &wheel("demo", "1.0"));
    assert_eq!(
        upload(&index, &minted, &form).status,
        403,
        "it was not stored"
    );
    assert_eq!(
        mint(&index, &id_token(&index)).status,
        200,
        "it is pending still"
    );
    assert_eq!(get(&index, "/simple/demo/", &[]).status, 200);
}

#[test]
fn a_token_is_restricted_to_the_projects_of_its_publisher() {
    let job = Identity::github("octo-org/demo", "release.yml");
    let index = LocalIndex::builder()
        .publisher("demo", job.publisher())
        .project("other")
        .identity(job)
        .start()
        .expect("an index");
    let refused = upload(
        &index,
        &minted(&index),
        &Form::of("other", &wheel("other", "1.0")),
    );
    assert_eq!(refused.status, 403);
    let reason = "OIDC scoped token is not valid for project 'other', project-scoped token is not valid for project: \
        'other'";
    assert_eq!(
        refused.reason,
        format!("Invalid API Token: {reason}, {reason}")
    );
}

#[test]
fn the_runner_requires_its_request_token() {
    let index = LocalIndex::start().expect("an index");
    let path = "/runner/github/token?audience=pypi";
    assert_eq!(get(&index, path, &[]).status, 401);
    assert_eq!(
        get(&index, path, &[("authorization", "bearer guess")]).status,
        403
    );
}

#[test]
fn an_id_token_for_another_audience_is_invalid() {
    let index = LocalIndex::start().expect("an index");
    let job = Identity::github("octo-org/demo", "release.yml");
    let token = index.id_token(&job, "testpypi").expect("an ID token");
    assert_eq!(
        mint(&index, token.reveal()).json()["errors"][0]["code"],
        "invalid-token"
    );
}

#[test]
fn the_published_key_verifies_the_tokens_of_the_runner() {
    let index = LocalIndex::start().expect("an index");
    let discovery = get(
        &index,
        "/issuer/github/.well-known/openid-configuration",
        &[],
    )
    .json();
    assert_eq!(
        text(&discovery["jwks_uri"]),
        format!("{}issuer/github/jwks", index.url())
    );
    let key = get(&index, "/issuer/github/jwks", &[]).json()["keys"][0].clone();
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let public = RsaPublicKeyComponents {
        n: part(text(&key["n"])),
        e: part(text(&key["e"])),
    };
    let token = id_token(&index);
    let (signed, signature) = token.rsplit_once('.').expect("a JWT");
    public
        .verify(
            &RSA_PKCS1_2048_8192_SHA256,
            signed.as_bytes(),
            &part(signature),
        )
        .expect("a signature with this key");
}
