//! How a client is set up.

use http::HeaderValue;

use super::{
    Timeouts,
    error::{ClientError, ClientErrorKind},
    proxy::Proxy,
    tls,
};
#[cfg(feature = "__tls")]
use crate::Secret;

/// The options of an [`AsyncClient`](crate::AsyncClient) or a [`BlockingClient`](crate::BlockingClient): timeouts, proxies,
/// certificates, user agent.
///
/// By default it has the default [`Timeouts`], the system's certificates and no proxy. Nothing is read from the process
/// environment unless [`system_proxy`](Self::system_proxy) asks for it; the one exception is `rustls` on Unix other than
/// macOS, where the system's certificates are those of `SSL_CERT_FILE` and `SSL_CERT_DIR` if one of them is set.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::{BlockingClient, ClientOptions, Proxy, Timeouts, USER_AGENT};
///
/// let options = ClientOptions::default()
///     .timeouts(Timeouts::default().connect(Duration::from_secs(3)))
///     .proxy(Proxy::all("http://proxy.example:3128")?.no_proxy("internal.example"))
///     .user_agent(&format!("release-tool/2.1 {USER_AGENT}"))?;
/// let client = BlockingClient::with_options(options)?;
/// # let _ = client;
/// # Ok::<(), pypi_http::ClientError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientOptions {
    pub(super) timeouts: Timeouts,
    proxies: Vec<Proxy>,
    #[cfg(feature = "system-proxy")]
    system_proxy: bool,
    pub(super) user_agent: Option<HeaderValue>,
    tls: tls::Settings,
}

impl ClientOptions {
    /// Sets how long the client waits.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Adds a proxy; the first that applies to a request is used.
    ///
    /// Requests to this machine and its link (169.254.0.0/16, where the metadata servers of clouds are) never go through
    /// one: they may contain a secret in the clear.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxies.push(proxy);
        self
    }

    /// Uses the proxies of `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, and on macOS and Windows those of the
    /// system's settings, unless a [`proxy`](Self::proxy) is set.
    #[cfg(feature = "system-proxy")]
    pub fn system_proxy(mut self) -> Self {
        self.system_proxy = true;
        self
    }

    /// Sets the `User-Agent` of requests that have [`USER_AGENT`](crate::USER_AGENT), which are all requests of this
    /// workspace. A request that has another one keeps it.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::UserAgent`] when `value` contains a character that a header cannot.
    pub fn user_agent(mut self, value: &str) -> Result<Self, ClientError> {
        let value = HeaderValue::from_str(value)
            .map_err(|error| ClientError::new(ClientErrorKind::UserAgent, error))?;
        self.user_agent = Some(value);
        Ok(self)
    }

    /// Trusts the certificate authorities of `pem`, in addition to the system's and those of earlier calls.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::CaCertificates`] when `pem` contains no certificate, or one that cannot be read.
    #[cfg(feature = "__tls")]
    pub fn ca_certificates(mut self, pem: &[u8]) -> Result<Self, ClientError> {
        self.tls.add_roots(pem)?;
        Ok(self)
    }

    /// Trusts no certificate authorities but those of [`ca_certificates`](Self::ca_certificates).
    #[cfg(feature = "__tls")]
    pub fn without_system_certificates(mut self) -> Self {
        self.tls.without_system_roots();
        self
    }

    /// Identifies the client with a certificate, to servers that ask for one.
    ///
    /// `certificates` are PEM, the client's own first; `key` is its private key, also PEM. Other PEM sections in either are
    /// skipped, so both may be the contents of one file. With `native-tls` the key must be PKCS #8.
    ///
    /// # Errors
    ///
    /// [`ClientErrorKind::ClientCertificate`] when the certificate or the key is missing or cannot be read, when the key is
    /// encrypted, or, except with `native-tls`, when it is that of another certificate.
    #[cfg(feature = "__tls")]
    pub fn client_certificate(
        mut self,
        certificates: &[u8],
        key: &Secret,
    ) -> Result<Self, ClientError> {
        self.tls.set_identity(certificates, key)?;
        Ok(self)
    }

    /// Whether a request may go through a proxy.
    pub(super) fn has_proxy(&self) -> bool {
        !self.proxies.is_empty() || self.has_system_proxy()
    }

    /// Two clients: one for all requests, and one without proxies.
    pub(super) fn clients(&self) -> Result<(reqwest::Client, reqwest::Client), ClientError> {
        let tls = self.tls.configuration()?;
        let client = |builder: reqwest::ClientBuilder| {
            let client = tls(self.basics(builder)).build();
            client.map_err(ClientError::setup)
        };
        let mut builder = reqwest::Client::builder();
        if !self.has_system_proxy() {
            builder = builder.no_proxy();
        }
        for proxy in &self.proxies {
            builder = builder.proxy(proxy.to_reqwest()?);
        }
        let direct = reqwest::Client::builder().no_proxy();
        Ok((client(builder)?, client(direct)?))
    }

    #[cfg(feature = "system-proxy")]
    fn has_system_proxy(&self) -> bool {
        self.system_proxy
    }

    #[cfg(not(feature = "system-proxy"))]
    #[expect(clippy::unused_self, reason = "the same with the feature")]
    fn has_system_proxy(&self) -> bool {
        false
    }

    fn basics(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        let builder = builder
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(self.timeouts.connect);
        // reqwest's own limit of 30 s would end an upload before `stall` does.
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        let builder = builder.tcp_user_timeout(self.timeouts.stall);
        // The feature of reqwest may be on for another crate.
        #[cfg(not(feature = "http2"))]
        let builder = builder.http1_only();
        builder
    }
}
