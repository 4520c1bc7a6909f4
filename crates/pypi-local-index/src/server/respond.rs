//! The handling of a request, with the faults that affect it.

use std::convert::Infallible;
use std::error::Error as StdError;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
    LOCATION,
};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Body;
use pypi_metadata::rules;

use super::cache::PageKey;
use super::dispatch::{Content, header};
use super::faults::Effects;
use super::pace::{Cut, Pace, Paced, Stop};
use super::{Application, lock};
use crate::api::{
    Exchanged, Form, FormError, FormLimits, PageRequest, RecordedRequest, Response, collect,
    deliver, is_authenticated, joined, read_form,
};
use crate::config::{Effect, Moment, Replacement, Route};

/// The size limit of a body that is not a form, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The same for Sigstore: the limit of Fulcio. Rekor has none.
const MAX_SIGSTORE_BODY: usize = 4 * 1024 * 1024;

/// The path of the live log's events.
const EVENTS: &str = "/log/events";

impl Application {
    /// Handles a request and records it. An error closes the connection without a response.
    ///
    /// Only the faults that make a body slow need a timer of `tokio`.
    pub(crate) async fn respond<B>(&self, request: Request<B>) -> Result<http::Response<Paced>, Cut>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn StdError + Send + Sync>> + Send + 'static,
    {
        let (request, body) = request.into_parts();
        let path = request.uri.path();
        if path == EVENTS && request.method == Method::GET {
            return Ok(self.event_stream());
        }
        let stopwatch = lock(&self.log).stopwatch();
        let effects = lock(&self.faults).count(Route::of(path), path);
        let (mut form, mut bytes) = (Form::default(), Bytes::new());
        let response = match before_body(&effects) {
            Some(response) => response,
            None => {
                let content = self.read(&request, body, &effects).await;
                let response = self.after_body(&request, &content, &effects);
                if let Ok(content) = content {
                    bytes = content.bytes;
                    // Any other body may contain an ID token.
                    if Route::of(path) == Route::Upload {
                        form = content.form;
                    }
                }
                response
            }
        };
        let response = with_headers(response, &effects);
        let record = RecordedRequest::from(Exchanged {
            time: self.clock.now(),
            started: stopwatch.started,
            duration: stopwatch.elapsed(),
            request: &request,
            form: &form,
            body: &bytes,
            response: &response,
        });
        lock(&self.log).push(record);
        if response.is_cut {
            return Err(Cut);
        }
        let accept = joined(&request.headers, ACCEPT);
        let mut response = response.into_http(accept.as_deref());
        let has_crashed = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
        if !has_crashed && !is_own(Route::of(request.uri.path())) {
            self.complete_location(&request, &mut response);
            response = deliver(response, &request);
        }
        Ok(paced(response, &effects))
    }

    async fn read<B>(
        &self,
        request: &Parts,
        body: B,
        effects: &Effects,
    ) -> Result<Content, FormError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn StdError + Send + Sync>> + Send + 'static,
    {
        let pace = Pace {
            rate: effects.find(|effect| match effect {
                Effect::SlowBody(rate) => Some(*rate),
                _ => None,
            }),
            stall_after: effects.find(|effect| match effect {
                Effect::StallBody(after) => Some(*after),
                _ => None,
            }),
        };
        let body = pace.apply(body.into_data_stream());
        let route = Route::of(request.uri.path());
        let limit = match route {
            Route::Burn | Route::Mint => MAX_BODY,
            Route::Certificate | Route::LogEntry => MAX_SIGSTORE_BODY,
            _ => {
                let limits = self.form_limits(request, effects);
                let form = read_form(form_type(request), body, limits).await?;
                return Ok(Content {
                    form,
                    bytes: Bytes::new(),
                });
            }
        };
        let bytes = collect(body, limit).await?;
        let mut form = Form::default();
        if matches!(route, Route::Burn | Route::Mint) {
            let again = futures_util::stream::iter([Ok::<_, Infallible>(bytes.clone())]);
            let limits = FormLimits {
                file: MAX_BODY as u64,
                keeps_values: true,
            };
            form = read_form(form_type(request), again, limits).await?;
        }
        Ok(Content { form, bytes })
    }

