//! What is replied to a request.

use serde_json::{Value, json};

use super::{
    admin,
    assets::{delete_asset, renamed, upload},
    fault::{self, Kind},
    message::{Outcome, Request, Response},
    state::{State, sha256},
};

pub(crate) fn respond(state: &mut State, request: &Request) -> Outcome {
    if request
        .segments
        .first()
        .is_some_and(|first| first == "_fake")
    {
        return Outcome::Reply(admin::respond(state, request));
    }
    state
        .log
        .push(format!("{} {}", request.method, request.path()));
    let mut faults = std::mem::take(&mut state.faults);
    let fault = fault::of(&mut faults, request);
    state.faults = faults;
    let Some(fault) = fault else {
        return Outcome::Reply(answer(state, request));
    };
    match fault.kind {
        Kind::Unauthorized => Outcome::Reply(Response::message(401, "Bad credentials")),
        Kind::Forbidden => Outcome::Reply(
            Response::message(403, "Resource not accessible by integration").with(
                "x-accepted-github-permissions",
                "contents=write; contents=write,workflows=write",
            ),
        ),
        Kind::RateLimit(seconds) => Outcome::Reply(
            Response::message(403, "API rate limit exceeded for installation.")
                .with("retry-after", seconds),
        ),
        Kind::SecondaryLimit => Outcome::Reply(Response::message(
            403,
            "You have exceeded a secondary rate limit.",
        )),
        Kind::Corrupt => {
            let mut other = request.clone();
            other.body[0] ^= 1;
            Outcome::Reply(answer(state, &other))
        }
        Kind::NoDigest => {
            let reply = answer(state, request);
            let asset = state
                .releases
                .iter_mut()
                .flat_map(|release| &mut release.assets)
                .last();
            asset.expect("the fault is for uploads").sha256 = None;
            Outcome::Reply(reply)
        }
        Kind::BadGateway | Kind::Hang | Kind::Lost => {
            if fault.done {
                answer(state, request);
            } else if let ["repos", "o", "r", "releases", id, "assets"] = parts(request)[..]
                && request.method == "POST"
            {
                let id = id.parse().expect("a number");
                let name = request.query["name"].clone();
                state.add_asset(id, &renamed(&name), None);
            }
            match fault.kind {
                Kind::Hang => Outcome::Hang,
                Kind::Lost => Outcome::Lost,
                _ => Outcome::Reply(Response {
                    status: 502,
                    headers: vec![("content-type", "text/html".to_owned())],
                    body: b"<html><title>Unicorn!</title></html>".to_vec(),
                }),
            }
        }
    }
}

fn parts(request: &Request) -> Vec<&str> {
    request.segments.iter().map(String::as_str).collect()
}

fn answer(state: &mut State, request: &Request) -> Response {
    if !request.headers.contains_key("user-agent") {
        return Response::message(403, "Request forbidden by administrative rules.");
    }
    let version = request.headers.get("x-github-api-version");
    if version.is_some_and(|version| version != "2022-11-28") {
        return Response::message(400, "Bad API version");
    }
    if request.headers.contains_key("authorization") && !request.has_token() {
        return Response::message(401, "Bad credentials");
    }
    if request.method != "GET" && !request.has_token() {
        return Response::not_found();
    }
    let parts = parts(request);
    let ["repos", "o", "r", rest @ ..] = &parts[..] else {
        return Response::not_found();
    };
    match (request.method.as_str(), rest) {
        ("GET", ["releases"]) => list(state, request),
        ("POST", ["releases"]) => create(state, &request.json()),
        ("GET", ["releases", "tags", tag]) => {
            let found = state
                .releases
                .iter()
                .find(|release| !release.draft && release.tag == *tag);
            found.map_or_else(Response::not_found, |release| {
                Response::new(200, &release.json(&state.url))
            })
        }
        ("DELETE", ["releases", "assets", id]) => delete_asset(state, id),
        ("GET" | "PATCH", ["releases", id]) => {
            let url = state.url.clone();
            let Some(id) = id.parse().ok().filter(|id| state.release(*id).is_some()) else {
                return Response::not_found();
            };
            if request.method == "PATCH" {
                return update(state, id, &request.json());
            }
            state
                .release(id)
                .map_or_else(Response::not_found, |release| {
                    Response::new(200, &release.json(&url))
                })
        }
        ("GET", ["releases", id, "assets"]) => {
            let url = state.url.clone();
            let Some(release) = id.parse().ok().and_then(|id| state.release(id)) else {
                return Response::not_found();
            };
            let place = release.place();
            let assets = release
                .assets
                .iter()
                .map(|asset| asset.json(&url, &place))
                .collect();
            page(request, assets)
        }
        ("POST", ["releases", id, "assets"]) => upload(state, request, id),
        ("GET", ["git", "ref", "tags", tag @ ..]) => reference(state, &tag.join("/")),
        ("GET", ["git", "tags", object]) => {
            let found = state
                .tags
                .iter()
                .find(|(name, _)| object_of(name) == *object);
            found.map_or_else(Response::not_found, |(name, commit)| {
                Response::new(200, &json!({ "tag": name, "sha": object, "object": { "type": "commit", "sha": commit } }))
            })
        }
        ("GET", ["actions", "workflows", workflow, "runs"]) => {
            let mut runs = state.runs_of(workflow);
            for name in ["head_sha", "event"] {
                // An empty value is ignored.
                if let Some(value) = request.query.get(name).filter(|value| !value.is_empty()) {
                    runs.retain(|run| run[name].as_str() == Some(value));
                }
            }
            Response::new(
                200,
                &json!({ "total_count": runs.len(), "workflow_runs": runs }),
            )
        }
        ("GET", ["actions", "runs", id]) => {
            let run = id.parse().ok().and_then(|id| state.run_of(id));
            run.map_or_else(Response::not_found, |run| Response::new(200, &run))
        }
        _ => Response::not_found(),
    }
}

