//! Drives a publication by hand: a test decides which request is answered when, and how.

use std::{
    collections::BTreeMap,
    io::Read as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use pypi_http::{Body, Clock, Flow as _, Reply, Step, TransportError};
use pypi_metadata::testing::TestDistribution;
use pypi_publish::{Dists, Next, Publication, Publisher, Report, Task};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::folder::folder;

/// Tasks with a request in flight each. Pauses move the clock and take no time.
pub(crate) struct Hand {
    publication: Publication,
    flying: Vec<Flying>,
    time: Time,
    sha256: BTreeMap<String, String>,
    /// Uploads read the files.
    _folder: TempDir,
}

struct Flying {
    task: Task,
    label: String,
    body: Body,
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicU64>);

impl Time {
    pub(crate) fn start() -> Self {
        Self(Arc::new(AtomicU64::new(1_760_000_000_000)))
    }

    pub(crate) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::new(move || UNIX_EPOCH + Duration::from_millis(now.load(Ordering::Relaxed)))
    }

    pub(crate) fn pass(&self, duration: Duration) {
        let millis = u64::try_from(duration.as_millis()).expect("a short time");
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Hand {
    /// The publication of these files by `publisher`, whose clock is `time`.
    pub(crate) fn new(
        publisher: &Publisher,
        files: impl IntoIterator<Item = TestDistribution>,
        time: &Time,
    ) -> Self {
        let folder = folder(files);
        let plan = publisher.plan(Dists::read_dir(folder.path()).expect("a folder"));
        let sha256 = plan
            .files()
            .map(|file| (file.filename().to_owned(), file.sha256().to_owned()))
            .collect();
        let mut hand = Self {
            publication: publisher.publication(plan).expect("no errors"),
            flying: Vec::new(),
            time: time.clone(),
            sha256,
            _folder: folder,
        };
        assert!(hand.advance().is_none(), "something is to do");
        hand
    }

    /// A project page that lists these files with their sha256.
    pub(crate) fn page(&self, files: &[&str]) -> String {
        let entries: Vec<Value> = files
            .iter()
            .map(|name| json!({"filename": name, "url": name, "hashes": {"sha256": self.sha256[*name]}}))
            .collect();
        json!({ "files": entries }).to_string()
    }

    /// The requests in flight: the file of an upload, else the method and the path.
    pub(crate) fn flying(&self) -> Vec<&str> {
        self.flying
            .iter()
            .map(|flying| flying.label.as_str())
            .collect()
    }

    /// Answers a request in flight once its body was read, and starts what follows.
    pub(crate) fn answer(
        &mut self,
        label: &str,
        reply: Result<Reply, TransportError>,
    ) -> Option<Report> {
        let place = self.place(label);
        self.send(label, u64::MAX);
        let mut flying = self.flying.remove(place);
        flying.task.received(reply);
        self.step(flying.task);
        self.advance()
    }

    /// Reads up to `most` bytes of the body of a request in flight.
    pub(crate) fn send(&mut self, label: &str, most: u64) {
        let place = self.place(label);
        let body = std::mem::take(&mut self.flying[place].body).into_reader();
        std::io::copy(&mut body.take(most), &mut std::io::sink()).expect("readable");
    }

    pub(crate) fn publication(&mut self) -> &mut Publication {
        &mut self.publication
    }

    /// Drops the task of a request in flight.
    pub(crate) fn drop_task(&mut self, label: &str) -> Option<Report> {
        let place = self.place(label);
        self.flying.remove(place);
        self.advance()
    }

    /// Starts everything that may be started now.
    pub(crate) fn advance(&mut self) -> Option<Report> {
        loop {
            match self.publication.advance() {
                Next::Start(task) => self.step(task),
                Next::Wait => {
                    assert!(!self.flying.is_empty(), "a task is unfinished");
                    return None;
                }
                Next::Done(report) => {
                    assert!(self.flying.is_empty(), "no task is unfinished");
                    return Some(*report);
                }
                next => panic!("unknown: {next:?}"),
            }
        }
    }

    #[track_caller]
    fn place(&self, label: &str) -> usize {
        let place = self.flying.iter().position(|flying| flying.label == label);
        place.unwrap_or_else(|| panic!("{label} is not among {:?}", self.flying()))
    }

    fn step(&mut self, mut task: Task) {
        loop {
            let Ok(step) = task.step();
            match step {
                Step::Send(request) => {
                    let method = request.method().as_str();
                    let label = match task.file() {
                        Some(file) if method == "POST" => file.to_owned(),
                        _ => format!("{method} {}", request.uri().path()),
                    };
                    let body = request.into_body();
                    return self.flying.push(Flying { task, label, body });
                }
                Step::Wait(pause) => self.time.pass(pause),
                Step::Done(finished) => return self.publication.finish(finished),
                step => panic!("unknown: {step:?}"),
            }
        }
    }
}
