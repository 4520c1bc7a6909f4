//! An index whose pages are private, and a token that is minted.

use pypi_http::testing::reply;
use pypi_http::{TransportError, TransportErrorKind};
use pypi_local_index::{Change, Clock, Fault, LocalIndex, Route};
use pypi_metadata::testing;
use pypi_publish::{Dists, ErrorKind, Publisher, Report};
use pypi_trusted_publisher::{ApiToken, Environment};
use pypi_upload::Index;

use crate::{
    folder::{folder, release},
    hand::{Hand, Time},
    schedule::LOOK,
    token::exchange,
};

const AUDIENCE: &str = "GET /_/oidc/audience 200";
const MINT: &str = "POST /_/oidc/mint-token 200";
const BURN: &str = "POST /_/oidc/burn-token 202";
const UPLOAD: &str = "POST /legacy/ 200";
const PAGE: &str = "GET /simple/demo/ 200";
const NO_PAGE: &str = "GET /simple/demo/ 404";

fn local() -> LocalIndex {
    let builder = LocalIndex::builder().publishes_any().private_reads();
    builder.start_in_memory().expect("an index")
}

fn publisher(local: &LocalIndex) -> Publisher {
    let index = Index::named("local-private", local.upload_url().as_str()).expect("a URL");
    assert_eq!(index.simple_url(), Some(local.simple_url()));
    Publisher::index(index).trusted_publishing(Environment::from_vars(local.environment()))
}

fn publish(local: &LocalIndex, publisher: &Publisher) -> Report {
    let folder = release();
    let plan = publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
    let mut publication = publisher.publication(plan).expect("a plan without errors");
    publication.run(local)
}

/// The requests to the index so far, without those to the CI provider; a page that was read without credentials ends in
/// `anonymous`.
fn requests(local: &LocalIndex) -> Vec<String> {
    let requests = local.requests().into_iter();
    let requests = requests.filter(|request| !request.path.starts_with("/runner/"));
    let line = |request: pypi_local_index::RecordedRequest| {
        let mut headers = request.headers.iter();
        let is_read = request.path.starts_with("/simple/");
        let is_anonymous = is_read && !headers.any(|(name, _)| name == "authorization");
        let who = if is_anonymous { " anonymous" } else { "" };
        format!(
            "{} {} {}{who}",
            request.method, request.path, request.status
        )
    };
    requests.map(line).collect()
}

#[test]
fn the_token_is_minted_before_the_lookup_and_burned_after_the_verification() {
    let local = local();
    let report = publish(&local, &publisher(&local));
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(report.token_burned(), Some(true));
    let verifications = report.files().iter().map(|file| file.verification().name());
    assert_eq!(verifications.collect::<Vec<_>>(), ["confirmed"; 2]);
    assert_eq!(
        requests(&local),
        [AUDIENCE, MINT, NO_PAGE, UPLOAD, UPLOAD, PAGE, BURN]
    );
}

#[test]
fn a_release_that_is_there_is_found_with_a_token_which_is_burned() {
    let local = local();
    for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
        local.add_file(&file.filename, file.bytes).expect("a file");
    }
    let report = publish(&local, &publisher(&local));
    let outcomes = report.files().iter().map(|file| file.outcome().name());
    assert_eq!(outcomes.collect::<Vec<_>>(), ["already_present"; 2]);
    assert_eq!(report.token_burned(), Some(true));
    assert_eq!(requests(&local), [AUDIENCE, MINT, PAGE, BURN]);
}

#[test]
fn without_verification_the_token_is_burned_after_the_uploads() {
    let local = local();
    let report = publish(&local, &publisher(&local).verify(None));
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(
        requests(&local),
        [AUDIENCE, MINT, NO_PAGE, UPLOAD, UPLOAD, BURN]
    );
}

