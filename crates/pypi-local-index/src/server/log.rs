//! The newest requests.

use std::collections::VecDeque;

use crate::api::RecordedRequest;

pub(super) struct RequestLog {
    requests: VecDeque<RecordedRequest>,
    capacity: usize,
}

impl RequestLog {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            requests: VecDeque::new(),
            capacity,
        }
    }

    /// Adds a request, and removes the oldest one if the log is full.
    pub(super) fn push(&mut self, request: RecordedRequest) {
        if self.requests.len() >= self.capacity {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub(super) fn oldest_first(&self) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        self.requests.iter()
    }
}