    /// The values of a form are kept if the request may succeed.
    fn form_limits(&self, request: &Parts, effects: &Effects) -> FormLimits {
        let state = self.state();
        let authorization = joined(&request.headers, AUTHORIZATION);
        let is_upload = Route::of(request.uri.path()) == Route::Upload;
        let is_used = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Change(_)));
        FormLimits {
            file: state.highest_file_limit(),
            keeps_values: is_upload
                && (is_used || is_authenticated(&state, authorization.as_deref())),
        }
    }

    fn after_body(
        &self,
        request: &Parts,
        content: &Result<Content, FormError>,
        effects: &Effects,
    ) -> Response {
        if effects.cuts(Moment::AfterBody) {
            return Response::cut();
        }
        let form = content.as_ref().ok().map(|content| &content.form);
        for effect in effects.iter() {
            if let Effect::Change(change) = effect {
                self.apply(change, form);
            }
        }
        if let Some(replacement) = effects.replacement(Moment::AfterBody) {
            return replaced(replacement);
        }
        if let Some(response) = responded(request, content, effects) {
            return response;
        }
        let response = match content {
            Ok(content) => self.fresh_or_stale(request, content, effects),
            Err(FormError::Malformed) => {
                Response::refused_in_body(StatusCode::BAD_REQUEST, "Invalid Form Data.")
                    .rule(&rules::BODY)
            }
            Err(FormError::Charset) => Response::crashed().rule(&rules::BODY),
            Err(FormError::Storage) => {
                Response::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
                    .rule(&rules::STORAGE)
            }
            Err(FormError::TooLarge) => {
                Response::refused_in_status(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large")
                    .rule(&rules::BODY)
            }
        };
        if effects.cuts(Moment::AfterCommit) {
            return Response::cut();
        }
        effects
            .replacement(Moment::AfterCommit)
            .map_or(response, replaced)
    }

    fn fresh_or_stale(&self, request: &Parts, content: &Content, effects: &Effects) -> Response {
        if let Some(refused) = self.refused_read(request) {
            return refused;
        }
        let path = request.uri.path();
        let accept = joined(&request.headers, ACCEPT);
        let key = PageKey {
            path: path.to_owned(),
            accept: accept.clone().unwrap_or_default(),
        };
        if effects.is_stale() {
            let cached = lock(&self.cache).get(&key, self.clock.now());
            return cached.unwrap_or_else(Response::not_found);
        }
        let hidden = effects.iter().filter_map(|effect| match effect {
            Effect::Hide(filename) => Some(filename.clone()),
            _ => None,
        });
        let page = PageRequest {
            accept: accept.as_deref(),
            hidden: hidden.collect(),
            serial: effects.find(|effect| match effect {
                Effect::Serial(number) => Some(*number),
                _ => None,
            }),
        };
        let response = self.dispatch(request, content, &page);
        let is_cached = matches!(
            Route::of(path),
            Route::Simple | Route::SimpleIndex | Route::Json
        );
        if is_cached {
            lock(&self.cache).insert(key, self.clock.now(), response.clone());
        }
        response
    }
}

impl Application {
    /// Makes a redirect to a path of the index absolute.
    fn complete_location(&self, request: &Parts, response: &mut http::Response<Bytes>) {
        let root = self.root.seen_from(header(request, "host"));
        let location = response.headers().get(LOCATION);
        let path = location.and_then(|location| location.to_str().ok());
        let Some(path) = path.filter(|path| path.starts_with('/')) else {
            return;
        };
        let absolute = format!("{}{path}", root.as_str().trim_end_matches('/'));
        if let Ok(absolute) = HeaderValue::try_from(absolute) {
            response.headers_mut().insert(LOCATION, absolute);
        }
    }
}

/// Whether Warehouse has no such endpoint.
fn is_own(route: Route) -> bool {
    matches!(
        route,
        Route::Certificate | Route::Issuer | Route::LogEntry | Route::Runner | Route::TrustRoot
    )
}

