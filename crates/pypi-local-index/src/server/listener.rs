//! The sockets: HTTP/1.1, served by a thread.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;

use futures_util::future::select;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::Application;
use crate::error::Error;

/// A socket that accepts connections, which nobody serves yet.
pub(crate) struct Listener {
    socket: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listener {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only socket that the index opens, on loopback by default"
    )]
    pub(crate) fn bind(address: SocketAddr) -> Result<Self, Error> {
        let bound = TcpListener::bind(address).and_then(|socket| {
            socket.set_nonblocking(true)?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        });
        bound.map_err(|error| Error::listen(address, error))
    }
}

/// A running server. Dropping it closes every connection and ends the thread.
#[derive(Debug)]
pub(crate) struct Server {
    /// Nothing is ever sent: the thread ends when this is dropped.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(listener: Listener, application: Arc<Application>) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(Error::thread)?;
        let socket = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener.socket).map_err(Error::thread)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("pypi-local-index".to_owned())
            .spawn(move || {
                let serve = pin!(serve(socket, application));
                runtime.block_on(select(serve, stopped));
            })
            .map_err(Error::thread)?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If the thread has panicked, its hook has printed why.
            let _ = thread.join();
        }
    }
}

/// Accepts connections for as long as it is polled, and serves each in a task of its own.
async fn serve(socket: tokio::net::TcpListener, application: Arc<Application>) {
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            // Too many open files, for example: another connection may end first.
            tokio::task::yield_now().await;
            continue;
        };
        let application = Arc::clone(&application);
        tokio::spawn(async move {
            let service = service_fn(|request| application.respond(request));
            // An error ends one connection; the client sees it.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
