//! Exchanges with the local index: what it replies to forged tokens and to jobs that no publisher matches, the kind of our
//! error, and the first cause of its diagnosis.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod publishers;
mod tokens;

use pypi_http::{Clock as Time, RetryPolicy, Secret, drive};
use pypi_local_index::{Builder, Clock, Identity as Job, LocalIndex, Route};
use pypi_trusted_publisher::{
    ApiToken, Context, Diagnosis, Endpoints, Environment, Error, Exchange, Identity,
    provider::Supplied,
};

const NOW: u64 = 1_760_000_000;

fn started(builder: Builder) -> LocalIndex {
    let builder = builder.clock(Clock::fixed(NOW));
    builder.start_in_memory().expect("an index")
}

/// An index with the project `demo` and its publisher.
fn index_of(job: &Job) -> LocalIndex {
    started(LocalIndex::builder().publisher("demo", job.publisher()))
}

fn id_token(index: &LocalIndex, job: &Job) -> Secret {
    let token = index.id_token(job, "pypi").expect("an ID token");
    Secret::new(token.reveal())
}

fn exchange(index: &LocalIndex, token: Secret) -> Result<ApiToken, Error> {
    let endpoints = Endpoints::at(index.upload_url()).expect("a host");
    let identity = Identity::of(Supplied::value(token), &Environment::default(), None)?;
    let exchange = Exchange::new(endpoints, identity, RetryPolicy::never());
    let clock = Time::new(|| std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW));
    drive(exchange.clock(clock), index)
}

/// The result of an exchange: `200`, or the status and the code of the index, the kind of our error and the first cause.
/// Without a status, the ID token was not sent. `exists` says whether the index has the project `demo`.
fn result(index: &LocalIndex, token: Secret, exists: bool) -> String {
    let before = mints(index).len();
    let result = exchange(index, token);
    let mint = mints(index).split_off(before).pop();
    let Err(error) = result else {
        return mint.expect("a mint").to_string();
    };
    let Some(refusal) = error.refusal() else {
        assert_eq!(mint, None, "{error}");
        return error.kind().name().to_owned();
    };
    let context = Context::new("PyPI")
        .audience("pypi")
        .now(NOW)
        .project("demo", Some(exists));
    let (code, claims) = (&refusal.code, error.claims());
    let diagnosis = Diagnosis::new(code, &refusal.description, claims, &context);
    let cause = diagnosis.causes()[0].kind();
    let (status, kind) = (mint.expect("a mint"), error.kind());
    format!("{status} {code}: {kind:?}, {cause:?}")
}

fn mints(index: &LocalIndex) -> Vec<u16> {
    let requests = index.requests().into_iter();
    let mints = requests.filter(|request| request.route == Route::Mint);
    mints.map(|request| request.status).collect()
}

/// Expects the result of an exchange of a new token of `job`.
#[track_caller]
fn replies(index: &LocalIndex, job: &Job, expected: &str) {
    let token = id_token(index, job);
    assert_eq!(result(index, token, true), expected, "{job:?}");
}

fn github() -> Job {
    Job::github("octo-org/demo", "release.yml")
}

fn gitlab() -> Job {
    Job::gitlab("group/demo", ".gitlab-ci.yml")
}

fn google() -> Job {
    Job::google("robot@example.iam.gserviceaccount.com")
}

fn activestate() -> Job {
    Job::activestate("octo-org", "demo", "7")
}

/// A job of each issuer that PyPI accepts.
fn jobs() -> [Job; 4] {
    [github(), gitlab(), google(), activestate()]
}
