//! The exchange of an ID token for an API token, and the revocation of the API token.

use http::StatusCode;
use pypi_metadata::{Rule, rules};
use serde_json::{Value, json};

use super::jwt::{Jwt, LEEWAY, is_current, seconds};
use super::keys::Keys;
use crate::api::pydantic::{Problem, report};
use crate::api::response::Response;
use crate::config::{AdminFlag, Claims, Issuer, Settings};
use crate::python::Json;
use crate::warehouse::{
    Exchange, Granted, Mismatch, ProjectEventKind, RegisteredPublisher, Rejected, Scope, State,
    Token, find_publisher, fingerprint,
};

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
    let result = exchange(state, keys, body, now);
    remember(state, body, &result, now);
    match result {
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
    publisher: RegisteredPublisher,
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
    let jwt = Jwt::read(&token).ok_or_else(malformed)?;
    let url = jwt.claims.get("iss").ok_or_else(malformed)?;
    let issuer = url.as_str().and_then(Issuer::from_url);
    let issuer =
        issuer.ok_or_else(|| invalid_payload("unknown trusted publishing issuer".to_owned()))?;
    if state.settings.has(AdminFlag::DisallowOidc) {
        let slug = issuer.slug();
        let description = format!("{slug} trusted publishing functionality not enabled");
        return Err(Rejection::new(&rules::NOT_ENABLED, description));
    }
    let claims = verified(keys, jwt, issuer, state.settings.profile.audience(), now)?;
    let found = publisher(state, issuer, &claims, now)?;
    use_jti(state, issuer, &claims, now);
    if !state.settings.has(AdminFlag::ReadOnly) {
        record(state, &found, &claims, now);
    }
    let expires = now.saturating_add(LIFETIME);
    let token = state.issue_to_publisher(found.publisher.clone(), &found.scope, now, expires);
    let token = token.ok_or_else(|| {
        Rejection::new(
            &rules::INVALID_TOKEN,
            "the system provides no random numbers",
        )
    })?;
    if state.settings.has(AdminFlag::ReadOnly) {
        state.revoke(&token);
    }
    Ok(Minted {
        token: token.reveal().to_owned(),
        expires,
        publisher: found,
    })
}

/// The token in `{"token": "…"}`. Other keys are ignored.
fn payload(body: &[u8]) -> Result<String, Problem> {
    let value = Json::parse(body).map_err(|message| Problem::json(&message, body.into()))?;
    let Json::Object(_) = value else {
        return Err(Problem::new(
            "",
            "Input should be an object",
            "model_type",
            &value,
        ));
    };
    match value.get("token") {
        Some(Json::Text(token)) => Ok(token.clone()),
        Some(other) => Err(Problem::new(
            "token",
            "Input should be a valid string",
            "string_type",
            other,
        )),
        None => Err(Problem::missing("", "token", &value)),
    }
}

fn verified(
    keys: &Keys,
    jwt: Jwt<'_>,
    issuer: Issuer,
    audience: &str,
    now: u64,
) -> Result<Claims, Rejection> {
    let claims = keys.of(issuer).and_then(|key| jwt.verified_by(key));
    claims
        .filter(|claims| is_current(claims, issuer.url(), audience, now))
        .ok_or_else(|| Rejection::new(&rules::INVALID_TOKEN, "malformed or invalid token"))
}

/// The publisher that the token belongs to. A pending one is turned into a publisher of its project, which is created.
fn publisher(
    state: &mut State,
    issuer: Issuer,
    claims: &Claims,
    now: u64,
) -> Result<RegisteredPublisher, Rejection> {
    let used = text(claims, "jti").filter(|jti| state.is_used_jti(issuer, jti));
    let used = used.map(str::to_owned);
    let token = Token {
        issuer,
        claims,
        is_used: &|jti| used.as_deref() == Some(jti),
    };
    let mut publishers = state.publishers.clone();
    match state.find_pending(&token, now) {
        Ok(position) => publishers = use_pending(state, position, now)?,
        // Warehouse crashes.
        Err(Mismatch::Reused) => return Err(reused()),
        Err(Mismatch::Claims(_)) => {}
    }
    let known = publishers.iter().map(|known| &known.publisher);
    let position = find_publisher(known, &token).map_err(|mismatch| match mismatch {
        Mismatch::Claims(text) => {
            let description = format!("valid token, but no corresponding publisher ({text})");
            Rejection::new(&rules::INVALID_PUBLISHER, description)
        }
        Mismatch::Reused => reused(),
    })?;
    // GitHub and GitLab have checked the id before.
    if used.is_some() {
        return Err(reused());
    }
    Ok(publishers.swap_remove(position))
}

