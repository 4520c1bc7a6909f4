//! Which answer a request gets.

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use crate::answer::Answer;
use crate::form::Form;
use crate::oidc::{self, AUDIENCE};
use crate::server::Shared;
use crate::simple::{self, Asked};
use crate::upload::upload;

/// The body of a request. It has no `Debug`: the bytes may be a token.
pub(crate) enum Content {
    Form(Form),
    Bytes(bytes::Bytes),
}

/// Whether the body of a request is read as a form.
pub(crate) fn wants_form(method: &Method, path: &str) -> bool {
    method == Method::POST && matches!(path, "/legacy" | "/legacy/")
}

pub(crate) fn answer(shared: &Shared, request: &Parts, content: &Content) -> Answer {
    let path = request.uri.path();
    match content {
        Content::Form(form) if path == "/legacy/" => legacy(shared, request, form),
        Content::Form(_) => Answer::moved(
            StatusCode::PERMANENT_REDIRECT,
            "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
            "/legacy/",
        ),
        Content::Bytes(body) if request.method == Method::POST => post(shared, path, body),
        Content::Bytes(_) if path == "/legacy/" => legacy(shared, request, &Form::default()),
        Content::Bytes(_) if matches!(request.method, Method::GET | Method::HEAD) => {
            get(shared, request)
        }
        Content::Bytes(_) => Answer::method_not_allowed(request.method.as_str(), "GET, HEAD, POST"),
    }
}

fn legacy(shared: &Shared, request: &Parts, form: &Form) -> Answer {
    let query = request.uri.query().unwrap_or_default();
    let in_query =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == ":action");
    let in_query = in_query.map(|(_, action)| action);
    let action = in_query.as_deref().or_else(|| form.text(":action"));
    let is_post = request.method == Method::POST;
    match action {
        Some("file_upload") if is_post => upload(
            &mut shared.state(),
            form,
            header(request, "authorization"),
            shared.clock.now(),
        ),
        Some("submit" | "submit_pkg_info") if is_post => Answer::refused(
            StatusCode::GONE,
            "Project pre-registration is no longer required or supported, upload your files instead.",
        ),
        Some("doc_upload") if is_post => Answer::refused(
            StatusCode::GONE,
            "Uploading documentation is no longer supported, we recommend using https://readthedocs.org/.",
        ),
        Some("file_upload" | "submit" | "submit_pkg_info" | "doc_upload") => {
            Answer::method_not_allowed(request.method.as_str(), "POST")
        }
        _ if matches!(request.method, Method::GET | Method::HEAD) => Answer::bytes(
            StatusCode::OK,
            "text/html; charset=UTF-8",
            "<title>Upload API</title>",
        ),
        _ => Answer::method_not_allowed(request.method.as_str(), "GET, HEAD, OPTIONS"),
    }
}

fn post(shared: &Shared, path: &str, body: &[u8]) -> Answer {
    match path {
        "/_/oidc/mint-token" | "/_/oidc/github/mint-token" => {
            oidc::mint(&mut shared.state(), &shared.key, body, shared.clock.now())
        }
        "/_/oidc/burn-token" => oidc::burn(&mut shared.state(), body),
        "/_/oidc/audience" => Answer::method_not_allowed("POST", "GET, HEAD"),
        _ => Answer::not_found(),
    }
}

fn get(shared: &Shared, request: &Parts) -> Answer {
    let path = request.uri.path();
    match path {
        "/_/oidc/audience" => Answer::json(StatusCode::OK, &json!({"audience": AUDIENCE})),
        "/_/oidc/mint-token" | "/_/oidc/github/mint-token" | "/_/oidc/burn-token" => {
            Answer::method_not_allowed(request.method.as_str(), "POST")
        }
        "/issuer/github/.well-known/openid-configuration" => oidc::discovery(&shared.root),
        "/issuer/github/jwks" => Answer::json(StatusCode::OK, &shared.key.jwks()),
        "/runner/github/token" => {
            let query = request.uri.query().unwrap_or_default();
            let authorization = header(request, "authorization");
            shared
                .runner
                .answer(&shared.key, query, authorization, shared.clock.now())
        }
        "/simple" => Answer::moved(
            StatusCode::MOVED_PERMANENTLY,
            "Moved Permanently",
            "/simple/",
        ),
        _ => {
            let asked = Asked {
                accept: header(request, "accept"),
                if_none_match: header(request, "if-none-match"),
            };
            if let Some(rest) = path.strip_prefix("/simple/") {
                simple::page(&shared.state(), &shared.root, rest, asked)
            } else if let Some(rest) = path.strip_prefix("/files/") {
                simple::file(&shared.state(), rest)
            } else {
                Answer::not_found()
            }
        }
    }
}

/// A header that has text.
pub(crate) fn header<'r>(request: &'r Parts, name: &str) -> Option<&'r str> {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
}
