//! A local index without a socket, which is empty before each input.

#![allow(dead_code, reason = "each target uses a part")]

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Request, request};
use pypi_http::{Body, Reply, Transport as _};
use pypi_local_index::{Clock, Identity, LocalIndex, Project, Token, User};

pub const NOW: u64 = 1_760_000_000;

static INDEX: LazyLock<LocalIndex> = LazyLock::new(|| {
    let job = Identity::github("octo-org/demo", "release.yml");
    LocalIndex::builder()
        .user(User::new("alice"))
        .project(Project::new("other").member("alice"))
        .token("other", Token::of("alice").only(["other"]))
        .publisher("demo", job.publisher())
        .identity(job)
        .clock(Clock::fixed(NOW))
        .max_requests(4)
        .seed(440)
        .start_in_memory()
        .expect("an index")
});

/// The index, in its initial state.
pub fn index() -> &'static LocalIndex {
    INDEX.reset();
    &INDEX
}

/// The value of `Authorization` for an API token.
pub fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("__token__:{token}")))
}

pub fn send(index: &LocalIndex, request: request::Builder, body: Vec<u8>) -> Option<Reply> {
    index.send(request.body(Body::from(body)).ok()?).ok()
}

/// `POST path` with JSON.
pub fn post(index: &LocalIndex, path: &str, json: &[u8]) -> Reply {
    let url = index.url().join(path).expect("a URL");
    let request = Request::post(url.as_str()).header("content-type", "application/json");
    send(index, request, json.to_vec()).expect("a reply")
}
