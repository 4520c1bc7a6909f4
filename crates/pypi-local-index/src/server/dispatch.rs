//! Which endpoint handles a request.

use bytes::Bytes;
use http::header::HeaderValue;
use http::request::Parts;
use http::{Method, StatusCode};

use super::Application;
use crate::api::{
    Form, PageRequest, Response, Runner, Upload, audience, burn, discovery, file, key_set,
    metadata, mint, project_json, project_list, project_page, provenance, unauthorized, upload,
};
use crate::config::{Issuer, RUNNER_GITHUB, Route};

/// The body of a request. It does not implement `Debug`, because it may contain a token.
pub(super) enum Content {
    Form(Form),
    Bytes(Bytes),
}

/// Whether the body of a request is read as a form.
pub(super) fn wants_form(request: &Parts) -> bool {
    request.method == Method::POST && Route::of(request.uri.path()) == Route::Upload
}

/// Whether a request is for the Sigstore instance.
#[cfg(feature = "sigstore")]
fn is_sigstore(path: &str) -> bool {
    let route = Route::of(path);
    matches!(
        route,
        Route::Certificate | Route::LogEntry | Route::TrustRoot
    )
}

/// Whether what is on the index is read, and may be private.
fn is_read(path: &str) -> bool {
    matches!(
        Route::of(path),
        Route::File
            | Route::Json
            | Route::Metadata
            | Route::Provenance
            | Route::Simple
            | Route::SimpleIndex
    )
}

/// A header, if it is text.
pub(super) fn header<'r>(request: &'r Parts, name: &str) -> Option<&'r str> {
    let value = request.headers.get(name).map(HeaderValue::to_str)?;
    value.ok()
}

impl Application {
    pub(super) fn dispatch(
        &self,
        request: &Parts,
        content: &Content,
        page: &PageRequest<'_>,
    ) -> Response {
        let path = request.uri.path();
        match content {
            Content::Form(form) if path == "/legacy/" => self.legacy(request, form),
            Content::Form(_) => Response::redirect(
                StatusCode::PERMANENT_REDIRECT,
                "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)",
                "/legacy/",
            ),
            #[cfg(feature = "sigstore")]
            Content::Bytes(body) if is_sigstore(path) => self.respond_as_sigstore(request, body),
            Content::Bytes(body) if request.method == Method::POST => self.post(path, body),
            Content::Bytes(_) if path == "/legacy/" => self.legacy(request, &Form::default()),
            Content::Bytes(_) if matches!(request.method, Method::GET | Method::HEAD) => {
                self.get(request, page)
            }
            Content::Bytes(_) => {
                Response::method_not_allowed(request.method.as_str(), "GET, HEAD, POST")
            }
        }
    }

    fn legacy(&self, request: &Parts, form: &Form) -> Response {
        let query = request.uri.query().unwrap_or_default();
        let mut query = url::form_urlencoded::parse(query.as_bytes());
        let in_query = query.find(|(name, _)| name == ":action");
        let in_query = in_query.map(|(_, action)| action);
        let action = in_query.as_deref().or_else(|| form.text(":action"));
        let is_post = request.method == Method::POST;
        match action {
            Some("file_upload") if is_post => self.file_upload(request, form),
            Some("submit" | "submit_pkg_info") if is_post => Response::refused(
                StatusCode::GONE,
                "Project pre-registration is no longer required or supported, upload your files instead.",
            ),
            Some("doc_upload") if is_post => Response::refused(
                StatusCode::GONE,
                "Uploading documentation is no longer supported, we recommend using https://readthedocs.org/.",
            ),
            Some("file_upload" | "submit" | "submit_pkg_info" | "doc_upload") => {
                Response::method_not_allowed(request.method.as_str(), "POST")
            }
            _ if matches!(request.method, Method::GET | Method::HEAD) => Response::not_found(),
            _ => Response::method_not_allowed(request.method.as_str(), "GET, HEAD, OPTIONS"),
        }
    }

    fn file_upload(&self, request: &Parts, form: &Form) -> Response {
        let request = Upload {
            form,
            authorization: header(request, "authorization"),
            user_agent: header(request, "user-agent"),
            verification: &self.verification,
            now: self.clock.now(),
        };
        self.change_state(|state| upload(state, &request))
    }

    fn post(&self, path: &str, body: &[u8]) -> Response {
        match Route::of(path) {
            Route::Mint => {
                let now = self.clock.now();
                self.change_state(|state| mint(state, &self.keys, body, now))
            }
            Route::Burn => self.change_state(|state| burn(state, body)),
            Route::Audience => Response::method_not_allowed("POST", "GET, HEAD"),
            _ => Response::not_found(),
        }
    }

    fn get(&self, request: &Parts, page_request: &PageRequest<'_>) -> Response {
        let path = request.uri.path();
        let query = request.uri.query().unwrap_or_default();
        let root = &self.root.seen_from(header(request, "host"));
        let below = |prefix: &str| path.trim_start_matches(prefix);
        if is_read(path) {
            let authorization = header(request, "authorization");
            if let Some(refused) = unauthorized(&self.state(), authorization, self.clock.now()) {
                return refused;
            }
        }
        match Route::of(path) {
            Route::Audience => audience(&self.state().settings),
            Route::Mint | Route::Burn => {
                Response::method_not_allowed(request.method.as_str(), "POST")
            }
            Route::Issuer => match below("/issuer/").split_once('/') {
                Some((slug, rest)) => self.issuer(slug, rest, root),
                None => Response::not_found(),
            },
            Route::Runner if path == RUNNER_GITHUB => {
                let authorization = header(request, "authorization");
                self.runner.github(&self.signer(), query, authorization)
            }
            Route::Runner => {
                let flavor = header(request, "metadata-flavor");
                self.runner.google(&self.signer(), query, flavor)
            }
            Route::SimpleIndex if path == "/simple" => Response::moved("/simple/"),
            Route::SimpleIndex => project_list(&self.state(), page_request),
            Route::Simple => project_page(&self.state(), root, below("/simple/"), page_request),
            Route::Json => project_json(&self.state(), root, below("/pypi/")),
            Route::Provenance => provenance(&self.state(), path, page_request.accept),
            Route::Metadata => metadata(&self.state(), below("/files/")),
            Route::File => file(&self.state(), below("/files/"), header(request, "range")),
            // Google's libraries ask the root of the metadata server what it is.
            Route::Page if path == "/" && header(request, "metadata-flavor").is_some() => {
                Runner::google_root()
            }
            Route::Page => self.web_ui(request, root),
            Route::Certificate
            | Route::LogEntry
            | Route::Other
            | Route::TrustRoot
            | Route::Upload => Response::not_found(),
        }
    }

    fn issuer(&self, slug: &str, rest: &str, root: &url::Url) -> Response {
        match (Issuer::from_slug(slug), rest) {
            (Some(issuer), ".well-known/openid-configuration") => discovery(root, issuer),
            (Some(issuer), "jwks") => key_set(&self.keys, issuer),
            _ => Response::not_found(),
        }
    }
}
