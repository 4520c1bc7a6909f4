//! A connection: which protocol it speaks, and who serves its requests.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::select;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::Application;
use super::activity::{Activity, Watched};
use super::control::{CONTROL, MAX_BODY};
use super::hosts::Hosts;
use super::pace::{Cut, Paced};
#[cfg(feature = "tls")]
use super::tls::Tls;

/// What all connections of a server have in common.
pub(crate) struct Front {
    pub(crate) application: Arc<Application>,
    pub(crate) hosts: Hosts,
    pub(crate) limits: Limits,
    /// `None` serves plain HTTP.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

/// How many connections are served, and for how long a connection waits for its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// More connections wait until another one ends. Half of the files that a process may usually open.
    pub(crate) connections: usize,
    /// For the whole head of a request, and its first byte on an open connection; for a TLS handshake too.
    pub(crate) head: Duration,
    /// For the next byte, in either direction.
    pub(crate) quiet: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(30),
            quiet: Duration::from_secs(120),
        }
    }
}

#[derive(Clone)]
pub(super) struct Connection {
    front: Arc<Front>,
    activity: Arc<Activity>,
}

impl Connection {
    pub(super) fn new(front: Arc<Front>, permit: OwnedSemaphorePermit) -> Self {
        let activity = Activity::new(permit);
        Self { front, activity }
    }

    /// Serves the connection until it ends, or is quiet for too long.
    pub(super) async fn serve(self, stream: TcpStream) {
        self.clone().unless_quiet(self.serve_any(stream)).await;
    }

    pub(super) async fn unless_quiet(self, served: impl Future<Output = ()>) {
        let patience = self.front.limits.quiet;
        select(pin!(served), pin!(self.activity.quiet_for(patience))).await;
    }

    async fn serve_any(self, stream: TcpStream) {
        #[cfg(feature = "tls")]
        if self.front.tls.is_some() {
            let mut first = [0];
            let peeked = tokio::time::timeout(self.front.limits.head, stream.peek(&mut first));
            let Ok(Ok(1..)) = peeked.await else { return };
            let stream = self.watched(stream);
            return match Tls::begins_with(first[0]) {
                true => self.serve_tls(stream).await,
                false => self.serve_plain(stream).await,
            };
        }
        let stream = self.watched(stream);
        self.serve_http1(stream).await;
    }

    fn watched<S>(&self, stream: S) -> Watched<S> {
        let activity = Arc::clone(&self.activity);
        Watched { stream, activity }
    }

    // An error ends a connection, whose client sees it.
    async fn serve_http1<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let service = service_fn(|request| self.front.respond(request));
        let connection = self.http1().serve_connection(TokioIo::new(stream), service);
        let _ = connection.await;
    }

    #[cfg(feature = "tls")]
    pub(super) async fn serve_tls<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Some(tls) = &self.front.tls else { return };
        let accepted = tokio::time::timeout(self.front.limits.head, tls.accept(stream));
        let Ok(Ok(stream)) = accepted.await else {
            return;
        };
        if !Tls::is_http2(&stream) {
            return self.serve_http1(stream).await;
        }
        let front = Arc::clone(&self.front);
        let service = service_fn(move |request| {
            let front = Arc::clone(&front);
            async move { front.respond(request).await }
        });
        let executor = hyper_util::rt::TokioExecutor::new();
        let connection = hyper::server::conn::http2::Builder::new(executor)
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        let _ = connection.await;
    }

    #[cfg(feature = "tls")]
    async fn serve_plain<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let service = service_fn(|request| self.respond_in_plain(request));
        let connection = self.http1().serve_connection(TokioIo::new(stream), service);
        let _ = connection.with_upgrades().await;
    }

    fn http1(&self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.front.limits.head);
        builder
    }

    #[cfg(feature = "tls")]
    pub(super) fn front(&self) -> &Front {
        &self.front
    }
}

impl Front {
    pub(super) async fn respond(
        &self,
        mut request: Request<Incoming>,
    ) -> Result<http::Response<Paced>, Cut> {
        to_origin_form(&mut request);
        let host = request.headers().get(header::HOST);
        // A host in other characters than ASCII is not one of the index.
        let host = host.map(|host| host.to_str().unwrap_or_default());
        if let Some(response) = self.misdirected(host) {
            return Ok(response);
        }
        if request.uri().path().starts_with(CONTROL) {
            return Ok(self.controlled(request).await);
        }
        #[cfg(feature = "readme")]
        self.application.render_for(request.uri().path()).await;
        self.application.respond(request).await
    }

    /// The response to a request that controls the index.
    async fn controlled(&self, request: Request<Incoming>) -> http::Response<Paced> {
        let (request, body) = request.into_parts();
        let host = request.headers.get(header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let is_loopback = host.is_some_and(Hosts::is_loopback);
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return text(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n");
        };
        let body = body.to_bytes();
        let (status, value) = self
            .application
            .respond_to_control(&request, &body, is_loopback);
        let mut response = text(status, value.to_string());
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }

    /// The response to a request for a host that the index does not have. A request without a host is not from a browser.
    pub(super) fn misdirected(&self, authority: Option<&str>) -> Option<http::Response<Paced>> {
        let authority = authority.filter(|authority| !self.hosts.allow(authority))?;
        let message = format!(
            "{:?} is not a host of this local index: use {}, or start the index with --host-name\n",
            authority,
            self.application.root()
        );
        let mut response = text(StatusCode::MISDIRECTED_REQUEST, message);
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        Some(response)
    }
}

/// A response without a record in the request log.
pub(super) fn text(status: StatusCode, text: impl Into<Bytes>) -> http::Response<Paced> {
    let mut response = http::Response::new(Paced::new(text.into(), None));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=UTF-8");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    response
}

/// Moves the authority of an HTTP/2 request, or of a request for a proxy, to the header `Host`, without a password.
fn to_origin_form<B>(request: &mut Request<B>) {
    let Some(authority) = request.uri().authority() else {
        return;
    };
    let authority = authority.as_str();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = HeaderValue::try_from(host);
    let path = request.uri().path_and_query().cloned();
    if let Ok(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
}
