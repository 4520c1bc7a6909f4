//! Why GitHub did not do what it was asked.

use std::time::Duration;

use pypi_trusted_upload::{
    http::{HeaderName, StatusCode},
    transport::{Redactor, Reply, TransportError, TransportErrorKind},
    url::Url,
};
use serde_json::Value;

use crate::{
    console::escape,
    duration,
    failure::{Exit, Failure},
};

/// The longest text of GitHub that a message repeats, in characters.
const MAX_TEXT: usize = 300;

/// What a caller may branch on. Alphabetical.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorKind {
    /// 422: a release has the tag, or an asset the name.
    AlreadyExists,
    /// The caller cancelled; the request may have arrived.
    Cancelled,
    /// A published release that can no longer change, or a tag that one used.
    Immutable,
    /// GitHub rejected the request.
    Invalid,
    /// 404: absent, or not visible for the token.
    NotFound,
    /// 403: the token lacks a permission.
    Permission,
    /// The limit of requests is used up for longer than it is waited for.
    RateLimited,
    /// 401: no token that GitHub knows.
    Token,
    /// 5xx, or no complete reply; the request may have been carried out.
    Unavailable,
}

/// Why a request failed: a line for people, and the remedy.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) kind: ErrorKind,
    message: String,
    help: String,
}

impl Error {
    pub(super) fn new(
        kind: ErrorKind,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            help: help.into(),
        }
    }

    /// A request without a complete reply; `what` names the request.
    pub(super) fn transport(what: &str, url: &Url, error: &TransportError) -> Self {
        let kind = match error.kind() {
            TransportErrorKind::Cancelled => ErrorKind::Cancelled,
            kind if kind.is_transient() => ErrorKind::Unavailable,
            _ => ErrorKind::Invalid,
        };
        let message = format!("{what}: {}", error.causes(Some(&url.origin())));
        let help = match kind {
            ErrorKind::Unavailable => "run again: what was done is not done twice",
            _ => "",
        };
        Self::new(kind, message, help)
    }

    /// A reply that is not a success; `what` names the request.
    pub(super) fn reply(what: &str, reply: &Reply, redactor: &Redactor) -> Self {
        let refusal = Refusal::of(reply, redactor);
        let (kind, help) = refusal.judge(reply);
        Self::new(kind, format!("{what}: {}", refusal.text), help)
    }

    /// A reply of another shape than documented.
    pub(super) fn malformed(what: &str) -> Self {
        let message = format!("{what}: the reply is not what GitHub documents");
        let help = "check that GITHUB_API_URL names the REST API of GitHub";
        Self::new(ErrorKind::Unavailable, message, help)
    }

    /// The failure of the verb.
    pub(crate) fn failure(self) -> Failure {
        let exit = match self.kind {
            ErrorKind::Cancelled => Exit::Interrupted,
            ErrorKind::RateLimited | ErrorKind::Unavailable => Exit::Unavailable,
            _ => Exit::Refused,
        };
        let text = match self.help.as_str() {
            "" => self.message,
            help => format!("{}: {help}", self.message),
        };
        Failure::new(exit, text)
    }
}

/// How long GitHub asks to wait, if a reply is about a limit of requests.
pub(super) fn limit(reply: &Reply, now: u64) -> Option<Limit> {
    let status = reply.status();
    if status != StatusCode::FORBIDDEN && status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let number = |name: &'static str| -> Option<u64> {
        let value = reply.header(&HeaderName::from_static(name))?;
        value.trim().parse().ok()
    };
    if let Some(seconds) = number("retry-after") {
        return Some(Limit::Known(Duration::from_secs(seconds)));
    }
    if number("x-ratelimit-remaining") == Some(0) {
        let reset = number("x-ratelimit-reset").unwrap_or(now);
        return Some(Limit::Known(Duration::from_secs(reset.saturating_sub(now))));
    }
    let is_secondary = message(reply)
        .to_ascii_lowercase()
        .contains("secondary rate limit");
    (is_secondary || status == StatusCode::TOO_MANY_REQUESTS).then_some(Limit::Unknown)
}

