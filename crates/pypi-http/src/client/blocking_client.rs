//! The blocking client.

#[cfg(feature = "reqwest-client")]
use super::Timeouts;
use super::{AsyncClient, ClientError, ClientOptions};
use crate::{
    AsyncTransport as _, Body, Command, CommandOutput, Reply, Transport, TransportError,
    TransportErrorKind,
};

/// The blocking transport: an [`AsyncClient`] on a runtime of its own, on the calling thread.
///
/// It may be shared between threads. Inside an async runtime it answers every request with an error of kind
/// [`TransportErrorKind::Unusable`]; use [`AsyncClient`] there.
#[derive(Debug)]
pub struct BlockingClient {
    runtime: tokio::runtime::Runtime,
    client: AsyncClient,
}

impl BlockingClient {
    /// A client with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::Setup`](super::ClientErrorKind::Setup) when the system's certificates cannot be read or a runtime
    /// cannot be started.
    pub fn new() -> Result<Self, ClientError> {
        Self::with_options(ClientOptions::default())
    }

    /// A client with other options.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and [`ClientErrorKind::CaCertificates`](super::ClientErrorKind::CaCertificates) when there is no
    /// certificate authority to trust.
    pub fn with_options(options: ClientOptions) -> Result<Self, ClientError> {
        Self::on_runtime(AsyncClient::with_options(options)?)
    }

    /// A client that sends by one of the caller's; see [`AsyncClient::from_reqwest`] for what it must be like.
    ///
    /// # Errors
    ///
    /// When a runtime cannot be started.
    #[cfg(feature = "reqwest-client")]
    pub fn from_reqwest(client: reqwest::Client, timeouts: Timeouts) -> Result<Self, ClientError> {
        Self::on_runtime(AsyncClient::from_reqwest(client, timeouts))
    }

    fn on_runtime(client: AsyncClient) -> Result<Self, ClientError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ClientError::setup)?;
        Ok(Self { runtime, client })
    }
}

impl Transport for BlockingClient {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        outside_of_a_runtime()?;
        self.runtime.block_on(async {
            let reply = self.client.send(request).await;
            if reply.is_err() {
                // A connection that was given up is closed by its own task, which runs only here.
                for _ in 0..TURNS {
                    tokio::task::yield_now().await;
                }
            }
            reply
        })
    }

    fn run(&self, command: Command) -> Result<CommandOutput, TransportError> {
        outside_of_a_runtime()?;
        self.runtime.block_on(self.client.run(command))
    }
}

fn outside_of_a_runtime() -> Result<(), TransportError> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Err(TransportError::new(TransportErrorKind::Unusable)
            .with_source("a blocking client inside an async runtime: use the async client")),
        Err(_) => Ok(()),
    }
}

/// How often the other tasks run before a failed request returns; one is enough to close a connection.
const TURNS: usize = 2;
