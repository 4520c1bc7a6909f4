//! Bodies of answers that may stop before their end.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// The connection ends here: no answer, or no more of it.
#[derive(Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was ended by a fault")
    }
}

impl Error for Cut {}

/// How a body stops.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// The connection ends.
    End,
    /// Nothing more comes.
    Stall,
}

/// A body of bytes, which stops somewhere when a fault says so.
#[derive(Debug)]
pub(crate) struct Paced {
    rest: Bytes,
    stop: Option<Stop>,
    /// Whether what came before the end was given time to be sent.
    is_sent: bool,
}

impl Paced {
    pub(crate) fn new(bytes: Bytes, stop: Option<(u64, Stop)>) -> Self {
        let after = stop.map(|(after, _)| usize::try_from(after).unwrap_or(usize::MAX));
        Self {
            rest: bytes.slice(..after.unwrap_or(usize::MAX).min(bytes.len())),
            stop: stop.map(|(_, stop)| stop),
            is_sent: false,
        }
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
        match self.stop {
            None => Poll::Ready(None),
            Some(Stop::End) if self.is_sent => Poll::Ready(Some(Err(Cut))),
            Some(Stop::End) => {
                self.is_sent = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Stop::Stall) => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.stop.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.stop {
            None => SizeHint::with_exact(self.rest.len() as u64),
            Some(_) => SizeHint::default(),
        }
    }
}
