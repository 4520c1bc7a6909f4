//! A line now and then, where there is no terminal.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, SystemTime},
};

use pypi_trusted_upload::transport::{CancelToken, Clock};

use super::{Phase, Screen, Shared, State};
use crate::{console::size, duration};

pub(super) struct Lines {
    clock: Clock,
    /// Ends the thread that prints.
    over: CancelToken,
    /// When the current phase was first seen, and the bytes that were done then.
    since: Mutex<Option<(Phase, SystemTime, u64)>>,
}

/// How often a line is printed.
const INTERVAL: Duration = Duration::from_secs(10);

impl Lines {
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            over: CancelToken::new(),
            since: Mutex::default(),
        }
    }

    /// What is going on, on one line; none before anything is.
    fn line(&self, state: &State) -> Option<String> {
        let now = self.clock.now();
        let done: u64 = state
            .files
            .values()
            .map(|file| file.done.min(file.size))
            .sum();
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, start, before) = match *since {
            Some(since) if since.0 == state.phase => since,
            _ => *since.insert((state.phase, now, done)),
        };
        let time = now.duration_since(start).unwrap_or_default();
        let total: u64 = state.files.values().map(|file| file.size).sum();
        let verb = match state.phase {
            Phase::Verifying => {
                let time = duration::text(time);
                return Some(format!("waiting {time} for the index to show the files"));
            }
            _ if total == 0 => return None,
            Phase::Hashing => "hashed",
            Phase::Sending => "sent",
        };
        let percent = done.saturating_mul(100) / total;
        let rest = match done.saturating_sub(before) {
            0 => String::new(),
            moved => {
                let rate = moved as f64 / time.as_secs_f64().max(0.001);
                let left = Duration::from_secs_f64((total - done) as f64 / rate);
                let rate = size(rate as u64);
                format!(", {rate}/s, {} left", duration::text(left))
            }
        };
        let waiting = state
            .files
            .values()
            .filter(|file| file.is_sending && file.done >= file.size)
            .count();
        let waiting = match (state.phase, waiting) {
            (Phase::Hashing, _) | (_, 0) => String::new(),
            (_, count) => format!("; {count} wait for the index's reply"),
        };
        Some(format!(
            "{verb} {percent} % of {}{rest}{waiting}",
            size(total)
        ))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

/// Prints a line every ten seconds for as long as the progress lives.
pub(super) fn tick(shared: &Arc<Shared>) {
    let Screen::Lines(lines) = &shared.screen else {
        return;
    };
    let over = lines.over.clone();
    let shared: Weak<Shared> = Arc::downgrade(shared);
    // Without the thread there are no such lines.
    let _ = thread::Builder::new().spawn(move || {
        loop {
            over.sleep(INTERVAL);
            let Some(shared) = shared.upgrade().filter(|_| !over.is_cancelled()) else {
                return;
            };
            if let Screen::Lines(lines) = &shared.screen
                && let Some(line) = lines.line(&shared.state())
            {
                shared.console.note(line);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        time::UNIX_EPOCH,
    };

    use super::{super::File, *};

    #[test]
    fn a_line_has_the_share_the_rate_and_the_time_left() {
        let now = Arc::new(AtomicU64::new(0));
        let time = Arc::clone(&now);
        let clock =
            Clock::new(move || UNIX_EPOCH + Duration::from_secs(time.load(Ordering::Relaxed)));
        let lines = Lines::new(&clock);
        let mut state = State::default();
        assert_eq!(lines.line(&state), None);
        state.phase = Phase::Sending;
        let file = File {
            size: 1024 * 1024,
            is_sending: true,
            ..File::default()
        };
        state.files.insert("a.whl".to_owned(), file);
        assert_eq!(lines.line(&state).as_deref(), Some("sent 0 % of 1.00 MiB"));
        now.store(10, Ordering::Relaxed);
        state.files.insert(
            "a.whl".to_owned(),
            File {
                done: 256 * 1024,
                ..file
            },
        );
        assert_eq!(
            lines.line(&state).as_deref(),
            Some("sent 25 % of 1.00 MiB, 25.60 KiB/s, 30 s left")
        );
        state.files.insert(
            "a.whl".to_owned(),
            File {
                done: file.size,
                ..file
            },
        );
        let line = lines.line(&state).expect("a line");
        assert!(line.ends_with("; 1 wait for the index's reply"), "{line}");
        state.phase = Phase::Verifying;
        lines.line(&state);
        now.store(22, Ordering::Relaxed);
        assert_eq!(
            lines.line(&state).as_deref(),
            Some("waiting 12 s for the index to show the files")
        );
    }
}
