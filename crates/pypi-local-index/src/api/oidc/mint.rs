//! The exchange of an ID token for an API token, and its end.

use http::StatusCode;
use pypi_metadata::ProjectName;
use serde_json::{Value, json};

use crate::api::oidc::keys::{Claims, Keys, unverified_claims};
use crate::api::pydantic::{Problem, bytes_repr, report};
use crate::api::response::Answer;
use crate::config::issuer::Issuer;
use crate::config::settings::AdminFlag;
use crate::warehouse::journal::{Minted, ProjectEventKind};
use crate::warehouse::permission::refusal_of_new;
use crate::warehouse::publisher;
use crate::warehouse::{Key, Principal, Registered, Scope, State};

/// How far the clocks of issuer and index may be apart, in seconds.
const LEEWAY: u64 = 30;

/// How long an API token lives, in seconds.
const LIFETIME: u64 = 900;

/// How long a pending publisher waits for its first exchange, in seconds.
const PENDING_LIFETIME: u64 = 30 * 86_400;

/// How many exchanges the pages for people can show.
const MAX_MINTED: usize = 20;

struct Refusal {
    code: &'static str,
    description: String,
}

/// Answers `POST /_/oidc/mint-token`.
pub(crate) fn mint(state: &mut State, keys: &Keys, body: &[u8], now: u64) -> Answer {
    match exchange(state, keys, body, now) {
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
        )
        .rule(refusal.code)
        .because(&refusal.description),
    }
}

/// Answers `POST /_/oidc/burn-token`: 202 whatever the body was.
pub(crate) fn burn(state: &mut State, body: &[u8]) -> Answer {
    if let Ok(token) = payload(body) {
        state.burn(&token);
    }
    Answer::bytes(StatusCode::ACCEPTED, "text/plain", "")
}

fn exchange(
    state: &mut State,
    keys: &Keys,
    body: &[u8],
    now: u64,
) -> Result<(String, u64), Refusal> {
    let token = payload(body)
        .map_err(|problem| refuse("invalid-payload", report("TokenPayload", &[problem])))?;
    let malformed = || refuse("invalid-payload", "malformed JWT");
    let claims = unverified_claims(&token).ok_or_else(malformed)?;
    let url = claims
        .get("iss")
        .and_then(Value::as_str)
        .ok_or_else(malformed)?;
    let issuer = Issuer::from_url(url)
        .ok_or_else(|| refuse("invalid-payload", "unknown trusted publishing issuer"))?;
    if state.settings.has(AdminFlag::DisallowOidc) {
        let description = format!(
            "{} trusted publishing functionality not enabled",
            issuer.slug()
        );
        return Err(refuse("not-enabled", description));
    }
    let audience = state.settings.profile.audience();
    let is_signed = keys.of(issuer).is_some_and(|key| key.signed(&token));
    if !is_signed || !is_current(&claims, audience, now) {
        return Err(refuse("invalid-token", "malformed or invalid token"));
    }
    use_pending(state, issuer, &claims, now)?;
    let found = registered(state, issuer, &claims)?;
    claim_jti(state, &claims, now)?;
    note(state, &found, &claims, now);
    let expires = now.saturating_add(LIFETIME);
    let principal = Principal::Publisher {
        publisher: found.publisher,
        scope: found.scope,
        expires,
    };
    let token = state
        .issue(principal)
        .ok_or_else(|| refuse("invalid-token", "no random number could be made"))?;
    Ok((token.reveal().to_owned(), expires))
}

/// The token in `{"token": "…"}`; other keys are ignored.
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

