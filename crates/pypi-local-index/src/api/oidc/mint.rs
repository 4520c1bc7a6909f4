//! The exchange of an ID token for an API token, and the revocation of the API token.

use http::StatusCode;
use pypi_metadata::{Rule, rules};
use serde_json::{Value, json};

use super::keys::{Keys, unverified_claims};
use crate::api::pydantic::{Problem, bytes_repr, report};
use crate::api::response::Response;
use crate::config::{AdminFlag, Claims, Issuer, Settings};
use crate::warehouse::{
    Exchange, Principal, ProjectEventKind, RegisteredPublisher, Scope, State, find_publisher,
};

/// How far the clocks of issuer and index may differ, in seconds.
const LEEWAY: u64 = 30;

/// How long an API token is valid, in seconds.
const LIFETIME: u64 = 900;

/// Handles `GET /_/oidc/audience`.
pub(crate) fn audience(settings: &Settings) -> Response {
    if settings.has(AdminFlag::DisallowOidc) {
        let message = "Trusted publishing functionality not enabled";
        return Response::json(StatusCode::FORBIDDEN, &json!({"message": message}))
            .rule(&rules::SWITCHED_OFF);
    }
    let audience = settings.profile.audience();
    Response::json(StatusCode::OK, &json!({"audience": audience}))
}

/// Handles `POST /_/oidc/mint-token`.
pub(crate) fn mint(state: &mut State, keys: &Keys, body: &[u8], now: u64) -> Response {
    match exchange(state, keys, body, now) {
        Ok(minted) => Response::json(
            StatusCode::OK,
            &json!({"success": true, "token": minted.token, "expires": minted.expires}),
        ),
        Err(rejection) => Response::json(
            StatusCode::UNPROCESSABLE_ENTITY,
            &json!({
                "message": "Token request failed",
                "errors": [{"code": rejection.code.id(), "description": rejection.description}],
            }),
        )
        .rule(rejection.code)
        .reason(rejection.description),
    }
}

/// Handles `POST /_/oidc/burn-token`: 202, whatever the body is.
pub(crate) fn burn(state: &mut State, body: &[u8]) -> Response {
    if let Ok(token) = payload(body) {
        state.burn(&token);
    }
    Response::bytes(StatusCode::ACCEPTED, "text/plain", "")
}

struct Minted {
    token: String,
    /// In seconds since 1970.
    expires: u64,
}

struct Rejection {
    /// Its id is the code of the server.
    code: &'static Rule,
    description: String,
}

impl Rejection {
    fn new(code: &'static Rule, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
        }
    }
}

fn exchange(state: &mut State, keys: &Keys, body: &[u8], now: u64) -> Result<Minted, Rejection> {
    let invalid_payload =
        |description: String| Rejection::new(&rules::INVALID_PAYLOAD, description);
    let token =
        payload(body).map_err(|problem| invalid_payload(report("TokenPayload", &[problem])))?;
    let malformed = || invalid_payload("malformed JWT".to_owned());
    let claims = unverified_claims(&token).ok_or_else(malformed)?;
    let url = claims
        .get("iss")
        .and_then(Value::as_str)
        .ok_or_else(malformed)?;
    let issuer = Issuer::from_url(url)
        .ok_or_else(|| invalid_payload("unknown trusted publishing issuer".to_owned()))?;
    if state.settings.has(AdminFlag::DisallowOidc) {
        let slug = issuer.slug();
        let description = format!("{slug} trusted publishing functionality not enabled");
        return Err(Rejection::new(&rules::NOT_ENABLED, description));
    }
    let audience = state.settings.profile.audience();
    let is_signed = keys.of(issuer).is_some_and(|key| key.verifies(&token));
    if !is_signed || !is_current(&claims, audience, now) {
        return Err(Rejection::new(
            &rules::INVALID_TOKEN,
            "malformed or invalid token",
        ));
    }
    use_pending(state, issuer, &claims, now)?;
    let found = registered(state, issuer, &claims)?;
    use_jti(state, &claims, now)?;
    record(state, &found, &claims, now);
    let expires = now.saturating_add(LIFETIME);
    let principal = Principal::Publisher {
        publisher: found.publisher,
        scope: found.scope,
        expires,
    };
    let token = state.issue(principal).ok_or_else(|| {
        Rejection::new(
            &rules::INVALID_TOKEN,
            "the system provides no random numbers",
        )
    })?;
    Ok(Minted {
        token: token.reveal().to_owned(),
        expires,
    })
}

/// The token in `{"token": "…"}`. Other keys are ignored.
fn payload(body: &[u8]) -> Result<String, Problem> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::json(&error, bytes_repr(body), "bytes"))?;
    if !value.is_object() {
        return Err(Problem::new(
            "",
            "Input should be an object",
            "model_type",
            &value,
        ));
    }
    match value.get("token") {
        Some(Value::String(token)) => Ok(token.clone()),
        Some(other) => Err(Problem::new(
            "token",
            "Input should be a valid string",
            "string_type",
            other,
        )),
        None => Err(Problem::missing("", "token", &value)),
    }
}