/// A limit of requests that is used up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Limit {
    /// Until then.
    Known(Duration),
    /// The secondary limit, without a time: a minute at least, and longer each time.
    Unknown,
}

impl Limit {
    /// The pause before another attempt.
    pub(super) fn pause(self, attempts: u32) -> Duration {
        match self {
            Self::Known(duration) => duration,
            Self::Unknown => SECONDARY * 2u32.saturating_pow(attempts.saturating_sub(1)),
        }
    }
}

/// The pause after the secondary limit that names none.
///
/// # Source
///
/// GitHub, "Rate limits for the REST API", 2026-08: "wait for at least one minute".
const SECONDARY: Duration = Duration::from_secs(60);

impl Error {
    /// A limit that lasts longer than it is waited for.
    pub(super) fn limited(what: &str, pause: Duration) -> Self {
        let message = format!("{what}: the limit of requests to GitHub is used up");
        let help = format!("run again in {}", duration::text(pause));
        Self::new(ErrorKind::RateLimited, message, help)
    }
}

/// What a reply that is not a success says.
struct Refusal {
    text: String,
    codes: Vec<String>,
    is_immutable: bool,
}

impl Refusal {
    fn of(reply: &Reply, redactor: &Redactor) -> Self {
        let value = json(reply);
        let mut words = vec![message(reply)];
        let mut codes = Vec::new();
        let errors = value.get("errors").and_then(Value::as_array);
        for error in errors.into_iter().flatten() {
            let field = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
            codes.push(field("code").to_owned());
            words.push(match (field("message"), error.as_str()) {
                ("", None) => format!("{} {}", field("field"), field("code")),
                ("", Some(text)) => text.to_owned(),
                (text, _) => text.to_owned(),
            });
        }
        words.retain(|word| !word.trim().is_empty());
        let words = words.join("; ");
        let shown: String = escape(&redactor.redact(&words))
            .chars()
            .take(MAX_TEXT)
            .collect();
        let text = match shown.as_str() {
            "" => reply.status().to_string(),
            shown => format!("{} ({shown})", reply.status()),
        };
        Self {
            text,
            codes,
            is_immutable: words.to_ascii_lowercase().contains("immutable release"),
        }
    }

    fn judge(&self, reply: &Reply) -> (ErrorKind, String) {
        let has = |code: &str| self.codes.iter().any(|found| found == code);
        let (kind, help) = match reply.status() {
            StatusCode::UNAUTHORIZED => (
                ErrorKind::Token,
                "GITHUB_TOKEN is not valid or has expired: pass the job's token to this step".to_owned(),
            ),
            StatusCode::FORBIDDEN => (ErrorKind::Permission, permission(reply)),
            StatusCode::NOT_FOUND => (
                ErrorKind::NotFound,
                "it does not exist, or the token may not see it".to_owned(),
            ),
            _ if self.is_immutable => (
                ErrorKind::Immutable,
                "an immutable release cannot change and its tag cannot be used again: make a new version".to_owned(),
            ),
            StatusCode::UNPROCESSABLE_ENTITY if has("already_exists") => {
                (ErrorKind::AlreadyExists, String::new())
            }
            status if status.is_server_error() => (
                ErrorKind::Unavailable,
                "run again: what was done is not done twice".to_owned(),
            ),
            _ => (ErrorKind::Invalid, String::new()),
        };
        (kind, help)
    }
}

/// What to do about a 403, with the permissions that GitHub names.
fn permission(reply: &Reply) -> String {
    let name = HeaderName::from_static("x-accepted-github-permissions");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "=_,; -".contains(c);
    match reply.header(&name) {
        Some(wanted) if wanted.len() <= MAX_TEXT && wanted.chars().all(is_plain) => {
            format!("the token needs {wanted}: set it under permissions of the job")
        }
        _ => "the token lacks a permission: set contents: write under permissions of the job"
            .to_owned(),
    }
}

