//! The exchanges of ID tokens.

use pypi_local_index::{AdminFlag, Identity, LocalIndex, Signing};
use serde_json::{Value, json};

use crate::client::{Response, send};
use crate::initial_state::{activestate, gitlab, google, job};

const MINT: &str = "POST /_/oidc/mint-token";

/// An API token for a job.
pub(crate) fn minted(index: &LocalIndex, job: impl Into<Identity>) -> String {
    let id_token = index.id_token(job.into(), "pypi").expect("an ID token");
    let response = mint(index, MINT, id_token.reveal()).json();
    response["token"].as_str().expect("a token").to_owned()
}

fn mint(index: &LocalIndex, request: &str, id_token: &str) -> Response {
    let body = json!({"token": id_token}).to_string();
    send(index, request, &[], body.as_bytes())
}

/// Sends the request of the case.
pub(crate) fn ask(index: &LocalIndex, case: &Value) -> Option<Response> {
    let (id, about) = (case["id"].as_str()?, case["about"].as_str()?);
    let is_off = about.contains("disallow-oidc");
    index.set_admin_flag(AdminFlag::DisallowOidc, is_off);
    let response = match id {
        "mint/get" => send(index, "GET /_/oidc/mint-token", &[], b""),
        "mint/audience" | "mint/flag-audience" => send(index, "GET /_/oidc/audience", &[], b""),
        "mint/audience-post" => send(index, "POST /_/oidc/audience", &[], b""),
        "mint/burn" => send(index, "POST /_/oidc/burn-token", &[], b"{}"),
        "mint/slash" => send(index, "POST /_/oidc/mint-token/", &[], b"{}"),
        "mint/not-json" => send(index, MINT, &[], b"hello"),
        "mint/empty-token" => mint(index, MINT, ""),
        _ => {
            let id_token = index
                .id_token(identity(case, id), "pypi")
                .expect("an ID token");
            let path = if about.contains("older path") {
                "POST /_/oidc/github/mint-token"
            } else {
                MINT
            };
            let first = mint(index, path, id_token.reveal());
            let is_second = id.contains("reuse") || id.contains("replay");
            if is_second {
                mint(index, path, id_token.reveal())
            } else {
                first
            }
        }
    };
    index.set_admin_flag(AdminFlag::DisallowOidc, false);
    Some(response)
}

fn identity(case: &Value, id: &str) -> Identity {
    let signing = match id {
        "mint/bad-kid" => Signing::UnknownKeyId,
        "mint/no-kid" => Signing::WithoutKeyId,
        "mint/wrong-key" => Signing::OtherKey,
        _ if id.contains("alg") => Signing::Algorithm("none".to_owned()),
        _ => Signing::Issuer,
    };
    let repository = match id {
        "mint/repository-case" => "Oracle-Existing",
        "mint/pending-first" | "mint/pending-second" => "oracle-pending-1",
        "mint/pending-taken" => "oracle-pending-2",
        _ if id.starts_with("mint/env-") && id != "mint/env-unasked" => "oracle-env",
        _ => "oracle-existing",
    };
    let mut identity = if id.contains("gitlab") {
        gitlab()
    } else if id.contains("google") {
        google()
    } else if id.contains("activestate") {
        activestate()
    } else {
        job(repository)
    };
    for (name, value) in case["claims_changed"].as_object().into_iter().flatten() {
        identity = changed(identity, repository, name, value.as_str().expect("text"));
    }
    identity.signing(signing)
}

/// The recording has Python's `repr` of each value, and for some cases a property of the job instead of a claim.
fn changed(identity: Identity, repository: &str, name: &str, value: &str) -> Identity {
    match (name, value) {
        ("owner", owner) => {
            let workflow =
                format!("{owner}/{repository}/.github/workflows/release.yml@refs/heads/main");
            identity
                .claim("repository_owner", owner)
                .claim("repository", format!("{owner}/{repository}"))
                .claim("job_workflow_ref", workflow)
        }
        ("owner_id", number) => identity.claim("repository_owner_id", number),
        ("workflow", file) => {
            let path = format!("octo-org/{repository}/.github/workflows/{file}@refs/heads/main");
            identity.claim("job_workflow_ref", path)
        }
        (name, "None") => identity.without_claim(name),
        ("aud", list) if list.starts_with('[') => {
            let items = list.trim_matches(['[', ']']).split(", ");
            let items: Vec<&str> = items.map(|item| item.trim_matches('\'')).collect();
            identity.claim(name, items)
        }
        ("exp" | "iat" | "nbf", seconds) => {
            identity.claim(name, seconds.parse::<i64>().expect("a time"))
        }
        ("email_verified", truth) => identity.claim(name, truth == "True"),
        (name, value) => identity.claim(name, value),
    }
}
