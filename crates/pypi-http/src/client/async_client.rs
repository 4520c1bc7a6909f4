//! `Async` and `Blocking`: a `reqwest` client that sends once, follows nothing and watches for stalls.

use std::{error::Error as StdError, fmt, future::Future, io, sync::Arc, time::Duration};

use futures_util::future::{Either, select};

use super::body::{Meter, StreamedBody};
use crate::{
    AsyncTransport, Body, Reply, ReplyLimit, Transport, TransportError, TransportErrorKind,
    request::is_loopback,
};

/// How long a transport waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Settings {
    connect: Duration,
    stall: Duration,
    reply: Duration,
}

impl Settings {
    /// The longest time to open a connection; 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// The longest time without a single byte of the body taken by the network; 60 s. There is no limit on the whole
    /// upload: a slow link is no fault.
    #[must_use]
    pub fn stall_timeout(mut self, time: Duration) -> Self {
        self.stall = time;
        self
    }

    /// The longest time from the last byte of the body to the answer; 10 min, because PyPI answers an upload after it
    /// has checked and stored the file.
    #[must_use]
    pub fn reply_timeout(mut self, time: Duration) -> Self {
        self.reply = time;
        self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            reply: Duration::from_secs(600),
        }
    }
}

/// The client could not be made: its TLS configuration or its runtime.
#[derive(Debug)]
pub struct ShellError(Box<dyn StdError + Send + Sync>);

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the HTTP client could not be set up")
    }
}

impl StdError for ShellError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.as_ref())
    }
}

/// The async transport, for a tokio runtime with time and I/O enabled.
///
/// Requests go through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, as reqwest reads them; those to
/// this machine never do, because a secret may be in them in the clear.
#[derive(Clone, Debug)]
pub struct Async {
    client: reqwest::Client,
    direct: reqwest::Client,
    settings: Settings,
}

impl Async {
    /// A client with default [`Settings`].
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read.
    pub fn new() -> Result<Self, ShellError> {
        Self::with_settings(Settings::default())
    }

    /// A client with other waiting times.
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read.
    pub fn with_settings(settings: Settings) -> Result<Self, ShellError> {
        let tls = tls()?;
        let client = |builder: reqwest::ClientBuilder| {
            let builder = tls(builder)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(settings.connect);
            builder.build().map_err(|error| ShellError(error.into()))
        };
        Ok(Self {
            client: client(reqwest::Client::builder())?,
            direct: client(reqwest::Client::builder().no_proxy())?,
            settings,
        })
    }

    async fn exchange(
        &self,
        request: http::Request<Body>,
        meter: Arc<Meter>,
    ) -> Result<Reply, TransportError> {
        let limit = ReplyLimit::of(&request);
        let (parts, body) = request.into_parts();
        let length = body.content_length();
        let client = if is_here(&parts.uri) {
            &self.direct
        } else {
            &self.client
        };
        let mut builder = client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers);
        if length > 0 {
            let body = StreamedBody::start(body, Arc::clone(&meter));
            builder = builder.body(reqwest::Body::wrap(body));
        }
        let response = builder
            .send()
            .await
            .map_err(|error| transport_error(error, &meter))?;
        read_reply(response, limit).await
    }

    /// Ends when nothing has moved for too long.
    async fn watch(&self, meter: &Meter, length: u64) {
        let mut before = 0;
        loop {
            let sent = before >= length;
            let limit = if sent {
                self.settings.reply
            } else {
                self.settings.stall
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

impl AsyncTransport for Async {
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

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The blocking transport: [`Async`] on a runtime of its own, on the calling thread.
///
/// It may be shared between threads. Inside an async runtime it answers every request with
/// [`TransportErrorKind::Unusable`]; use [`Async`] there.
#[derive(Debug)]
pub struct Blocking {
    runtime: tokio::runtime::Runtime,
    shell: Async,
}

impl Blocking {
    /// A client with default [`Settings`].
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read or no runtime can be started.
    pub fn new() -> Result<Self, ShellError> {
        Self::with_settings(Settings::default())
    }

    /// A client with other waiting times.
    ///
    /// # Errors
    ///
    /// When the system's certificates cannot be read or no runtime can be started.
    pub fn with_settings(settings: Settings) -> Result<Self, ShellError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ShellError(error.into()))?;
        Ok(Self {
            runtime,
            shell: Async::with_settings(settings)?,
        })
    }
}

impl Transport for Blocking {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        if tokio::runtime::Handle::try_current().is_ok() {
            return Err(TransportError::new(TransportErrorKind::Unusable));
        }
        self.runtime.block_on(self.shell.send(request))
    }
}

/// Whether a request is to this machine.
fn is_here(uri: &http::Uri) -> bool {
    let url = uri.to_string().parse();
    url.is_ok_and(|url| is_loopback(&url))
}

/// Gives a client its TLS; the certificates are read once for all clients.
#[cfg(feature = "rustls")]
fn tls() -> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ShellError> {
    use rustls_platform_verifier::BuilderVerifierExt;

    // The provider is this client's own: a library must not install one for the whole process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| ShellError(error.into()))?
        .with_no_client_auth();
    Ok(move |builder: reqwest::ClientBuilder| builder.tls_backend_preconfigured(config.clone()))
}

#[cfg(not(feature = "rustls"))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
fn tls() -> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ShellError> {
    Ok(|builder| builder)
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
            return Err(TransportError::new(TransportErrorKind::Reply));
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
    } else if is_certificate(&error) {
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

/// rustls wraps its error in an `io::Error` of kind `InvalidData` when it refuses a certificate.
fn is_certificate(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        #[cfg(feature = "rustls")]
        if let Some(rustls::Error::InvalidCertificate(_)) = current.downcast_ref() {
            return true;
        }
        if let Some(io) = current.downcast_ref::<io::Error>() {
            cause = io.get_ref().map(|inner| inner as &(dyn StdError + 'static));
            continue;
        }
        cause = current.source();
    }
    false
}

#[expect(
    dead_code,
    reason = "a compile-time check: an embedder may spawn a send"
)]
fn assert_send(shell: &Async, request: http::Request<Body>) -> impl Future + Send {
    shell.send(request)
}
