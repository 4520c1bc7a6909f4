//! What the index was asked, for a test to look at.

use http::HeaderMap;
use http::request::Parts;

use crate::form::{Form, Value};

/// One request that the index answered. It holds no credential, and no body but the pairs of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers in lower case, in order; of `authorization` only the scheme is kept.
    pub headers: Vec<(String, String)>,
    /// The fields of the form, in the order in which they were sent.
    pub fields: Vec<(String, RecordedValue)>,
    /// The status of the answer.
    pub status: u16,
}

/// The value of one form field.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordedValue {
    /// A text.
    Text(String),
    /// A file.
    #[non_exhaustive]
    File {
        /// Its name.
        filename: String,
        /// Its size in bytes.
        size: u64,
        /// The SHA-256 of its bytes in lower-case hexadecimal digits; for a file above the limit, of those below it.
        sha256: String,
    },
}

impl Recorded {
    pub(crate) fn new(request: &Parts, form: &Form, status: u16) -> Self {
        let fields = form
            .0
            .iter()
            .map(|(name, value)| (name.clone(), RecordedValue::from(value)));
        Self {
            method: request.method.to_string(),
            path: request.uri.to_string(),
            headers: headers(&request.headers),
            fields: fields.collect(),
            status,
        }
    }
}

impl From<&Value> for RecordedValue {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::File(file) => Self::File {
                filename: file.filename.clone(),
                size: file.size,
                sha256: file.sha256.clone(),
            },
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let recorded = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = match name.as_str() {
            "authorization" | "proxy-authorization" => match value.split_once(' ') {
                Some((scheme, _)) => format!("{scheme} [redacted]"),
                None => "[redacted]".to_owned(),
            },
            "cookie" => "[redacted]".to_owned(),
            _ => value.into_owned(),
        };
        (name.to_string(), value)
    });
    recorded.collect()
}