fn reused() -> Rejection {
    Rejection::new(&rules::INVALID_REUSE_TOKEN, "invalid token: already used")
}

/// Turns the pending publisher at `position` into a publisher of its project, which is created. Returns all publishers. If
/// the index is read-only, the change ends with the request.
fn use_pending(
    state: &mut State,
    position: usize,
    now: u64,
) -> Result<Vec<RegisteredPublisher>, Rejection> {
    let is_read_only = state.settings.has(AdminFlag::ReadOnly);
    let project = state
        .pending
        .get(position)
        .map(|pending| pending.project.clone());
    let Some(project) = project else {
        return Ok(state.publishers.clone());
    };
    if state.project(project.normalized()).is_some() {
        if !is_read_only {
            state.remove_pending(position);
        }
        return Err(Rejection::new(
            &rules::INVALID_PENDING_PUBLISHER,
            "valid token, but project already exists",
        ));
    }
    state
        .check_new_project(&project)
        .map_err(|refusal| Rejection::new(&rules::INVALID_PAYLOAD, refusal.message))?;
    let before = is_read_only.then(|| (state.publishers.clone(), state.pending.clone()));
    let pending = state.remove_pending(position);
    state.add_publisher(pending.publisher, &project);
    let publishers = state.publishers.clone();
    if let Some(before) = before {
        (state.publishers, state.pending) = before;
        return Ok(publishers);
    }
    let owner = pending.user.as_deref();
    state.create_project(&project, owner, now);
    let subject = format!("Pending trusted publisher for {project} used");
    state.email(owner, subject);
    Ok(publishers)
}

/// Uses up the id of the token. This happens only after a publisher matched: a token that was rejected before may be used
/// again. A token without an id, such as Google's, may be used until it expires.
fn use_jti(state: &mut State, issuer: Issuer, claims: &Claims, now: u64) {
    let expiry = claims.get("exp").and_then(seconds).unwrap_or_default() + LEEWAY;
    // As much as a token can outlive its expiry, and a margin.
    let expiry = u64::try_from(expiry + 5).unwrap_or(u64::MAX);
    if let Some(jti) = text(claims, "jti").filter(|jti| !jti.is_empty()) {
        state.use_jti(issuer, jti, expiry, now);
    }
}

/// Remembers an exchange for the web UI, if a token was sent.
fn remember(state: &mut State, body: &[u8], result: &Result<Minted, Rejection>, now: u64) {
    let Ok(token) = payload(body) else {
        return;
    };
    let claims = Jwt::read(&token).map(|jwt| jwt.claims).unwrap_or_default();
    let outcome = match result {
        Ok(minted) => Ok(Granted {
            token: fingerprint(&minted.token),
            publisher: minted.publisher.clone(),
            expires: minted.expires,
        }),
        Err(rejection) => Err(Rejected {
            rule: rejection.code,
            description: rejection.description.clone(),
            nearest: state.nearest_publisher(&claims),
        }),
    };
    state.record_exchange(Exchange {
        time: now,
        id_token: fingerprint(&token),
        claims,
        outcome,
    });
}

fn record(state: &mut State, found: &RegisteredPublisher, claims: &Claims, now: u64) {
    let Scope::Projects(projects) = &found.scope else {
        return;
    };
    for project in projects {
        state.record_event(now, project, ProjectEventKind::TokenMinted);
    }
    let mut projects = projects.iter();
    if let (Some(only), None) = (projects.next(), projects.next())
        && found.publisher.is_unconstrained()
        && !matches!(claims.get("environment"), None | Some(Value::Null))
        && text(claims, "environment") != Some("")
    {
        let subject = format!("Trusted publisher of {only} could be constrained to an environment");
        state.email_members(only, &subject);
    }
}

/// The text of a claim.
fn text<'c>(claims: &'c Claims, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}
