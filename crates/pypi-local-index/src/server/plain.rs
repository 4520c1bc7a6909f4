//! What an index that serves HTTPS responds to plain HTTP.

use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

use super::connection::{Connection, text};
use super::pace::{Cut, Paced};

impl Connection {
    /// Tunnels a `CONNECT` to the index itself. Google's libraries get ID tokens over plain HTTP, and everyone else is told to
    /// use HTTPS, as by PyPI.
    pub(super) async fn respond_in_plain(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Paced>, Cut> {
        if request.method() == Method::CONNECT {
            let authority = request.uri().authority().map(ToString::to_string);
            if let Some(response) = self.front().misdirected(authority.as_deref()) {
                return Ok(response);
            }
            let tunnel = self.clone();
            tokio::spawn(self.clone().unless_quiet(async move {
                if let Ok(stream) = hyper::upgrade::on(request).await {
                    tunnel.serve_tls(TokioIo::new(stream)).await;
                }
            }));
            return Ok(text(StatusCode::OK, ""));
        }
        let path = request.uri().path();
        let is_metadata = path == "/" || path.starts_with("/computeMetadata/");
        if is_metadata && request.headers().contains_key("metadata-flavor") {
            return self.front().respond(request).await;
        }
        Ok(text(StatusCode::FORBIDDEN, "SSL is required.\n"))
    }
}
