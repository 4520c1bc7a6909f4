//! When to send again, and after how long.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

use http::{StatusCode, header};

use crate::{Clock, Reply, TransportError};

/// How often a flow sends a request, and how long it pauses in between.
///
/// The pause before attempt `n + 1` is `first_pause * 2^(n - 1)`, at most `longest_pause`, shortened by up to a half so
/// that many clients do not come back at once. A server's `Retry-After` is the minimum.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::{Retry, RetryPolicy, TransportError, TransportErrorKind};
///
/// let mut retry = Retry::new(RetryPolicy::default().attempts(2));
/// let failed = Err(TransportError::new(TransportErrorKind::Connect));
/// let pause = retry.after(&failed).expect("a second attempt is allowed");
/// assert!(pause >= Duration::from_millis(500) && pause <= Duration::from_secs(1));
/// assert_eq!(retry.after(&failed), None, "two attempts and no more");
/// ```
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
    seed: Option<u64>,
    clock: Option<Clock>,
}

impl RetryPolicy {
    /// One attempt and one look at a listing: no retry of any kind.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// The most attempts, including the first; at least 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The pause before the second attempt, from which the later ones double.
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

    /// Fixes the sequence by which pauses are shortened. Without a seed every [`Retry`] draws its own.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The clock for a `Retry-After` that is a date, when the reply has no `Date` of its own.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Whether there is one attempt only.
    pub fn is_never(&self) -> bool {
        self.attempts == 1
    }

    /// How long the server asks to wait: its `Retry-After`, in seconds or as a date, or the reset of an exhausted
    /// `RateLimit`.
    ///
    /// # Source
    ///
    /// RFC 9110, section 10.2.3; draft-ietf-httpapi-ratelimit-headers-10, `"policy";r=0;t=1800`.
    pub fn asked(&self, reply: &Reply) -> Option<Duration> {
        self.retry_after(reply).or_else(|| rate_limit(reply))
    }

    fn retry_after(&self, reply: &Reply) -> Option<Duration> {
        let value = reply.header(&header::RETRY_AFTER)?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = httpdate::parse_http_date(value).ok()?;
        let now = reply
            .date()
            .or_else(|| self.clock.as_ref().map(Clock::now))?;
        // A date in the past means now.
        Some(date.duration_since(now).unwrap_or(Duration::ZERO))
    }
}

impl Default for RetryPolicy {
    /// Five attempts, with pauses of 1, 2, 4 and 8 seconds before shortening, never more than 30.
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            seed: None,
            clock: None,
        }
    }
}

/// The attempts of one operation: decides after each answer whether and when to try again.
#[derive(Clone, Debug)]
pub struct Retry {
    policy: RetryPolicy,
    seed: u64,
    failures: u32,
}

impl Retry {
    /// No attempt has been made yet.
    pub fn new(policy: RetryPolicy) -> Self {
        let seed = policy.seed.unwrap_or_else(random);
        Self {
            policy,
            seed,
            failures: 0,
        }
    }

    /// The pause after `answer`; `None` when it is final: a success, a refusal, the last attempt, or a server that asks
    /// for more than [`LONGEST_RETRY_AFTER`].
    pub fn after(&mut self, answer: &Result<Reply, TransportError>) -> Option<Duration> {
        let transient = match answer {
            Ok(reply) => is_transient(reply.status()),
            Err(error) => error.kind().is_transient(),
        };
        if !transient {
            return None;
        }
        self.pause(answer.as_ref().ok())
    }

    /// The pause after an attempt that counts as failed although its reply, if any, is not an error: such as a listing
    /// without the expected file.
    pub fn pause(&mut self, reply: Option<&Reply>) -> Option<Duration> {
        self.pause_asked(reply.and_then(|reply| self.policy.asked(reply)))
    }

    /// The pause after an attempt that failed, which a server asked to be at least so long.
    pub fn pause_asked(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= self.policy.attempts {
            return None;
        }
        let own = self.own_pause();
        match asked {
            Some(asked) if asked > LONGEST_RETRY_AFTER => None,
            Some(asked) => Some(own.max(asked)),
            None => Some(own),
        }
    }

    fn own_pause(&self) -> Duration {
        let doubled = 1u32
            .checked_shl(self.failures.saturating_sub(1))
            .and_then(|factor| self.policy.first.checked_mul(factor))
            .map_or(self.policy.longest, |pause| pause.min(self.policy.longest));
        let share = mix(self.seed.wrapping_add(u64::from(self.failures))) >> 32;
        let cut = doubled / 2 * u32::try_from(share).unwrap_or(u32::MAX) / u32::MAX;
        doubled.saturating_sub(cut)
    }
}

/// The longest reset of the limits that have no request left.
fn rate_limit(reply: &Reply) -> Option<Duration> {
    let value = reply.header(&header::HeaderName::from_static("ratelimit"))?;
    let exhausted = value.split(',').filter_map(|limit| {
        let parameter = |name: &str| -> Option<u64> {
            let mut parameters = limit.split(';').skip(1);
            parameters.find_map(|part| part.trim().strip_prefix(name)?.parse().ok())
        };
        (parameter("r=")? == 0).then(|| parameter("t="))?
    });
    exhausted.max().map(Duration::from_secs)
}

