//! Responses as Warehouse sends them.

use bytes::Bytes;
use http::StatusCode;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CONNECTION, CONTENT_TYPE,
    HeaderName, HeaderValue, LOCATION, VARY,
};
use pypi_metadata::Rule;

use super::exception::{Exception, Text, explanation, title};
use crate::warehouse::Refusal;

pub(crate) use super::exception::escape_html;

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

impl Response {
    /// 200 with the empty page of a successful upload.
    pub(crate) fn ok() -> Self {
        Self::exception(StatusCode::OK, "OK", Text::new("", ""))
    }

    /// A refusal with `message` in the status line and in the body.
    pub(crate) fn refused(status: StatusCode, message: &str) -> Self {
        Self::exception(status, message, Text::new(explanation(status), message))
    }

    /// 400 with a message.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, message)
    }

    /// A refusal with `message` in the status line only.
    pub(crate) fn refused_in_status(status: StatusCode, message: &str) -> Self {
        Self::exception(status, message, Text::new(explanation(status), ""))
    }

    /// A refusal with `detail` in the body only.
    pub(crate) fn refused_in_body(status: StatusCode, detail: &str) -> Self {
        Self::exception(
            status,
            title(status),
            Text::new(explanation(status), detail),
        )
    }

    /// 405 with the methods that are allowed.
    pub(crate) fn method_not_allowed(method: &str, allowed: &str) -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let text = Text::Method(method.to_owned());
        Self::exception(status, title(status), text).header(ALLOW, allowed)
    }

    /// A redirect to `location`, a path of the index, with `message` in the status line and in the body.
    pub(crate) fn redirect(status: StatusCode, message: &str, location: &str) -> Self {
        let text = Text::Moved {
            location: location.to_owned(),
            detail: message.to_owned(),
        };
        Self::exception(status, message, text).header(LOCATION, location)
    }

    /// 301 to another path of the index.
    pub(crate) fn moved(path: &str) -> Self {
        let status = StatusCode::MOVED_PERMANENTLY;
        let text = Text::Moved {
            location: path.to_owned(),
            detail: String::new(),
        };
        Self::exception(status, title(status), text).header(LOCATION, path)
    }

    /// 404 in plain text.
    pub(crate) fn not_found() -> Self {
        let text = "text/plain; charset=UTF-8";
        Self::bytes(StatusCode::NOT_FOUND, text, "404 Not Found").cors()
    }

    /// 500, as the server around Warehouse sends it when Warehouse fails.
    pub(crate) fn crashed() -> Self {
        let page = "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n    \
                    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n";
        Self::bytes(StatusCode::INTERNAL_SERVER_ERROR, "text/html", page)
            .header(CONNECTION, "close")
    }

    /// An empty page in place of one that only the web site of PyPI has.
    pub(crate) fn site_page(title: &str) -> Self {
        Self::page(StatusCode::OK, title)
    }

    fn page(status: StatusCode, title: &str) -> Self {
        let title = escape_html(title);
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>{title}</title></head>\n\
             <body><h1>{title}</h1></body>\n</html>\n"
        );
        Self::bytes(status, "text/html; charset=UTF-8", page)
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

    /// The response with the names of request headers that it depends on.
    pub(crate) fn vary(self, names: &'static str) -> Self {
        self.header(VARY, names)
    }

    /// The response with the headers that let a page of another site read it.
    pub(crate) fn cors(self) -> Self {
        self.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*")
            .header(
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since",
            )
            .header(ACCESS_CONTROL_ALLOW_METHODS, "GET")
            .header(ACCESS_CONTROL_MAX_AGE, "86400")
            .header(ACCESS_CONTROL_EXPOSE_HEADERS, "X-PyPI-Last-Serial")
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
                let (content_type, text) = exception.write(self.status, accept);
                (content_type, text.into(), exception.reason_phrase())
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

    fn exception(status: StatusCode, message: &str, text: Text) -> Self {
        let body = Body::Exception(Box::new(Exception::new(message, text)));
        Self::new(status, Vec::new(), body)
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

#[cfg(test)]
mod tests {
    use hyper::ext::ReasonPhrase;

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
