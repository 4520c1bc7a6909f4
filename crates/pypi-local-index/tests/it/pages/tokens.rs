//! The exchanges of ID tokens.

use pypi_local_index::{Identity, LocalIndex, TrustedPublisher};

use super::{assert_has, burn, job, page};
use crate::trusted::mint;

#[test]
fn tokens_show_claims_and_the_publisher_that_matched() {
    let index = LocalIndex::builder()
        .project("demo")
        .publisher("demo", job().publisher())
        .start()
        .expect("an index");
    assert_has(
        &page(&index, "/log/tokens"),
        &["No ID token has been exchanged yet."],
    );
    let id_token = index
        .id_token(job().claim("actor", "<mallory>"), "pypi")
        .expect("an ID token");
    let minted = mint(&index, id_token.reveal()).json()["token"].clone();
    let token = minted.as_str().expect("a token");
    let shown = page(&index, "/log/tokens");
    assert_has(
        &shown,
        &[
            "octo-org/demo, release.yml, environment pypi",
            "Active</span>",
            "Matches",
            "&lt;mallory&gt;",
            "<code>environment</code>",
        ],
    );
    assert!(!shown.contains("Differs"));
    burn(&index, token);
    let shown = page(&index, "/log/tokens");
    assert_has(&shown, &["Burned</span>"]);
    assert_has(
        &page(&index, "/log/requests/1"),
        &[">Body</h2>", "[redacted]"],
    );
    for request in ["/log/requests/1", "/log/requests/2", "/log/tokens"] {
        let page = page(&index, request);
        assert!(
            !page.contains(id_token.reveal()) && !page.contains(token),
            "{page}"
        );
    }
}

#[test]
fn a_refused_token_shows_the_nearest_publisher_and_why_it_differs() {
    let index = LocalIndex::builder()
        .project("demo")
        .publisher("demo", job().publisher())
        .publisher("demo", TrustedPublisher::github("else/where", "ci.yml"))
        .start()
        .expect("an index");
    let wrong = Identity::github("octo-org/demo", "release.yml").environment("<staging>");
    let id_token = index.id_token(wrong, "pypi").expect("an ID token");
    assert_eq!(mint(&index, id_token.reveal()).status, 422);
    assert_has(
        &page(&index, "/log/tokens"),
        &[
            "Refused</span>",
            "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
            "<code>invalid-publisher</code>",
            "Nearest publisher: octo-org/demo, release.yml, environment pypi",
            "1 claim of 5 differs: <code>environment</code> is <code>&lt;staging&gt;</code>, not <code>pypi</code>.",
            "Differs",
        ],
    );
    mint(&index, "e30.e30.e30");
    assert_has(
        &page(&index, "/log/tokens"),
        &[
            "An unreadable ID token",
            "No trusted publisher of this provider is registered.",
        ],
    );
    // An expired token of the right job.
    let late = index
        .id_token(job().claim("exp", 1), "pypi")
        .expect("an ID token");
    assert_eq!(mint(&index, late.reveal()).status, 422);
    assert_has(
        &page(&index, "/log/tokens"),
        &["All its claims match; the token was refused for another reason."],
    );
}
