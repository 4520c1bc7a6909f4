//! The async client: a `reqwest` client that sends once, follows no redirect and watches for stalls.

use std::{sync::Arc, time::Duration};

use futures_util::future::{Either, select};
use http::{Method, StatusCode, header};

#[cfg(feature = "reqwest-client")]
use super::Timeouts;
use super::{
    body::{Meter, StreamedBody},
    error::ClientError,
    options::ClientOptions,
    process, tls,
};
use crate::{
    AsyncTransport, Body, CancelToken, Command, CommandOutput, Deadline, Reply, ReplyLimit,
    TransportError, TransportErrorKind, USER_AGENT, request::is_nearby,
};

/// The async transport, for a tokio runtime with time and I/O enabled.
///
/// [`ClientOptions`] set its proxies, certificates and timeouts. Requests to this machine and its link (169.254.0.0/16,
/// where the metadata servers of clouds are) never go through a proxy: they may contain a secret in the clear.
#[derive(Clone, Debug)]
pub struct AsyncClient {
    client: reqwest::Client,
    direct: reqwest::Client,
    options: ClientOptions,
}

impl AsyncClient {
    /// A client with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::Setup`](super::ClientErrorKind::Setup) when the system's certificates cannot be read.
    pub fn new() -> Result<Self, ClientError> {
        Self::with_options(ClientOptions::default())
    }

    /// A client with other options.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and [`ClientErrorKind::CaCertificates`](super::ClientErrorKind::CaCertificates) when there is no
    /// certificate authority to trust.
    pub fn with_options(options: ClientOptions) -> Result<Self, ClientError> {
        let (client, direct) = options.clients()?;
        Ok(Self {
            client,
            direct,
            options,
        })
    }

    /// A client that sends by one of the caller's, with its TLS, proxies, pool and connect timeout.
    ///
    /// It must be built with [`redirect::Policy::none`](reqwest::redirect::Policy::none): a token must not follow a
    /// redirect. A reply that was redirected is an error of kind [`TransportErrorKind::Unusable`]. It should not retry
    /// (`reqwest::retry::never`) and not use a proxy for this machine.
    ///
    /// This is the only place where the public API names `reqwest`, and it is outside of this crate's promise of stability:
    /// a release that is compatible otherwise may ask for another major version of `reqwest`. An own
    /// [`AsyncTransport`] over any client does not have this problem.
    #[cfg(feature = "reqwest-client")]
    pub fn from_reqwest(client: reqwest::Client, timeouts: Timeouts) -> Self {
        Self {
            direct: client.clone(),
            client,
            options: ClientOptions::default().timeouts(timeouts),
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
        let is_direct = is_nearby(&url);
        let client = if is_direct {
            &self.direct
        } else {
            &self.client
        };
        let has_length = !matches!(parts.method, Method::GET | Method::HEAD);
        let mut headers = parts.headers;
        if let Some(own) = &self.options.user_agent
            && let Some(value) = headers.get_mut(header::USER_AGENT)
            && value == USER_AGENT
        {
            value.clone_from(own);
        }
        let mut builder = client.request(parts.method, url.clone()).headers(headers);
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
        // A tunnel that is rejected is an error of `send`; this is the reply to a request for an `http` URL.
        let is_proxied = !is_direct && self.options.has_proxy();
        if is_proxied && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(proxy_error());
        }
        read_reply(response, limit).await
    }

    /// Ends with the reason when nothing has moved for too long, or a deadline has passed.
    async fn watch(&self, meter: &Meter, length: u64, deadline: Deadline) -> String {
        let reply = deadline.reply().unwrap_or(self.options.timeouts.reply);
        let total = deadline.whole();
        loop {
            let is_sent = meter.taken() >= length;
            let limit = if is_sent {
                reply
            } else {
                self.options.timeouts.stall
            };
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
            return Err(TransportError::new(TransportErrorKind::TooLong)
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
    if tls::is_text(&error, "tunnel error: proxy authorization required") {
        return proxy_error();
    }
    let kind = if meter.failed() {
        TransportErrorKind::Body
    } else if tls::is_rejected_client(&error) {
        TransportErrorKind::ClientCertificate
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

fn proxy_error() -> TransportError {
    TransportError::new(TransportErrorKind::Proxy).with_source(
        "407 Proxy Authentication Required: give its user and password in the URL of the proxy, percent-encoded: `http://user:password@proxy.example:3128`",
    )
}

#[expect(
    dead_code,
    reason = "a compile-time check: an embedder may spawn a send"
)]
fn assert_send(client: &AsyncClient, request: http::Request<Body>) -> impl Future + Send {
    client.send(request)
}