/// Whether the registered claims (RFC 7519, section 4.1) hold, as `pyjwt` 2.13 checks them: `aud` must be one string.
fn is_current(claims: &Claims, audience: &str, now: u64) -> bool {
    let time = |name: &str| claims.get(name).and_then(Value::as_u64);
    let begun = |time: u64| time <= now.saturating_add(LEEWAY);
    let not_over = time("exp").is_some_and(|exp| exp.saturating_add(LEEWAY) > now);
    let issued = time("iat").is_some_and(begun);
    let valid = !claims.contains_key("nbf") || time("nbf").is_some_and(begun);
    not_over && issued && valid && claims.get("aud").is_some_and(|aud| aud == audience)
}

/// A pending publisher that matches becomes a publisher of its project, which is created.
fn use_pending(
    state: &mut State,
    issuer: Issuer,
    claims: &Claims,
    now: u64,
) -> Result<(), Refusal> {
    drop_old_pending(state, now);
    let pending = state.pending.iter().map(|pending| &pending.publisher);
    let Ok(found) = publisher::find(pending, issuer, claims) else {
        return Ok(());
    };
    let pending = state.pending.remove(found);
    state.storage.touch(Key::Rest);
    if state.project(pending.project.normalized()).is_some() {
        let description = "valid token, but project already exists";
        return Err(refuse("invalid-pending-publisher", description));
    }
    if let Some(refusal) = refusal_of_new(state, &pending.project) {
        return Err(refuse("invalid-payload", refusal.reason()));
    }
    let owner = pending.user.as_deref();
    state.create_project(&pending.project, owner, now);
    let subject = format!(
        "Pending trusted publisher for {} used",
        pending.project.as_str()
    );
    state.email(owner, subject);
    state.add_publisher(pending.publisher, &pending.project);
    Ok(())
}

fn drop_old_pending(state: &mut State, now: u64) {
    let is_old = |registered: u64| now.saturating_sub(registered) > PENDING_LIFETIME;
    let old: Vec<(Option<String>, ProjectName)> = state
        .pending
        .iter()
        .filter(|pending| is_old(pending.registered))
        .map(|pending| (pending.user.clone(), pending.project.clone()))
        .collect();
    state.pending.retain(|pending| !is_old(pending.registered));
    for (user, project) in old {
        let subject = format!("Pending trusted publisher for {} expired", project.as_str());
        state.email(user.as_deref(), subject);
    }
}

fn registered(state: &State, issuer: Issuer, claims: &Claims) -> Result<Registered, Refusal> {
    let publishers = state
        .publishers
        .iter()
        .map(|registered| &registered.publisher);
    let found = publisher::find(publishers, issuer, claims).map_err(|reason| {
        let description = format!("valid token, but no corresponding publisher ({reason})");
        refuse("invalid-publisher", description)
    })?;
    let found = state.publishers.get(found).cloned();
    found.ok_or_else(|| {
        refuse(
            "invalid-publisher",
            "valid token, but no corresponding publisher",
        )
    })
}

/// The token's number is spent only now that a publisher matched: a token refused before may be used again. A token
/// without a number, as Google's, may be used until it ends.
fn claim_jti(state: &mut State, claims: &Claims, now: u64) -> Result<(), Refusal> {
    let Some(jti) = claims.get("jti").and_then(Value::as_str) else {
        return Ok(());
    };
    let end = claims.get("exp").and_then(Value::as_u64).unwrap_or(now);
    state
        .spent
        .retain(|_, end| end.saturating_add(LEEWAY) > now);
    state.storage.touch(Key::Rest);
    match state.spent.insert(jti.to_owned(), end) {
        None => Ok(()),
        Some(_) => Err(refuse("invalid-reuse-token", "invalid token: already used")),
    }
}

fn note(state: &mut State, found: &Registered, claims: &Claims, now: u64) {
    if state.minted.len() >= MAX_MINTED {
        state.minted.pop_front();
    }
    state.minted.push_back(Minted {
        time: now,
        publisher: found.publisher.to_string(),
        claims: claims.clone(),
    });
    let Scope::Projects(projects) = &found.scope else {
        return;
    };
    for project in projects {
        state.note(now, project, ProjectEventKind::TokenMinted);
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
