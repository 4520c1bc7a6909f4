//! An HTTP proxy.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use super::{head, serve};

/// An HTTP proxy that leads to one server, whatever the host.
pub(crate) struct Proxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

/// The password of [`with_credentials`], as it is written in a URL and in a header.
pub(crate) const PASSWORD: [&str; 4] = ["hush:p@ss", "hush%3Ap%40ss", "hush", HEADER];

const HEADER: &str = "cmVsZWFzZTpodXNoOnBAc3M=";

/// The URL of a proxy with its user and password.
pub(crate) fn with_credentials(proxy: &Proxy) -> String {
    format!("http://release:hush%3Ap%40ss@{}", proxy.address)
}

impl Proxy {
    /// A proxy for everyone.
    pub(crate) fn open(upstream: SocketAddr) -> Self {
        Self::start(upstream, false)
    }

    /// A proxy for requests [with credentials](with_credentials).
    pub(crate) fn authenticating(upstream: SocketAddr) -> Self {
        Self::start(upstream, true)
    }

    fn start(upstream: SocketAddr, is_closed: bool) -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let address = serve(move |mut stream| {
            let seen = Arc::clone(&seen);
            async move {
                let Some(head) = head(&mut stream).await else {
                    return;
                };
                let authorization = format!("proxy-authorization: basic {HEADER}");
                let is_authorized = head
                    .lines()
                    .any(|line| line.eq_ignore_ascii_case(&authorization));
                let is_tunnel = head.starts_with("CONNECT ");
                seen.lock().expect("a lock").push(head);
                if is_closed && !is_authorized {
                    let reply = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    let _ = stream.write_all(reply.as_bytes()).await;
                } else if !is_tunnel {
                    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nvia proxy";
                    let _ = stream.write_all(reply.as_bytes()).await;
                } else if let Ok(mut upstream) = TcpStream::connect(upstream).await {
                    let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await;
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
                }
            }
        });
        Self { address, heads }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first lines of the requests that arrived.
    pub(crate) fn requests(&self) -> Vec<String> {
        let heads = self.heads.lock().expect("a lock");
        let lines = heads.iter().filter_map(|head| head.lines().next());
        lines.map(ToOwned::to_owned).collect()
    }
}
