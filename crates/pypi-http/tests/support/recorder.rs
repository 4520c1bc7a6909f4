//! A server that records requests.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::io::AsyncWriteExt as _;

use super::{head, serve};

/// An HTTP/1.1 server that answers `hello`, for requests without a body.
pub(crate) struct Recorder {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Recorder {
    pub(crate) fn start() -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let address = serve(move |mut stream| {
            let seen = Arc::clone(&seen);
            async move {
                while let Some(head) = head(&mut stream).await {
                    seen.lock().expect("a lock").push(head);
                    let reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
                    let _ = stream.write_all(reply.as_bytes()).await;
                }
            }
        });
        Self { address, heads }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The heads of the requests that arrived.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("a lock").clone()
    }
}
