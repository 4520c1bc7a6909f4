//! A transport over `ureq`. The test `own_client` checks it with `transport_conformance`.
//!
//! It breaks one rule, `Rule::TlsFailure`: `ureq` does not say whether the TLS handshake was complete when a connection
//! failed. So a failed handshake is `Interrupted` here, as if the request may have arrived, and is tried again.

use std::{
    io,
    io::Read,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use pypi_trusted_upload::{
    Transport,
    transport::{
        Body, BodyReader, CancelToken, Deadline, Reply, ReplyLimit, TransportError,
        TransportErrorKind,
    },
};
use ureq::{Agent, Error, SendBody, Timeout, http};

/// Sends with `ureq`, each request on a thread of its own, because `ureq` cannot be cancelled.
pub(crate) struct Ureq(Agent);

impl Ureq {
    /// One request, no redirect, and a reply of any status.
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false);
        Self(config.build().into())
    }
}

impl Transport for Ureq {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let cancel = CancelToken::of(&request);
        if cancel.is_cancelled() {
            return Err(TransportError::new(TransportErrorKind::Cancelled));
        }
        let (agent, (sender, receiver)) = (self.0.clone(), mpsc::channel());
        // Nothing receives the reply to a cancelled request.
        thread::spawn(move || drop(sender.send(exchange(&agent, request))));
        loop {
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok(result) => return result,
                // The thread ends with its next chunk of the body, or its deadline.
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => {
                    return Err(TransportError::new(TransportErrorKind::Cancelled));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(TransportError::new(TransportErrorKind::Interrupted));
                }
            }
        }
    }
}

fn exchange(agent: &Agent, request: http::Request<Body>) -> Result<Reply, TransportError> {
    let (limit, deadline) = (ReplyLimit::of(&request), Deadline::of(&request));
    let cancel = CancelToken::of(&request);
    let (mut parts, body) = request.into_parts();
    let length = body.content_length();
    parts
        .headers
        .insert(http::header::CONTENT_LENGTH, length.into());
    let mut reader = Reader {
        body: body.into_reader(),
        cancel,
        has_failed: false,
    };
    let body = SendBody::from_reader(&mut reader);
    let request = agent
        .configure_request(http::Request::from_parts(parts, body))
        .timeout_global(deadline.whole())
        .timeout_recv_response(deadline.reply())
        .timeout_recv_body(deadline.reply())
        .build();
    let result = agent.run(request);
    if reader.has_failed {
        return Err(TransportError::new(TransportErrorKind::Body));
    }
    let mut response = result.map_err(|error| failed(error, TransportErrorKind::Interrupted))?;
    let body = response
        .body_mut()
        .with_config()
        // A body as long as the limit of `ureq` is too long for it.
        .limit((limit as u64).saturating_add(1))
        .read_to_vec()
        .map_err(|error| failed(error, TransportErrorKind::Reply))?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Reply::new(status, headers, body))
}

/// Whether the request may have arrived decides what a flow does next.
fn failed(error: Error, otherwise: TransportErrorKind) -> TransportError {
    let kind = match &error {
        Error::ConnectionFailed | Error::HostNotFound => TransportErrorKind::Connect,
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => TransportErrorKind::Connect,
        Error::Timeout(_) => TransportErrorKind::Timeout,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            TransportErrorKind::Connect
        }
        Error::BodyExceedsLimit(_) => TransportErrorKind::TooLong,
        _ => otherwise,
    };
    TransportError::new(kind).with_source(error)
}

/// Reads a body until the request is cancelled.
struct Reader {
    body: BodyReader,
    cancel: CancelToken,
    has_failed: bool,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let count = self.body.read(buffer);
        self.has_failed |= count.is_err();
        count
    }
}
