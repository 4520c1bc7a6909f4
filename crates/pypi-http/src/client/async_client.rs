//! The async client: a `reqwest` client that sends once, follows no redirect and watches for stalls.

use std::{sync::Arc, time::Duration};

use futures_util::future::{Either, select};

use super::{
    ClientError, Timeouts,
    body::{Meter, StreamedBody},
    tls,
};
use crate::{
    AsyncTransport, Body, Reply, ReplyLimit, TransportError, TransportErrorKind,
    request::is_loopback,
};

/// The async transport, for a tokio runtime with time and I/O enabled.
///
/// Requests go through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, as reqwest reads them. Requests to
/// this machine never do: they may contain a secret in the clear.
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
        let client = if is_loopback(&url) {
            &self.direct
        } else {
            &self.client
        };
        let mut builder = client
            .request(parts.method, url.clone())
            .headers(parts.headers);
        if length > 0 {
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

    /// Ends when nothing has moved for too long.
    async fn watch(&self, meter: &Meter, length: u64) {
        let mut before = 0;
        loop {
            let sent = before >= length;
            let limit = if sent {
                self.timeouts.reply
            } else {
                self.timeouts.stall
            };
            tokio::time::sleep(limit).await;
            let now = meter.taken();
            if sent || now == before {
                return;
            }
            before = now;
        }
    }
}

impl AsyncTransport for AsyncClient {
    async fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let length = request.body().content_length();
        let meter = Arc::new(Meter::default());
        let exchange = std::pin::pin!(self.exchange(request, Arc::clone(&meter)));
        let watch = std::pin::pin!(self.watch(&meter, length));
        match select(exchange, watch).await {
            Either::Left((reply, _)) => reply,
            Either::Right(((), _)) => Err(TransportError::new(TransportErrorKind::Timeout)),
        }
    }

    async fn wait(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
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
