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
        Self(Source::Fixed(Arc::new(AtomicU64::new(unix_seconds))))
    }

    /// Moves this clock and all its clones ahead, by whole seconds.
    pub fn advance(&self, duration: Duration) {
        let (Source::System(seconds) | Source::Fixed(seconds)) = &self.0;
        seconds.fetch_add(duration.as_secs(), Ordering::SeqCst);
    }

    /// The time in seconds since 1970 in UTC.
    pub fn now(&self) -> u64 {
        match &self.0 {
            Source::System(ahead) => system_seconds().saturating_add(ahead.load(Ordering::SeqCst)),
            Source::Fixed(seconds) => seconds.load(Ordering::SeqCst),
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

#[derive(Clone, Debug)]
enum Source {
    /// Seconds ahead of the system's clock.
    System(Arc<AtomicU64>),
    Fixed(Arc<AtomicU64>),
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the system's clock; tests pass a fixed one"
)]
fn system_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss.000000Z`, the form of `upload-time` in the simple API.
pub(crate) fn iso_8601(seconds: u64) -> String {
    format!("{}.000000Z", iso_8601_seconds(seconds))
}

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss`, the form of `upload_time` in the JSON API.
pub(crate) fn iso_8601_seconds(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The proleptic Gregorian date `days` after 1970-01-01, counted in eras of 400 years that begin on 1 March.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_the_simple_api_writes_it() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(iso_8601(951_782_399), "2000-02-28T23:59:59.000000Z");
        assert_eq!(iso_8601(951_782_400), "2000-02-29T00:00:00.000000Z");
        assert_eq!(iso_8601(1_760_000_000), "2025-10-09T08:53:20.000000Z");
    }
}
