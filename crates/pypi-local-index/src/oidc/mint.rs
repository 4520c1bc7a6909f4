//! The exchange of an ID token for an API token, and its end.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::identity::GITHUB;
use super::key::{Claims, Key, unverified_claims};
use super::publisher;
use crate::answer::Answer;
use crate::state::{Scope, State};

/// The audience that an ID token must be for: PyPI's.
pub(crate) const AUDIENCE: &str = "pypi";

/// How far the clocks of issuer and index may be apart, in seconds.
const LEEWAY: u64 = 30;

/// How long an API token lives, in seconds.
const LIFETIME: u64 = 900;

#[derive(Deserialize)]
struct Payload {
    token: String,
}

struct Refusal {
    code: &'static str,
    description: String,
}

/// Answers `POST /_/oidc/mint-token`.
pub(crate) fn mint(state: &mut State, key: &Key, body: &[u8], now: u64) -> Answer {
    match exchange(state, key, body, now) {
        Ok((token, expires)) => Answer::json(
            StatusCode::OK,
            &json!({"success": true, "token": token, "expires": expires}),
        ),
        Err(refusal) => Answer::json(
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!({
                "message": "Token request failed",
                "errors": [{"code": refusal.code, "description": refusal.description}],
            }),
        ),
    }
}

/// Answers `POST /_/oidc/burn-token`: 202 whatever the body was.
pub(crate) fn burn(state: &mut State, body: &[u8]) -> Answer {
    if let Ok(payload) = serde_json::from_slice::<Payload>(body) {
        state.burn(&payload.token);
    }
    Answer::bytes(StatusCode::ACCEPTED, "text/plain", "")
}

fn exchange(state: &mut State, key: &Key, body: &[u8], now: u64) -> Result<(String, u64), Refusal> {
    let payload: Payload = serde_json::from_slice(body).map_err(|error| {
        // Warehouse quotes the body here. A body that nearly is a payload may hold a token, so this only says where.
        let (line, column) = (error.line(), error.column());
        let description = format!(
            "1 validation error for TokenPayload\n  Invalid JSON at line {line} column {column}"
        );
        refuse("invalid-payload", description)
    })?;
    let claims = unverified_claims(&payload.token)
        .ok_or_else(|| refuse("invalid-payload", "malformed JWT"))?;
    match claims.get("iss").and_then(Value::as_str) {
        Some(GITHUB) => {}
        Some(_) => {
            return Err(refuse(
                "invalid-payload",
                "unknown trusted publishing issuer",
            ));
        }
        None => return Err(refuse("invalid-payload", "malformed JWT")),
    }
    if !key.signed(&payload.token) || !is_current(&claims, now) {
        return Err(refuse("invalid-token", "malformed or invalid token"));
    }
    use_pending(state, &claims)?;
    let scope = scope(state, &claims)?;
    claim_jti(state, &claims)?;
    let expires = now.saturating_add(LIFETIME);
    let token = state
        .issue(scope, expires)
        .ok_or_else(|| refuse("invalid-token", "no random number could be made"))?;
    Ok((token.reveal().to_owned(), expires))
}

/// Whether the registered claims (RFC 7519, section 4.1) hold, as `pyjwt` 2.13 checks them: `aud` must be one string.
fn is_current(claims: &Claims, now: u64) -> bool {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    let begun = |time: u64| time <= now.saturating_add(LEEWAY);
    let not_over = time("exp").is_some_and(|exp| exp.saturating_add(LEEWAY) > now);
    let issued = time("iat").is_some_and(begun);
    let valid = !claims.contains_key("nbf") || time("nbf").is_some_and(begun);
    not_over && issued && valid && claims.get("aud").is_some_and(|aud| aud == AUDIENCE)
}

/// A pending publisher that matches becomes a publisher of its project, which is created.
fn use_pending(state: &mut State, claims: &Claims) -> Result<(), Refusal> {
    let Ok(found) = publisher::find(
        state.pending.iter().map(|pending| &pending.publisher),
        claims,
    ) else {
        return Ok(());
    };
    let pending = state.pending.remove(found);
    if state.project(pending.project.normalized()).is_some() {
        let description = "valid token, but project already exists";
        return Err(refuse("invalid-pending-publisher", description));
    }
    state.create_project(&pending.project);
    state.add_publisher(pending.publisher, &pending.project);
    Ok(())
}

fn scope(state: &State, claims: &Claims) -> Result<Scope, Refusal> {
    let publishers = state
        .publishers
        .iter()
        .map(|registered| &registered.publisher);
    publisher::find(publishers, claims)
        .and_then(|found| {
            let registered = state.publishers.get(found);
            registered
                .map(|registered| registered.scope.clone())
                .ok_or_else(String::new)
        })
        .map_err(|reason| {
            let description = format!("valid token, but no corresponding publisher ({reason})");
            refuse("invalid-publisher", description)
        })
}

/// The token's number is spent only now that a publisher matched: a token refused before may be used again.
fn claim_jti(state: &mut State, claims: &Claims) -> Result<(), Refusal> {
    let jti = claims
        .get("jti")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if state.spent.insert(jti.to_owned()) {
        Ok(())
    } else {
        Err(refuse("invalid-reuse-token", "invalid token: already used"))
    }
}

fn refuse(code: &'static str, description: impl Into<String>) -> Refusal {
    Refusal {
        code,
        description: description.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_leeway_of_half_a_minute() {
        let claims = |change: Value| {
            let mut claims = json!({"aud": "pypi", "iat": 1000, "nbf": 1000, "exp": 1300});
            if let (Value::Object(claims), Value::Object(change)) = (&mut claims, change) {
                claims.extend(change);
            }
            serde_json::from_value::<Claims>(claims).expect("an object")
        };
        for (now, current) in [(969, false), (970, true), (1329, true), (1330, false)] {
            assert_eq!(is_current(&claims(json!({})), now), current, "at {now}");
        }
        for change in [
            json!({"aud": ["pypi"]}),
            json!({"exp": null}),
            json!({"iat": null}),
            json!({"nbf": 1031}),
        ] {
            assert!(!is_current(&claims(change.clone()), 1000), "{change}");
        }
    }
}
