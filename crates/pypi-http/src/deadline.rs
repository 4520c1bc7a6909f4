//! How long a request may take.

use std::time::Duration;

use crate::Body;

/// A request extension: how long a transport waits for this request. A request that takes longer is an error of kind
/// [`Timeout`](crate::TransportErrorKind::Timeout), or [`Connect`](crate::TransportErrorKind::Connect) if there was no
/// connection yet.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::{Body, Deadline};
///
/// let mut request = http::Request::get("http://127.0.0.1/").body(Body::default())?;
/// request.extensions_mut().insert(Deadline::total(Duration::from_secs(30)));
/// assert_eq!(Deadline::of(&request).whole(), Some(Duration::from_secs(30)));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Deadline {
    total: Option<Duration>,
    reply: Option<Duration>,
}

impl Deadline {
    /// At most `duration` from the start of the request to the end of the reply.
    pub fn total(duration: Duration) -> Self {
        Self {
            total: Some(duration),
            reply: None,
        }
    }

    /// At most `duration` from the last byte of the request to the end of the reply. Unlike
    /// [`total`](Self::total) it does not limit how long a large body takes.
    pub fn after_body(duration: Duration) -> Self {
        Self {
            total: None,
            reply: Some(duration),
        }
    }

    /// The shorter of both limits, each on its own.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            total: shorter(self.total, other.total),
            reply: shorter(self.reply, other.reply),
        }
    }

    /// The deadline of a request; without limits when it carries none.
    pub fn of(request: &http::Request<Body>) -> Self {
        request.extensions().get().copied().unwrap_or_default()
    }

    /// The limit for the whole exchange.
    pub fn whole(self) -> Option<Duration> {
        self.total
    }

    /// The limit from the last byte of the request to the end of the reply.
    pub fn reply(self) -> Option<Duration> {
        self.reply
    }
}

fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
