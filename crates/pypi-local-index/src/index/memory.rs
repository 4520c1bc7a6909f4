//! Requests without a socket.

use std::io::{self, Read as _};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use pypi_http::{
    AsyncTransport, Body, BodyReader, CancelToken, Deadline, Reply, ReplyLimit, Transport,
    TransportError, TransportErrorKind,
};

use super::LocalIndex;
use crate::server::Cut;

impl Transport for LocalIndex {
    fn send(&self, request: Request<Body>) -> Result<Reply, TransportError> {
        if CancelToken::of(&request).is_cancelled() {
            return Err(TransportError::new(TransportErrorKind::Cancelled));
        }
        let limit = ReplyLimit::of(&request);
        let deadline = Deadline::of(&request);
        let failure = Failure::default();
        let request = received(request, &failure)?;
        #[cfg(feature = "readme")]
        self.application.render_for_memory(request.uri().path());
        let reply = poll_until_idle(async {
            let (head, body) = self.application.respond(request).await?.into_parts();
            let body = body.collect().await.map_err(|Cut| head.clone());
            Ok::<_, Cut>((head, body))
        });
        if let Some(error) = failure.take() {
            return Err(TransportError::new(TransportErrorKind::Body).with_source(error));
        }
        match reply {
            None => {
                let whole = deadline.whole().into_iter().chain(deadline.reply()).min();
                self.clock().advance(whole.unwrap_or_default());
                Err(TransportError::new(TransportErrorKind::Timeout))
            }
            Some(Err(Cut)) => Err(TransportError::new(TransportErrorKind::Interrupted)),
            Some(Ok((_, Err(_)))) => Err(TransportError::new(TransportErrorKind::Reply)),
            Some(Ok((head, Ok(body)))) => {
                let body = body.to_bytes();
                if body.len() > limit {
                    return Err(TransportError::new(TransportErrorKind::TooLong));
                }
                Ok(Reply::new(head.status, head.headers, body.into()))
            }
        }
    }

    fn wait(&self, duration: Duration, _: &CancelToken) {
        self.clock().advance(duration);
    }
}

impl AsyncTransport for LocalIndex {
    async fn send(&self, request: Request<Body>) -> Result<Reply, TransportError> {
        Transport::send(self, request)
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        Transport::wait(self, duration, cancel);
    }
}

/// The request as a server receives it: with a path instead of a URL, and the headers that a client adds.
fn received(
    request: Request<Body>,
    failure: &Failure,
) -> Result<Request<ReadBody>, TransportError> {
    let (mut head, body) = request.into_parts();
    let invalid = || TransportError::new(TransportErrorKind::Request);
    if let Some(host) = head.uri.authority() {
        let host = HeaderValue::try_from(host.as_str()).map_err(|_| invalid())?;
        head.headers.insert(header::HOST, host);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse().map_err(|_| invalid())?;
    let length = body.content_length();
    head.headers.insert(header::CONTENT_LENGTH, length.into());
    let body = ReadBody {
        left: length,
        reader: body.into_reader(),
        failure: failure.clone(),
    };
    Ok(Request::from_parts(head, body))
}

/// The body of a request, read as far as the index reads it.
struct ReadBody {
    reader: BodyReader,
    left: u64,
    failure: Failure,
}

/// Why the client cannot read its own body.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    fn set(&self, error: io::Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn take(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

const CHUNK: usize = 64 * 1024;

impl HttpBody for ReadBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut chunk = vec![0; CHUNK];
        Poll::Ready(match self.reader.read(&mut chunk) {
            Ok(0) => None,
            Ok(count) => {
                chunk.truncate(count);
                self.left = self.left.saturating_sub(count as u64);
                Some(Ok(Frame::data(chunk.into())))
            }
            Err(error) => {
                let kind = error.kind();
                self.failure.set(error);
                Some(Err(kind.into()))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The result of a future that nothing outside wakes; `None` if it waits for something that never comes.
fn poll_until_idle<T>(future: impl Future<Output = T>) -> Option<T> {
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let waker = Arc::clone(&woken).into();
    let mut future = pin!(future);
    while woken.0.swap(false, Ordering::Relaxed) {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(result);
        }
    }
    None
}
