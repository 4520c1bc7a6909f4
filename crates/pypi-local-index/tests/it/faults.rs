//! Faults, as a client sees them.

use pypi_local_index::{Change, Fault, Identity, LocalIndex, Profile, Route};
use pypi_metadata::testing::wheel;

use crate::client::{Form, Response, basic, get, multipart, send_or_cut, upload};
use crate::trusted::mint;

fn with(fault: Fault) -> LocalIndex {
    LocalIndex::builder()
        .publishes_any()
        .fault(fault)
        .start()
        .expect("an index")
}

/// Uploads the same wheel. `None` if the connection is closed without a response.
fn try_upload(index: &LocalIndex) -> Option<Response> {
    try_upload_as(index, "test")
}

fn try_upload_as(index: &LocalIndex, user_agent: &str) -> Option<Response> {
    let (authorization, content_type) = (basic(index.user_token().reveal()), multipart());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", &content_type),
        ("user-agent", user_agent),
    ];
    let form = Form::of("demo", &wheel("demo", "1.0"));
    send_or_cut(index, "POST /legacy/", &headers, &form.bytes())
}

fn status(response: Option<Response>) -> Option<u16> {
    response.map(|response| response.status)
}

#[test]
fn a_connection_can_close_before_or_after_the_commit() {
    let upload = || Fault::on(Route::Upload).nth(1);
    for (fault, stored) in [
        (upload().reset_before_body(), 0),
        (upload().reset_after_body(), 0),
        (upload().lose_response(), 1),
    ] {
        let index = with(fault);
        assert_eq!(status(try_upload(&index)), None);
        assert_eq!(index.files().len(), stored);
        assert_eq!(index.requests()[0].status, 0);
        assert_eq!(status(try_upload(&index)), Some(200));
        assert_eq!(index.files().len(), 1);
    }
}

#[test]
fn a_response_can_be_replaced_before_or_after_the_commit() {
    let busy = || {
        Fault::on(Route::Upload)
            .nth(1)
            .respond(503, "text/html", "<h1>busy</h1>")
    };
    for (fault, stored) in [
        (busy(), 0),
        (busy().before_body(), 0),
        (busy().after_commit(), 1),
    ] {
        let index = with(fault.header("Retry-After", "7"));
        let response = try_upload(&index).expect("a response");
        assert_eq!(
            (response.status, response.header("retry-after")),
            (503, Some("7"))
        );
        assert_eq!(response.text(), "<h1>busy</h1>");
        assert_eq!(index.files().len(), stored);
    }
}

#[test]
fn requests_are_counted_for_each_fault_and_path() {
    let index = with(
        Fault::on(Route::Simple)
            .path_contains("/demo/")
            .from(2)
            .through(3)
            .respond(500, "", ""),
    );
    let demo = || get(&index, "/simple/demo/", &[]).status;
    assert_eq!(demo(), 404);
    assert_eq!(get(&index, "/simple/other/", &[]).status, 404);
    assert_eq!([demo(), demo(), demo()], [500, 500, 404]);
}

#[test]
fn a_page_can_be_stale_incomplete_or_have_an_old_serial() {
    let index = LocalIndex::start().expect("an index");
    let json = [("accept", "application/vnd.pypi.simple.v1+json")];
    let page = || get(&index, "/simple/demo/", &json);
    assert_eq!(page().status, 404);
    assert_eq!(status(try_upload(&index)), Some(200));
    index.add_fault(Fault::on(Route::Simple).nth(1).stale());
    index.add_fault(
        Fault::on(Route::Simple)
            .nth(2)
            .hide("demo-1.0-py3-none-any.whl"),
    );
    index.add_fault(Fault::on(Route::Simple).nth(3).serial(1));
    assert_eq!(page().status, 404, "the response from before the upload");
    assert_eq!(page().json()["files"].as_array().expect("files").len(), 0);
    let old = page().json();
    assert_eq!(
        (
            &old["meta"]["_last-serial"],
            old["files"].as_array().expect("files").len()
        ),
        (&1.into(), 1)
    );
    assert_eq!(page().json()["files"].as_array().expect("files").len(), 1);
}