fn message(reply: &Reply) -> String {
    let message = json(reply);
    let message = message.get("message").and_then(Value::as_str);
    message.unwrap_or_default().to_owned()
}

fn json(reply: &Reply) -> Value {
    match reply.body().len() {
        0..=MAX_JSON => serde_json::from_slice(reply.body()).unwrap_or_default(),
        _ => Value::Null,
    }
}

/// The longest error that is read, in bytes: as values JSON can need a hundred times as much.
const MAX_JSON: usize = 128 * 1024;

#[cfg(test)]
mod tests {
    use pypi_trusted_upload::{Secret, http::HeaderMap};

    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Reply::new(StatusCode::from_u16(status).unwrap(), headers, body.into())
    }

    fn error(reply: &Reply) -> Error {
        let token = Secret::new("ghs_0123456789abcdef");
        Error::reply("create the release", reply, &Redactor::new([&token]))
    }

    #[test]
    fn each_refusal_has_its_kind() {
        let taken = r#"{"message": "Validation Failed", "errors": [{"resource": "Release", "code": "already_exists", "field": "tag_name"}]}"#;
        let upload =
            r#"{"message": "Cannot upload assets to an immutable release.", "errors": []}"#;
        let reuse = r#"{"message": "Validation Failed", "errors": [{"resource": "Release", "code": "custom", "field": "tag_name", "message": "tag_name was used by an immutable release"}]}"#;
        for (status, body, kind) in [
            (401, r#"{"message": "Bad credentials"}"#, ErrorKind::Token),
            (
                403,
                r#"{"message": "Resource not accessible by integration"}"#,
                ErrorKind::Permission,
            ),
            (404, r#"{"message": "Not Found"}"#, ErrorKind::NotFound),
            (422, taken, ErrorKind::AlreadyExists),
            (422, upload, ErrorKind::Immutable),
            (422, reuse, ErrorKind::Immutable),
            (
                422,
                r#"{"message": "Validation Failed", "errors": ["x"]}"#,
                ErrorKind::Invalid,
            ),
            (400, "", ErrorKind::Invalid),
            (502, "<html>Bad Gateway</html>", ErrorKind::Unavailable),
        ] {
            assert_eq!(error(&reply(status, &[], body)).kind, kind, "{body}");
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        let wanted = [(
            "x-accepted-github-permissions",
            "contents=write; contents=write,workflows=write",
        )];
        let error = error(&reply(403, &wanted, "{}"));
        assert!(
            error
                .help
                .contains("contents=write; contents=write,workflows=write"),
            "{error:?}"
        );
    }

    #[test]
    fn the_token_is_removed_before_the_text_is_shortened() {
        let body = format!(
            r#"{{"message": "{}ghs_0123456789abcdef\u001b[31m"}}"#,
            "x".repeat(290)
        );
        let text = error(&reply(422, &[], &body)).message;
        assert!(!text.contains("ghs_") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn limits_say_how_long() {
        let secondary = r#"{"message": "You have exceeded a secondary rate limit."}"#;
        let seconds = |seconds| Some(Limit::Known(Duration::from_secs(seconds)));
        for (status, headers, body, expected) in [
            (403, &[("retry-after", "7")][..], "", seconds(7)),
            (
                403,
                &[
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "1090"),
                ],
                "",
                seconds(90),
            ),
            (
                429,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "900")],
                "",
                seconds(0),
            ),
            (403, &[], secondary, Some(Limit::Unknown)),
            (403, &[("x-ratelimit-remaining", "10")], "{}", None),
            (404, &[("retry-after", "7")], "", None),
        ] {
            assert_eq!(
                limit(&reply(status, headers, body), 1000),
                expected,
                "{headers:?}"
            );
        }
        assert_eq!(Limit::Unknown.pause(2), Duration::from_secs(120));
    }
}
