//! The part of GitHub's REST API that a release needs, in this process.
//!
//! It enforces what the real one does: immutable releases, unfinished assets that block their names, changed names of
//! assets, pages, drafts with `untagged-…` URLs, permissions and limits of requests. Faults and workflow runs are
//! scripted in JSON, by [`FakeGitHub::fault`] and [`FakeGitHub::run`] or by requests to `/_fake/…`, for tests in other
//! languages.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and no test uses all of it"
)]

mod admin;
mod api;
mod assets;
mod fault;
mod message;
pub(crate) mod server;
mod state;

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use serde_json::Value;

pub(crate) use message::{Outcome, Request};
pub(crate) use state::{State, TOKEN};

/// A running fake. Dropping it ends its thread.
pub(crate) struct FakeGitHub {
    shared: Arc<Shared>,
    url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// The state, and who waits for requests.
pub(crate) struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
}

impl Shared {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State::default()),
            arrived: Condvar::new(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn respond(&self, request: &Request) -> Outcome {
        let outcome = api::respond(&mut self.state(), request);
        self.arrived.notify_all();
        outcome
    }
}

impl FakeGitHub {
    /// A repository `o/r` without releases, whose tag `v1.0.0` names [`COMMIT`].
    pub(crate) fn start() -> Self {
        let shared = Shared::new();
        let (url, stop, thread) = server::start(Arc::clone(&shared));
        shared.state().url = url.clone();
        Self {
            shared,
            url,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// The value of `GITHUB_API_URL`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Adds a fault; see `fault.rs`.
    pub(crate) fn fault(&self, fault: &Value) {
        self.state().add_fault(fault);
    }

    /// Adds a workflow run: `{"workflow", "head_sha", "event", "states": ["queued", "in_progress", "success"]}`.
    pub(crate) fn run(&self, run: &Value) {
        self.state().add_run(run);
    }

    /// The requests so far, such as `POST /repos/o/r/releases`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    /// The requests that change something.
    pub(crate) fn writes(&self) -> Vec<String> {
        let mut log = self.log();
        log.retain(|line| !line.starts_with("GET "));
        log
    }

    /// Blocks until the state is as expected.
    pub(crate) fn wait_until(&self, is_expected: impl Fn(&State) -> bool) {
        let state = self.shared.state();
        let limit = std::time::Duration::from_secs(60);
        let waiting = self
            .shared
            .arrived
            .wait_timeout_while(state, limit, |state| !is_expected(state));
        assert!(!waiting.unwrap().1.timed_out(), "nothing happened in 60 s");
    }
}

impl Drop for FakeGitHub {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The commit of the tag `v1.0.0`.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
