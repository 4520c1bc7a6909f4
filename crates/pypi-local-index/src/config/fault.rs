//! What can go wrong on the way to an index, as data.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::server::dispatch::Route;

/// Something that goes wrong, at requests of one kind.
///
/// Unless told otherwise it goes wrong at every request of its [`Route`]. Several things can be said of one fault: a 429
/// with a `Retry-After`, say. Requests are counted for each fault, from 1.
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
    /// The numbers of the first and the last request that it is about.
    #[serde(default = "first")]
    first: u64,
    #[serde(default = "last")]
    last: u64,
    /// What the path contains.
    #[serde(default)]
    about: String,
    effects: Vec<Effect>,
}

fn first() -> u64 {
    1
}

fn last() -> u64 {
    u64::MAX
}

/// A change of the index that happens at a request, before it is answered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The clock moves ahead by this many seconds.
    Advance(u64),
    /// The project of this name is archived.
    Archive(String),
    /// Every minted token ends.
    ExpireTokens,
    /// The largest file has this many bytes from now on.
    FileLimit(u64),
    /// Somebody else creates a project of this name.
    ProjectAppears(String),
    /// The project of this name is quarantined.
    Quarantine(String),
    /// Every minted token becomes unknown.
    RevokeTokens,
    /// Somebody else stores the file of this upload, with other bytes.
    RivalOtherBytes,
    /// Somebody else stores the file of this upload, with the same bytes.
    RivalSameBytes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    Answer(Replacement),
    CloseConnection,
    Cut(Moment),
    Do(Change),
    Header(String, String),
    Hide(String),
    Serial(u64),
    SlowBody(u64),
    Stale,
    StallAnswer(u64),
    StallBody(u64),
    Truncate(u64),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Replacement {
    #[serde(default = "after_body")]
    pub(crate) moment: Moment,
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) content_type: String,
    #[serde(default)]
    pub(crate) body: String,
}

fn after_body() -> Moment {
    Moment::AfterBody
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Moment {
    BeforeBody,
    AfterBody,
    AfterCommit,
}

impl Fault {
    /// A fault at every request of this kind; what goes wrong is still to be said.
    pub fn on(route: Route) -> Self {
        Self {
            route,
            first: first(),
            last: last(),
            about: String::new(),
            effects: Vec::new(),
        }
    }

    /// Only at the request of this number, from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        (self.first, self.last) = (number, number);
        self
    }

    /// From the request of this number on.
    #[must_use]
    pub fn from(mut self, number: u64) -> Self {
        self.first = number;
        self
    }

    /// Up to the request of this number, which is the last one.
    #[must_use]
    pub fn through(mut self, number: u64) -> Self {
        self.last = number;
        self
    }

    /// Only at requests whose path contains this text; others are not counted.
    #[must_use]
    pub fn path_contains(mut self, text: impl Into<String>) -> Self {
        self.about = text.into();
        self
    }

    /// The connection ends when the headers have come. With bytes on their way the client sees a reset.
    #[must_use]
    pub fn reset_before_body(self) -> Self {
        self.with(Effect::Cut(Moment::BeforeBody))
    }

    /// The connection ends when the body has come; the request has no effect.
    #[must_use]
    pub fn reset_after_body(self) -> Self {
        self.with(Effect::Cut(Moment::AfterBody))
    }

    /// The request has its effect, and then the connection ends: a success that the client does not hear of.
    #[must_use]
    pub fn lose_response(self) -> Self {
        self.with(Effect::Cut(Moment::AfterCommit))
    }

    /// The index stops to read after this many bytes of the body, and says nothing more.
    #[must_use]
    pub fn stall_body(self, after: u64) -> Self {
        self.with(Effect::StallBody(after))
    }

    /// The index reads the body at this many bytes a second.
    #[must_use]
    pub fn slow_body(self, bytes_per_second: u64) -> Self {
        self.with(Effect::SlowBody(bytes_per_second))
    }

    /// The answer stops after this many bytes of its body, and the connection stays open.
    #[must_use]
    pub fn stall_response(self, after: u64) -> Self {
        self.with(Effect::StallAnswer(after))
    }

    /// The answer ends after this many bytes of its body, and the connection with it.
    #[must_use]
    pub fn truncate(self, after: u64) -> Self {
        self.with(Effect::Truncate(after))
    }

    /// The connection is not kept alive after the answer.
    #[must_use]
    pub fn close_connection(self) -> Self {
        self.with(Effect::CloseConnection)
    }

    /// Another answer, after the body was read; the request has no effect.
    #[must_use]
    pub fn respond(
        self,
        status: u16,
        content_type: impl Into<String>,
        body: impl Into<String>,
    ) -> Self {
        self.with(Effect::Answer(Replacement {
            moment: Moment::AfterBody,
            status,
            content_type: content_type.into(),
            body: body.into(),
        }))
    }

    /// A redirect to `location`, of any status.
    #[must_use]
    pub fn redirect(self, status: u16, location: impl Into<String>) -> Self {
        self.respond(status, "text/plain", "")
            .header("Location", location)
    }

    /// Gives the answer that was set before the body is read, and closes the connection.
    #[must_use]
    pub fn before_body(self) -> Self {
        self.at(Moment::BeforeBody)
    }

    /// Gives the answer that was set although the request had its effect.
    #[must_use]
    pub fn after_commit(self) -> Self {
        self.at(Moment::AfterCommit)
    }

    /// One more header for the answer.
    #[must_use]
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(Effect::Header(name.into(), value.into()))
    }

    /// A change of the index, just before the request is answered.
    #[must_use]
    pub fn change(self, change: Change) -> Self {
        self.with(Effect::Do(change))
    }

    /// A page as this path was answered the last time, or 404 when it was not asked for yet: the page of a cache.
    #[must_use]
    pub fn stale(self) -> Self {
        self.with(Effect::Stale)
    }

    /// A page of the simple API without this file.
    #[must_use]
    pub fn hide(self, filename: impl Into<String>) -> Self {
        self.with(Effect::Hide(filename.into()))
    }

    /// A page of the simple API with this serial.
    #[must_use]
    pub fn serial(self, number: u64) -> Self {
        self.with(Effect::Serial(number))
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    fn at(mut self, then: Moment) -> Self {
        for effect in &mut self.effects {
            if let Effect::Answer(replacement) = effect {
                replacement.moment = then;
            }
        }
        self
    }
}

/// The faults of an index, and how many requests each has seen.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<(Fault, u64)>>);

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((fault, 0));
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// What goes wrong at this request, which is counted.
    pub(crate) fn at(&self, route: Route, path: &str) -> Effects {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut effects = Vec::new();
        for (fault, seen) in faults.iter_mut() {
            if fault.route == route && path.contains(&fault.about) {
                *seen += 1;
                if (fault.first..=fault.last).contains(seen) {
                    effects.extend(fault.effects.iter().cloned());
                }
            }
        }
        Effects(effects)
    }
}

/// What goes wrong at one request.
#[derive(Debug)]
pub(crate) struct Effects(pub(crate) Vec<Effect>);

impl Effects {
    /// The first effect that `pick` wants.
    pub(crate) fn find<T>(&self, pick: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    pub(crate) fn cuts(&self, moment: Moment) -> bool {
        self.0
            .iter()
            .any(|effect| matches!(effect, Effect::Cut(at) if *at == moment))
    }

    pub(crate) fn replacement(&self, moment: Moment) -> Option<&Replacement> {
        self.0.iter().find_map(|effect| match effect {
            Effect::Answer(replacement) if replacement.moment == moment => Some(replacement),
            _ => None,
        })
    }
}
