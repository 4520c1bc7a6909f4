//! Responses as Warehouse sends them: the message is in the reason phrase and in the body.

use bytes::Bytes;
use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, VARY};
use hyper::ext::ReasonPhrase;
use pypi_metadata::Rule;

use super::accept;
use crate::warehouse::Refusal;

/// A response, before it is written as the client accepts it. It does not implement `Debug`, because it may contain a
/// token.
#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Body,
    /// The rule that was violated.
    pub(crate) rule: Option<&'static Rule>,
    /// The reason of a refusal whose body is not an exception's.
    reason: Option<String>,
    /// Whether the connection is closed instead.
    pub(crate) is_cut: bool,
}

#[derive(Clone)]
enum Body {
    /// A `pyramid.httpexceptions.HTTPException`.
    Exception(Box<Exception>),
    /// Bytes of one content type, whatever the client accepts.
    Bytes {
        content_type: &'static str,
        bytes: Bytes,
    },
}

#[derive(Clone)]
struct Exception {
    /// The text after the number in the status line.
    message: String,
    explanation: String,
    /// `None` for the kinds whose body does not show it.
    detail: Option<String>,
}

impl Response {
    /// 200 with the empty page of a successful upload.
    pub(crate) fn ok() -> Self {
        Self::exception(StatusCode::OK, "OK", "", Some(""))
    }

    /// A refusal with `message` in the status line and in the body.
    pub(crate) fn refused(status: StatusCode, message: &str) -> Self {
        Self::exception(status, message, explanation(status), Some(message))
    }

    /// 400 with a message.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, message)
    }

    /// A refusal with `message` in the status line only.
    pub(crate) fn refused_in_status(status: StatusCode, message: &str) -> Self {
        Self::exception(status, message, explanation(status), Some(""))
    }

    /// 405 with the methods that are allowed.
    pub(crate) fn method_not_allowed(method: &str, allowed: &str) -> Self {
        let explanation = format!("The method {method} is not allowed for this resource. ");
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::exception(status, title(status), &explanation, None).header(ALLOW, allowed)
    }

    /// A redirect to `location`, with `message` in the status line.
    pub(crate) fn redirect(status: StatusCode, message: &str, location: &str) -> Self {
        let explanation = format!(
            "The resource has been moved to {location}; you should be redirected automatically."
        );
        Self::exception(status, message, &explanation, None).header(LOCATION, location)
    }

    /// 301 to another path of the index.
    pub(crate) fn moved(path: &str) -> Self {
        Self::redirect(StatusCode::MOVED_PERMANENTLY, "Moved Permanently", path)
    }

    /// 404 in plain text.
    pub(crate) fn not_found() -> Self {
        Self::bytes(StatusCode::NOT_FOUND, "text/plain", "404 Not Found")
    }

    /// A JSON body, its keys sorted as Warehouse sorts them.
    pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Self {
        Self::bytes(status, "application/json", body.to_string())
    }

    /// A body of one content type.
    pub(crate) fn bytes(
        status: StatusCode,
        content_type: &'static str,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let body = Body::Bytes {
            content_type,
            bytes: bytes.into(),
        };
        Self::new(status, Vec::new(), body)
    }

    /// No response: the connection is closed.
    pub(crate) fn cut() -> Self {
        let mut response = Self::bytes(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "");
        response.is_cut = true;
        response
    }

    /// The response with one more header.
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The response with the rule that was violated.
    pub(crate) fn rule(mut self, rule: &'static Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The response with a reason that the status line does not show.
    pub(crate) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The reason of a refusal, else the reason phrase.
    pub(crate) fn message(&self) -> &str {
        match (&self.reason, &self.body) {
            (Some(reason), _) => reason,
            (None, Body::Exception(exception)) => &exception.message,
            (None, Body::Bytes { .. }) => title(self.status),
        }
    }

    /// The response to a client that sent the header `accept`.
    pub(crate) fn into_http(self, accept: Option<&str>) -> http::Response<Bytes> {
        let (content_type, bytes, reason) = match self.body {
            Body::Bytes {
                content_type,
                bytes,
            } => (content_type, bytes, None),
            Body::Exception(exception) => {
                let accept = accept.unwrap_or_default();
                let content_type = exception_type(accept);
                let text = exception.write(self.status, content_type);
                (content_type, text.into(), reason_phrase(&exception.message))
            }
        };
        let mut response = http::Response::new(bytes);
        *response.status_mut() = self.status;
        if !content_type.is_empty() {
            let value = HeaderValue::from_static(content_type);
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(reason) = reason {
            response.extensions_mut().insert(reason);
        }
        response
    }

    fn exception(
        status: StatusCode,
        message: &str,
        explanation: &str,
        detail: Option<&str>,
    ) -> Self {
        let exception = Exception {
            message: latin_1(message),
            explanation: explanation.to_owned(),
            detail: detail.map(str::to_owned),
        };
        let body = Body::Exception(Box::new(exception));
        Self::new(status, vec![(VARY, "Authorization".to_owned())], body)
    }

    fn new(status: StatusCode, headers: Vec<(HeaderName, String)>, body: Body) -> Self {
        Self {
            status,
            headers,
            body,
            rule: None,
            reason: None,
            is_cut: false,
        }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.status, &refusal.message).rule(refusal.rule)
    }
}

