//! The sockets: HTTP/1.1 on loopback, served by a thread.

use std::{convert::Infallible, io, sync::Arc, thread::JoinHandle};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use pypi_trusted_upload::{http, url::Url};
use tokio::sync::oneshot;

use super::{Outcome, Request, Shared};

pub(super) fn start(shared: Arc<Shared>) -> (String, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    listener.set_nonblocking(true).expect("a socket");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = oneshot::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let thread = std::thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            let serve = std::pin::pin!(serve(listener, shared));
            futures_util::future::select(serve, stopped).await;
        });
    });
    (url, stop, thread)
}

async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| respond(Arc::clone(&shared), request));
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: http::Request<Incoming>,
) -> io::Result<http::Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_err(io::Error::other)?
        .to_bytes()
        .to_vec();
    let request = request_of(&head, body);
    match shared.respond(&request) {
        Outcome::Reply(reply) => {
            let mut response = http::Response::builder().status(reply.status);
            for (name, value) in reply.headers {
                response = response.header(name, value);
            }
            Ok(response
                .body(Full::new(reply.body.into()))
                .expect("a response"))
        }
        Outcome::Lost => Err(io::ErrorKind::ConnectionReset.into()),
        Outcome::Hang => {
            std::future::pending::<Infallible>().await;
            unreachable!()
        }
    }
}

pub(crate) fn request_of(head: &http::request::Parts, body: Vec<u8>) -> Request {
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let url: Url = format!("http://fake{target}").parse().expect("a URL");
    let decoded = |part: &str| {
        let pair = format!("x={}", part.replace('+', "%2B"));
        let url: Url = format!("http://fake/?{pair}").parse().expect("a URL");
        url.query_pairs()
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    Request {
        method: head.method.to_string(),
        segments: url
            .path_segments()
            .into_iter()
            .flatten()
            .map(decoded)
            .collect(),
        query: url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect(),
        body,
    }
}
