//! What is wrong with an ID token, before it is sent.

use std::sync::{Arc, Mutex};

use pypi_http::{
    Secret,
    testing::{Script, reply},
};
use pypi_local_index::{Clock, Identity, LocalIndex, Signing};
use pypi_publish::{Dists, Error, ErrorKind, Event, Publisher, Report};
use pypi_trusted_publisher::provider::Supplied;
use pypi_upload::Index;

use crate::folder::release;

const MINT: &str = "POST /_/oidc/mint-token";
const MINTED: &str = r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#;

/// The result of a publication with an ID token of this job, and its events as JSON.
fn publish(
    publisher: Publisher,
    job: &Identity,
    script: &Script,
) -> (Result<Report, Error>, Vec<serde_json::Value>) {
    let local = LocalIndex::builder().clock(Clock::fixed(1_760_000_000));
    let local = local.start().expect("an index");
    let token = local.id_token(job, "pypi").expect("an ID token");
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let publisher = publisher
        .provider(Supplied::value(Secret::new(token.reveal())))
        .observer(move |event: &Event<'_>| {
            let event = serde_json::to_value(event).expect("JSON");
            log.lock().expect("no panic").push(event);
        })
        .clock(script.clock())
        .verify(None)
        .jobs(1);
    let folder = release();
    let dists = Dists::read_dir(folder.path()).expect("a folder");
    let result = publisher.publish(dists, script);
    drop(publisher);
    let events = std::mem::take(&mut *events.lock().expect("no panic"));
    (result, events)
}

fn names(events: &[serde_json::Value]) -> Vec<&str> {
    let names = events.iter().filter_map(|event| event["event"].as_str());
    names
        .filter(|name| matches!(*name, "id_token_problem" | "token_minted"))
        .collect()
}

#[test]
fn a_token_that_pypi_certainly_rejects_is_not_sent() {
    let job = Identity::github("octo-org/demo", "release.yml")
        .claim("event_name", "pull_request_target")
        .claim("iat", 1_760_000_100);
    let script = Script::new([reply(404, ""), reply(200, r#"{"audience":"pypi"}"#)]);
    let (result, events) = publish(Publisher::pypi(), &job, &script);
    let error = result.expect_err("nothing was sent");
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert_eq!(
        error.causes(),
        "could not obtain an API token: 2 of 2 files were not uploaded: the job was started by `pull_request_target`, which PyPI rejects"
    );
    assert_eq!(
        error.help(),
        Some("publish on `push`, `release` or `workflow_dispatch`")
    );
    assert!(error.diagnosis().is_none(), "the index was not asked");
    assert!(!script.transcript().contains(&MINT.to_owned()));
    assert_eq!(names(&events), ["id_token_problem"], "the future `iat`");
}

#[test]
fn what_an_index_may_accept_is_reported_and_sent() {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    let job = Identity::github("octo-org/demo", "release.yml")
        .signing(Signing::Algorithm("ES256".to_owned()));
    let script = Script::new([
        reply(200, r#"{"audience":"pypi"}"#),
        reply(200, MINTED),
        reply(200, ""),
        reply(200, ""),
        reply(202, ""),
    ]);
    let (result, events) = publish(Publisher::index(index), &job, &script);
    let report = result.expect("published");
    assert!(report.is_success());
    assert!(script.transcript().contains(&MINT.to_owned()));
    let problems = report.problems().iter().filter_map(|problem| {
        let finding = problem.finding();
        (finding.rule().id() == "identity-claims").then(|| problem.to_string())
    });
    assert_eq!(
        problems.collect::<Vec<_>>(),
        ["127.0.0.1: the ID token is signed with \"ES256\", expected RS256"]
    );
    assert_eq!(names(&events), ["id_token_problem", "token_minted"]);
    let event = events
        .iter()
        .find(|event| event["event"] == "id_token_problem");
    assert_eq!(
        event.expect("told"),
        &serde_json::json!({
            "event": "id_token_problem",
            "kind": "algorithm",
            "is_fatal": true,
            "message": "the ID token is signed with \"ES256\", expected RS256",
            "remedy": "request an ID token from the CI provider, and pass it on without changes",
        })
    );
}
