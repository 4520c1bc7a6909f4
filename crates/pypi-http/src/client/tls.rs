//! TLS by rustls with ring and the system's certificates.

#[cfg(feature = "rustls")]
use std::sync::Arc;
use std::{error::Error as StdError, io};

use super::ClientError;

/// Returns a function that gives a client its TLS. The certificates are read once for all clients.
#[cfg(feature = "rustls")]
pub(super) fn configuration()
-> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ClientError> {
    use rustls_platform_verifier::BuilderVerifierExt;

    // The provider is this client's own: a library must not install one for the whole process.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| ClientError(error.into()))?
        .with_no_client_auth();
    Ok(move |builder: reqwest::ClientBuilder| builder.tls_backend_preconfigured(config.clone()))
}

#[cfg(not(feature = "rustls"))]
#[expect(clippy::unnecessary_wraps, reason = "with TLS it can fail")]
pub(super) fn configuration()
-> Result<impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder, ClientError> {
    Ok(|builder| builder)
}

/// Whether a server's certificate was rejected. rustls wraps its error in an `io::Error` of kind `InvalidData`.
pub(super) fn is_rejected_certificate(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        #[cfg(feature = "rustls")]
        if let Some(rustls::Error::InvalidCertificate(_)) = current.downcast_ref() {
            return true;
        }
        if let Some(io) = current.downcast_ref::<io::Error>() {
            cause = io.get_ref().map(|inner| inner as &(dyn StdError + 'static));
            continue;
        }
        cause = current.source();
    }
    false
}

/// Whether the client has no TLS and the URL is `https`. The error is one of hyper-util's own connector, without a type.
pub(super) fn is_missing(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        if current.to_string() == "invalid URL, scheme is not http" {
            return true;
        }
        cause = current.source();
    }
    false
}
