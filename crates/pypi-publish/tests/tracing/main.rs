//! What `tracing` is told of a publication: the documented names, and no secret.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod collector;

use collector::Collector;
use pypi_http::{AsyncClient, BlockingClient, Redactor, Traced};
use pypi_local_index::LocalIndex;
use pypi_metadata::testing;
use pypi_publish::{Dists, Publisher, TracingObserver};
use pypi_trusted_publisher::Environment;
use pypi_upload::Index;
use tempfile::TempDir;

#[expect(clippy::disallowed_methods, reason = "a test's own files")]
fn release(version: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in [
        testing::wheel("demo", version),
        testing::sdist("demo", version),
    ] {
        std::fs::write(folder.path().join(&file.filename), &file.bytes).expect("written");
    }
    folder
}

fn publisher(local: &LocalIndex) -> Publisher {
    let index = Index::custom(local.upload_url().as_str()).expect("a URL");
    let index = index.simple_api(local.simple_url().as_str());
    Publisher::index(index.expect("a URL"))
        .trusted_publishing(Environment::from_vars(local.environment()))
        .observer(TracingObserver::new())
}

#[test]
fn a_publication_is_reported_without_a_secret() {
    let collector = Collector::install();
    let local = LocalIndex::start().expect("an index");
    let blocking = Traced::new(BlockingClient::new().expect("a client"));
    let folder = release("1.0");
    let dists = || Dists::read_dir(folder.path()).expect("a folder");
    let report = publisher(&local).publish(dists(), &blocking);
    assert!(report.expect("published").is_success());

    let lines = collector.take();
    for name in [
        "planned",
        "token_minted",
        "attempt_started",
        "bytes_sent",
        "finished",
        "verified",
        "burned",
    ] {
        let start = format!("pypi_publish event {name} ");
        assert!(
            lines.iter().any(|line| line.starts_with(&start)),
            "{name}: {lines:#?}"
        );
    }
    let upload = "pypi_http span request method=POST origin=http://127.0.0.1:";
    let upload = lines
        .iter()
        .find(|line| line.starts_with(upload) && line.contains("path=/legacy/"));
    assert!(
        upload.is_some_and(|line| line.contains(" length=")),
        "{lines:#?}"
    );
    let replies = lines
        .iter()
        .filter(|line| line.starts_with("pypi_http event reply "));
    let requests = lines
        .iter()
        .filter(|line| line.starts_with("pypi_http span request "));
    assert_eq!(replies.count(), requests.count());
    assert!(
        lines.iter().any(|line| line == "record status=200"),
        "{lines:#?}"
    );
    assert_no_secret(&lines, &local);

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let client = Traced::new(AsyncClient::new().expect("a client"));
    let publisher = publisher(&local);
    let again = publisher.publish_async(dists(), &client);
    let report = runtime
        .expect("a runtime")
        .block_on(again)
        .expect("nothing to do");
    assert!(report.is_success());
    let lines = collector.take();
    let present = |line: &String| line.contains(" outcome=already_present ");
    assert_eq!(
        lines.iter().filter(|line| present(line)).count(),
        2,
        "{lines:#?}"
    );

    // A refusal, whose text is the server's.
    let wrong = publisher_with_a_wrong_token(&local);
    let folder = release("2.0");
    let dists = Dists::read_dir(folder.path()).expect("a folder");
    let report = wrong.publish(dists, &blocking);
    assert!(report.is_err() || report.is_ok_and(|report| !report.is_success()));
    let lines = collector.take();
    assert!(
        lines.iter().any(|line| line.contains("outcome=refused")),
        "{lines:#?}"
    );
    assert_no_secret(&lines, &local);
}

const WRONG: &str = "pypi-AgEIcHlwaS5vcmcCJDU3YjQ3ZDQ1LTk5";

fn publisher_with_a_wrong_token(local: &LocalIndex) -> Publisher {
    let token = pypi_trusted_publisher::ApiToken::new(pypi_http::Secret::new(WRONG));
    publisher(local).token(&token)
}

fn assert_no_secret(lines: &[String], local: &LocalIndex) {
    let environment = local.environment();
    let request_token = environment
        .iter()
        .find(|(name, _)| name == "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    let (_, request_token) = request_token.expect("the token of a job");
    let known = Redactor::new([
        local.user_token(),
        &pypi_http::Secret::new(request_token.as_str()),
        &pypi_http::Secret::new(WRONG),
    ]);
    for line in lines {
        assert_eq!(known.redact(line), *line);
        for secret in ["pypi-Ag", "eyJ", "Bearer", "Basic "] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
