//! The header, the times and the audience of a token.

use serde_json::Value;

use super::{REQUEST_ANOTHER, absent};
use crate::{
    claims::{
        Claims,
        problem::{ClaimProblem, ClaimProblemKind as Kind},
    },
    shown::quoted,
};

pub(super) fn key_id(claims: &Claims) -> Option<ClaimProblem> {
    let key_id = claims.header("kid");
    if key_id.is_some_and(|key_id| !key_id.is_empty()) {
        return None;
    }
    Some(ClaimProblem::fatal(
        Kind::KeyId,
        "the ID token does not name its signing key: its header has no `kid`",
        REQUEST_ANOTHER,
    ))
}

/// PyPI allows no other algorithm, and `none` and the HMACs would let anybody sign.
pub(super) fn algorithm(claims: &Claims) -> Option<ClaimProblem> {
    let found = claims.header("alg");
    if found == Some("RS256") {
        return None;
    }
    let found = found.map_or_else(|| "no algorithm".to_owned(), quoted);
    Some(ClaimProblem::fatal(
        Kind::Algorithm,
        format!("the ID token is signed with {found}, expected RS256"),
        REQUEST_ANOTHER,
    ))
}

/// How much PyPI's clock and that of the issuer may differ, in seconds: `_JWT_LEEWAY` in `warehouse/oidc/services.py`,
/// 2026-08-21.
const LEEWAY: i64 = 30;

pub(super) fn time(claims: &Claims, name: &str, now: Option<u64>) -> Option<ClaimProblem> {
    let value = claims.get(name).filter(|value| !value.is_null());
    let Some(value) = value else {
        // A token without `nbf` is valid from the start.
        return (name != "nbf").then(|| absent(name, REQUEST_ANOTHER));
    };
    let Some(time) = seconds(value) else {
        let message = format!("the claim `{name}` of the ID token is not a time in seconds");
        return Some(ClaimProblem::fatal(
            Kind::InvalidClaim,
            message,
            REQUEST_ANOTHER,
        ));
    };
    let now = i64::try_from(now?).unwrap_or(i64::MAX);
    let ahead = time.saturating_sub(now);
    match name {
        "exp" if ahead <= -LEEWAY => Some(ClaimProblem::fatal(
            Kind::Expired,
            format!("the ID token expired {} s ago", ahead.unsigned_abs()),
            "request a new ID token right before the exchange; where a job has only one, as in GitLab, run the job again",
        )),
        "iat" | "nbf" if ahead > LEEWAY => Some(ClaimProblem::fatal(
            Kind::NotYetValid,
            match name {
                "iat" => format!("the ID token was issued {ahead} s in the future"),
                _ => format!("the ID token is not valid for another {ahead} s"),
            },
            "compare the clock of this machine with that of the CI provider, and wait until the token is valid",
        )),
        _ => None,
    }
}

/// Whole seconds, as PyPI's reader makes them: of an integer, a fraction, or an integer in a string.
fn seconds(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let seconds = number.as_f64()?;
            // The cast saturates.
            Some(seconds as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn audience(claims: &Claims, expected: Option<&str>) -> Option<ClaimProblem> {
    let remedy = match expected {
        Some(expected) => format!(
            "request an ID token for the single audience {}",
            quoted(expected)
        ),
        None => "request an ID token for the single audience that the index announces".to_owned(),
    };
    let message = match (claims.get("aud"), expected) {
        (None | Some(Value::Null), _) => return Some(absent("aud", remedy)),
        (Some(Value::String(found)), Some(expected)) => {
            if found == expected {
                return None;
            }
            format!(
                "the ID token is for audience {}, but the index expects {}",
                quoted(found),
                quoted(expected)
            )
        }
        (Some(Value::String(_)), None) => return None,
        (Some(Value::Array(_)), _) => {
            "the audience of the ID token is a list: PyPI accepts only a string, even if the list has one item".to_owned()
        }
        (Some(_), _) => "the audience of the ID token is not a string".to_owned(),
    };
    Some(ClaimProblem::fatal(Kind::Audience, message, remedy))
}
