//! The table `docs/faults.md`: what is reported for each fault of an index, over real sockets.
//!
//! `UPDATE_FAULTS=1 cargo test -p pypi-publish --test faults` writes the table.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, and reads and writes its own files"
)]

mod matrix;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use pypi_attestations::Sigstore;
use pypi_http::{BlockingClient, Body, CancelToken, Reply, RetryPolicy, Transport, TransportError};
use pypi_local_index::{Clock, LocalIndex, Route, Verification};
use pypi_metadata::testing;
use pypi_publish::{Attest, Dists, Publisher, Report};
use pypi_trusted_publisher::Environment;
use pypi_upload::{Index, Outcome};
use tempfile::TempDir;

use matrix::{Row, Signs, rows};

/// A client whose pauses move the clock of the index and take no time.
struct Hasty<'a>(BlockingClient, &'a LocalIndex);

impl Transport for Hasty<'_> {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        self.0.send(request)
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        Transport::wait(self.1, duration, cancel);
    }
}

#[test]
fn the_table_says_what_is_reported() {
    let folder = release();
    let rows = rows();
    let (next, cells) = (
        AtomicUsize::new(0),
        rows.iter().map(|_| std::sync::OnceLock::new()),
    );
    let cells: Vec<_> = cells.collect();
    thread::scope(|scope| {
        // Most of the time is spent waiting for deadlines.
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = rows.iter().position(|other| std::ptr::eq(other, row));
                    let line = run(row, folder.path());
                    cells[place.expect("a row")].set(line).expect("once");
                }
            });
        }
    });
    let mut page = include_str!("page.md").to_owned();
    let mut group = "";
    for (row, cell) in rows.iter().zip(&cells) {
        if row.group != group {
            group = row.group;
            write!(page, "\n## {group}\n\n{HEAD}").expect("a text");
        }
        writeln!(page, "| {} | {} |", row.name, cell.get().expect("a line")).expect("a text");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/faults.md");
    if std::env::var_os("UPDATE_FAULTS").is_some() {
        fs::write(path, &page).expect("written");
    }
    let documented = fs::read_to_string(path).expect("the page");
    for (documented, line) in documented.lines().zip(page.lines()) {
        assert_eq!(documented, line);
    }
    assert_eq!(documented.lines().count(), page.lines().count());
}

const HEAD: &str = "\
| fault | wheel | sdist | attempts | token burned |
| --- | --- | --- | --- | --- |
";

fn release() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in [testing::wheel("demo", "1.0"), testing::sdist("demo", "1.0")] {
        fs::write(folder.path().join(&file.filename), &file.bytes).expect("written");
    }
    folder
}

/// The cells of a row, once they are compared with what the index has.
fn run(row: &Row, folder: &Path) -> String {
    let mut builder = LocalIndex::builder()
        .publishes_any()
        .clock(Clock::fixed(1_760_000_000));
    if row.signs.is_some() {
        builder = builder.verification(Verification::sigstore());
    }
    for fault in &row.faults {
        builder = builder.fault(fault.clone());
    }
    let local = builder.start().expect("an index");
    let index = Index::custom(local.upload_url().as_str()).expect("a URL");
    let clock = pypi_http::Clock::from(local.clock().clone());
    let publisher = Publisher::index(
        index
            .simple_api(local.simple_url().as_str())
            .expect("a URL"),
    )
    .trusted_publishing(Environment::from_vars(local.environment()))
    .retry(
        RetryPolicy::default()
            .attempts(3)
            .seed(1)
            .clock(clock.clone()),
    )
    .timeout(Duration::from_millis(700))
    .upload_timeout(Duration::from_millis(700))
    .clock(clock);
    let sigstore = Sigstore::from_trust_config(&local.sigstore_trust_config());
    let sigstore = sigstore.expect("an instance");
    let publisher = match row.signs {
        None => publisher,
        Some(Signs::BestEffort) => publisher.attest(Attest::best_effort(sigstore)),
        Some(Signs::Required) => publisher.attest(Attest::required(sigstore)),
    };
    let plan = publisher.plan(Dists::read_dir(folder).expect("a folder"));
    let mut publication = publisher.publication(plan).expect("a plan without errors");
    let client = BlockingClient::new().expect("a client");
    let report = publication.run(&Hasty(client, &local));
    check(row, &report, &local);
    let files = report.files();
    let cell = |place: usize| {
        let (outcome, shown) = (
            files[place].outcome().name(),
            files[place].verification().name(),
        );
        let is_bare = row.signs.is_some() && files[place].attestations().is_empty();
        match (files[place].outcome().is_present(), shown) {
            (true, "confirmed") if is_bare => format!("{outcome}, not attested"),
            (true, "confirmed") => outcome.to_owned(),
            (true, shown) => format!("{outcome}, {shown}"),
            (false, _) => outcome.to_owned(),
        }
        .replace('_', " ")
    };
    let burned = match report.token_burned() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "none minted",
    };
    let attempts = |place: usize| files[place].attempts().len();
    format!(
        "{} | {} | {} + {} | {burned}",
        cell(0),
        cell(1),
        attempts(0),
        attempts(1)
    )
}

fn check(row: &Row, report: &Report, local: &LocalIndex) {
    let there = local.files();
    for file in report.files() {
        let is_there = there
            .iter()
            .any(|stored| stored.filename == file.filename() && stored.sha256 == file.sha256());
        let is_true = match file.outcome() {
            Outcome::Uploaded { .. } | Outcome::AlreadyPresent { .. } => is_there || row.lies,
            Outcome::Unknown(_) => true,
            _ => !is_there || row.lies,
        };
        assert!(
            is_true,
            "{}: {}: {}",
            row.name,
            file.filename(),
            file.outcome()
        );
    }
    let requests = local.requests();
    let burns = requests
        .iter()
        .filter(|request| request.route == Route::Burn);
    assert_eq!(
        report.token_burned().is_some(),
        burns.count() > 0,
        "{}",
        row.name
    );
}
