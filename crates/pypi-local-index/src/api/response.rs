//! Answers as Warehouse gives them: the message stands in the reason phrase and in the body.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, VARY};
use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;

use crate::api::accept;

/// One answer, before it is written as the client accepts it. It has no `Debug`: it may hold a token.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Body,
    /// The rule that refused.
    pub(crate) rule: Option<&'static str>,
    /// Why it refused, when the body is not an exception's.
    because: Option<String>,
    /// The connection ends without an answer.
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
    /// What stands after the number in the status line.
    message: String,
    explanation: String,
    /// `None` for the kinds whose body has no place for it.
    detail: Option<String>,
}

impl Answer {
    /// 200 with the empty page of a successful upload.
    pub(crate) fn ok() -> Self {
        Self::exception(StatusCode::OK, "OK", "", Some(""))
    }

    /// A refusal: `detail` is the reason phrase and the detail of the body.
    pub(crate) fn refused(status: StatusCode, detail: &str) -> Self {
        Self::exception(status, detail, explanation(status), Some(detail))
    }

    /// 400 with a detail.
    pub(crate) fn bad_request(detail: &str) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, detail)
    }

    /// A refusal that has its text in the status line only.
    pub(crate) fn refused_in_status(status: StatusCode, message: &str) -> Self {
        Self::exception(status, message, explanation(status), Some(""))
    }

    /// 405 that names the methods which are allowed.
    pub(crate) fn method_not_allowed(method: &str, allowed: &str) -> Self {
        let explanation = format!("The method {method} is not allowed for this resource. ");
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::exception(status, title(status), &explanation, None).with(ALLOW, allowed)
    }

    /// A redirect to `location`, with `message` in its status line.
    pub(crate) fn moved(status: StatusCode, message: &str, location: &str) -> Self {
        let explanation = format!(
            "The resource has been moved to {location}; you should be redirected automatically."
        );
        Self::exception(status, message, &explanation, None).with(LOCATION, location)
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

    /// No answer: the connection ends.
    pub(crate) fn cut() -> Self {
        let mut answer = Self::bytes(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "");
        answer.is_cut = true;
        answer
    }

    /// The answer with the name of the rule that refused.
    pub(crate) fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// The answer with the reason of a refusal that stands in no status line.
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.because = Some(reason.to_owned());
        self
    }

    /// What the index said to a refusal.
    pub(crate) fn reason(&self) -> String {
        match (&self.because, &self.body) {
            (Some(reason), _) => reason.clone(),
            (None, Body::Exception(exception)) => exception.message.clone(),
            (None, Body::Bytes { .. }) => title(self.status).to_owned(),
        }
    }

    fn new(status: StatusCode, headers: Vec<(HeaderName, String)>, body: Body) -> Self {
        Self {
            status,
            headers,
            body,
            rule: None,
            because: None,
            is_cut: false,
        }
    }

    /// The answer with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
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

    /// The response for a client that sent `accept`.
    pub(crate) fn into_response(self, accept: Option<&str>) -> Response<Bytes> {
        let (content_type, bytes, reason) = match self.body {
            Body::Bytes {
                content_type,
                bytes,
            } => (content_type, bytes, None),
            Body::Exception(exception) => {
                let (content_type, text) = exception.write(self.status, accept.unwrap_or_default());
                (content_type, text.into(), reason_phrase(&exception.message))
            }
        };
        let mut response = Response::new(bytes);
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
}

impl Exception {
    /// The content type and the body.
    fn write(&self, status: StatusCode, accept: &str) -> (&'static str, String) {
        let line = format!("{} {}", status.as_u16(), self.message);
        match accept::best(accept, &["text/html", "application/json"]) {
            Some("text/html") => {
                let body = self.body("<br/>", escape_html);
                let page = format!(
                    "<html>\n <head>\n  <title>{line}</title>\n </head>\n <body>\n  <h1>{line}</h1>\n  {body}\n </body>\n</html>"
                );
                ("text/html; charset=UTF-8", page)
            }
            Some(_) => {
                let body = self.body("\n", str::to_owned);
                let (body, line, title) = (quoted(&body), quoted(&line), quoted(title(status)));
                let object =
                    format!("{{\"message\": {body}, \"code\": {line}, \"title\": {title}}}");
                ("application/json", object)
            }
            None => {
                let body = self.body("\n", str::to_owned);
                ("text/plain; charset=UTF-8", format!("{line}\n\n{body}"))
            }
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

/// `text` with `?` for each character that a reason phrase in ISO-8859-1 cannot hold.
fn latin_1(text: &str) -> String {
    text.chars()
        .map(|c| if u32::from(c) > 0xff { '?' } else { c })
        .collect()
}

/// The bytes of a reason phrase; a line break or another control character would end or break the status line.
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
    fn a_reason_phrase_stays_on_its_line() {
        let answer = Answer::bad_request("ünïcode \u{4e2d}\r\nX-Injected: 1");
        let response = answer.into_response(None);
        let reason = response
            .extensions()
            .get::<ReasonPhrase>()
            .expect("a reason phrase");
        assert_eq!(reason.as_bytes(), b"\xfcn\xefcode ?  X-Injected: 1");
    }
}
