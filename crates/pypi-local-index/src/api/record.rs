//! A request and its response, as a test can read them.

use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use pypi_metadata::Field;
use serde_json::Value;

use super::authorization::Credentials;
use super::form::{Form, FormField, FormValue};
use super::response::Response;
use crate::config::Route;
use crate::warehouse::fingerprint;

/// A request that the index handled. It contains no credential, and of a file only its name, size and digest.
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
    /// The number of the request, from 1. Requests that are no longer kept count too.
    pub number: u64,
    /// The time in seconds since 1970 in UTC.
    pub time: u64,
    /// The time from the start of the index to that of the request, whatever a test does to the index's [clock](crate::Clock).
    pub started: Duration,
    /// The time from the head of the request to the response, reading the body included.
    pub duration: Duration,
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
    /// The first eight digits of the SHA-256 of the token in the request: the API token of an upload or a burn, the ID token
    /// of a mint. They tell which requests carried the same token.
    pub token: Option<String>,
    /// The body, if it is text of at most 64 KiB and not a form, with `[redacted]` for tokens.
    pub body: Option<String>,
    /// The status of the response; 0 if the connection was closed without one.
    pub status: u16,
    /// Whether a fault closed the connection without a response.
    pub is_cut: bool,
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

    /// About what it needs in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| size_of_val(name) * 2 + name.len() + value.len());
        let fields = self.fields.iter().map(|(name, value)| {
            let text = match value {
                RecordedValue::Text(text) => text.len(),
                RecordedValue::File {
                    filename, sha256, ..
                } => filename.len() + sha256.len(),
            };
            size_of::<(String, RecordedValue)>() + name.len() + text
        });
        let body = self.body.as_ref().map_or(0, String::len);
        let texts = self.path.len() + self.message.len() + body;
        size_of::<Self>() + texts + headers.sum::<usize>() + fields.sum::<usize>()
    }
}

/// What a record is made from.
pub(crate) struct Exchanged<'r> {
    pub(crate) time: u64,
    pub(crate) started: Duration,
    pub(crate) duration: Duration,
    pub(crate) request: &'r Parts,
    pub(crate) form: &'r Form,
    /// The body, if it is not a form.
    pub(crate) body: &'r [u8],
    pub(crate) response: &'r Response,
}

impl From<Exchanged<'_>> for RecordedRequest {
    fn from(exchanged: Exchanged<'_>) -> Self {
        let Exchanged {
            time,
            started,
            duration,
            request,
            form,
            body,
            response,
        } = exchanged;
        let route = Route::of(request.uri.path());
        let fields = form
            .fields()
            .map(|field| (without_tokens(&field.name), recorded(field)));
        Self {
            number: 0,
            time,
            started,
            duration,
            route,
            method: request.method.to_string(),
            path: without_tokens(&request.uri.to_string()),
            headers: redacted(&request.headers),
            fields: fields.collect(),
            body: body_text(route, body),
            token: token(route, &request.headers, body).map(|token| fingerprint(&token)),
            status: match response.is_cut {
                true => 0,
                false => response.status.as_u16(),
            },
            is_cut: response.is_cut,
            message: match response.is_cut {
                true => "the connection was closed without a response".to_owned(),
                false => without_tokens(response.message()),
            },
            rule: response.rule.map(pypi_metadata::Rule::id),
        }
    }
}

/// The value of a field without its tokens.
fn recorded(field: &FormField) -> RecordedValue {
    match &field.value {
        FormValue::Text(_) if is_secret(&field.name.to_ascii_lowercase()) => {
            RecordedValue::Text(REDACTED.to_owned())
        }
        FormValue::Text(text) => RecordedValue::Text(without_tokens(text)),
        FormValue::File(file) => RecordedValue::File {
            filename: without_tokens(&file.filename),
            size: file.size,
            sha256: file.digests.sha256.clone(),
        },
    }
}

/// The token in a request. A password is not one.
fn token(route: Route, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    match route {
        Route::Upload => {
            let (Credentials::Password(_, Some(token)) | Credentials::Token(token)) =
                Credentials::read(headers.get(AUTHORIZATION)?.to_str().ok()?)?
            else {
                return None;
            };
            token.starts_with("pypi-").then_some(token)
        }
        Route::Mint | Route::Burn => {
            let body: Value = serde_json::from_slice(body).ok()?;
            Some(body.get("token")?.as_str()?.to_owned())
        }
        _ => None,
    }
}

/// The largest body that is kept, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// A body without its tokens. `None` if it is not text, or is too large.
fn body_text(route: Route, body: &[u8]) -> Option<String> {
    let is_kept = (1..=MAX_BODY).contains(&body.len());
    let text = is_kept.then_some(body)?;
    let text = std::str::from_utf8(text).ok()?;
    let Ok(mut value) = serde_json::from_str(text) else {
        let has_token = matches!(route, Route::Burn | Route::Certificate | Route::Mint);
        return Some(match has_token {
            true => REDACTED.to_owned(),
            false => without_tokens(text),
        });
    };
    Some(match redact(&mut value) {
        true => without_tokens(&value.to_string()),
        false => without_tokens(text),
    })
}

