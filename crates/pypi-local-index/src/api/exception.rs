//! The bodies of `pyramid.httpexceptions` 2.1: the message is in the reason phrase and in the body.

use http::StatusCode;
use hyper::ext::ReasonPhrase;

use super::accept;

/// A `pyramid.httpexceptions.HTTPException`.
#[derive(Clone)]
pub(super) struct Exception {
    /// The text after the number in the status line.
    pub(super) message: String,
    pub(super) text: Text,
}

/// What the body contains besides the status line.
#[derive(Clone)]
pub(super) enum Text {
    /// An explanation, and details.
    Detail { explanation: String, detail: String },
    /// The method that is not allowed.
    Method(String),
    /// The location to which the resource has moved, and details.
    Moved { location: String, detail: String },
}

const HTML: &str = "text/html; charset=UTF-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=UTF-8";

impl Text {
    pub(super) fn new(explanation: &str, detail: &str) -> Self {
        Self::Detail {
            explanation: explanation.to_owned(),
            detail: detail.to_owned(),
        }
    }
}

impl Exception {
    pub(super) fn new(message: &str, text: Text) -> Self {
        Self {
            message: latin_1(message),
            text,
        }
    }

    /// The content type and the body for a client that sent the header `accept`.
    pub(super) fn write(&self, status: StatusCode, accept: Option<&str>) -> (&'static str, String) {
        let line = format!("{} {}", status.as_u16(), self.message);
        match accept::best(Some(accept.unwrap_or_default()), &["text/html", JSON]) {
            Some("text/html") => {
                let body = self.body("<br/>", escape_html);
                let page = format!(
                    "<html>\n <head>\n  <title>{line}</title>\n </head>\n <body>\n  <h1>{line}</h1>\n  {body}\n </body>\n</html>"
                );
                (HTML, page)
            }
            Some(_) => {
                let body = quoted(&self.body("\n", str::to_owned));
                let (line, title) = (quoted(&line), quoted(title(status)));
                let object =
                    format!("{{\"message\": {body}, \"code\": {line}, \"title\": {title}}}");
                (JSON, object)
            }
            None => {
                let body = self.body("\n", str::to_owned);
                (TEXT, format!("{line}\n\n{body}"))
            }
        }
    }

    /// The reason phrase. A control character would end or corrupt the status line.
    pub(super) fn reason_phrase(&self) -> Option<ReasonPhrase> {
        let bytes: Vec<u8> = self
            .message
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect();
        ReasonPhrase::try_from(bytes).ok()
    }

    fn body(&self, br: &str, escape: impl Fn(&str) -> String) -> String {
        match &self.text {
            Text::Detail {
                explanation,
                detail,
            } => format!("{}{br}{br}\n{}\n\n", escape(explanation), escape(detail)),
            Text::Method(method) => format!(
                "The method {} is not allowed for this resource. {br}{br}\n",
                escape(method)
            ),
            Text::Moved { location, detail } => format!(
                "The resource has been moved to {}; you should be redirected automatically.\n{}\n",
                escape(location),
                escape(detail)
            ),
        }
    }
}

/// The explanations of `pyramid.httpexceptions`.
pub(super) fn explanation(status: StatusCode) -> &'static str {
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

pub(super) fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

/// `text` with `?` for each character that is not in ISO-8859-1, the encoding of reason phrases.
fn latin_1(text: &str) -> String {
    text.chars()
        .map(|c| if u32::from(c) > 0xff { '?' } else { c })
        .collect()
}

/// A JSON string, which Python writes in ASCII.
fn quoted(text: &str) -> String {
    let mut ascii = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            ' '..='~' => ascii.push(c),
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    ascii.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    ascii
}

/// `html.escape` of Python.
pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}
