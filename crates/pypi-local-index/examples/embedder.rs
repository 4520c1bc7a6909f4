//! A complete test of a publishing tool: twine uploads a wheel to an index that is busy at first.
//!
//! `PYTHON=… cargo run --example embedder -- dist/demo-1.0-py3-none-any.whl`
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::Command;

use pypi_local_index::{Fault, LocalIndex, Route};

fn main() {
    let wheel = std::env::args().nth(1).expect("a wheel");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());

    // An empty index, whose response to the first upload is 503.
    let index = LocalIndex::builder()
        .fault(
            Fault::on(Route::Upload)
                .nth(1)
                .respond(503, "text/plain", "busy"),
        )
        .start()
        .expect("a free port of 127.0.0.1");

    // The tool under test, unmodified.
    let status = Command::new(python)
        .args(["-m", "twine", "upload", "--disable-progress-bar", &wheel])
        .env("TWINE_REPOSITORY_URL", index.upload_url().as_str())
        .env("TWINE_USERNAME", "__token__")
        .env("TWINE_PASSWORD", index.user_token().reveal())
        .status()
        .expect("twine");

    // What the tool did, and what the index stores.
    assert!(status.success(), "the tool retries");
    let requests = index.requests();
    let statuses: Vec<u16> = requests.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [503, 200]);
    let files = index.files();
    assert!(files.len() == 1 && wheel.ends_with(&files[0].filename));
}
