//! The assets of a release.

use serde_json::{Value, json};

use super::{
    message::{Request, Response},
    state::{Asset, State, sha256},
};

pub(super) fn upload(state: &mut State, request: &Request, release: &str) -> Response {
    let url = state.url.clone();
    let id = state.id();
    let Some(release) = release.parse().ok().and_then(|id| state.release(id)) else {
        return Response::not_found();
    };
    let has = |name: &str| request.headers.contains_key(name);
    if !has("content-length") || !has("content-type") {
        return Response::message(400, "Content-Length and Content-Type are required");
    }
    if release.immutable {
        return Response::new(
            422,
            &json!({ "message": "Cannot upload assets to an immutable release.", "errors": [] }),
        );
    }
    let Some(name) = request.query.get("name").filter(|name| !name.is_empty()) else {
        return Response::invalid("ReleaseAsset", "missing_field", "name", "");
    };
    let name = renamed(name);
    if release.assets.iter().any(|asset| asset.name == name) {
        return Response::invalid("ReleaseAsset", "already_exists", "name", "");
    }
    let asset = Asset {
        id,
        name,
        label: request.query.get("label").cloned(),
        state: "uploaded",
        size: request.body.len(),
        sha256: Some(sha256(&request.body)),
    };
    release.assets.push(asset.clone());
    Response::new(201, &asset.json(&url, &release.place()))
}

pub(super) fn delete_asset(state: &mut State, id: &str) -> Response {
    let id: Option<u64> = id.parse().ok();
    let of = |asset: &Asset| Some(asset.id) == id;
    let Some(release) = state
        .releases
        .iter_mut()
        .find(|release| release.assets.iter().any(of))
    else {
        return Response::not_found();
    };
    if release.immutable {
        return Response::message(422, "Cannot delete assets of an immutable release.");
    }
    release.assets.retain(|asset| !of(asset));
    Response::new(204, &Value::Null)
}

/// Special characters become dots, runs of dots one, and those at the ends go.
pub(super) fn renamed(name: &str) -> String {
    let mut renamed = String::new();
    for c in name.chars() {
        let kept = if c.is_ascii_alphanumeric() || "-_+@.".contains(c) {
            c
        } else {
            '.'
        };
        if !(kept == '.' && renamed.ends_with('.')) {
            renamed.push(kept);
        }
    }
    let trimmed = renamed.trim_matches('.');
    match name.starts_with('.') {
        true => format!("default.{trimmed}"),
        false => trimmed.to_owned(),
    }
}
