//! A string that never prints.

use std::fmt;

/// A secret text: an API token, an ID token, a password.
///
/// It prints as `[redacted]` in `Display` and `Debug`, implements neither `serde::Serialize` nor `AsRef<str>`, and its
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
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for a header or a request body, never for a message.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of this secret replaced by `[redacted]`; for text from a server, which may echo it.
    pub fn redact_in(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        text.replace(&self.0, REDACTED)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_of_the_secret_is_redacted() {
        let secret = Secret::new("pypi-abc");
        assert_eq!(
            secret.redact_in("no such token: pypi-abc, pypi-abc"),
            "no such token: [redacted], [redacted]"
        );
    }

    #[test]
    fn an_empty_secret_redacts_nothing() {
        assert_eq!(Secret::new("").redact_in("text"), "text");
    }
}
