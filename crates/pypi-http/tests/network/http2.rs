//! The protocol that client and server agree on.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::{body::Bytes, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use pypi_http::ClientOptions;

use crate::{
    client::{client, get},
    support::{Authority, Forwarder, Recorder, serve},
};

#[test]
fn http2_is_spoken_if_the_feature_is_on_and_the_server_offers_it() {
    let authority = Authority::new("demo authority");
    let http1 = Recorder::start();
    let http2 = serve(|stream| async {
        let service = service_fn(|_| async {
            Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from("over h2"))))
        });
        let server = http2::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), service).await;
    });
    let options = ClientOptions::default()
        .ca_certificates(authority.pem().as_bytes())
        .expect("certificates");
    let client = client(options);
    let (protocols, upstream, expected): (&[_], _, _) = match cfg!(feature = "http2") {
        true => (&["h2", "http/1.1"], http2, "over h2"),
        false => (&["http/1.1"], http1.address(), "hello"),
    };
    let server = Forwarder::with(&authority, None, protocols, upstream);
    let reply = get(&client, &format!("https://{}/", server.address())).expect("a reply");
    assert_eq!(reply.body(), expected.as_bytes());

    let server = Forwarder::start(&authority, http1.address());
    let reply = get(&client, &format!("https://{}/", server.address())).expect("a reply");
    assert_eq!(reply.body(), b"hello", "a server without HTTP/2");
}

#[test]
#[cfg(not(feature = "http2"))]
fn http2_is_not_offered_without_the_feature() {
    let authority = Authority::new("demo authority");
    let recorder = Recorder::start();
    let server = Forwarder::with(&authority, None, &["h2"], recorder.address());
    let options = ClientOptions::default()
        .ca_certificates(authority.pem().as_bytes())
        .expect("certificates");
    let _ = get(&client(options), &format!("https://{}/", server.address()));
    let protocols = server.clients().into_iter().map(|client| client.protocol);
    assert!(protocols.flatten().all(|protocol| protocol != "h2"));
}
