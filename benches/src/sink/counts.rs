//! What the sink has received.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The counts since the last reset, without the requests to `/stats` and `/ctl`.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "not published")]
pub struct Counts {
    /// Connections that sent a request.
    pub connections: u64,
    /// Requests, uploads included.
    pub requests: u64,
    /// Uploads that were complete.
    pub uploads: u64,
    /// The bytes of the bodies of these uploads.
    pub bytes: u64,
    /// The most uploads at a time, each from its head to its reply.
    pub parallel: u64,
}

impl Counts {
    /// A JSON object with a number per field.
    pub fn to_json(&self) -> String {
        let Self {
            connections,
            requests,
            uploads,
            bytes,
            parallel,
        } = self;
        format!(
            r#"{{"connections":{connections},"requests":{requests},"uploads":{uploads},"bytes":{bytes},"parallel":{parallel}}}"#
        )
    }
}

#[derive(Debug, Default)]
pub(super) struct State(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    counts: Counts,
    uploading: u64,
    latency: Duration,
}

impl State {
    pub(super) fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.lock().counts);
    }

    pub(super) fn latency(&self) -> Duration {
        self.lock().latency
    }

    pub(super) fn reset(&self, latency: Duration) {
        let mut inner = self.lock();
        inner.counts = Counts::default();
        inner.latency = latency;
    }

    /// Counts an upload as running until the result is dropped.
    pub(super) fn uploading(&self) -> impl Drop {
        let mut inner = self.lock();
        inner.uploading += 1;
        inner.counts.parallel = inner.counts.parallel.max(inner.uploading);
        Uploading(self)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Uploading<'a>(&'a State);

impl Drop for Uploading<'_> {
    fn drop(&mut self) {
        self.0.lock().uploading -= 1;
    }
}
