//! The caveats that Warehouse knows.

use std::fmt;

use pypi_metadata::{ProjectName, python_repr};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::python::formatted;
use crate::warehouse::id::project_id;

/// A caveat that the index gives to its tokens.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Caveat {
    /// Times in seconds since 1970.
    Expiration {
        expires_at: u64,
        not_before: u64,
    },
    /// The id of a trusted publisher.
    OidcPublisher(String),
    ProjectId(Vec<String>),
    /// Normalized names.
    ProjectName(Vec<String>),
    /// The id of an account.
    RequestUser(String),
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match self {
            Self::Expiration {
                expires_at,
                not_before,
            } => json!([0, expires_at, not_before]),
            Self::ProjectName(names) => json!([1, names]),
            Self::ProjectId(ids) => json!([2, ids]),
            Self::RequestUser(id) => json!([3, id]),
            // The claims of the ID token were here once.
            Self::OidcPublisher(id) => json!([4, id, null]),
        };
        value.fmt(f)
    }
}

/// The request that a token is used for.
pub(crate) struct Context<'c> {
    /// The project of an upload, as messages spell it. A request to read, where that needs a token, has none: PyPI knows no
    /// such request.
    pub(crate) project: Option<&'c ProjectName>,
    /// The id of the account that uploads, if it is one.
    pub(crate) user: Option<&'c str>,
    /// The id of the trusted publisher that uploads, if it is one.
    pub(crate) publisher: Option<&'c str>,
    /// Whether the project is one of the publisher's.
    pub(crate) is_of_publisher: bool,
    /// In seconds since 1970.
    pub(crate) now: u64,
    /// Whether a test has made the token expire early.
    pub(crate) is_expired: bool,
}

type Verdict = Result<(), String>;

/// Verifies the caveat that `bytes` are. `None` if Warehouse's verifier crashes.
pub(super) fn verify(bytes: &[u8], context: &Context<'_>) -> Option<Verdict> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let adapted = match &value {
        Value::Object(members) => adapt(members, context)?,
        _ => value,
    };
    let Value::Array(parts) = adapted else {
        return Some(Err("caveat must be an array".to_owned()));
    };
    let Some((tag, fields)) = parts.split_first() else {
        return Some(Err("caveat array cannot be empty".to_owned()));
    };
    let number = match tag {
        Value::Array(_) | Value::Object(_) => return None,
        Value::Bool(tag) => Some(f64::from(u8::from(*tag))),
        tag => tag.as_f64(),
    };
    Some(match number {
        Some(0.0) => expiration(fields, context),
        Some(1.0) => project_names(fields, context),
        Some(2.0) => project_ids(fields, context),
        Some(3.0) => request_user(fields, context),
        Some(4.0) => publisher(fields, context),
        _ => Err(format!("caveat has unknown tag: {}", formatted(tag))),
    })
}

/// A caveat of an older format in today's. `None` if Warehouse crashes.
fn adapt(members: &Map<String, Value>, context: &Context<'_>) -> Option<Value> {
    let member = |name: &str| members.get(name).cloned();
    if members.get("version").and_then(Value::as_f64) == Some(1.0) {
        return Some(match members.get("permissions") {
            Some(Value::String(text)) if text == "user" => match context.user {
                Some(user) => json!([3, user]),
                None => Value::Null,
            },
            Some(Value::Object(permissions)) => match permissions.get("projects") {
                Some(projects) => json!([1, projects]),
                None => Value::Null,
            },
            _ => Value::Null,
        });
    }
    Some(
        match (member("exp"), member("nbf"), member("project_ids")) {
            (Some(exp), Some(nbf), _) => json!([0, exp, nbf]),
            (_, _, Some(ids)) => json!([2, ids]),
            _ => Value::Null,
        },
    )
}

fn expiration(fields: &[Value], context: &Context<'_>) -> Verdict {
    let [expires_at, not_before, ..] = fields else {
        return too_few();
    };
    let time = |value: &Value| value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX));
    let (Some(expires_at), Some(not_before)) = (time(expires_at), time(not_before)) else {
        return invalid();
    };
    let now = i64::try_from(context.now).unwrap_or(i64::MAX);
    if now < not_before || now >= expires_at || context.is_expired {
        return Err("token is expired".to_owned());
    }
    Ok(())
}

fn project_names(fields: &[Value], context: &Context<'_>) -> Verdict {
    one_of(fields, str::to_owned, context)
}

fn project_ids(fields: &[Value], context: &Context<'_>) -> Verdict {
    one_of(fields, project_id, context)
}

/// Checks that the first field is a list of texts, and that one of them is that of the project's normalized name.
fn one_of(fields: &[Value], own: fn(&str) -> String, context: &Context<'_>) -> Verdict {
    let Some(field) = fields.first() else {
        return too_few();
    };
    let Some(items) = field
        .as_array()
        .filter(|items| items.iter().all(Value::is_string))
    else {
        return invalid();
    };
    let Some(project) = context.project else {
        return Ok(());
    };
    let own = own(project.normalized());
    if items.iter().any(|item| *item == own) {
        return Ok(());
    }
    let quoted = python_repr(project.as_str());
    Err(format!(
        "project-scoped token is not valid for project: {quoted}"
    ))
}

fn request_user(fields: &[Value], context: &Context<'_>) -> Verdict {
    let Some(field) = fields.first() else {
        return too_few();
    };
    let Some(id) = field.as_str() else {
        return invalid();
    };
    match context.user {
        None => Err("token with user restriction without a user".to_owned()),
        Some(user) if user == id => Ok(()),
        Some(_) => Err("current user does not match user restriction in token".to_owned()),
    }
}

fn publisher(fields: &[Value], context: &Context<'_>) -> Verdict {
    let Some(field) = fields.first() else {
        return too_few();
    };
    let are_claims = matches!(fields.get(1), None | Some(Value::Null | Value::Object(_)));
    let Some(id) = field.as_str().filter(|_| are_claims) else {
        return invalid();
    };
    match context.publisher {
        None => Err("OIDC scoped token used outside of an OIDC identified request".to_owned()),
        Some(publisher) if publisher != id => {
            Err("current OIDC publisher does not match publisher restriction in token".to_owned())
        }
        Some(_) if context.is_of_publisher => Ok(()),
        Some(_) => Err(format!(
            "OIDC scoped token is not valid for project '{}'",
            context.project.map_or("", ProjectName::as_str)
        )),
    }
}

fn too_few() -> Verdict {
    Err("Not enough values".to_owned())
}

fn invalid() -> Verdict {
    Err("invalid values for fields".to_owned())
}
