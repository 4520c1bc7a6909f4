//! Bodies that are slow, stall, or stop before their end.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::pending;
use futures_util::stream::{BoxStream, StreamExt as _};
use hyper::body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;

/// The connection is closed without the rest of the response.
#[derive(Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault closed the connection")
    }
}

impl Error for Cut {}

/// How the body of a request is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// In bytes per second.
    pub(super) rate: Option<u64>,
    /// After how many bytes reading stops for good.
    pub(super) stall_after: Option<u64>,
}

impl Pace {
    /// The body at this pace.
    pub(super) fn apply<S, E>(self, body: S) -> BoxStream<'static, Result<Bytes, E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        let Self { rate, stall_after } = self;
        if rate.is_none() && stall_after.is_none() {
            return body.boxed();
        }
        let mut seen = 0;
        let chunks = body.then(move |chunk| {
            let size = chunk.as_ref().map_or(0, |chunk: &Bytes| chunk.len() as u64);
            seen += size;
            let is_stalled = stall_after.is_some_and(|after| seen > after);
            async move {
                // In memory there is no timer: a slow body never ends.
                if is_stalled || Handle::try_current().is_err() {
                    pending::<()>().await;
                }
                if let Some(rate) = rate {
                    let milliseconds = size.saturating_mul(1000) / rate.max(1);
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                }
                chunk
            }
        });
        chunks.boxed()
    }
}

/// Where and how the body of a response stops before its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// In bytes.
    pub(super) after: u64,
    /// Whether the connection stays open.
    pub(super) is_stall: bool,
}

/// The body of a response.
pub(crate) struct Paced {
    rest: Bytes,
    stop: Option<Stop>,
    /// What follows.
    events: Option<BoxStream<'static, Bytes>>,
    /// Whether the bytes before the end had a chance to be sent.
    is_sent: bool,
}

impl Paced {
    pub(super) fn new(mut bytes: Bytes, stop: Option<Stop>) -> Self {
        if let Some(Stop { after, .. }) = stop {
            bytes.truncate(usize::try_from(after).unwrap_or(usize::MAX));
        }
        Self {
            rest: bytes,
            stop,
            events: None,
            is_sent: false,
        }
    }

    /// A body that ends with the stream.
    pub(super) fn events(events: BoxStream<'static, Bytes>) -> Self {
        Self {
            events: Some(events),
            ..Self::new(Bytes::new(), None)
        }
    }
}

impl fmt::Debug for Paced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paced").finish_non_exhaustive()
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if let Some(events) = &mut self.events {
            let next = events.as_mut().poll_next(context);
            return next.map(|event| event.map(|event| Ok(Frame::data(event))));
        }
        match self.stop {
            None => Poll::Ready(None),
            Some(Stop { is_stall: true, .. }) => Poll::Pending,
            Some(_) if self.is_sent => Poll::Ready(Some(Err(Cut))),
            Some(_) => {
                self.is_sent = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.stop.is_none() && self.events.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.stop {
            None if self.events.is_none() => SizeHint::with_exact(self.rest.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
