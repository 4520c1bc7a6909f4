//! What the replies of an exchange mean.

use http::StatusCode;
use pypi_http::{Redactor, Reply, Secret, is_transient};
use serde_json::Value;

use crate::{ApiToken, Error, ErrorKind, IdToken, error::Refusal};

pub(crate) fn audience(reply: &Reply) -> Result<String, Error> {
    match reply.status() {
        StatusCode::OK => text(reply, "audience").ok_or_else(|| unexpected(reply, "its audience")),
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

pub(crate) fn id_token(reply: &Reply, audience: &str) -> Result<IdToken, Error> {
    let invalid = |message: String| Error::new(ErrorKind::IdToken, message);
    if reply.status() != StatusCode::OK {
        let status = reply.status();
        if is_transient(status) {
            let message = format!("the CI provider, asked for an ID token, replied {status}");
            return Err(Error::new(ErrorKind::UnexpectedReply, message));
        }
        return Err(invalid(format!(
            "the CI provider refused to issue an ID token, with status {}",
            status.as_u16()
        )));
    }
    let token = text(reply, "value")
        .and_then(IdToken::parse)
        .ok_or_else(|| invalid("the CI provider's reply contains no ID token".to_owned()))?;
    match token.claim("aud") {
        Some(got) if got == audience => Ok(token),
        got => Err(invalid(format!(
            "the ID token is for audience {:?}, but the index expects {audience:?}",
            got.unwrap_or("(not a string)")
        ))),
    }
}

pub(crate) fn minted(reply: &Reply, id_token: &IdToken) -> Result<ApiToken, Error> {
    match reply.status() {
        StatusCode::OK => {
            let token = text(reply, "token").filter(|token| !token.is_empty());
            let token = token.ok_or_else(|| unexpected(reply, "an API token"))?;
            let expires = json_of(reply).and_then(|json| json.get("expires")?.as_u64());
            Ok(ApiToken::minted(Secret::new(token), expires))
        }
        StatusCode::UNPROCESSABLE_ENTITY => Err(refused(reply, id_token)),
        _ => Err(unexpected(reply, "an API token")),
    }
}

fn refused(reply: &Reply, id_token: &IdToken) -> Error {
    let first = json_of(reply).and_then(|json| {
        let first = json.get("errors")?.get(0)?;
        let field = |name: &str| Some(one_line(id_token.secret(), first.get(name)?.as_str()?));
        Some(Refusal {
            code: field("code")?,
            description: field("description")?,
        })
    });
    let Some(refusal) = first else {
        return unexpected(reply, "an API token");
    };
    let unknown = refusal.code == "invalid-publisher";
    let error = Error::refused(refusal);
    match id_token.publisher() {
        Some(publisher) if unknown => error.with_help(format!(
            "register this trusted publisher for the project, spelled exactly so: {publisher}"
        )),
        _ => error,
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
    let status = reply.status().as_u16();
    Error::new(
        ErrorKind::UnexpectedReply,
        format!("the index, asked for {asked}, replied {status} in an undocumented form"),
    )
}

fn json_of(reply: &Reply) -> Option<Value> {
    serde_json::from_slice(reply.body()).ok()
}

fn text(reply: &Reply, key: &str) -> Option<String> {
    Some(json_of(reply)?.get(key)?.as_str()?.to_owned())
}
