//! Which answer a request gets.

use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::api::files;
use crate::api::form::Form;
use crate::api::json;
use crate::api::oidc::{self, Issuer};
use crate::api::pages;
use crate::api::response::Answer;
use crate::api::simple::{self, Asked};
use crate::api::upload::upload;
use crate::config::profile;
use crate::config::settings::AdminFlag;
use crate::server::Shared;

/// What a request is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The audience for ID tokens.
    Audience,
    /// The end of a minted token.
    Burn,
    /// The bytes of a file.
    File,
    /// An issuer's discovery document or key set.
    Issuer,
    /// The JSON API.
    Json,
    /// The `METADATA` beside a wheel.
    Metadata,
    /// The exchange of an ID token.
    Mint,
    /// Anything else, also what is not there.
    Other,
    /// A page for people.
    Page,
    /// The provenance of a file.
    Provenance,
    /// A CI provider's endpoint for ID tokens.
    Runner,
    /// A project's page of the simple API.
    Simple,
    /// The list of all projects.
    SimpleIndex,
    /// An upload.
    Upload,
}

impl Route {
    pub(crate) fn of(path: &str) -> Self {
        match path {
            "/legacy" | "/legacy/" => Self::Upload,
            "/_/oidc/audience" => Self::Audience,
            "/_/oidc/mint-token" | "/_/oidc/github/mint-token" => Self::Mint,
            "/_/oidc/burn-token" => Self::Burn,
            "/simple" | "/simple/" => Self::SimpleIndex,
            RUNNER_GITHUB | RUNNER_GOOGLE => Self::Runner,
            "/" => Self::Page,
            _ if path.starts_with("/simple/") => Self::Simple,
            _ if path.starts_with("/pypi/") => Self::Json,
            _ if path.starts_with("/integrity/") => Self::Provenance,
            _ if path.starts_with("/files/") && path.ends_with(".metadata") => Self::Metadata,
            _ if path.starts_with("/files/") => Self::File,
            _ if path.starts_with("/issuer/") => Self::Issuer,
            _ if path.starts_with("/project/") || path.starts_with("/log") => Self::Page,
            _ => Self::Other,
        }
    }
}

const RUNNER_GITHUB: &str = "/runner/github/token";
const RUNNER_GOOGLE: &str = "/computeMetadata/v1/instance/service-accounts/default/identity";

/// The body of a request. It has no `Debug`: the bytes may be a token.
pub(crate) enum Content {
    Form(Form),
    Bytes(bytes::Bytes),
}

/// Whether the body of a request is read as a form.
pub(crate) fn wants_form(method: &Method, path: &str) -> bool {
    method == Method::POST && matches!(path, "/legacy" | "/legacy/")
}

pub(crate) fn answer(
    shared: &Shared,
    request: &Parts,
    content: &Content,
    asked: &Asked<'_>,
) -> Answer {
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
            get(shared, request, asked)
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
        Some("file_upload") if is_post => file_upload(shared, request, form),
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
        _ if matches!(request.method, Method::GET | Method::HEAD) => Answer::not_found(),
        _ => Answer::method_not_allowed(request.method.as_str(), "GET, HEAD, OPTIONS"),
    }
}

fn file_upload(shared: &Shared, request: &Parts, form: &Form) -> Answer {
    let (authorization, now) = (header(request, "authorization"), shared.clock.now());
    shared.change(|state| {
        if state.settings.profile.is_warehouse() {
            upload(state, form, authorization, now)
        } else {
            profile::upload(
                state,
                form,
                (authorization, header(request, "user-agent")),
                now,
            )
        }
    })
}

fn post(shared: &Shared, path: &str, body: &[u8]) -> Answer {
    match Route::of(path) {
        Route::Mint => {
            let now = shared.clock.now();
            shared.change(|state| oidc::mint(state, &shared.keys, body, now))
        }
        Route::Burn => shared.change(|state| oidc::burn(state, body)),
        Route::Audience => Answer::method_not_allowed("POST", "GET, HEAD"),
        _ => Answer::not_found(),
    }
}

fn get(shared: &Shared, request: &Parts, asked: &Asked<'_>) -> Answer {
    let path = request.uri.path();
    let query = request.uri.query().unwrap_or_default();
    let root = &shared.origin(header(request, "host"));
    match Route::of(path) {
        Route::Audience => audience(shared),
        Route::Mint | Route::Burn => Answer::method_not_allowed(request.method.as_str(), "POST"),
        Route::Issuer => issuer(shared, path, root),
        Route::Runner if path == RUNNER_GITHUB => {
            shared
                .runner
                .github(&shared.signer(), query, header(request, "authorization"))
        }
        Route::Runner => {
            shared
                .runner
                .google(&shared.signer(), query, header(request, "metadata-flavor"))
        }
        Route::SimpleIndex if path == "/simple" => moved("/simple/"),
        Route::SimpleIndex => simple::projects(&shared.state(), asked),
        Route::Simple => simple::page(
            &shared.state(),
            root,
            path.trim_start_matches("/simple/"),
            asked,
        ),
        Route::Json => json::answer(&shared.state(), root, path.trim_start_matches("/pypi/")),
        Route::Provenance => files::provenance(&shared.state(), path, asked),
        Route::Metadata => files::metadata(&shared.state(), path.trim_start_matches("/files/")),
        Route::File => files::file(
            &shared.state(),
            path.trim_start_matches("/files/"),
            header(request, "range"),
        ),
        // Google's libraries ask the metadata server's root who it is.
        Route::Page if path == "/" && header(request, "metadata-flavor").is_some() => {
            Answer::bytes(StatusCode::OK, "application/text", "computeMetadata/\n")
                .with(HeaderName::from_static("metadata-flavor"), "Google")
        }
        Route::Page => pages::answer(shared, root, path, query),
        Route::Upload | Route::Other => Answer::not_found(),
    }
}

fn audience(shared: &Shared) -> Answer {
    let state = shared.state();
    if state.settings.has(AdminFlag::DisallowOidc) {
        let message = "Trusted publishing functionality not enabled";
        return Answer::json(StatusCode::FORBIDDEN, &json!({"message": message}))
            .rule("switched-off");
    }
    let audience = state.settings.profile.audience();
    Answer::json(StatusCode::OK, &json!({"audience": audience}))
}

fn issuer(shared: &Shared, path: &str, root: &Url) -> Answer {
    let rest = path.trim_start_matches("/issuer/").split_once('/');
    let found = rest.and_then(|(slug, rest)| Some((Issuer::from_slug(slug)?, rest)));
    match found {
        Some((issuer, ".well-known/openid-configuration")) => oidc::discovery(root, issuer),
        Some((issuer, "jwks")) => match shared.keys.of(issuer) {
            Some(key) => Answer::json(StatusCode::OK, &key.jwks()),
            None => Answer::not_found(),
        },
        _ => Answer::not_found(),
    }
}

/// 301 to another path of the index.
pub(crate) fn moved(path: &str) -> Answer {
    Answer::moved(StatusCode::MOVED_PERMANENTLY, "Moved Permanently", path)
}

/// A header that has text.
pub(crate) fn header<'r>(request: &'r Parts, name: &str) -> Option<&'r str> {
    request
        .headers
        .get(name)
        .map(HeaderValue::to_str)
        .and_then(Result::ok)
}
