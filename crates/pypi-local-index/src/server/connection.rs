//! A connection: which protocol it speaks, and who serves its requests.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Application;
use super::hosts::Hosts;
use super::pace::{Cut, Paced};
#[cfg(feature = "tls")]
use super::tls::Tls;

/// What all connections of a server have in common.
pub(crate) struct Front {
    pub(crate) application: Arc<Application>,
    pub(crate) hosts: Hosts,
    /// `None` serves plain HTTP.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

impl Front {
    /// Serves a connection until it ends. An error ends it too; the client sees it.
    pub(super) async fn serve(self: Arc<Self>, stream: TcpStream) {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            let mut first = [0];
            match stream.peek(&mut first).await {
                Ok(1..) if Tls::begins_with(first[0]) => self.serve_tls(stream).await,
                Ok(1..) => self.serve_plain(stream).await,
                _ => {}
            }
            return;
        }
        self.serve_http1(stream).await;
    }

    async fn serve_http1<S>(self: Arc<Self>, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let service = service_fn(|request| Arc::clone(&self).respond(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = connection.await;
    }

    #[cfg(feature = "tls")]
    pub(super) async fn serve_tls<S>(self: Arc<Self>, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Some(tls) = &self.tls else { return };
        let Ok(stream) = tls.accept(stream).await else {
            return;
        };
        if !Tls::is_http2(&stream) {
            return self.serve_http1(stream).await;
        }
        let service = service_fn(|request| Arc::clone(&self).respond(request));
        let executor = hyper_util::rt::TokioExecutor::new();
        let connection = hyper::server::conn::http2::Builder::new(executor)
            .serve_connection(TokioIo::new(stream), service);
        let _ = connection.await;
    }

    #[cfg(feature = "tls")]
    async fn serve_plain(self: Arc<Self>, stream: TcpStream) {
        let service = service_fn(|request| Arc::clone(&self).respond_in_plain(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = connection.with_upgrades().await;
    }

    pub(super) async fn respond(
        self: Arc<Self>,
        mut request: Request<Incoming>,
    ) -> Result<http::Response<Paced>, Cut> {
        to_origin_form(&mut request);
        let host = request.headers().get(header::HOST);
        // A host in other characters than ASCII is not one of the index.
        let host = host.map(|host| host.to_str().unwrap_or_default());
        if let Some(response) = self.misdirected(host) {
            return Ok(response);
        }
        self.application.respond(request).await
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

/// Moves the authority of an HTTP/2 request, or of a request for a proxy, to the header `Host`.
fn to_origin_form<B>(request: &mut Request<B>) {
    let Some(authority) = request.uri().authority() else {
        return;
    };
    let host = HeaderValue::try_from(authority.as_str());
    let path = request.uri().path_and_query().cloned();
    if let Ok(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
}