#[test]
fn a_token_that_cannot_be_minted_ends_the_run_before_anything_is_read() {
    let local = LocalIndex::builder().private_reads();
    let local = local
        .start_in_memory()
        .expect("an index without a publisher");
    let report = publish(&local, &publisher(&local));
    assert_eq!(
        report.error().map(pypi_publish::Error::kind),
        Some(ErrorKind::Identity)
    );
    assert_eq!(report.token_burned(), None);
    assert_eq!(requests(&local), [AUDIENCE, "POST /_/oidc/mint-token 422"]);
}

#[test]
fn pages_at_another_origin_are_not_given_the_token() {
    let local = local();
    let elsewhere = local
        .simple_url()
        .as_str()
        .replace("127.0.0.1", "localhost");
    assert_ne!(elsewhere, local.simple_url().as_str());
    let index = Index::named("local-private", local.upload_url().as_str())
        .and_then(|index| index.simple_api(&elsewhere))
        .expect("a URL");
    let environment = Environment::from_vars(local.environment());
    let publisher = Publisher::index(index).trusted_publishing(environment);
    let report = publish(&local, &publisher);
    let error = report.error().expect("the page cannot be read");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(requests(&local), ["GET /simple/demo/ 401 anonymous"]);
}

#[test]
fn a_token_of_the_caller_reads_and_is_not_burned() {
    let local = local();
    let publisher = publisher(&local);
    let publisher = publisher.token(&ApiToken::new(local.user_token().clone()));
    let report = publish(&local, &publisher);
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(requests(&local), [NO_PAGE, UPLOAD, UPLOAD, PAGE]);
}

#[test]
fn a_verification_that_needs_another_token_mints_and_burns_it() {
    let slow = Fault::on(Route::Upload).nth(1).change(Change::Advance(860));
    let local = LocalIndex::builder().publishes_any().private_reads();
    let local = local.clock(Clock::fixed(1_760_000_000)).fault(slow);
    let local = local.start_in_memory().expect("an index");
    let clock = pypi_http::Clock::from(local.clock().clone());
    let folder = folder([testing::wheel("demo", "1.0")]);
    let publisher = publisher(&local).clock(clock).jobs(1);
    let plan = publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
    let mut publication = publisher.publication(plan).expect("a plan without errors");
    let report = publication.run(&local);
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(report.token_burned(), Some(true));
    assert_eq!(
        requests(&local),
        [
            AUDIENCE, MINT, NO_PAGE, UPLOAD, AUDIENCE, MINT, BURN, PAGE, BURN
        ]
    );
}

#[test]
fn a_cancelled_run_looks_up_what_is_in_doubt_and_then_burns() {
    const WHEEL: &str = "demo-1.0-py3-none-any.whl";
    let time = Time::start();
    let index = Index::named("local-private", "http://127.0.0.1:1/legacy/").expect("a URL");
    let job = Environment::from_vars([
        ("GITHUB_ACTIONS", "true"),
        (
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "http://127.0.0.1:1/id-token",
        ),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "token-of-the-job"),
    ]);
    let publisher = Publisher::index(index).trusted_publishing(job);
    let publisher = publisher.clock(time.clock());
    let files = [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")];
    let mut hand = Hand::new(&publisher, files, &time);
    exchange(&mut hand, &time, 900);
    hand.answer(LOOK, reply(404, ""));
    assert_eq!(hand.flying(), [WHEEL]);
    hand.publication().cancel();
    hand.advance();
    assert_eq!(hand.flying(), [WHEEL], "the token may be needed to read");
    let cancelled = TransportError::new(TransportErrorKind::Cancelled);
    hand.answer(WHEEL, Err(cancelled));
    assert_eq!(hand.flying(), [LOOK]);
    let page = hand.page(&[WHEEL]);
    hand.answer(LOOK, reply(200, page));
    let report = hand.answer("POST /_/oidc/burn-token", reply(202, ""));
    let report = report.expect("over");
    let names = report.files().iter().map(|file| file.outcome().name());
    assert_eq!(names.collect::<Vec<_>>(), ["uploaded", "failed"]);
    assert_eq!(report.token_burned(), Some(true));
}
