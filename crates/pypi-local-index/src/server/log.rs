//! The newest requests.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::api::RecordedRequest;
use crate::config::{Route, is_log};

pub(super) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    capacity: usize,
    /// What the requests need in memory, in bytes.
    size: usize,
    begun: Instant,
    count: u64,
    /// The number of the newest request for anything but a page.
    newest: watch::Sender<u64>,
}

/// What the requests may need in memory, in bytes. The newest is kept whatever it needs.
const MAX_SIZE: usize = 128 * 1024 * 1024;

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
            size: 0,
            begun: now(),
            count: 0,
            newest: watch::Sender::default(),
        }
    }

    /// Adds a request, and removes the oldest ones if the log is full. Requests for the log itself are not added: reading it
    /// must not change it.
    pub(super) fn push(&mut self, mut request: RecordedRequest) {
        let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
        if is_log(path) {
            return;
        }
        self.count += 1;
        request.number = self.count;
        if request.route != Route::Page {
            self.newest.send_replace(self.count);
        }
        self.size += request.size();
        while self.requests.len() >= self.capacity || self.size > MAX_SIZE {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.size -= oldest.size();
        }
        self.requests.push_back(request);
    }

    pub(super) fn clear(&mut self) {
        self.requests.clear();
        self.size = 0;
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

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::api::{Exchanged, Form, Response};

    #[test]
    fn the_log_is_bounded_in_memory() {
        let mut log = RequestLog::new(100);
        for _ in 0..12 {
            log.push(recorded("/other", MAX_SIZE / 10));
        }
        let numbers: Vec<u64> = log.oldest_first().map(|request| request.number).collect();
        assert_eq!(numbers, [4, 5, 6, 7, 8, 9, 10, 11, 12]);
        log.clear();
        assert_eq!(log.size, 0);
    }

    #[test]
    fn of_the_pages_only_those_of_the_log_are_not_in_it() {
        let mut log = RequestLog::new(100);
        for path in [
            "/log",
            "/log?paused",
            "/log/events",
            "/logistics",
            "/login?x=/log/",
        ] {
            log.push(recorded(path, 0));
        }
        let paths: Vec<&str> = log.oldest_first().map(|r| r.path.as_str()).collect();
        assert_eq!(paths, ["/logistics", "/login?x=/log/"]);
    }

    fn recorded(path: &str, header: usize) -> RecordedRequest {
        let (request, ()) = Request::get(path)
            .header("x-large", "x".repeat(header))
            .body(())
            .expect("a request")
            .into_parts();
        RecordedRequest::from(Exchanged {
            time: 0,
            started: Duration::ZERO,
            duration: Duration::ZERO,
            request: &request,
            form: &Form::default(),
            body: b"",
            response: &Response::ok(),
        })
    }
}
