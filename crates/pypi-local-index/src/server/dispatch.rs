//! Which endpoint handles a request.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use pypi_metadata::python_repr;

use super::Application;
use super::routes::{Junk, Match, Target, View};
use crate::api::{
    Form, PageRequest, Response, Runner, Upload, audience, burn, discovery, feed, file, joined,
    key_set, metadata, mint, page_not_found, project_json, project_list, project_page, provenance,
    unauthorized, upload,
};
use crate::config::{Issuer, RUNNER_GITHUB, Route, is_log};

/// The body of a request. It does not implement `Debug`, because it may contain a token.
#[derive(Default)]
pub(super) struct Content {
    /// The form, if the body is one.
    pub(super) form: Form,
    /// The body, where an endpoint reads it as such.
    pub(super) bytes: Bytes,
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

/// Whether what is on the index is read by an API, and may be private.
fn is_read(path: &str) -> bool {
    let is_feed = percent_decode_str(path)
        .decode_utf8_lossy()
        .starts_with("/rss/");
    is_feed
        || matches!(
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
        #[cfg(feature = "sigstore")]
        if is_sigstore(request.uri.path()) {
            return self.respond_as_sigstore(request, &content.bytes);
        }
        if let Some(response) = self.own(request) {
            return response;
        }
        match Target::new(&request.uri) {
            Ok(target) => self.site(request, &target, content, page),
            Err(Junk(detail)) => Response::refused_in_body(StatusCode::BAD_REQUEST, detail),
        }
    }

    /// The refusal of a request to read without a valid token, if reads are private.
    pub(super) fn refused_read(&self, request: &Parts) -> Option<Response> {
        if !is_read(request.uri.path()) {
            return None;
        }
        let authorization = joined(&request.headers, AUTHORIZATION);
        unauthorized(&self.state(), authorization.as_deref(), self.clock.now())
    }

    /// The endpoints that Warehouse does not have, or has on another host.
    fn own(&self, request: &Parts) -> Option<Response> {
        let path = request.uri.path();
        let query = request.uri.query().unwrap_or_default();
        let root = &self.root.seen_from(header(request, "host"));
        let below = |prefix: &str| path.trim_start_matches(prefix);
        let is_google = header(request, "metadata-flavor").is_some();
        let route = Route::of(path);
        let is_own = match route {
            Route::File | Route::Issuer | Route::Metadata | Route::Runner => true,
            Route::Page => is_log(path) || (path == "/" && is_google),
            _ => false,
        };
        if !is_own {
            return None;
        }
        if !matches!(request.method, Method::GET | Method::HEAD) {
            let method = request.method.as_str();
            return Some(Response::method_not_allowed(method, "GET, HEAD"));
        }
        Some(match route {
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
            Route::Metadata => metadata(&self.state(), below("/files/")),
            Route::File => file(&self.state(), below("/files/")),
            // Google's libraries ask the root of the metadata server what it is.
            Route::Page if path == "/" => Runner::google_root(),
            _ => self.web_ui(request, root),
        })
    }

    /// Handles a request as Warehouse does.
    fn site(
        &self,
        request: &Parts,
        target: &Target<'_>,
        content: &Content,
        page: &PageRequest<'_>,
    ) -> Response {
        let in_query = target.parameter(":action");
        let action = in_query.or_else(|| content.form.text(":action"));
        let content_type = header(request, "content-type").unwrap_or_default();
        let Some(found) = target.find(action, content_type.starts_with("text/xml")) else {
            return not_found(request, target);
        };
        let view = found.view;
        let response = self.view(request, target, &found, content, page);
        match view.vary() {
            Some(names) if response.status != StatusCode::NOT_FOUND => response.vary(names),
            _ => response,
        }
    }

    fn view(
        &self,
        request: &Parts,
        target: &Target<'_>,
        found: &Match<'_>,
        content: &Content,
        page: &PageRequest<'_>,
    ) -> Response {
        if let Some(response) = self.missing(request, found) {
            return response;
        }
        let (view, method) = (found.view, request.method.as_str());
        if !view.allowed().split(", ").any(|allowed| allowed == method) {
            return Response::method_not_allowed(method, view.allowed());
        }
        let root = &self.root.seen_from(header(request, "host"));
        if view != View::FileUpload && content.form.has_duplicates() {
            let url = python_repr(&format!(
                "{}{}",
                root.as_str().trim_end_matches('/'),
                request.uri
            ));
            let detail = format!("POST body may not contain duplicate keys (URL: {url})");
            return Response::refused_in_body(StatusCode::BAD_REQUEST, &detail);
        }
        let now = self.clock.now();
        match (view, found.names.as_slice()) {
            (View::Audience, _) => audience(&self.state().settings),
            (View::Burn, _) => self.change_state(|state| burn(state, &content.bytes)),
            (View::Feed, names) => feed(&self.state(), root, target.path(), names),
            (View::FileUpload, _) => self.file_upload(request, &content.form),
            (View::Json, names) => {
                let slash = if target.path().ends_with('/') {
                    "/"
                } else {
                    ""
                };
                let tail = format!("{slash}{}", target.canonical_query());
                project_json(&self.state(), root, names, &tail)
            }
            (View::Mint, _) => {
                self.change_state(|state| mint(state, &self.keys, &content.bytes, now))
            }
            (View::Project, _) => self.page_of(request, root, target.path()),
            (View::Provenance, names) => provenance(&self.state(), names, page.accept),
            (View::SimpleDetail, [name]) => {
                let query = target.canonical_query();
                project_page(&self.state(), root, name, &query, page)
            }
            (View::SimpleIndex, _) => project_list(&self.state(), page),
            (View::Page, _) => self.page_of(request, root, target.path()),
            (View::User, _) => Response::site_page("User"),
            (view, names) => super::old_paths::respond(view, target, names, &content.form, root),
        }
    }

    /// The response to a request for something that does not exist, whatever the method.
    fn missing(&self, request: &Parts, found: &Match<'_>) -> Option<Response> {
        let state = self.state();
        let exists = match (found.view, found.names.as_slice()) {
            (View::SimpleDetail | View::Project | View::Feed, [name, ..]) => {
                state.project_called(name).is_some()
            }
            (View::Json, names) => state.release_called(names).is_some(),
            (View::Provenance, names) => state.file_called(names).is_some(),
            (View::User, [name]) => state.user(name).is_some(),
            _ => true,
        };
        (!exists).then(|| missing(request.uri.path()))
    }

    fn file_upload(&self, request: &Parts, form: &Form) -> Response {
        let authorization = joined(&request.headers, AUTHORIZATION);
        let request = Upload {
            form,
            authorization: authorization.as_deref(),
            user_agent: header(request, "user-agent"),
            verification: &self.verification,
            now: self.clock.now(),
        };
        self.change_state(|state| upload(state, &request))
    }

    fn issuer(&self, slug: &str, rest: &str, root: &url::Url) -> Response {
        match (Issuer::from_slug(slug), rest) {
            (Some(issuer), ".well-known/openid-configuration") => discovery(root, issuer),
            (Some(issuer), "jwks") => key_set(&self.keys, issuer),
            _ => Response::not_found(),
        }
    }

    /// A page of the web UI, or an empty page in place of one that only the web site of PyPI has.
    fn page_of(&self, request: &Parts, root: &url::Url, path: &str) -> Response {
        if path != "/" && !path.starts_with("/project/") {
            return Response::site_page(path);
        }
        let response = self.web_ui(request, root);
        match response.status {
            StatusCode::NOT_FOUND => missing(path),
            _ => response,
        }
    }
}

/// The response to a request that no route fits.
fn not_found(request: &Parts, target: &Target<'_>) -> Response {
    let path = request.uri.path();
    if target.lacks_slash() {
        let query = match target.query {
            "" => String::new(),
            query => format!("?{query}"),
        };
        return Response::moved(&format!("{path}/{query}"));
    }
    missing(path)
}

/// 404: a page, or what the clients of an API expect.
fn missing(path: &str) -> Response {
    let end = path.strip_suffix('/').unwrap_or(path);
    if path.starts_with("/simple/") {
        Response::not_found()
    } else if path.starts_with("/pypi/") && end.ends_with("/json") {
        let body = "{\"message\": \"Not Found\"}";
        Response::bytes(StatusCode::NOT_FOUND, "application/json", body).cors()
    } else {
        page_not_found()
    }
}
