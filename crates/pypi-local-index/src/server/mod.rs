//! The application, which turns requests into responses, and the listener, which connects it to sockets.
//!
//! [`Application::respond`] is all there is to know for a listener: a request with a body in, a response with a body out.

mod activity;
mod cache;
mod change;
mod connection;
mod control;
mod dispatch;
mod events;
mod faults;
mod hosts;
mod listener;
mod log;
mod old_paths;
mod pace;
mod pages;
#[cfg(feature = "tls")]
mod plain;
#[cfg(feature = "readme")]
mod render;
mod respond;
mod routes;
#[cfg(feature = "sigstore")]
mod sigstore;
#[cfg(feature = "tls")]
mod tls;

use pypi_metadata::rules;
#[cfg(feature = "sigstore")]
use std::sync::OnceLock;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use pypi_http::Secret;
use url::Url;

use self::cache::PageCache;
use self::control::Control;
use self::faults::Faults;
use self::log::RequestLog;
#[cfg(feature = "sigstore")]
use crate::api::Sigstore;
use crate::api::{Keys, RecordedRequest, Response, Runner, Signer};
use crate::config::{Clock, Fault, Identity, Verification};
use crate::error::Error;
use crate::warehouse::State;

pub(crate) use connection::{Front, Limits};
pub(crate) use control::CONTROL;
pub(crate) use hosts::Hosts;
pub(crate) use listener::{Listener, Server};
pub(crate) use pace::Cut;
#[cfg(feature = "tls")]
pub(crate) use tls::Tls;

/// An index without its sockets.
pub(crate) struct Application {
    state: Mutex<State>,
    log: Mutex<RequestLog>,
    cache: Mutex<PageCache>,
    faults: Mutex<Faults>,
    keys: Keys,
    runner: Runner,
    #[cfg(feature = "sigstore")]
    sigstore: OnceLock<Option<Sigstore>>,
    clock: Clock,
    verification: Verification,
    control: Control,
    /// As the index was started.
    initial: Mutex<Initial>,
    #[cfg(feature = "readme")]
    renderer: render::Renderer,
    root: Root,
}

/// What a reset restores, besides the faults.
struct Initial {
    state: State,
    /// Of the clock.
    setting: u64,
    /// The workload of Google.
    workload: Option<Identity>,
}

/// How an application is set up, besides its state.
pub(crate) struct Options {
    pub(crate) keys: Keys,
    /// `None` makes an instance when it is first used, because that takes longer than everything else.
    #[cfg(feature = "sigstore")]
    pub(crate) sigstore: Option<Sigstore>,
    pub(crate) clock: Clock,
    pub(crate) verification: Verification,
    pub(crate) root: Root,
    pub(crate) faults: Vec<Fault>,
    pub(crate) max_requests: usize,
}

/// The URL that links begin with.
pub(crate) struct Root {
    /// As clients on this machine see it.
    pub(crate) url: Url,
    /// Whether other machines may see the index under another host, so that links must use the host of the request.
    pub(crate) is_public: bool,
}

impl Application {
    pub(crate) fn new(state: State, options: Options) -> Result<Self, Error> {
        Ok(Self {
            control: Control::new()?,
            initial: Mutex::new(Initial {
                state: state.clone(),
                setting: options.clock.setting(),
                workload: None,
            }),
            state: Mutex::new(state),
            log: Mutex::new(RequestLog::new(options.max_requests)),
            cache: Mutex::default(),
            faults: Mutex::new(Faults::new(options.faults)),
            keys: options.keys,
            runner: Runner::default(),
            #[cfg(feature = "sigstore")]
            sigstore: match options.sigstore {
                Some(sigstore) => OnceLock::from(Some(sigstore)),
                None => OnceLock::new(),
            },
            clock: options.clock,
            verification: options.verification,
            #[cfg(feature = "readme")]
            renderer: render::Renderer::default(),
            root: options.root,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Changes the state from within the process.
    pub(crate) fn control<T>(&self, change: impl FnOnce(&mut State, u64) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state, self.clock.now());
        state.mark_rest_dirty();
        // If this fails, every later change gets a 503 response.
        state.commit();
        result
    }

    /// The newest requests, the oldest of them first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.log).oldest_first().cloned().collect()
    }

    pub(crate) fn add_fault(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    pub(crate) fn clear_faults(&self) {
        lock(&self.faults).clear();
    }

    /// Keeps the workload of Google for a reset, when all jobs of the start have their environment.
    pub(crate) fn keep_workload(&self) {
        lock(&self.initial).workload = self.runner.workload();
    }

    /// Restores the state, the clock and the faults as they were at the start, and forgets all requests.
    pub(crate) fn reset(&self) {
        // All at once: no request sees a part of it.
        let mut state = self.state();
        let initial = lock(&self.initial);
        state.become_earlier(&initial.state);
        self.clock.restore(initial.setting);
        self.runner.set_workload(initial.workload.clone());
        lock(&self.faults).reset();
        *lock(&self.cache) = PageCache::default();
        self.clear_requests();
    }

    pub(crate) fn clear_requests(&self) {
        lock(&self.log).clear();
    }

    fn count_requests(&self) -> usize {
        lock(&self.log).oldest_first().count()
    }

    fn count_faults(&self) -> usize {
        lock(&self.faults).len()
    }

    /// The secret of the control over HTTP.
    pub(crate) fn control_secret(&self) -> &Secret {
        self.control.secret()
    }

    /// The environment variables of a job.
    pub(crate) fn environment_of(&self, job: Identity) -> Vec<(String, String)> {
        let signer = self.signer();
        let audience = self.state().settings.profile.audience();
        self.runner
            .environment(&signer, job, audience, &self.root.url)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn root(&self) -> &Url {
        &self.root.url
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            keys: &self.keys,
            jti: self.state().random.text(),
            now: self.clock.now(),
        }
    }

    /// Changes the state for a request, and responds when the change is durable.
    fn change_state(&self, change: impl FnOnce(&mut State) -> Response) -> Response {
        let mut state = self.state();
        if state.is_broken() {
            return broken();
        }
        let response = change(&mut state);
        if state.commit() { response } else { broken() }
    }
}

impl Root {
    /// The URL for a client that sent the header `host`.
    fn seen_from(&self, host: Option<&str>) -> Url {
        let host = host.filter(|_| self.is_public);
        let scheme = self.url.scheme();
        let url = host.and_then(|host| Url::parse(&format!("{scheme}://{host}/")).ok());
        url.unwrap_or_else(|| self.url.clone())
    }
}

fn broken() -> Response {
    Response::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        .rule(&rules::STORAGE)
        .reason("a change could not be written to the index's folder: restart the index")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
