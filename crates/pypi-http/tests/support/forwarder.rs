//! A server that terminates TLS.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::WebPkiClientVerifier,
    },
};

use super::{authority::Authority, serve};

/// Terminates TLS and forwards the bytes to a server on loopback.
pub(crate) struct Forwarder {
    address: SocketAddr,
    clients: Arc<Mutex<Vec<Client>>>,
}

/// What the handshake said about a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Client {
    pub(crate) has_certificate: bool,
    pub(crate) protocol: Option<String>,
}

impl Forwarder {
    /// A forwarder with a certificate of `authority` for 127.0.0.1 and `index.test`.
    pub(crate) fn start(authority: &Authority, upstream: SocketAddr) -> Self {
        Self::with(authority, None, &["http/1.1"], upstream)
    }

    /// A forwarder that serves only clients with a certificate of `clients`.
    pub(crate) fn for_clients(
        authority: &Authority,
        clients: &Authority,
        upstream: SocketAddr,
    ) -> Self {
        Self::with(authority, Some(clients), &["http/1.1"], upstream)
    }

    pub(crate) fn with(
        authority: &Authority,
        clients: Option<&Authority>,
        protocols: &[&str],
        upstream: SocketAddr,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(configuration(authority, clients, protocols)));
        let clients = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&clients);
        let address = serve(move |stream| {
            let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let (_, session) = stream.get_ref();
                let protocol = session.alpn_protocol();
                seen.lock().expect("a lock").push(Client {
                    has_certificate: session.peer_certificates().is_some(),
                    protocol: protocol.map(|name| String::from_utf8_lossy(name).into_owned()),
                });
                let Ok(mut upstream) = TcpStream::connect(upstream).await else {
                    return;
                };
                // A connection that breaks is the client's business.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
            }
        });
        Self { address, clients }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The clients whose handshake succeeded, in order.
    pub(crate) fn clients(&self) -> Vec<Client> {
        self.clients.lock().expect("a lock").clone()
    }
}

fn configuration(
    authority: &Authority,
    clients: Option<&Authority>,
    protocols: &[&str],
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("protocol versions");
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            let root = CertificateDer::from_pem_slice(clients.pem().as_bytes());
            roots.add(root.expect("a certificate")).expect("a root");
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            config.with_client_cert_verifier(verifier.expect("a verifier"))
        }
    };
    let pem = authority.issue(&["127.0.0.1", "index.test"]);
    let chain = CertificateDer::pem_slice_iter(pem.certificate.as_bytes());
    let chain = chain.collect::<Result<_, _>>().expect("a chain");
    let key = PrivateKeyDer::from_pem_slice(pem.key.as_bytes()).expect("a key");
    let mut config = config.with_single_cert(chain, key).expect("a certificate");
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    config
}
