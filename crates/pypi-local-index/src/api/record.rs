//! A request and its response, as a test can read them.

use http::HeaderMap;
use http::request::Parts;
use pypi_metadata::Field;

use super::form::{Form, FormValue};
use super::response::Response;
use crate::config::Route;

/// A request that the index handled. It contains no credential, and of the body only the fields of a form.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Route};
///
/// let index = LocalIndex::start()?;
/// // After the tool under test has run, print why uploads were rejected:
/// for request in index.requests() {
///     if request.route == Route::Upload && request.status >= 400 {
///         println!("{} {:?}", request.message, request.rule);
///     }
/// }
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The time in seconds since 1970 in UTC.
    pub time: u64,
    /// What the request was for.
    pub route: Route,
    /// The method, such as `POST`.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The names, in lower case, and values of the headers, in order. Of `authorization` only the scheme is kept.
    pub headers: Vec<(String, String)>,
    /// The names and values of the form's fields, in the order in which they were sent.
    pub fields: Vec<(String, RecordedValue)>,
    /// The status of the response; 0 if the connection was closed without one.
    pub status: u16,
    /// The reason of a refusal, else the reason phrase.
    pub message: String,
    /// The id of the [rule](pypi_metadata::Rule) that was violated, such as `form-digest`.
    pub rule: Option<&'static str>,
}

/// The value of a form field.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, RecordedValue};
///
/// let index = LocalIndex::start()?;
/// // After the tool under test has run, print the files that it sent:
/// for (_, value) in index.requests().iter().flat_map(|request| &request.fields) {
///     if let RecordedValue::File { filename, size, .. } = value {
///         println!("{filename}: {size} bytes");
///     }
/// }
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordedValue {
    /// A text.
    Text(String),
    /// A file.
    #[non_exhaustive]
    File {
        /// The name of the file.
        filename: String,
        /// The size in bytes.
        size: u64,
        /// The SHA-256 of the bytes in lower-case hexadecimal digits. If the file is above the limit, of some of them.
        sha256: String,
    },
}

/// The form fields that Warehouse reads, besides core metadata.
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
    /// The names of form fields that Warehouse does not read, such as `license_files` for `license_file`. It ignores them
    /// silently.
    pub fn ignored_fields(&self) -> impl Iterator<Item = &str> {
        let names = self.fields.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !FORM_FIELDS.contains(name) && Field::from_form_key(name).is_none())
    }
}

/// What a record is made from.
pub(crate) struct Exchanged<'r> {
    pub(crate) time: u64,
    pub(crate) request: &'r Parts,
    pub(crate) form: &'r Form,
    pub(crate) response: &'r Response,
}

impl From<Exchanged<'_>> for RecordedRequest {
    fn from(exchanged: Exchanged<'_>) -> Self {
        let Exchanged {
            time,
            request,
            form,
            response,
        } = exchanged;
        let fields = form
            .fields()
            .map(|field| (field.name.clone(), RecordedValue::from(&field.value)));
        Self {
            time,
            route: Route::of(request.uri.path()),
            method: request.method.to_string(),
            path: request.uri.to_string(),
            headers: redacted(&request.headers),
            fields: fields.collect(),
            status: match response.is_cut {
                true => 0,
                false => response.status.as_u16(),
            },
            message: response.message().to_owned(),
            rule: response.rule.map(pypi_metadata::Rule::id),
        }
    }
}

impl From<&FormValue> for RecordedValue {
    fn from(value: &FormValue) -> Self {
        match value {
            FormValue::Text(text) => Self::Text(text.clone()),
            FormValue::File(file) => Self::File {
                filename: file.filename.clone(),
                size: file.size,
                sha256: file.digests.sha256.clone(),
            },
        }
    }
}

fn redacted(headers: &HeaderMap) -> Vec<(String, String)> {
    let redacted = headers.iter().map(|(name, value)| {
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
    redacted.collect()
}
