//! A client for the few requests to GitHub that a release needs.
//!
//! Each function is one request, or the pages of one, run as a flow over the transport of `pypi-http`. The token goes to
//! the origin of `GITHUB_API_URL` and to the upload host that belongs to it, and nowhere else; no redirect and no link of
//! a reply is followed.

mod call;
mod error;
mod model;
mod releases;
mod runs;
mod url;

use std::time::Duration;

use pypi_trusted_upload::{
    Environment, RetryPolicy, Secret, Transport,
    http::{HeaderName, HeaderValue, Method, header},
    transport::{
        Body, CancelToken, Clock, Deadline, Redactor, Reply, ReplyLimit, RequestError, authorize,
        drive_until, request,
    },
    url::Url,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    failure::{Exit, Failure},
    job::check_name,
};

use call::{Call, Terms};
pub(crate) use error::{Error, ErrorKind};
pub(crate) use model::{Asset, Release, Run};
pub(crate) use releases::Upload;
pub(crate) use url::Repository;

/// The version of the API, which has all that is used.
const API_VERSION: &str = "2022-11-28";
/// The longest time for a request that sends no file.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time from the last byte of a file to the reply.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// The most bytes of a reply: a hundred releases with long notes.
const MAX_REPLY: usize = 32 * 1024 * 1024;

/// Where the API is, and the token for it.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    api: Url,
    token: Option<Secret>,
}

impl Access {
    /// The API that `GITHUB_API_URL` names, by default that of github.com, and the token in the variable
    /// `token_env`, by default `GITHUB_TOKEN` or `GH_TOKEN`.
    pub(crate) fn of(environment: &Environment, token_env: Option<&str>) -> Result<Self, Failure> {
        let api = environment
            .get("GITHUB_API_URL")
            .unwrap_or("https://api.github.com");
        let api = url::api(api).map_err(Failure::usage)?;
        let token = match token_env {
            Some(variable) => {
                check_name("--token-env", variable)?;
                Some(environment.get(variable).ok_or_else(|| {
                    let message = format!("the variable {variable} contains no token: set it, or leave out --token-env");
                    Failure::new(Exit::Refused, message)
                })?)
            }
            None => environment
                .get("GITHUB_TOKEN")
                .or_else(|| environment.get("GH_TOKEN")),
        };
        Ok(Self {
            api,
            token: token.map(Secret::new),
        })
    }

    /// Fails without a token, for verbs that write.
    pub(crate) fn required(self) -> Result<Self, Failure> {
        if self.token.is_some() {
            return Ok(self);
        }
        Err(Failure::new(
            Exit::Refused,
            "no token for GitHub was found: set GITHUB_TOKEN (env: GITHUB_TOKEN: ${{ github.token }}) and contents: write under permissions of the job",
        ))
    }
}

/// A repository of GitHub.
pub(crate) struct GitHub<'a, T> {
    pub(crate) repository: Repository,
    pub(crate) cancel: CancelToken,
    access: Access,
    transport: &'a T,
    policy: RetryPolicy,
    clock: Clock,
    redactor: Redactor,
}

impl<'a, T: Transport> GitHub<'a, T> {
    pub(crate) fn new(
        access: Access,
        repository: Repository,
        transport: &'a T,
        clock: Clock,
    ) -> Self {
        Self {
            repository,
            cancel: CancelToken::new(),
            redactor: Redactor::new(access.token.as_ref()),
            policy: RetryPolicy::default().clock(clock.clone()),
            access,
            transport,
            clock,
        }
    }

    /// Sleeps, or less if the run is cancelled.
    pub(crate) fn pause(&self, duration: Duration) {
        self.transport.wait(duration, &self.cancel);
    }

    fn get<R: DeserializeOwned>(&self, what: String, url: Url) -> Result<R, Error> {
        self.json(what, Method::GET, url, None)
    }

    /// Sends `body` if there is one; anything but `POST` is repeated after a failure.
    fn json<R: DeserializeOwned>(
        &self,
        what: String,
        method: Method,
        url: Url,
        body: Option<Value>,
    ) -> Result<R, Error> {
        let is_idempotent = method != Method::POST;
        let request = self.request(method, &url, body);
        self.send(what, url, request, is_idempotent, parse)
    }

    fn send<R>(
        &self,
        what: String,
        url: Url,
        request: Result<pypi_trusted_upload::http::Request<Body>, RequestError>,
        is_idempotent: bool,
        parse: fn(&Reply) -> Option<R>,
    ) -> Result<R, Error> {
        let terms = Terms {
            what,
            is_idempotent,
            policy: &self.policy,
            clock: &self.clock,
            redactor: &self.redactor,
        };
        drive_until(
            Call::new(url, request, terms, parse),
            self.transport,
            &self.cancel,
        )
    }

    fn request(
        &self,
        method: Method,
        url: &Url,
        body: Option<Value>,
    ) -> Result<pypi_trusted_upload::http::Request<Body>, RequestError> {
        let is_json = body.is_some();
        let body = body
            .map(|body| Body::from(body.to_string()))
            .unwrap_or_default();
        let mut request = self.with_token(
            request(method, url, "application/vnd.github+json", body)?,
            url,
        )?;
        if is_json {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        request.extensions_mut().insert(Deadline::total(TIMEOUT));
        Ok(request)
    }

    /// A request to a URL that was checked to belong to the API.
    fn with_token(
        &self,
        mut request: pypi_trusted_upload::http::Request<Body>,
        url: &Url,
    ) -> Result<pypi_trusted_upload::http::Request<Body>, RequestError> {
        let version = HeaderName::from_static("x-github-api-version");
        request
            .headers_mut()
            .insert(version, HeaderValue::from_static(API_VERSION));
        if let Some(token) = &self.access.token {
            authorize(
                &mut request,
                url,
                &Secret::new(format!("Bearer {}", token.reveal())),
            )?;
        }
        request.extensions_mut().insert(ReplyLimit::new(MAX_REPLY));
        Ok(request)
    }
}

fn parse<R: DeserializeOwned>(reply: &Reply) -> Option<R> {
    serde_json::from_slice(reply.body()).ok()
}
