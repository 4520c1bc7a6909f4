//! The async client: a `reqwest` client that sends once, follows no redirect and watches for stalls.

use std::{sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use http::{Method, header};

use super::{
    ClientError, Timeouts,
    body::{Meter, StreamedBody},
    process, tls,
};
use crate::{
    AsyncTransport, Body, CancelToken, Command, CommandOutput, Deadline, Reply, ReplyLimit,
    TransportError, TransportErrorKind, request::is_nearby,
};

/// The async transport, for a tokio runtime with time and I/O enabled.
///
/// Requests go through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, as reqwest reads them. Requests to
/// this machine and its link (169.254.0.0/16, where the metadata servers of clouds are) never do: they may contain a
/// secret in the clear.
#[derive(Clone, Debug)]
pub struct AsyncClient {
    client: reqwest::Client,
    direct: reqwest::Client,
    timeouts: Timeouts,
}

impl AsyncClient {
    /// A client with the default [`Timeouts`].
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read.
    pub fn new() -> Result<Self, ClientError> {
        Self::with_timeouts(Timeouts::default())
    }

    /// A client with other timeouts.
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read.
    pub fn with_timeouts(timeouts: Timeouts) -> Result<Self, ClientError> {
        let tls = tls::configuration()?;
        let client = |builder: reqwest::ClientBuilder| {
            let builder = tls(builder)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(timeouts.connect);
            // reqwest's own limit of 30 s would end an upload before `stall` does.
            #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
            let builder = builder.tcp_user_timeout(timeouts.stall);
            builder.build().map_err(|error| ClientError(error.into()))
        };
        Ok(Self {
            client: client(reqwest::Client::builder())?,
            direct: client(reqwest::Client::builder().no_proxy())?,
            timeouts,
        })
    }

    /// A client that sends by one of the caller's, with its TLS, proxies, pool and connect timeout.
    ///
    /// It must be built with [`redirect::Policy::none`](reqwest::redirect::Policy::none): a token must not follow a
    /// redirect. A reply that was redirected is an error of kind [`TransportErrorKind::Unusable`]. It should not retry
    /// (`reqwest::retry::never`) and not use a proxy for this machine.
    ///
    /// `reqwest` is the only foreign crate in the public API besides `http` and `url`; its major version is part of this
    /// crate's.
    pub fn from_reqwest(client: reqwest::Client, timeouts: Timeouts) -> Self {
        Self {
            direct: client.clone(),
            client,
            timeouts,
        }
    }

    async fn exchange(
        &self,
        request: http::Request<Body>,
        meter: Arc<Meter>,
    ) -> Result<Reply, TransportError> {
        let limit = ReplyLimit::of(&request);
        let (parts, body) = request.into_parts();
        let length = body.content_length();
        let url: url::Url =
            parts.uri.to_string().parse().map_err(|error| {
                TransportError::new(TransportErrorKind::Request).with_source(error)
            })?;
        let client = if is_nearby(&url) {
            &self.direct
        } else {
            &self.client
        };
        let has_length = !matches!(parts.method, Method::GET | Method::HEAD);
        let mut builder = client
            .request(parts.method, url.clone())
            .headers(parts.headers);
        if length == 0 && has_length {
            builder = builder.header(header::CONTENT_LENGTH, 0);
        } else if length > 0 {
            let body = StreamedBody::start(body, Arc::clone(&meter));
            builder = builder.body(reqwest::Body::wrap(body));
        }
        let response = builder
            .send()
            .await
            .map_err(|error| transport_error(error, &meter))?;
        if *response.url() != url {
            return Err(TransportError::new(TransportErrorKind::Unusable)
                .with_source("the client followed a redirect: build it without redirects"));
        }
        read_reply(response, limit).await
    }

    /// Ends with the reason when nothing has moved for too long, or a deadline has passed.
    async fn watch(&self, meter: &Meter, length: u64, deadline: Deadline) -> String {
        let reply = deadline.reply().unwrap_or(self.timeouts.reply);
        let total = deadline.whole();
        loop {
            let is_sent = meter.taken() >= length;
            let limit = if is_sent { reply } else { self.timeouts.stall };
            let mut end = meter.last_moved() + limit;
            if let Some(total) = total {
                end = end.min(meter.started() + total);
            }
            let sleep = std::pin::pin!(tokio::time::sleep_until(end));
            // Other limits apply after the last byte.
            if let Either::Right(_) = select(sleep, std::pin::pin!(meter.sent())).await {
                continue;
            }
            if let Some(total) = total.filter(|total| meter.started().elapsed() >= *total) {
                return format!("the request took longer than {} s", total.as_secs_f32());
            }
            if meter.last_moved() + limit <= end {
                return match is_sent {
                    true => format!("no reply within {} s", limit.as_secs_f32()),
                    false => format!("no byte was sent for {} s", limit.as_secs_f32()),
                };
            }
        }
    }
}

impl AsyncTransport for AsyncClient {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let length = request.body().content_length();
        let (deadline, cancel) = (Deadline::of(&request), CancelToken::of(&request));
        if cancel.is_cancelled() {
            return Err(TransportError::new(TransportErrorKind::Cancelled));
        }
        let meter = Arc::new(Meter::start());
        let exchange = std::pin::pin!(self.exchange(request, Arc::clone(&meter)));
        let watch = std::pin::pin!(self.watch(&meter, length, deadline));
        let cancelled = std::pin::pin!(cancel.cancelled());
        match select(exchange, select(watch, cancelled)).await {
            Either::Left((reply, _)) => reply,
            Either::Right((Either::Left((why, _)), _)) => {
                Err(TransportError::new(TransportErrorKind::Timeout).with_source(why))
            }
            Either::Right((Either::Right(_), _)) => {
                Err(TransportError::new(TransportErrorKind::Cancelled))
            }
        }
    }

    async fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        process::output(command).await
    }

    async fn wait(&self, duration: Duration, cancel: &CancelToken) {
        let sleep = std::pin::pin!(tokio::time::sleep(duration));
        select(sleep, std::pin::pin!(cancel.cancelled())).await;
    }
}

async fn read_reply(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Reply, TransportError> {
    let cut = |error: reqwest::Error| {
        TransportError::new(TransportErrorKind::Reply).with_source(error.without_url())
    };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(cut)? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::new(TransportErrorKind::Reply)
                .with_source(format!("the body is longer than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply::new(
        response.status(),
        response.headers().clone(),
        body,
    ))
}

fn transport_error(error: reqwest::Error, meter: &Meter) -> TransportError {
    let kind = if meter.failed() {
        TransportErrorKind::Body
    } else if tls::is_rejected_certificate(&error) {
        TransportErrorKind::Tls
    } else if tls::is_missing(&error) {
        TransportErrorKind::Unusable
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(kind).with_source(error.without_url())
}

#[expect(
    dead_code,
    reason = "a compile-time check: an embedder may spawn a send"
)]
fn assert_send(client: &AsyncClient, request: http::Request<Body>) -> impl Future + Send {
    client.send(request)
}