const HTML: &str = "text/html; charset=UTF-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=UTF-8";

/// The content type of an exception for a client that sent the header `accept`.
fn exception_type(accept: &str) -> &'static str {
    match accept::best(accept, &["text/html", JSON]) {
        Some("text/html") => HTML,
        Some(_) => JSON,
        None => TEXT,
    }
}

impl Exception {
    /// The body of this content type.
    fn write(&self, status: StatusCode, content_type: &str) -> String {
        let line = format!("{} {}", status.as_u16(), self.message);
        match content_type {
            HTML => {
                let body = self.body("<br/>", escape_html);
                format!(
                    "<html>\n <head>\n  <title>{line}</title>\n </head>\n <body>\n  <h1>{line}</h1>\n  {body}\n </body>\n</html>"
                )
            }
            JSON => {
                let body = self.body("\n", str::to_owned);
                let (body, line, title) = (quoted(&body), quoted(&line), quoted(title(status)));
                format!("{{\"message\": {body}, \"code\": {line}, \"title\": {title}}}")
            }
            _ => format!("{line}\n\n{}", self.body("\n", str::to_owned)),
        }
    }

    fn body(&self, line_break: &str, escape: impl Fn(&str) -> String) -> String {
        let detail = self
            .detail
            .as_deref()
            .map(|detail| format!("{}\n\n", escape(detail)));
        format!(
            "{}{line_break}{line_break}\n{}",
            self.explanation,
            detail.unwrap_or_default()
        )
    }
}

/// The explanations of `pyramid.httpexceptions` 2.1.
fn explanation(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => {
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        }
        StatusCode::FORBIDDEN => "Access was denied to this resource.",
        StatusCode::GONE => {
            "This resource is no longer available.  No forwarding address is given."
        }
        StatusCode::TOO_MANY_REQUESTS => {
            "The action could not be performed because there were too many requests by the client."
        }
        _ => "",
    }
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

/// `text` with `?` for each character that is not in ISO-8859-1, the encoding of reason phrases.
fn latin_1(text: &str) -> String {
    text.chars()
        .map(|c| if u32::from(c) > 0xff { '?' } else { c })
        .collect()
}

/// The bytes of a reason phrase. A control character would end or corrupt the status line.
fn reason_phrase(message: &str) -> Option<ReasonPhrase> {
    let bytes: Vec<u8> = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    ReasonPhrase::try_from(bytes).ok()
}

/// A JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `html.escape` of Python.
pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_phrase_is_a_single_line() {
        let response = Response::bad_request("ünïcode \u{4e2d}\r\nX-Injected: 1");
        let response = response.into_http(None);
        let reason = response
            .extensions()
            .get::<ReasonPhrase>()
            .expect("a reason phrase");
        assert_eq!(reason.as_bytes(), b"\xfcn\xefcode ?  X-Injected: 1");
    }
}
