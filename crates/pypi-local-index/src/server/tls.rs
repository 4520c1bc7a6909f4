//! HTTPS, with a certificate authority of the index's own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

use crate::config::Clock;
use crate::error::{Cause, Error};

/// The certificates, and the protocols that clients may choose.
pub(crate) struct Tls {
    /// The certificate of the authority in PEM.
    pub(crate) authority: String,
    acceptor: TlsAcceptor,
}

/// For how many days the certificates are valid. Some clients accept at most 398.
const DAYS: u64 = 397;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The first byte of a TLS connection: the content type `handshake`.
const HANDSHAKE: u8 = 22;

/// The names of HTTP/2 and HTTP/1.1 in ALPN.
const HTTP_2: &[u8] = b"h2";
const HTTP_1_1: &[u8] = b"http/1.1";

impl Tls {
    /// Makes an authority, and a certificate for these names and addresses. The key of the authority is dropped.
    pub(crate) fn generate(names: Vec<String>) -> Result<Self, Error> {
        Self::try_generate(names).map_err(Error::certificate)
    }

    fn try_generate(names: Vec<String>) -> Result<Self, Cause> {
        let mut authority = parameters(Vec::new(), "pypi-local-index: a private authority")?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let mut server = parameters(names, "pypi-local-index")?;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;

        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der())?,
            )?;
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1_1.to_vec()];
        Ok(Self {
            authority: authority.as_ref().pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }

    /// Whether a connection begins with this byte.
    pub(super) fn begins_with(byte: u8) -> bool {
        byte == HANDSHAKE
    }

    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.acceptor.accept(stream).await
    }

    /// Whether the client has chosen HTTP/2.
    pub(super) fn is_http2<S>(stream: &TlsStream<S>) -> bool {
        let (_, connection) = stream.get_ref();
        connection.alpn_protocol() == Some(HTTP_2)
    }
}

fn parameters(names: Vec<String>, common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    let name = &mut parameters.distinguished_name;
    name.push(DnType::CommonName, common_name);
    // Clients check the validity against the system's clock, whatever the clock of the index says.
    let today = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(Clock::system().now());
    parameters.not_before = today - DAY;
    parameters.not_after = today + Duration::from_secs(DAYS * DAY.as_secs());
    Ok(parameters)
}
