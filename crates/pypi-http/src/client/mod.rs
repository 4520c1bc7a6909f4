//! The two transports over `reqwest`.

mod async_client;
mod blocking_client;
mod body;
mod error;
mod options;
mod process;
mod proxy;
mod tls;

use std::time::Duration;

pub use async_client::AsyncClient;
pub use blocking_client::BlockingClient;
pub use error::{ClientError, ClientErrorKind};
pub use options::ClientOptions;
pub use proxy::Proxy;

/// How long a client waits.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::{BlockingClient, ClientOptions, Timeouts};
///
/// let timeouts = Timeouts::default().connect(Duration::from_secs(3));
/// let client = BlockingClient::with_options(ClientOptions::default().timeouts(timeouts))?;
/// # let _ = client;
/// # Ok::<(), pypi_http::ClientError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timeouts {
    connect: Duration,
    stall: Duration,
    reply: Duration,
}

impl Timeouts {
    /// The longest time to open a connection; 10 s by default.
    #[must_use]
    pub fn connect(mut self, duration: Duration) -> Self {
        self.connect = duration;
        self
    }

    /// The longest time without a single byte of the body leaving for the network; 60 s by default. A whole upload has
    /// no limit: a slow link is not an error.
    #[must_use]
    pub fn stall(mut self, duration: Duration) -> Self {
        self.stall = duration;
        self
    }

    /// The longest time from the last byte of the body to the reply; 10 min by default, because PyPI replies to an
    /// upload after it has checked and stored the file.
    #[must_use]
    pub fn reply(mut self, duration: Duration) -> Self {
        self.reply = duration;
        self
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_secs(60),
            reply: Duration::from_secs(600),
        }
    }
}