/// The content type by which the body of a request is read as a form, as WebOb does. Empty if it is not a form.
fn form_type(request: &Parts) -> &str {
    match header(request, "content-type") {
        _ if matches!(request.method, Method::GET | Method::HEAD) => "",
        None if request.method == Method::POST => URLENCODED,
        None => "",
        Some(content_type) => match content_type.split(';').next() {
            Some(URLENCODED | "multipart/form-data") => content_type,
            _ => "",
        },
    }
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

fn before_body(effects: &Effects) -> Option<Response> {
    if effects.cuts(Moment::BeforeBody) {
        return Some(Response::cut());
    }
    // The rest of the body is not read, so the connection cannot be used again.
    let response = replaced(effects.replacement(Moment::BeforeBody)?);
    Some(response.header(CONNECTION, "close"))
}

fn replaced(replacement: &Replacement) -> Response {
    let status =
        StatusCode::from_u16(replacement.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = Response::bytes(status, "", replacement.body.clone()).rule(&rules::FAULT);
    match replacement.content_type.as_str() {
        "" => response,
        content_type => response.header(CONTENT_TYPE, content_type),
    }
}

/// The response of a closure.
fn responded(
    request: &Parts,
    content: &Result<Content, FormError>,
    effects: &Effects,
) -> Option<Response> {
    let responder = effects.find(|effect| match effect {
        Effect::RespondWith(responder) => Some(responder.clone()),
        _ => None,
    })?;
    let body = content.as_ref().map(|content| content.bytes.to_vec());
    let body = body.unwrap_or_default();
    let (head, body) = responder.0(&Request::from_parts(request.clone(), body))?.into_parts();
    let mut response = Response::bytes(head.status, "", body).rule(&rules::FAULT);
    for (name, value) in &head.headers {
        response = response.header(name.clone(), String::from_utf8_lossy(value.as_bytes()));
    }
    Some(response)
}

fn with_headers(mut response: Response, effects: &Effects) -> Response {
    for effect in effects.iter() {
        response = match effect {
            Effect::CloseConnection => response.header(CONNECTION, "close"),
            Effect::Header(name, value) => match HeaderName::try_from(name.as_str()) {
                Ok(name) => response.header(name, value.as_str()),
                Err(_) => response,
            },
            _ => response,
        };
    }
    response
}

/// The response, whose body stops where a fault says so.
fn paced(response: http::Response<Bytes>, effects: &Effects) -> http::Response<Paced> {
    let (mut head, bytes) = response.into_parts();
    let stop = effects.find(|effect| match effect {
        Effect::Truncate(after) => Some(Stop {
            after: *after,
            is_stall: false,
        }),
        Effect::StallResponse(after) => Some(Stop {
            after: *after,
            is_stall: true,
        }),
        _ => None,
    });
    if stop.is_some() {
        let size = HeaderValue::from(bytes.len());
        head.headers.insert(CONTENT_LENGTH, size);
    }
    http::Response::from_parts(head, Paced::new(bytes, stop))
}

#[cfg(test)]
mod tests {
    use futures_util::future::FutureExt as _;
    use http_body_util::Full;

    use super::super::{Options, Root};
    use super::*;
    use crate::api::Keys;
    use crate::config::{Clock, Fault, Settings, Verification};
    use crate::warehouse::{Random, State};

    fn application(fault: Fault) -> Application {
        let options = Options {
            keys: Keys::test().expect("the test keys"),
            #[cfg(feature = "sigstore")]
            sigstore: None,
            clock: Clock::fixed(1_760_000_000),
            verification: Verification::default(),
            root: Root {
                url: "http://index/".parse().expect("a URL"),
                is_public: false,
            },
            faults: vec![fault],
            max_requests: 10,
        };
        let state = State::new(Settings::default(), Random::new(Some(1)));
        Application::new(state, options).expect("a secret")
    }

    /// The status and the body of a response, without a socket, a runtime or a pause.
    fn get(application: &Application, path: &str) -> Result<(StatusCode, Bytes), Cut> {
        let request = Request::get(path).body(Full::<Bytes>::default());
        let response = application.respond(request.expect("a request"));
        let (head, body) = response.now_or_never().expect("no pause")?.into_parts();
        let body = body.collect().now_or_never().expect("no pause")?;
        Ok((head.status, body.to_bytes()))
    }

    #[test]
    fn an_application_responds_without_a_socket() {
        let application = application(Fault::on(Route::Audience).nth(2).lose_response());
        let (status, body) = get(&application, "/_/oidc/audience").expect("a response");
        assert_eq!(
            (status, body.as_ref()),
            (StatusCode::OK, br#"{"audience":"pypi"}"#.as_slice())
        );
        assert!(get(&application, "/_/oidc/audience").is_err());
        assert_eq!(application.requests().len(), 2);
    }
}
