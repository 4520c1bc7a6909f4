//! Faults, as data.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::change::Change;
use super::route::Route;

/// One or more things that go wrong at requests of one kind.
///
/// By default a fault affects every request of its [`Route`]. Its effects add up: a 429 response with a `Retry-After`
/// header, for example. Each fault counts its requests from 1.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Fault, LocalIndex, Route};
///
/// let index = LocalIndex::builder()
///     .fault(Fault::on(Route::Upload).nth(2).reset_after_body())
///     .fault(Fault::on(Route::Upload).nth(3).respond(503, "text/html", "<h1>busy</h1>").after_commit())
///     .fault(Fault::on(Route::Mint).nth(1).respond(429, "text/plain", "").header("Retry-After", "1"))
///     .start()?;
/// index.add_fault(Fault::on(Route::Simple).through(3).stale());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fault {
    #[serde(rename = "on")]
    route: Route,
    /// The numbers of the first and the last request that are affected.
    #[serde(default = "first")]
    first: u64,
    #[serde(default = "last")]
    last: u64,
    /// A part of the path.
    #[serde(default, rename = "about")]
    path_part: String,
    effects: Vec<Effect>,
}

fn first() -> u64 {
    1
}

fn last() -> u64 {
    u64::MAX
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    CloseConnection,
    #[serde(rename = "do")]
    Change(Change),
    Cut(Moment),
    Header(String, String),
    Hide(String),
    #[serde(rename = "answer")]
    Respond(Replacement),
    #[serde(skip)]
    RespondWith(Responder),
    Serial(u64),
    SlowBody(u64),
    Stale,
    StallBody(u64),
    #[serde(rename = "stall-answer")]
    StallResponse(u64),
    Truncate(u64),
}

/// The response that replaces the index's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Replacement {
    #[serde(default)]
    pub(crate) moment: Moment,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) content_type: String,
    #[serde(default)]
    pub(crate) body: String,
}

/// What a closure responds.
#[derive(Clone)]
pub(crate) struct Responder(pub(crate) Arc<Respond>);

type Respond =
    dyn Fn(&http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>> + Send + Sync + 'static;

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Responder")
    }
}

/// A moment in the handling of a request.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Moment {
    BeforeBody,
    #[default]
    AfterBody,
    AfterCommit,
}

impl Fault {
    /// A fault at every request of this kind, without an effect yet.
    pub fn on(route: Route) -> Self {
        Self {
            route,
            first: first(),
            last: last(),
            path_part: String::new(),
            effects: Vec::new(),
        }
    }

