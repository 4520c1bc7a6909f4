//! A network on loopback: a certificate authority, a server that terminates TLS, an HTTP proxy. Each server runs on a thread
//! of its own until the test process ends.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

mod authority;
mod forwarder;
mod proxy;
mod recorder;

use std::{future::Future, net::SocketAddr, thread};

pub(crate) use authority::{Authority, Pem};
pub(crate) use forwarder::Forwarder;
pub(crate) use proxy::{PASSWORD, Proxy, with_credentials};
pub(crate) use recorder::Recorder;
use tokio::net::{TcpListener, TcpStream};

/// Serves every connection to a port of its own.
pub(crate) fn serve<F>(mut connection: impl FnMut(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + 'static,
{
    let listener = port();
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a socket");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let tasks = tokio::task::LocalSet::new();
        tasks.block_on(&runtime, async {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(connection(stream));
            }
        });
    });
    address
}

/// An address where nobody listens.
pub(crate) fn closed() -> SocketAddr {
    port().local_addr().expect("an address")
}

#[expect(clippy::disallowed_methods, reason = "a server of a test")]
fn port() -> std::net::TcpListener {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port")
}

/// The head of a request, up to the empty line; `None` when the connection ends before.
async fn head(stream: &mut TcpStream) -> Option<String> {
    use tokio::io::AsyncReadExt as _;

    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}
