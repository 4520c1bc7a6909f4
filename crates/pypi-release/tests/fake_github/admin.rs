//! `/_fake/…`: how tests in other languages set up the fake and look at it.

use serde_json::{Value, json};

use super::{
    fault::Fault,
    message::{Request, Response},
    state::State,
};

/// - `GET /_fake/state`: the releases, drafts included, the tags and the requests.
/// - `POST /_fake/settings` `{"immutable": true, "lag": 1, "token": …}`
/// - `POST /_fake/tags` `{"v1.0.0": "<commit>"}`
/// - `POST /_fake/faults` a fault.
/// - `POST /_fake/runs` a workflow run.
pub(super) fn respond(state: &mut State, request: &Request) -> Response {
    let body = request.json();
    match (request.method.as_str(), request.path().as_str()) {
        ("GET", "/_fake/state") => return Response::new(200, &state.json()),
        ("POST", "/_fake/settings") => {
            state.immutable = body["immutable"].as_bool().unwrap_or(state.immutable);
            state.lag = body["lag"].as_u64().map_or(state.lag, |lag| lag as u32);
        }
        ("POST", "/_fake/tags") => {
            for (tag, commit) in body.as_object().into_iter().flatten() {
                let commit = commit.as_str().unwrap_or_default();
                state.tags.insert(tag.clone(), commit.to_owned());
            }
        }
        ("POST", "/_fake/faults") => state.faults.push(Fault::parse(&body)),
        ("POST", "/_fake/runs") => state.add_run(&body),
        _ => return Response::new(404, &json!({ "message": "Not Found" })),
    }
    Response::new(204, &Value::Null)
}
