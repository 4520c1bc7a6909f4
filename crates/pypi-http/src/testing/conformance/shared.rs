//! What a scripted server knows, shared by its threads.

use std::{
    net::{Shutdown, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use crate::CancelToken;

/// How long a server waits for a transport that does not end on its own. Longer than any request may take.
pub(super) const PATIENCE: Duration = Duration::from_millis(1250);
/// How long the server waits for what is in flight when the transport has returned.
const LINGER: Duration = Duration::from_secs(1);

/// The record of what arrived, and the state of the connections.
#[derive(Default)]
pub(super) struct Shared {
    /// Cancelled when the transport has returned.
    pub(super) returned: CancelToken,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    seen: Seen,
    /// Connections that neither are closed nor wait for a request.
    busy: usize,
    streams: Vec<Weak<TcpStream>>,
    is_over: bool,
}

/// What arrived.
#[derive(Clone, Default)]
pub(super) struct Seen {
    /// The first byte of each request, complete or not.
    pub(super) first_bytes: Vec<u8>,
    /// The requests of which the whole head arrived.
    pub(super) requests: Vec<Received>,
    /// Bytes that the server could write.
    pub(super) written: u64,
    /// Whether a connection was still busy [`LINGER`] after the transport returned.
    pub(super) was_left_open: bool,
}

/// A request as it arrived.
#[derive(Clone, Default)]
pub(super) struct Received {
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    /// The first bytes of the body.
    pub(super) body: Vec<u8>,
    pub(super) is_complete: bool,
}

impl Shared {
    /// Records a new connection; false when the server accepts no more.
    pub(super) fn open(&self, stream: &Arc<TcpStream>) -> bool {
        let mut state = self.state();
        state.streams.push(Arc::downgrade(stream));
        state.busy += 1;
        !state.is_over
    }

    pub(super) fn seen(&self) -> Seen {
        self.state().seen.clone()
    }

    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        change(&mut self.state().seen)
    }

    pub(super) fn set_busy(&self, is_busy: bool) {
        let mut state = self.state();
        match is_busy {
            true => state.busy += 1,
            false => state.busy -= 1,
        }
        self.changed.notify_all();
    }

    /// Waits until no connection is busy.
    pub(super) fn settle(&self) {
        let is_busy = |state: &mut State| state.busy > 0;
        let settled = self
            .changed
            .wait_timeout_while(self.state(), LINGER, is_busy);
        let (mut state, timeout) = settled.unwrap_or_else(PoisonError::into_inner);
        state.seen.was_left_open = timeout.timed_out();
    }

    pub(super) fn stop(&self) {
        self.state().is_over = true;
    }

    pub(super) fn shut_down(&self) {
        for stream in self.state().streams.iter().filter_map(Weak::upgrade) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    /// The values of a header.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let is_it = |(header, _): &&(String, String)| header == name;
        let values = self.headers.iter().filter(is_it);
        values.map(|(_, value)| value.as_str()).collect()
    }
}

impl Seen {
    /// How many requests began.
    pub(super) fn begun(&self) -> usize {
        self.first_bytes.len()
    }

    /// Whether a request arrived as a whole.
    pub(super) fn has_complete(&self) -> bool {
        self.requests.iter().any(|request| request.is_complete)
    }
}
