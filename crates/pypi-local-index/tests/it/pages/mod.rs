//! The web UI, by its text and structure. `.ci/interop.d/local-index-ui` looks at it with a browser.

mod log;
mod release;
mod request;
mod tokens;

use pypi_local_index::{Identity, LocalIndex};
use serde_json::json;

use crate::client::{Response, get, send};
use crate::trusted::mint;

/// The text of a page, which must exist and have the policy that forbids what is not ours.
fn page(index: &LocalIndex, path: &str) -> String {
    let response = get(index, path, &[]);
    assert_eq!(response.status, 200, "{path}");
    assert_eq!(
        response.header("content-security-policy"),
        Some(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "{path}"
    );
    let text = response.text();
    for active in [
        "<script>",
        "<style",
        " style=",
        " onclick=",
        " onerror=",
        "=\"javascript:",
        "<img",
    ] {
        assert!(!text.contains(active), "{path}: {active}: {text}");
    }
    assert_eq!(text.matches("<h1").count(), 1, "{path}");
    text
}

#[track_caller]
fn assert_has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

fn job() -> Identity {
    Identity::github("octo-org/demo", "release.yml").environment("pypi")
}

/// A minted API token.
fn minted(index: &LocalIndex) -> String {
    let id_token = index.id_token(job(), "pypi").expect("an ID token");
    let token = mint(index, id_token.reveal()).json()["token"].clone();
    token.as_str().expect("a token").to_owned()
}

fn burn(index: &LocalIndex, token: &str) -> Response {
    let body = json!({"token": token}).to_string();
    send(index, "POST /_/oidc/burn-token", &[], body.as_bytes())
}
