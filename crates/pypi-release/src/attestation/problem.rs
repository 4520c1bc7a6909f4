//! What is wrong with an attestation, or with a file.

use std::fmt;

use pypi_trusted_upload::attestations::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::failure::chain;

/// A problem with a stable word for programs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    pub(crate) kind: String,
    /// With its causes. Untrusted text.
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    pub(crate) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "kind": self.kind, "message": self.message, "help": self.help })
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            kind: word(error.kind()),
            message: chain(error),
            help: error.help().map(str::to_owned),
        }
    }
}

impl fmt::Display for Problem {
    /// Writes the kind in brackets, the message and the remedy on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.kind, self.message)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

/// The name of a kind in JSON: `certificate_chain`.
fn word(kind: ErrorKind) -> String {
    let mut word = String::new();
    for c in format!("{kind:?}").chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_words_of_json() {
        for (kind, expected) in [
            (ErrorKind::Digest, "digest"),
            (ErrorKind::CertificateChain, "certificate_chain"),
            (ErrorKind::EntryMismatch, "entry_mismatch"),
        ] {
            assert_eq!(word(kind), expected);
        }
    }
}