#[test]
fn a_response_can_be_truncated() {
    let index = LocalIndex::start().expect("an index");
    assert_eq!(status(try_upload(&index)), Some(200));
    index.add_fault(Fault::on(Route::Simple).nth(1).truncate(10));
    let cut = get(&index, "/simple/demo/", &[]);
    assert_eq!(cut.body.len(), 10);
    let whole = get(&index, "/simple/demo/", &[]).body.len();
    assert_eq!(
        cut.header("content-length"),
        Some(whole.to_string().as_str())
    );
}

#[test]
fn the_index_can_change_during_an_upload() {
    let rival = |change| {
        let index = with(Fault::on(Route::Upload).nth(1).change(change));
        try_upload(&index).expect("a response").reason
    };
    assert_eq!(rival(Change::RivalSameBytes), "OK");
    assert!(rival(Change::RivalOtherBytes).starts_with("File already exists ("));
    assert!(rival(Change::FileLimit(10)).starts_with("File too large."));

    let index = with(Fault::on(Route::Upload).nth(1).change(Change::ExpireTokens));
    let job = Identity::github("octo-org/demo", "release.yml");
    let id_token = index.id_token(job, "pypi").expect("an ID token");
    let token = mint(&index, id_token.reveal()).json()["token"].clone();
    let form = Form::of("demo", &wheel("demo", "1.0"));
    let response = upload(&index, token.as_str().expect("a token"), &form);
    assert_eq!(
        response.reason,
        "Invalid API Token: token is expired, token is expired"
    );
}

#[test]
fn a_refusal_is_recorded_with_its_rule() {
    let index = LocalIndex::start().expect("an index");
    let mut form = Form::of("demo", &wheel("demo", "1.0"));
    form.fields
        .push(("classifiers".to_owned(), "Nope".to_owned()));
    form.fields
        .push(("license_files".to_owned(), "LICENSE".to_owned()));
    let own = index.user_token().reveal();
    assert_eq!(upload(&index, own, &form).status, 400);
    let recorded = index.requests().remove(0);
    assert_eq!(
        (recorded.route, recorded.rule),
        (Route::Upload, Some("classifier-unknown"))
    );
    assert!(
        recorded
            .message
            .starts_with("'Nope' is not a valid classifier."),
        "{}",
        recorded.message
    );
    assert_eq!(
        recorded.ignored_fields().collect::<Vec<_>>(),
        ["license_files"]
    );
    assert!(!format!("{recorded:?}").contains(own));
}

#[test]
fn other_indexes_have_their_own_statuses() {
    for (profile, first, again) in [
        (Profile::PyPi, 200, 200),
        (Profile::PypiServer, 200, 409),
        (Profile::Devpi, 200, 200),
        (Profile::GitLab, 201, 400),
        (Profile::Gitea, 201, 400),
        (Profile::Forgejo, 201, 409),
        (Profile::Artifactory, 200, 403),
        (Profile::Nexus, 200, 400),
        (Profile::CodeArtifact, 200, 409),
        (Profile::GoogleArtifactRegistry, 200, 400),
        (Profile::Azure, 202, 409),
    ] {
        let index = LocalIndex::builder()
            .profile(profile)
            .start()
            .expect("an index");
        assert_eq!(status(try_upload(&index)), Some(first), "{profile:?}");
        assert_eq!(status(try_upload(&index)), Some(again), "{profile:?}");
        assert_eq!(index.files().len(), 1);
    }
    let index = LocalIndex::builder()
        .profile(Profile::PypiServer)
        .start()
        .expect("an index");
    for expected in [200, 400] {
        let response = try_upload_as(&index, "twine/7.0.0 requests/2.32.5");
        assert_eq!(status(response), Some(expected), "pypiserver and twine");
    }
    let index = LocalIndex::builder()
        .profile(Profile::TestPyPi)
        .start()
        .expect("an index");
    assert_eq!(
        get(&index, "/_/oidc/audience", &[]).json()["audience"],
        "testpypi"
    );
}