    /// Affects only the request with this number, from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        (self.first, self.last) = (number, number);
        self
    }

    /// Affects the request with this number and those after it.
    #[must_use]
    pub fn from(mut self, number: u64) -> Self {
        self.first = number;
        self
    }

    /// Affects the request with this number and those before it.
    #[must_use]
    pub fn through(mut self, number: u64) -> Self {
        self.last = number;
        self
    }

    /// Affects and counts only requests whose path contains this text.
    #[must_use]
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.path_part = text.into();
        self
    }

    /// Closes the connection after the request's headers. A client that is still sending sees a reset.
    #[must_use]
    pub fn reset_before_body(self) -> Self {
        self.effect(Effect::Cut(Moment::BeforeBody))
    }

    /// Closes the connection after the request's body. The request changes nothing.
    #[must_use]
    pub fn reset_after_body(self) -> Self {
        self.effect(Effect::Cut(Moment::AfterBody))
    }

    /// Handles the request and closes the connection without a response: a success that the client does not learn of.
    #[must_use]
    pub fn lose_response(self) -> Self {
        self.effect(Effect::Cut(Moment::AfterCommit))
    }

    /// Stops reading after this many bytes of the body, and sends nothing.
    #[must_use]
    pub fn stall_body(self, after: u64) -> Self {
        self.effect(Effect::StallBody(after))
    }

    /// Reads the body at this many bytes per second.
    #[must_use]
    pub fn slow_body(self, bytes_per_second: u64) -> Self {
        self.effect(Effect::SlowBody(bytes_per_second))
    }

    /// Stops sending after this many bytes of the response's body, and leaves the connection open.
    #[must_use]
    pub fn stall_response(self, after: u64) -> Self {
        self.effect(Effect::StallResponse(after))
    }

    /// Closes the connection after this many bytes of the response's body.
    #[must_use]
    pub fn truncate(self, after: u64) -> Self {
        self.effect(Effect::Truncate(after))
    }

    /// Closes the connection after the response.
    #[must_use]
    pub fn close_connection(self) -> Self {
        self.effect(Effect::CloseConnection)
    }

    /// Sends this response after the body was read. The request changes nothing.
    #[must_use]
    pub fn respond(
        self,
        status: u16,
        content_type: impl Into<String>,
        body: impl Into<String>,
    ) -> Self {
        self.effect(Effect::Respond(Replacement {
            moment: Moment::AfterBody,
            status,
            content_type: content_type.into(),
            body: body.into(),
        }))
    }

    /// Sends the response that `respond` returns, after the body was read. The request changes nothing then; with `None`, the
    /// index responds itself.
    ///
    /// The closure gets the request with its path, its headers and its body. The body of an upload is empty: its form is not
    /// kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::{Fault, LocalIndex, Route};
    ///
    /// // One client is too fast for the index.
    /// let busy = Fault::on(Route::Upload).respond_with(|request| {
    ///     let agent = request.headers().get("user-agent")?.to_str().ok()?;
    ///     let response = http::Response::builder().status(429).header("Retry-After", "1");
    ///     agent.starts_with("twine/").then(|| response.body(b"busy".to_vec()).ok())?
    /// });
    /// let index = LocalIndex::builder().publishes_any().fault(busy).start()?;
    /// # Ok::<(), pypi_local_index::Error>(())
    /// ```
    #[must_use]
    pub fn respond_with(
        self,
        respond: impl Fn(&http::Request<Vec<u8>>) -> Option<http::Response<Vec<u8>>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.effect(Effect::RespondWith(Responder(Arc::new(respond))))
    }

    /// Redirects to `location`, with any status.
    #[must_use]
    pub fn redirect(self, status: u16, location: impl Into<String>) -> Self {
        self.respond(status, "text/plain", "")
            .header("Location", location)
    }

    /// Sends the response set by [`respond`](Self::respond) before the body is read, and closes the connection.
    #[must_use]
    pub fn before_body(self) -> Self {
        self.at(Moment::BeforeBody)
    }

    /// Sends the response set by [`respond`](Self::respond) after the request was handled.
    #[must_use]
    pub fn after_commit(self) -> Self {
        self.at(Moment::AfterCommit)
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.effect(Effect::Header(name.into(), value.into()))
    }

    /// Changes the index just before the request is handled.
    #[must_use]
    pub fn change(self, change: Change) -> Self {
        self.effect(Effect::Change(change))
    }

    /// Repeats the previous response for this page with its `Age`, as a cache does; 404 if there was none.
    #[must_use]
    pub fn stale(self) -> Self {
        self.effect(Effect::Stale)
    }

    /// Leaves this file out of a page of the simple API.
    #[must_use]
    pub fn hide(self, filename: impl Into<String>) -> Self {
        self.effect(Effect::Hide(filename.into()))
    }

    /// Shows this serial in a page of the simple API.
    #[must_use]
    pub fn serial(self, number: u64) -> Self {
        self.effect(Effect::Serial(number))
    }

    /// Whether the fault counts this request.
    pub(crate) fn counts(&self, route: Route, path: &str) -> bool {
        self.route == route && path.contains(&self.path_part)
    }

    /// The effects on the request with this number.
    pub(crate) fn effects(&self, number: u64) -> &[Effect] {
        if (self.first..=self.last).contains(&number) {
            &self.effects
        } else {
            &[]
        }
    }

    fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    fn at(mut self, then: Moment) -> Self {
        for effect in &mut self.effects {
            if let Effect::Respond(replacement) = effect {
                replacement.moment = then;
            }
        }
        self
    }
}
