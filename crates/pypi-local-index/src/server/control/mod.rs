//! Control of a running index over HTTP, for tests in any language: what `LocalIndex` offers to Rust.
//!
//! It needs the secret that is printed at the start, and a loopback host. It has no faults, and is not in the request log.

mod secret;
mod show;

use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Application;
use crate::config::{AdminFlag, Change, Fault, Identity};

pub(super) use secret::Control;

/// The beginning of the paths.
pub(crate) const CONTROL: &str = "/_/local/";

/// The largest body in bytes.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// A response of the control, or the reason why there is none.
type Answer = Result<Value, (StatusCode, String)>;

/// The clock moves ahead.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// In seconds.
    advance: u64,
}

/// An ID token that is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    job: Identity,
    audience: String,
}

impl Application {
    /// Handles a request below [`CONTROL`]. `is_loopback` says whether its host is.
    pub(super) fn respond_to_control(
        &self,
        request: &Parts,
        body: &Bytes,
        is_loopback: bool,
    ) -> (StatusCode, Value) {
        let answer = match (is_loopback, self.control.allows(bearer(&request.headers))) {
            (false, _) => Err((
                StatusCode::FORBIDDEN,
                "the control is for loopback: use 127.0.0.1 or localhost".to_owned(),
            )),
            (true, false) => Err((
                StatusCode::UNAUTHORIZED,
                "send `Authorization: Bearer SECRET` with the secret that the index printed"
                    .to_owned(),
            )),
            (true, true) => self.command(request, body),
        };
        match answer {
            Ok(value) => (StatusCode::OK, value),
            Err((status, message)) => (status, json!({"error": message})),
        }
    }

    fn command(&self, request: &Parts, body: &Bytes) -> Answer {
        let path = request.uri.path();
        let path = path.strip_prefix(CONTROL).unwrap_or(path);
        match (path, &request.method) {
            ("changes", &Method::POST) => self.apply(&read::<Change>(body)?, None),
            ("clock", &Method::GET) => {}
            ("clock", &Method::POST) => {
                let Advance { advance } = read(body)?;
                self.clock().advance(Duration::from_secs(advance));
            }
            ("events", &Method::GET) => return Ok(self.shown_events()),
            ("faults", &Method::POST) => {
                for fault in read_faults(body)? {
                    self.add_fault(fault);
                }
            }
            ("faults", &Method::DELETE) => self.clear_faults(),
            ("files", &Method::GET) => return Ok(self.shown_files()),
            ("flags", &Method::GET) => {}
            ("flags", &Method::POST) => self.set_flags(read(body)?)?,
            ("id-token", &Method::POST) => {
                let Wanted { job, audience } = read(body)?;
                let token = self.signer().id_token(&job, &audience);
                let token = token.as_ref().map(pypi_http::Secret::reveal);
                return Ok(json!({"token": token}));
            }
            ("job", &Method::POST) => {
                let variables = self.environment_of(read(body)?).into_iter();
                let variables = variables.map(|(name, value)| (name, Value::String(value)));
                let variables: Map<String, Value> = variables.collect();
                return Ok(json!({"environment": variables}));
            }
            ("requests", &Method::GET) => return Ok(self.shown_requests()),
            ("requests", &Method::DELETE) => self.clear_requests(),
            ("reset", &Method::POST) => self.reset(),
            (path, method) => {
                let message = format!("the control has no {method} {CONTROL}{path}");
                return Err((StatusCode::NOT_FOUND, message));
            }
        }
        Ok(self.overview())
    }

    fn set_flags(&self, flags: Map<String, Value>) -> Result<(), (StatusCode, String)> {
        let mut changes = Vec::new();
        for (name, value) in flags {
            let flag: Option<AdminFlag> = serde_json::from_value(name.as_str().into()).ok();
            let (Some(flag), Value::Bool(is_set)) = (flag, value) else {
                let message = format!("{name:?} is not a flag with a boolean");
                return Err((StatusCode::BAD_REQUEST, message));
            };
            changes.push((flag, is_set));
        }
        self.control(|state, _| {
            for (flag, is_set) in changes {
                state.settings.set(flag, is_set);
            }
        });
        Ok(())
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION);
    let value = value.map(HeaderValue::to_str)?.ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

/// A fault, or a list of faults.
fn read_faults(body: &[u8]) -> Result<Vec<Fault>, (StatusCode, String)> {
    match body.trim_ascii_start().first() {
        Some(b'[') => read(body),
        _ => Ok(vec![read(body)?]),
    }
}
