//! The end of what a command writes.

use std::{
    io::{PipeReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Reads a pipe on a thread, so that it never fills up.
pub(super) struct Reader(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    closed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    /// Whether bytes were dropped at the front.
    is_cut: bool,
    is_closed: bool,
}

impl Reader {
    pub(super) fn start(pipe: PipeReader) -> Self {
        let shared = Arc::new(Shared::default());
        let reading = Arc::clone(&shared);
        // Without a thread the command has no output, and is ended by the closed pipe if it writes any.
        let started = thread::Builder::new().spawn(move || reading.read(pipe));
        shared.state().is_closed |= started.is_err();
        Self(shared)
    }

    /// The last lines, of at most [`LONGEST`] bytes.
    ///
    /// A process that left its group may keep the pipe open: what was read until then counts.
    pub(super) fn finish(self) -> String {
        let state = self.0.state();
        let open = |state: &mut State| !state.is_closed;
        let state = self.0.closed.wait_timeout_while(state, PATIENCE, open);
        let (state, _) = state.unwrap_or_else(PoisonError::into_inner);
        state.text()
    }
}

impl Shared {
    fn read(&self, mut pipe: PipeReader) {
        let mut chunk = vec![0; 8 * 1024];
        // An error ends the output like its end.
        while let Some(bytes) = pipe
            .read(&mut chunk)
            .ok()
            .filter(|count| *count > 0)
            .and_then(|count| chunk.get(..count))
        {
            self.state().push(bytes);
        }
        self.state().is_closed = true;
        self.closed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * LONGEST {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.is_cut = true;
        let surplus = self.bytes.len().saturating_sub(LONGEST);
        self.bytes.drain(..surplus);
    }

    fn text(&self) -> String {
        let surplus = self.bytes.len().saturating_sub(LONGEST);
        let bytes = self.bytes.get(surplus..).unwrap_or_default();
        // The first line may have lost its beginning.
        let start = match self.is_cut || surplus > 0 {
            true => bytes
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1),
            false => 0,
        };
        let lines = bytes.get(start..).unwrap_or_default();
        // Bytes that are not UTF-8 become characters of three bytes.
        let text = String::from_utf8_lossy(lines);
        let surplus = text.len().saturating_sub(LONGEST);
        let start = (surplus..).find(|at| text.is_char_boundary(*at));
        let kept = start.and_then(|start| text.get(start..));
        kept.unwrap_or_default().to_owned()
    }
}

/// The most bytes of output that are kept.
pub(super) const LONGEST: usize = 16 * 1024;

/// How long to wait for the end of the output after the last process of the group has ended.
const PATIENCE: Duration = Duration::from_secs(1);
