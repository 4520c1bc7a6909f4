//! A server that does what a script says with each connection.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    thread::JoinHandle,
    time::Duration,
};

use super::{
    connection::Connection,
    shared::{Seen, Shared},
};
use crate::CancelToken;

/// A listener on a free port of 127.0.0.1, with a thread for each connection.
pub(super) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: JoinHandle<Vec<JoinHandle<()>>>,
}

impl Server {
    /// Starts a server that runs `script` for each connection.
    pub(super) fn start(script: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        let listener = listen();
        let address = listener.local_addr().expect("a bound listener");
        let shared = Arc::<Shared>::default();
        let (state, script) = (Arc::clone(&shared), Arc::new(script));
        let acceptor = thread::spawn(move || accept(&listener, &state, &script));
        Self {
            address,
            shared,
            acceptor,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Ends the server after the transport has returned, and says what arrived. It waits for what is in flight, without
    /// blocking the thread: an executor may need it to close a connection.
    pub(super) async fn finish(self) -> Seen {
        let (done, shared) = (CancelToken::new(), Arc::clone(&self.shared));
        let signal = done.clone();
        let end = thread::spawn(move || {
            self.end();
            signal.cancel();
        });
        done.cancelled().await;
        end.join().expect("the server ended");
        shared.seen()
    }

    fn end(self) {
        self.shared.returned.cancel();
        self.shared.settle();
        self.shared.stop();
        // It wakes the thread that accepts.
        drop(connect(self.address));
        let threads = self.acceptor.join().expect("the server accepts");
        self.shared.shut_down();
        for thread in threads {
            thread.join().expect("a script does not panic");
        }
    }
}

fn accept<F: Fn(&mut Connection) + Send + Sync + 'static>(
    listener: &TcpListener,
    shared: &Arc<Shared>,
    script: &Arc<F>,
) -> Vec<JoinHandle<()>> {
    let mut threads = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        let stream = Arc::new(stream);
        if !shared.open(&stream) {
            break;
        }
        let (shared, script) = (Arc::clone(shared), Arc::clone(script));
        threads.push(thread::spawn(move || {
            script(&mut Connection::new(stream, Arc::clone(&shared)));
            shared.set_busy(false);
        }));
    }
    threads
}

/// An address on which nothing listens.
pub(super) fn closed_address() -> SocketAddr {
    listen().local_addr().expect("a bound listener")
}

/// A listener that accepts nothing and whose queue is full, so that a further connect gets no reply. Only Linux treats a
/// full queue like this.
pub(super) struct FullQueue {
    listener: TcpListener,
    _clients: Vec<TcpStream>,
}

impl FullQueue {
    pub(super) fn new() -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        let listener = listen();
        let address = listener.local_addr().ok()?;
        let mut clients = Vec::new();
        while clients.len() < MOST_QUEUED {
            match connect(address) {
                Ok(client) => clients.push(client),
                Err(_) => {
                    return Some(Self {
                        listener,
                        _clients: clients,
                    });
                }
            }
        }
        None
    }

    pub(super) fn url(&self) -> String {
        let address = self.listener.local_addr().expect("a bound listener");
        format!("http://{address}/")
    }
}

/// The queue of a listener of `std` has 128 places.
const MOST_QUEUED: usize = 512;

#[expect(
    clippy::disallowed_methods,
    reason = "the server that a transport is checked against"
)]
fn listen() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1")
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect_timeout(&address, Duration::from_millis(100))
}
