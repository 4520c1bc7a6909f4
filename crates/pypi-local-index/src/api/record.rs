//! What the index was asked, for a test to look at.

use http::HeaderMap;
use http::request::Parts;
use pypi_metadata::Field;

use crate::api::form::{Form, Value};
use crate::api::response::Answer;
use crate::server::dispatch::Route;

/// One request that the index answered. It holds no credential, and no body but the pairs of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The time in seconds since 1970 in UTC.
    pub time: u64,
    /// What was asked for.
    pub route: Route,
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers in lower case, in order; of `authorization` only the scheme is kept.
    pub headers: Vec<(String, String)>,
    /// The fields of the form, in the order in which they were sent.
    pub fields: Vec<(String, RecordedValue)>,
    /// The status of the answer; 0 when the connection ended without one.
    pub status: u16,
    /// What the answer said: of a refusal the sentence, else the reason phrase.
    pub message: String,
    /// The name of the rule that refused, such as `digest`; those about metadata are the rules of `pypi_metadata`.
    pub rule: Option<&'static str>,
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

/// The fields of a form that an index reads beside core metadata.
const FORM_FIELDS: [&str; 11] = [
    ":action",
    "attestations",
    "blake2_256_digest",
    "comment",
    "content",
    "filetype",
    "gpg_signature",
    "md5_digest",
    "protocol_version",
    "pyversion",
    "sha256_digest",
];

impl RecordedRequest {
    /// The names of form fields that no index reads, such as `license_files` for `license_file`: what they say is lost
    /// without a word.
    pub fn ignored_fields(&self) -> impl Iterator<Item = &str> {
        let names = self.fields.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !FORM_FIELDS.contains(name) && Field::from_form_key(name).is_none())
    }

    pub(crate) fn new(
        time: u64,
        route: Route,
        request: &Parts,
        form: &Form,
        answer: &Answer,
    ) -> Self {
        let fields = form
            .0
            .iter()
            .map(|(name, value)| (name.clone(), RecordedValue::from(value)));
        Self {
            time,
            route,
            method: request.method.to_string(),
            path: request.uri.to_string(),
            headers: headers(&request.headers),
            fields: fields.collect(),
            status: if answer.is_cut {
                0
            } else {
                answer.status.as_u16()
            },
            message: answer.reason(),
            rule: answer.rule,
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
