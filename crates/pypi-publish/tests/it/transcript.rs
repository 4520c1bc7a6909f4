//! A publication request by request, without a server.

use std::sync::{Arc, Mutex};

use pypi_http::testing::{Script, broken, reply};
use pypi_http::{Reply, TransportError, TransportErrorKind};
use pypi_publish::{Dists, Error, ErrorKind, Event, Publisher, Report};
use pypi_trusted_publisher::Environment;
use pypi_upload::{Digests, Index};
use tempfile::TempDir;

use crate::folder::release;

const LOOK: &str = "GET /simple/demo/";
const AUDIENCE: &str = "GET /_/oidc/audience";
const ID_TOKEN: &str = "GET /id-token?audience=pypi (authorized)";
const MINT: &str = "POST /_/oidc/mint-token";
const POST: &str = "POST /legacy/ (authorized)";
const BURN: &str = "POST /_/oidc/burn-token";
const SECRETS: [&str; 3] = ["pypi-minted", "token-of-the-job", "eyJhdWQ"];

type Answer = Result<Reply, TransportError>;

fn exchanged() -> [Answer; 3] {
    [
        reply(200, r#"{"audience":"pypi"}"#),
        reply(
            200,
            r#"{"value":"eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJweXBpIn0.c2ln"}"#,
        ),
        reply(
            200,
            r#"{"success":true,"token":"pypi-minted","expires":1760000900}"#,
        ),
    ]
}

fn publisher(script: &Script) -> Publisher {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    let index = index
        .simple_api("http://127.0.0.1:1/simple/")
        .expect("a URL");
    Publisher::index(index)
        .trusted_publishing(Environment::from_vars([
            ("GITHUB_ACTIONS", "true"),
            (
                "ACTIONS_ID_TOKEN_REQUEST_URL",
                "http://127.0.0.1:1/id-token",
            ),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token-of-the-job"),
        ]))
        .jobs(1)
        .clock(script.clock())
}

fn dists(folder: &TempDir) -> Dists {
    Dists::read_dir(folder.path()).expect("a folder")
}

/// The project's page, with each file under this sha256 or its own.
#[expect(clippy::disallowed_methods, reason = "a test's own files")]
fn page(folder: &TempDir, sha256: Option<&str>) -> Answer {
    let files = ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"].map(|name| {
        let file = std::fs::File::open(folder.path().join(name)).expect("a file");
        let own = Digests::read(file).expect("it reads");
        let sha256 = sha256.unwrap_or_else(|| own.sha256());
        format!(r#"{{"filename":"{name}","hashes":{{"sha256":"{sha256}"}}}}"#)
    });
    reply(200, format!(r#"{{"files":[{}]}}"#, files.join(",")))
}

fn publish(folder: &TempDir, script: &Script) -> Result<Report, Error> {
    publisher(script).publish(dists(folder), script)
}

fn outcomes(report: &Report) -> Vec<&str> {
    report
        .files()
        .iter()
        .map(|file| file.outcome().name())
        .collect()
}

#[test]
fn a_release_is_looked_up_exchanged_sent_verified_and_burned() {
    let folder = release();
    let mut answers = vec![reply(404, "")];
    answers.extend(exchanged());
    answers.extend([
        reply(200, ""),
        reply(200, ""),
        reply(202, ""),
        reply(404, ""),
        page(&folder, None),
    ]);
    let script = Script::new(answers).secrets(SECRETS);
    let told = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&told);
    let publisher = publisher(&script).observer(move |event: &Event<'_>| {
        log.lock()
            .expect("one thread")
            .push_str(&format!("{event:?}\n"));
    });
    let mut publication = publisher
        .publication(publisher.plan(dists(&folder)))
        .expect("a plan without errors");
    let mut printed = format!("{publisher:?} {publication:?}");
    let report = publication.run(&script);
    assert!(report.is_success());
    assert_eq!(
        script.transcript(),
        [
            LOOK, AUDIENCE, ID_TOKEN, MINT, POST, POST, BURN, LOOK, "wait", LOOK
        ]
    );
    printed.push_str(&format!(
        "{report:?} {} {}",
        report.to_json(),
        told.lock().expect("one thread")
    ));
    for secret in SECRETS {
        assert!(!printed.contains(secret), "{secret} was printed");
    }
    assert!(
        printed.contains("TokenMinted") && printed.contains("Verified"),
        "the observer was told"
    );
}

#[test]
fn files_that_the_index_already_has_cost_one_request() {
    let folder = release();
    let script = Script::new([page(&folder, None)]);
    let report = publish(&folder, &script).expect("nothing to do");
    assert_eq!(outcomes(&report), ["already_present", "already_present"]);
    assert!(
        report.is_success() && report.token_burned().is_none(),
        "no token is minted for nothing"
    );
    assert_eq!(script.transcript(), [LOOK]);
}

#[test]
fn other_content_under_the_name_is_refused_unsent() {
    let folder = release();
    let script = Script::new([page(&folder, Some("00"))]);
    let report = publish(&folder, &script).expect("known without a token");
    assert_eq!(outcomes(&report), ["refused", "refused"]);
    assert_eq!(script.transcript(), [LOOK]);
}

#[test]
fn a_token_is_burned_whatever_the_outcomes() {
    let refused = || reply(403, r#"{"code":"403 Invalid API Token: pypi-minted"}"#);
    let unreachable = || Err(TransportError::new(TransportErrorKind::Tls));
    for (answer, outcome) in [
        (refused as fn() -> Answer, "refused"),
        (unreachable, "failed"),
    ] {
        let folder = release();
        let mut answers = vec![reply(404, "")];
        answers.extend(exchanged());
        answers.extend([answer(), reply(202, "")]);
        let script = Script::new(answers).secrets(SECRETS);
        let report = publish(&folder, &script).expect("a report");
        assert_eq!(
            outcomes(&report),
            [outcome, "failed"],
            "the second is not tried"
        );
        assert!(
            !report.to_json().contains("pypi-minted"),
            "an echo of the token is redacted"
        );
        assert_eq!(
            script.transcript(),
            [LOOK, AUDIENCE, ID_TOKEN, MINT, POST, BURN]
        );
    }
}

#[test]
fn one_refused_file_does_not_stop_the_others() {
    let folder = release();
    let mut answers = vec![reply(404, "")];
    answers.extend(exchanged());
    answers.extend([
        reply(400, r#"{"code":"400 Nope."}"#),
        reply(200, ""),
        reply(202, ""),
        page(&folder, None),
    ]);
    let report = publish(&folder, &Script::new(answers)).expect("a report");
    assert_eq!(outcomes(&report), ["refused", "uploaded"]);
    assert_eq!(report.files()[1].verification().name(), "confirmed");
    assert!(!report.is_success());
}

#[test]
fn an_identity_that_is_refused_sends_nothing() {
    let folder = release();
    let [audience, issued, _] = exchanged();
    let refusal = r#"{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"no such"}]}"#;
    let script = Script::new([reply(404, ""), audience, issued, reply(422, refusal)]);
    let error = publish(&folder, &script).expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Identity);
    assert_eq!(
        error.to_string(),
        "could not obtain an API token: 2 of 2 files were not uploaded"
    );
    assert_eq!(script.transcript(), [LOOK, AUDIENCE, ID_TOKEN, MINT]);
}

#[test]
fn an_unreachable_index_sends_nothing() {
    let folder = release();
    let script = Script::new((0..5).map(|_| broken()));
    let error = publish(&folder, &script).expect_err("no index");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        error
            .causes()
            .contains("the connection broke before a reply arrived"),
        "{}",
        error.causes()
    );
}
