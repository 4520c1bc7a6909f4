//! The newest requests.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::api::RecordedRequest;
use crate::config::Route;

pub(super) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    capacity: usize,
    begun: Instant,
    count: u64,
    /// The number of the newest request for anything but a page.
    newest: watch::Sender<u64>,
}

/// A running measurement of a request.
#[derive(Clone, Copy)]
pub(super) struct Stopwatch {
    pub(super) started: Duration,
    at: Instant,
}

impl RequestLog {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            requests: VecDeque::new(),
            capacity,
            begun: now(),
            count: 0,
            newest: watch::Sender::default(),
        }
    }

    /// Adds a request, and removes the oldest one if the log is full. Requests for the log itself are not added: reading it
    /// must not change it.
    pub(super) fn push(&mut self, mut request: RecordedRequest) {
        let is_own = request.path.starts_with("/log");
        if request.route == Route::Page && is_own {
            return;
        }
        self.count += 1;
        request.number = self.count;
        if request.route != Route::Page {
            self.newest.send_replace(self.count);
        }
        if self.requests.len() >= self.capacity {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }

    pub(super) fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        self.requests.iter()
    }

    /// The number of the newest request, now and whenever it changes.
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    pub(super) fn stopwatch(&self) -> Stopwatch {
        let at = now();
        Stopwatch {
            started: at.saturating_duration_since(self.begun),
            at,
        }
    }
}

impl Stopwatch {
    pub(super) fn elapsed(self) -> Duration {
        now().saturating_duration_since(self.at)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a response takes; nothing is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}
