//! A string that never prints.

use std::fmt;

use zeroize::Zeroizing;

/// A secret text: an API token, an ID token, a password.
///
/// Its memory is overwritten when it is dropped. It prints as `[redacted]` in `Display` and `Debug`, implements neither `serde::Serialize` nor `AsRef<str>`, and its
/// text is available only through [`reveal`](Self::reveal), so that every use can be found by searching for that name.
///
/// # Examples
///
/// ```
/// use pypi_http::Secret;
///
/// let token = Secret::new("pypi-AgEIcHlwaS5vcmc");
/// assert_eq!(format!("{token} {token:?}"), "[redacted] [redacted]");
/// assert_eq!(token.reveal().len(), 20);
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for a header or a request body, never for a message.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

const REDACTED: &str = "[redacted]";
