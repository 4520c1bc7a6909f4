//! What the replies of an index mean.

use http::StatusCode;
use pypi_http::{Redactor, Reply, Secret, is_transient};
use serde_json::Value;

use crate::{
    ApiToken, ClaimProblemKind, Claims, Error, ErrorKind, IdToken, Registration, error::Refusal,
};

pub(crate) fn audience(reply: &Reply) -> Result<String, Error> {
    match reply.status() {
        StatusCode::OK => match member(reply, "audience") {
            Some(Value::String(audience)) => Ok(audience),
            _ => Err(unexpected(reply, "its audience")),
        },
        StatusCode::FORBIDDEN => Err(Error::new(
            ErrorKind::Disabled,
            "trusted publishing is switched off on the index: try again later, or use an API token",
        )),
        StatusCode::NOT_FOUND => Err(Error::new(
            ErrorKind::Unsupported,
            "the index does not offer trusted publishing: use an API token",
        )),
        _ => Err(unexpected(reply, "its audience")),
    }
}

/// The reply to a mint. `now` is the time in seconds since 1970-01-01 UTC.
pub(crate) fn minted(reply: &Reply, id_token: &IdToken, now: u64) -> Result<ApiToken, Error> {
    match reply.status() {
        StatusCode::OK => match member(reply, "token") {
            Some(Value::String(token)) if !token.is_empty() => {
                let expires = member(reply, "expires").and_then(|expires| expires.as_u64());
                Ok(ApiToken::minted(Secret::new(token), expires))
            }
            _ => Err(unexpected(reply, "an API token")),
        },
        StatusCode::UNPROCESSABLE_ENTITY => Err(rejected(reply, id_token, now)),
        _ => Err(unexpected(reply, "an API token")),
    }
}

fn rejected(reply: &Reply, id_token: &IdToken, now: u64) -> Error {
    let first = member(reply, "errors").and_then(|errors| {
        let first = errors.get(0)?;
        let field = |name: &str| Some(one_line(id_token.secret(), first.get(name)?.as_str()?));
        Some(Refusal {
            code: field("code")?,
            description: field("description")?,
        })
    });
    let Some(refusal) = first else {
        return unexpected(reply, "an API token");
    };
    let (kind, help) = meaning(&refusal, id_token.claims(), now);
    let what = match kind {
        ErrorKind::Expired => ", which has expired by our clock",
        ErrorKind::NotYetValid => ", which is not valid yet by our clock",
        _ => "",
    };
    let message = format!(
        "the index rejected the ID token{what}: {}: {}",
        refusal.code, refusal.description
    );
    let error = Error::new(kind, message).with_refusal(refusal, id_token.claims());
    match help {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// The kind of a refusal, and its remedy.
fn meaning(refusal: &Refusal, claims: &Claims, now: u64) -> (ErrorKind, Option<String>) {
    let description = refusal.description.as_str();
    let (kind, help) = match refusal.code.as_str() {
        "invalid-payload" if description == "unknown trusted publishing issuer" => (
            ErrorKind::UnknownIssuer,
            "the index does not accept this provider: use an API token",
        ),
        "invalid-payload" => return (ErrorKind::InvalidPayload, None),
        "invalid-pending-publisher" => (
            ErrorKind::ProjectExists,
            "the pending publisher is gone: add a publisher to the project, or use another name",
        ),
        "invalid-publisher" => {
            let help = Registration::of(claims).map(|registration| {
                let fields = registration.labelled().map(|(label, value)| match value {
                    "" => format!("{label} (none)"),
                    value => format!("{label} {value}"),
                });
                let fields = fields.collect::<Vec<_>>().join(", ");
                format!(
                    "register this trusted publisher for the project, spelled exactly so: {fields}"
                )
            });
            return (ErrorKind::UnknownPublisher, help);
        }
        "invalid-reuse-token" => (
            ErrorKind::AlreadyUsed,
            "an ID token is exchanged once: run the job again for a new one",
        ),
        "invalid-token" => invalid(claims, now),
        "not-enabled" => (ErrorKind::Disabled, "try again later, or use an API token"),
        _ => return (ErrorKind::Refused, None),
    };
    (kind, Some(help.to_owned()))
}

/// PyPI says the same of an ID token that has expired, is not valid yet, or is not sound; only the times tell which.
fn invalid(claims: &Claims, now: u64) -> (ErrorKind, &'static str) {
    let problems = claims.problems(now, None);
    let has = |kind| problems.iter().any(|problem| problem.kind() == kind);
    if has(ClaimProblemKind::Expired) {
        let help = "run the job again, and publish soon after the ID token was issued";
        (ErrorKind::Expired, help)
    } else if has(ClaimProblemKind::NotYetValid) {
        let help = "set the clock of this machine, or of the CI service, and run the job again";
        (ErrorKind::NotYetValid, help)
    } else {
        let help = "run the job again after a minute: the index may not have the newest key of the provider, and a clock may be wrong";
        (ErrorKind::InvalidToken, help)
    }
}

/// A server's text on one line of at most [`MAX_TEXT`] characters, without the token that it may echo.
fn one_line(secret: &Secret, text: &str) -> String {
    let clean = Redactor::new([secret]).redact(text);
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").chars().take(MAX_TEXT).collect()
}

/// The most characters of a server's sentence that an error contains.
const MAX_TEXT: usize = 500;

fn unexpected(reply: &Reply, asked: &str) -> Error {
    let status = reply.status();
    if is_transient(status) || status.is_server_error() {
        let message = format!("the index, asked for {asked}, replied {status}");
        return Error::new(ErrorKind::Unavailable, message);
    }
    let status = status.as_u16();
    Error::new(
        ErrorKind::UnexpectedReply,
        format!("the index, asked for {asked}, replied {status} in an undocumented form"),
    )
}

/// A member of the JSON object in a reply. It is moved out of it, so that no copy of a token stays in memory.
pub(crate) fn member(reply: &Reply, name: &str) -> Option<Value> {
    if reply.body().len() > MAX_JSON {
        return None;
    }
    let mut json: Value = serde_json::from_slice(reply.body()).ok()?;
    Some(json.get_mut(name)?.take())
}

/// The longest JSON that is read, in bytes: as values it can need a hundred times as much. Tokens have 64 KiB at most.
const MAX_JSON: usize = 128 * 1024;