/// Replaces the values of members that are secrets by their names. Returns whether there are any.
///
/// `serde_json` reads at most 128 levels.
fn redact(value: &mut Value) -> bool {
    let mut is_any = false;
    match value {
        Value::Array(items) => {
            for item in items {
                is_any |= redact(item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if is_secret(&name.to_ascii_lowercase()) && !member.is_object() {
                    *member = REDACTED.into();
                    is_any = true;
                }
                is_any |= redact(member);
            }
        }
        _ => {}
    }
    is_any
}

/// Words in the names of headers whose values are secrets.
const SECRET: [&str; 6] = [
    "api-key",
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
];

fn is_secret(name: &str) -> bool {
    SECRET.iter().any(|word| name.contains(word))
}

fn redacted(headers: &HeaderMap) -> Vec<(String, String)> {
    let redacted = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let is_secret = is_secret(name.as_str());
        let value = match value.split_once(' ') {
            Some((scheme, _)) if name.as_str().ends_with("authorization") && is_scheme(scheme) => {
                format!("{scheme} {REDACTED}")
            }
            _ if is_secret => REDACTED.to_owned(),
            _ => without_tokens(&value),
        };
        (name.to_string(), value)
    });
    redacted.collect()
}

/// Whether this is a scheme of authentication, and not a secret whose scheme is missing.
fn is_scheme(text: &str) -> bool {
    ["basic", "bearer", "digest", "negotiate", "token"]
        .iter()
        .any(|scheme| text.eq_ignore_ascii_case(scheme))
}

/// What stands for a secret.
const REDACTED: &str = "[redacted]";

/// The beginnings of API tokens, and of the parts of JWTs: `{"` in Base64. After each, the characters besides letters and
/// digits, and what must be among them: an attestation contains JSON in Base64 too, but in one part.
const TOKENS: [(&str, &str, &str); 2] = [("pypi-", "-_", ""), ("eyJ", "-_.", ".")];

/// The shortest text after one of [`TOKENS`] that counts as a token. The names of projects are shorter.
const MIN_TOKEN: usize = 32;

/// `text` with `[redacted]` for the rest of each API token and each JWT.
fn without_tokens(text: &str) -> String {
    TOKENS
        .iter()
        .fold(text.to_owned(), |text, (start, others, within)| {
            let mut pieces = text.split(start);
            let mut out = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let is_other = |c: char| !c.is_ascii_alphanumeric() && !others.contains(c);
                let end = piece.find(is_other).unwrap_or(piece.len());
                out.push_str(start);
                match piece.split_at_checked(end) {
                    Some((token, rest)) if end >= MIN_TOKEN && token.contains(within) => {
                        out.push_str(REDACTED);
                        out.push_str(rest);
                    }
                    _ => out.push_str(piece),
                }
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    // `__token__:pypi-a`, with characters that Python's decoder ignores.
    #[test]
    fn a_token_is_recognized_however_the_header_is_written() {
        for value in [
            "Basic X190b2tlbl9fOnB5cGktYQ==",
            "basic X190b2t lbl9fOnB5cGktYQ==,x",
            "token pypi-a",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().expect("a value"));
            let found = token(Route::Upload, &headers, b"");
            assert_eq!(found.as_deref(), Some("pypi-a"), "{value}");
        }
    }

    #[test]
    fn no_secret_is_recorded() {
        let token = format!("pypi-{}", "A".repeat(40));
        let jwt = format!("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ{}.c2ln", "x".repeat(40));
        for secret in [&token, &jwt] {
            for body in [
                format!("[\"{secret}\"]"),
                format!("\"{secret}\""),
                format!("{{\"tokne\": \"{secret}\"}}"),
                format!("{{\"token\": {{\"is\": \"{secret}\"}}}}"),
                format!("{{\"token\": 1, \"other\": \"{secret}\"}}"),
                format!("{secret} and {secret}"),
            ] {
                let text = body_text(Route::Mint, body.as_bytes()).expect("a text");
                assert!(text.contains(REDACTED), "{text}");
                assert!(!text.contains(secret.as_str()), "{text}");
            }
            let mut headers = HeaderMap::new();
            let value = format!("{secret} x").parse().expect("a value");
            headers.insert(AUTHORIZATION, value);
            let [(_, value)] = &*redacted(&headers) else {
                panic!("not one header");
            };
            assert_eq!(value, REDACTED);
        }
        let statement = format!("{{\"statement\":\"eyJfdHlwZSI6{}==\"}}", "x".repeat(40));
        for other in [
            "pypi-attestations-0.0.27-py3-none-any.whl",
            "eyJ1.0",
            &statement,
        ] {
            assert_eq!(without_tokens(other), other);
        }
    }
}