/// Whether a reply of this status is worth another attempt: 408, 425, 429, 500, 502, 503 and 504.
pub fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The longest `Retry-After` that is waited for; after a longer one, no further attempt is made.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// One step of SplitMix64 (Steele, Lea and Flood, 2014): spreads the seed over all bits.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number that differs between processes and calls.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;
    use crate::TransportErrorKind;

    fn failed() -> Result<Reply, TransportError> {
        Err(TransportError::new(TransportErrorKind::Interrupted))
    }

    fn unavailable(
        headers: impl IntoIterator<Item = (HeaderName, &'static str)>,
    ) -> Result<Reply, TransportError> {
        let headers: HeaderMap = headers
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect();
        Ok(Reply::new(
            StatusCode::SERVICE_UNAVAILABLE,
            headers,
            Vec::new(),
        ))
    }

    fn seeded() -> RetryPolicy {
        RetryPolicy::default().seed(7)
    }

    fn first_pause(
        policy: RetryPolicy,
        answer: &Result<Reply, TransportError>,
    ) -> Option<Duration> {
        Retry::new(policy).after(answer)
    }

    proptest! {
        #[test]
        fn pauses_stay_within_their_bounds(seed: u64, attempts in 1u32..200) {
            let mut retry = Retry::new(RetryPolicy::default().attempts(attempts).seed(seed));
            for _ in 1..attempts {
                let pause = retry.after(&failed()).expect("an attempt is left");
                prop_assert!(pause >= Duration::from_millis(500), "never below half the first");
                prop_assert!(pause <= Duration::from_secs(30), "never above the longest");
            }
            prop_assert_eq!(retry.after(&failed()), None);
        }
    }

    #[test]
    fn the_seed_fixes_the_pauses_and_without_one_they_differ() {
        let pauses = |policy: RetryPolicy| {
            let mut retry = Retry::new(policy);
            [(); 4].map(|()| retry.after(&failed()))
        };
        assert_eq!(pauses(seeded()), pauses(seeded()));
        assert_ne!(pauses(seeded()), pauses(RetryPolicy::default().seed(8)));
        let drawn: Vec<_> = (0..8).map(|_| pauses(RetryPolicy::default())).collect();
        assert!(drawn.iter().any(|pauses| *pauses != drawn[0]), "{drawn:?}");
    }

    #[test]
    fn a_servers_retry_after_is_the_minimum() {
        let own = first_pause(seeded(), &failed());
        for (value, pause) in [
            ("17", Some(Duration::from_secs(17))),
            ("0", own),
            ("soon", own),
        ] {
            let reply = unavailable([(header::RETRY_AFTER, value)]);
            assert_eq!(first_pause(seeded(), &reply), pause, "{value}");
        }
    }

    #[test]
    fn an_exhausted_rate_limit_names_the_time() {
        let limit = HeaderName::from_static("ratelimit");
        for (value, pause) in [
            (
                r#""user";r=0;t=40, "ip";r=0;t=90, "all";r=3;t=200"#,
                Some(90),
            ),
            (r#""user";r=1;t=40"#, None),
            ("nonsense", None),
        ] {
            let reply = unavailable([(limit.clone(), value)]).expect("a reply");
            let asked = RetryPolicy::default().asked(&reply);
            assert_eq!(asked, pause.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_retry_after_may_be_a_date() {
        const AT: &str = "Fri, 20 Nov 2026 10:00:20 GMT";
        const NOW: &str = "Fri, 20 Nov 2026 10:00:00 GMT";
        let clock = |text: &'static str| {
            Clock::new(move || httpdate::parse_http_date(text).expect("an HTTP date"))
        };
        let without_date = unavailable([(header::RETRY_AFTER, AT)]);
        let with_date = unavailable([(header::RETRY_AFTER, AT), (header::DATE, NOW)]);
        let twenty = Some(Duration::from_secs(20));
        let own = first_pause(seeded(), &failed());
        assert_eq!(first_pause(seeded(), &with_date), twenty);
        assert_eq!(
            first_pause(seeded().clock(clock(NOW)), &without_date),
            twenty
        );
        assert_eq!(
            first_pause(seeded().clock(clock(AT)), &without_date),
            own,
            "a date in the past"
        );
        assert_eq!(first_pause(seeded(), &without_date), own, "no clock at all");
    }

    #[test]
    fn a_server_that_asks_for_an_hour_is_not_waited_for() {
        let reply = unavailable([(header::RETRY_AFTER, "3600")]);
        assert_eq!(first_pause(RetryPolicy::default(), &reply), None);
    }

    #[test]
    fn never_means_one_attempt() {
        assert_eq!(first_pause(RetryPolicy::never(), &failed()), None);
        assert!(RetryPolicy::never().is_never() && !RetryPolicy::default().is_never());
    }

    #[test]
    fn a_success_and_a_refusal_are_final() {
        for status in [
            StatusCode::OK,
            StatusCode::BAD_REQUEST,
            StatusCode::FORBIDDEN,
        ] {
            let reply = Ok(Reply::new(status, HeaderMap::new(), Vec::new()));
            assert_eq!(
                first_pause(RetryPolicy::default(), &reply),
                None,
                "{status}"
            );
        }
    }
}
