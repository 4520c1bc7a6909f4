//! When to send again, and after how long.

use std::time::Duration;

use http::{StatusCode, header};

use crate::Reply;

/// How often a flow sends a request, and how long it waits in between.
///
/// The pause before attempt `n + 1` is `first * 2^(n - 1)`, at most `longest`, shortened by up to a half so that many
/// clients do not come back at once. Where the server names a time in `Retry-After` (seconds), that is the least. The
/// shortening comes from a seed, so the same seed gives the same pauses.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::RetryPolicy;
///
/// let policy = RetryPolicy::default();
/// let pause = policy.pause(1, None).expect("a second attempt is allowed");
/// assert!(pause >= Duration::from_millis(500) && pause <= Duration::from_secs(1));
/// assert_eq!(policy.pause(5, None), None, "five attempts and no more");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
    seed: u64,
}

impl RetryPolicy {
    /// One attempt, no retry.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a request is sent at most, the first time included; at least 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The pause before the second attempt; it doubles from there.
    #[must_use]
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first = pause;
        self
    }

    /// The longest pause that doubling reaches.
    #[must_use]
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest = pause;
        self
    }

    /// Where the shortening of pauses starts from; a release tool passes a random number.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The pause after `attempts` attempts have failed, the last one with `reply`; `None` when none is left, or when
    /// the server asks for more than [`LONGEST_RETRY_AFTER`].
    pub fn pause(&self, attempts: u32, reply: Option<&Reply>) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let doubled = 1u32
            .checked_shl(attempts.saturating_sub(1))
            .and_then(|factor| self.first.checked_mul(factor))
            .map_or(self.longest, |pause| pause.min(self.longest));
        let share = mix(self.seed.wrapping_add(u64::from(attempts))) >> 32;
        let cut = doubled / 2 * u32::try_from(share).unwrap_or(u32::MAX) / u32::MAX;
        let own = doubled.saturating_sub(cut);
        match reply.and_then(retry_after) {
            Some(asked) if asked > LONGEST_RETRY_AFTER => None,
            Some(asked) => Some(own.max(asked)),
            None => Some(own),
        }
    }
}

impl Default for RetryPolicy {
    /// Five attempts, pauses of 1, 2, 4 and 8 seconds (before shortening), never over 30.
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            seed: 0,
        }
    }
}

/// Whether an answer of this status is worth asking again: 408, 425, 429, 500, 502, 503 and 504.
pub fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The longest `Retry-After` that a flow honours; a server that asks for more gets no further attempt.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// `Retry-After` in its form of seconds. The form with a date needs a clock and counts as absent.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let seconds = reply.header(&header::RETRY_AFTER)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// One step of SplitMix64 (Steele, Lea and Flood, 2014): spreads the seed over all bits.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    fn reply(retry_after: &'static str) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(retry_after));
        Reply::new(StatusCode::SERVICE_UNAVAILABLE, headers, Vec::new())
    }

    proptest! {
        #[test]
        fn pauses_stay_within_their_bounds(seed: u64, attempts in 0u32..200) {
            let policy = RetryPolicy::default().attempts(100).seed(seed);
            match policy.pause(attempts, None) {
                Some(pause) => {
                    prop_assert!(attempts < 100);
                    prop_assert!(pause >= Duration::from_millis(500), "never below half the first");
                    prop_assert!(pause <= Duration::from_secs(30), "never above the longest");
                }
                None => prop_assert!(attempts >= 100),
            }
        }
    }

    #[test]
    fn the_servers_time_is_the_least() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.pause(1, Some(&reply("17"))),
            Some(Duration::from_secs(17))
        );
        let own = policy.pause(3, None);
        assert_eq!(
            policy.pause(3, Some(&reply("0"))),
            own,
            "a shorter one changes nothing"
        );
        assert_eq!(
            policy.pause(3, Some(&reply("Fri, 20 Nov 2026 10:00:00 GMT"))),
            own
        );
    }

    #[test]
    fn a_server_that_asks_for_an_hour_is_not_waited_for() {
        assert_eq!(RetryPolicy::default().pause(1, Some(&reply("3600"))), None);
    }

    #[test]
    fn never_means_one_attempt() {
        assert_eq!(RetryPolicy::never().pause(1, None), None);
    }
}
