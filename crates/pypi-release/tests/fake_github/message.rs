//! Requests and replies as values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::state::TOKEN;

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The decoded parts of the path.
    pub(crate) segments: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    /// By their lower-case names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// How a request ends.
pub(crate) enum Outcome {
    Reply(Response),
    /// The connection breaks.
    Lost,
    /// Nothing happens for ever.
    Hang,
}

impl Request {
    pub(crate) fn path(&self) -> String {
        format!("/{}", self.segments.join("/"))
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn has_token(&self) -> bool {
        self.headers
            .get("authorization")
            .is_some_and(|value| value == &format!("Bearer {TOKEN}"))
    }
}

impl Response {
    pub(super) fn new(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body: if status == 204 {
                Vec::new()
            } else {
                body.to_string().into_bytes()
            },
        }
    }

    pub(super) fn message(status: u16, message: &str) -> Self {
        let page = "https://docs.github.com/rest";
        Self::new(
            status,
            &json!({ "message": message, "documentation_url": page, "status": status.to_string() }),
        )
    }

    pub(super) fn invalid(resource: &str, code: &str, field: &str, message: &str) -> Self {
        let mut error = json!({ "resource": resource, "code": code, "field": field });
        if !message.is_empty() {
            error["message"] = message.into();
        }
        Self::new(
            422,
            &json!({ "message": "Validation Failed", "errors": [error], "documentation_url": "https://docs.github.com/rest" }),
        )
    }

    pub(super) fn not_found() -> Self {
        Self::message(404, "Not Found")
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}