fn list(state: &mut State, request: &Request) -> Response {
    let url = state.url.clone();
    let mut listed = Vec::new();
    for release in state.releases.iter_mut().rev() {
        if release.lag > 0 {
            release.lag -= 1;
        } else if !release.draft || request.has_token() {
            listed.push(release.json(&url));
        }
    }
    page(request, listed)
}

fn page(request: &Request, items: Vec<Value>) -> Response {
    let number = |name: &str, default: usize| {
        request
            .query
            .get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    };
    let size = number("per_page", 30).min(100);
    let first = (number("page", 1) - 1) * size;
    let items: Vec<Value> = items.into_iter().skip(first).take(size).collect();
    Response::new(200, &items.into())
}

fn create(state: &mut State, body: &Value) -> Response {
    if body.get("target_commitish").is_some() {
        return Response::message(403, "Resource not accessible by integration");
    }
    let tag = body["tag_name"].as_str().unwrap_or_default().to_owned();
    if state
        .releases
        .iter()
        .any(|release| !release.draft && release.tag == tag)
    {
        return Response::invalid("Release", "already_exists", "tag_name", "");
    }
    let id = state.add(&tag, true, "");
    let mut body = body.clone();
    body["draft"] = body["draft"].as_bool().unwrap_or(false).into();
    let response = update(state, id, &body);
    if response.status >= 400 {
        state.releases.retain(|release| release.id != id);
        return response;
    }
    Response {
        status: 201,
        ..response
    }
}

fn update(state: &mut State, id: u64, change: &Value) -> Response {
    let url = state.url.clone();
    let (immutable, used) = (state.immutable, state.used_tags.clone());
    let others: Vec<String> = state
        .releases
        .iter()
        .filter(|release| !release.draft && release.id != id)
        .map(|release| release.tag.clone())
        .collect();
    let release = state.release(id).expect("a release");
    let text = |name: &str, old: &str| change[name].as_str().unwrap_or(old).to_owned();
    let draft = change["draft"].as_bool().unwrap_or(release.draft);
    let tag = text("tag_name", &release.tag);
    if release.immutable && (draft || tag != release.tag) {
        return Response::message(422, "Cannot change an immutable release.");
    }
    if text("body", &release.body).chars().count() > 125_000 {
        return Response::invalid(
            "Release",
            "custom",
            "body",
            "body is too long (maximum is 125000 characters)",
        );
    }
    if release.draft && !draft {
        if others.contains(&tag) {
            return Response::invalid("Release", "already_exists", "tag_name", "");
        }
        if used.contains(&tag) {
            return Response::invalid(
                "Release",
                "custom",
                "tag_name",
                "tag_name was used by an immutable release",
            );
        }
        release.immutable = immutable;
    }
    release.name = text("name", &release.name);
    release.body = text("body", &release.body);
    release.prerelease = change["prerelease"].as_bool().unwrap_or(release.prerelease);
    release.make_latest = text("make_latest", &release.make_latest);
    release.draft = draft;
    release.tag = tag.clone();
    let reply = Response::new(200, &release.json(&url));
    if !draft {
        if immutable {
            state.used_tags.insert(tag.clone());
        }
        // GitHub makes the missing tag at the default branch.
        state.tags.entry(tag).or_insert_with(|| "f".repeat(40));
    }
    reply
}

fn reference(state: &State, tag: &str) -> Response {
    let Some(commit) = state.tags.get(tag) else {
        return Response::not_found();
    };
    let object = match state.annotated.contains(tag) {
        true => json!({ "type": "tag", "sha": object_of(tag) }),
        false => json!({ "type": "commit", "sha": commit }),
    };
    Response::new(
        200,
        &json!({ "ref": format!("refs/tags/{tag}"), "object": object }),
    )
}

/// The ID of the object of an annotated tag.
fn object_of(tag: &str) -> String {
    sha256(tag.as_bytes())[..40].to_owned()
}
