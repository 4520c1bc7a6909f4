//! The socket, and the thread that serves its connections.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::{Semaphore, oneshot};

use super::connection::{Connection, Front};
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
    pub(crate) fn start(listener: Listener, front: Front) -> Result<Self, Error> {
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
                let serve = pin!(serve(socket, Arc::new(front)));
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

/// The pause after a connection could not be accepted: too many files are open, and one may be closed meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections for as long as it is polled, and serves each in a task of its own.
async fn serve(socket: tokio::net::TcpListener, front: Arc<Front>) {
    let slots = Arc::new(Semaphore::new(front.limits.connections));
    // The semaphore is never closed.
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let connection = Connection::new(Arc::clone(&front), slot);
        tokio::spawn(connection.serve(stream));
    }
}
