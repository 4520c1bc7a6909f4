//! TLS: the library that the features choose, and which errors are its own.

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
mod native;
#[cfg(not(feature = "__tls"))]
mod none;
#[cfg(feature = "__rustls")]
mod rustls;

use std::{error::Error as StdError, io};

#[cfg(feature = "__rustls")]
use ::rustls::{AlertDescription, Error as RustlsError};

#[cfg(all(feature = "native-tls", not(feature = "__rustls")))]
pub(super) use self::native::Settings;
#[cfg(not(feature = "__tls"))]
pub(super) use self::none::Settings;
#[cfg(feature = "__rustls")]
pub(super) use self::rustls::Settings;

/// Whether the server's certificate was rejected.
#[cfg(feature = "__rustls")]
pub(super) fn is_rejected_certificate(error: &reqwest::Error) -> bool {
    has_cause(error, |cause| {
        matches!(
            cause.downcast_ref(),
            Some(RustlsError::InvalidCertificate(_))
        )
    })
}

/// Whether the server's certificate was rejected. The errors of the system's libraries have no kinds in common, so the text
/// of OpenSSL decides.
#[cfg(not(feature = "__rustls"))]
pub(super) fn is_rejected_certificate(error: &reqwest::Error) -> bool {
    has_cause(error, |cause| {
        cause.to_string().contains("certificate verify failed")
    })
}

/// Whether the server rejected the client's certificate, or asked for one in vain.
#[cfg(feature = "__rustls")]
pub(super) fn is_rejected_client(error: &reqwest::Error) -> bool {
    has_cause(error, |cause| {
        matches!(
            cause.downcast_ref(),
            Some(RustlsError::AlertReceived(
                AlertDescription::AccessDenied
                    | AlertDescription::BadCertificate
                    | AlertDescription::CertificateExpired
                    | AlertDescription::CertificateRequired
                    | AlertDescription::CertificateRevoked
                    | AlertDescription::CertificateUnknown
                    | AlertDescription::UnknownCA
                    | AlertDescription::UnsupportedCertificate
            ))
        )
    })
}

/// Whether the server rejected the client's certificate, or asked for one in vain: the alerts as OpenSSL names them.
#[cfg(not(feature = "__rustls"))]
pub(super) fn is_rejected_client(error: &reqwest::Error) -> bool {
    const ALERTS: [&str; 8] = [
        "alert access denied",
        "alert bad certificate",
        "alert certificate expired",
        "alert certificate required",
        "alert certificate revoked",
        "alert certificate unknown",
        "alert unknown ca",
        "alert unsupported certificate",
    ];
    has_cause(error, |cause| {
        let text = cause.to_string();
        ALERTS.iter().any(|alert| text.contains(alert))
    })
}

/// Whether the client has no TLS and the URL is `https`. The error is one of hyper-util's own connector, without a type.
pub(super) fn is_missing(error: &reqwest::Error) -> bool {
    is_text(error, "invalid URL, scheme is not http")
}

/// Whether one of the causes prints as `text`.
pub(super) fn is_text(error: &reqwest::Error, text: &str) -> bool {
    has_cause(error, |cause| cause.to_string() == text)
}

/// Whether one of the causes is as `is` says. rustls wraps its error in an `io::Error`, whose `source` skips it.
fn has_cause(error: &reqwest::Error, is: impl Fn(&(dyn StdError + 'static)) -> bool) -> bool {
    let mut cause = error.source();
    while let Some(current) = cause {
        if is(current) {
            return true;
        }
        let io = current.downcast_ref::<io::Error>();
        cause = match io.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    false
}
