//! The index's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

/// The time that an index sees: the system's, or one that stands still until a test advances it.
///
/// Clones share one time.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Clock, LocalIndex};
/// use std::time::Duration;
///
/// let clock = Clock::fixed(1_760_000_000);
/// let index = LocalIndex::builder().clock(clock.clone()).start()?;
/// // API tokens of trusted publishers expire after 900 seconds.
/// clock.advance(Duration::from_secs(901));
/// assert_eq!(clock.now(), 1_760_000_901);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "u64")]
pub struct Clock(Source);

impl Clock {
    /// The system's clock. [`advance`](Self::advance) sets it ahead.
    pub fn system() -> Self {
        Self(Source::System(Arc::default()))
    }

    /// A clock that stays at `unix_seconds` (seconds since 1970 in UTC) until it is advanced.
    pub fn fixed(unix_seconds: u64) -> Self {
        let millis = unix_seconds.saturating_mul(1000);
        Self(Source::Fixed(Arc::new(AtomicU64::new(millis))))
    }

    /// Moves this clock and all its clones ahead, by whole milliseconds, up to the largest time that it has.
    pub fn advance(&self, duration: Duration) {
        let (Source::System(millis) | Source::Fixed(millis)) = &self.0;
        let duration = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let add = |millis: u64| Some(millis.saturating_add(duration));
        // This never fails.
        let _ = millis.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// The milliseconds by which it was set, for [`restore`](Self::restore).
    pub(crate) fn setting(&self) -> u64 {
        let (Source::System(millis) | Source::Fixed(millis)) = &self.0;
        millis.load(Ordering::SeqCst)
    }

    /// Sets this clock and all its clones as they were at an earlier time.
    pub(crate) fn restore(&self, setting: u64) {
        let (Source::System(millis) | Source::Fixed(millis)) = &self.0;
        millis.store(setting, Ordering::SeqCst);
    }

    /// The time in seconds since 1970 in UTC.
    pub fn now(&self) -> u64 {
        self.since_1970().as_secs()
    }

    fn since_1970(&self) -> Duration {
        let load = |millis: &AtomicU64| Duration::from_millis(millis.load(Ordering::SeqCst));
        match &self.0 {
            Source::System(ahead) => system_time().saturating_add(load(ahead)),
            Source::Fixed(millis) => load(millis),
        }
    }
}

impl Default for Clock {
    /// The system's clock.
    fn default() -> Self {
        Self::system()
    }
}

impl From<u64> for Clock {
    /// A [fixed](Self::fixed) clock: what a scenario means by `clock`.
    fn from(unix_seconds: u64) -> Self {
        Self::fixed(unix_seconds)
    }
}

impl From<Clock> for pypi_http::Clock {
    /// The same time for a client, which sees it advance too.
    fn from(clock: Clock) -> Self {
        Self::new(move || UNIX_EPOCH + clock.since_1970())
    }
}

#[derive(Clone, Debug)]
enum Source {
    /// Milliseconds ahead of the system's clock.
    System(Arc<AtomicU64>),
    /// Milliseconds since 1970.
    Fixed(Arc<AtomicU64>),
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the system's clock; tests pass a fixed one"
)]
fn system_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_never_goes_back() {
        for clock in [Clock::fixed(1_760_000_000), Clock::system()] {
            let before = clock.now();
            clock.advance(Duration::from_secs(u64::MAX));
            clock.advance(Duration::MAX);
            assert!(clock.now() > before, "{clock:?}");
        }
    }
}