/// Whether the registered claims (RFC 7519, section 4.1) are valid for `pyjwt` 2.13, which requires `aud` to be a string.
fn is_current(claims: &Claims, audience: &str, now: u64) -> bool {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    let has_begun = |time: u64| time <= now.saturating_add(LEEWAY);
    time("exp").is_some_and(|exp| !is_expired(exp, now))
        && time("iat").is_some_and(has_begun)
        && (!claims.contains_key("nbf") || time("nbf").is_some_and(has_begun))
        && claims.get("aud").is_some_and(|aud| aud == audience)
}

fn is_expired(exp: u64, now: u64) -> bool {
    exp.saturating_add(LEEWAY) <= now
}

/// Turns a pending publisher that matches into a publisher of its project, which is created.
fn use_pending(
    state: &mut State,
    issuer: Issuer,
    claims: &Claims,
    now: u64,
) -> Result<(), Rejection> {
    let Some(pending) = state.take_pending(issuer, claims, now) else {
        return Ok(());
    };
    if state.project(pending.project.normalized()).is_some() {
        return Err(Rejection::new(
            &rules::INVALID_PENDING_PUBLISHER,
            "valid token, but project already exists",
        ));
    }
    state
        .check_new_project(&pending.project)
        .map_err(|refusal| Rejection::new(&rules::INVALID_PAYLOAD, refusal.message))?;
    let owner = pending.user.as_deref();
    state.create_project(&pending.project, owner, now);
    let project = pending.project.as_str();
    let subject = format!("Pending trusted publisher for {project} used");
    state.email(owner, subject);
    state.add_publisher(pending.publisher, &pending.project);
    Ok(())
}

fn registered(
    state: &State,
    issuer: Issuer,
    claims: &Claims,
) -> Result<RegisteredPublisher, Rejection> {
    let publishers = state
        .publishers
        .iter()
        .map(|registered| &registered.publisher);
    let rejection = |description: String| Rejection::new(&rules::INVALID_PUBLISHER, description);
    let no_publisher = "valid token, but no corresponding publisher";
    let position = find_publisher(publishers, issuer, claims)
        .map_err(|reason| rejection(format!("{no_publisher} ({reason})")))?;
    let found = state.publishers.get(position).cloned();
    found.ok_or_else(|| rejection(no_publisher.to_owned()))
}

/// Uses up the id of the token. This happens only after a publisher matched: a token that was rejected before may be used
/// again. A token without an id, such as Google's, may be used until it expires.
fn use_jti(state: &mut State, claims: &Claims, now: u64) -> Result<(), Rejection> {
    let Some(jti) = claims.get("jti").and_then(Value::as_str) else {
        return Ok(());
    };
    let expiry = claims.get("exp").and_then(Value::as_u64).unwrap_or(now);
    if state.use_jti(jti, expiry, |expiry| is_expired(expiry, now)) {
        Ok(())
    } else {
        Err(Rejection::new(
            &rules::INVALID_REUSE_TOKEN,
            "invalid token: already used",
        ))
    }
}

fn record(state: &mut State, found: &RegisteredPublisher, claims: &Claims, now: u64) {
    state.record_exchange(Exchange {
        time: now,
        publisher: found.publisher.to_string(),
        claims: claims.clone(),
    });
    let Scope::Projects(projects) = &found.scope else {
        return;
    };
    for project in projects {
        state.record_event(now, project, ProjectEventKind::TokenMinted);
    }
    let mut projects = projects.iter();
    if let (Some(only), None) = (projects.next(), projects.next())
        && found.publisher.is_unconstrained()
        && claims.contains_key("environment")
    {
        let subject = format!("Trusted publisher of {only} could be constrained to an environment");
        state.email_members(only, &subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_leeway_of_thirty_seconds() {
        let claims = |change: Value| {
            let mut claims = json!({"aud": "pypi", "iat": 1000, "nbf": 1000, "exp": 1300});
            if let (Value::Object(claims), Value::Object(change)) = (&mut claims, change) {
                claims.extend(change);
            }
            serde_json::from_value::<Claims>(claims).expect("an object")
        };
        for (now, current) in [(969, false), (970, true), (1329, true), (1330, false)] {
            assert_eq!(
                is_current(&claims(json!({})), "pypi", now),
                current,
                "at {now}"
            );
        }
        for change in [
            json!({"aud": ["pypi"]}),
            json!({"exp": null}),
            json!({"iat": null}),
            json!({"nbf": 1031}),
        ] {
            assert!(
                !is_current(&claims(change.clone()), "pypi", 1000),
                "{change}"
            );
        }
    }
}
