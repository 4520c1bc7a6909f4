//! What the server's thread and the handle share.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use pypi_metadata::ProjectName;
use url::Url;

use crate::api::form::Form;
use crate::api::oidc::{Keys, Runner, Signer};
use crate::api::record::RecordedRequest;
use crate::api::response::Answer;
use crate::api::upload::rival;
use crate::config::clock::Clock;
use crate::config::fault::{Change, Faults};
use crate::warehouse::journal::ProjectEventKind;
use crate::warehouse::{Key, State, Status};

/// The most answers of pages that are kept for faults; the oldest give way.
const MAX_SERVED: usize = 1000;

/// The path and the `Accept` of a page.
type Page = (String, String);

pub(crate) struct Shared {
    state: Mutex<State>,
    requests: Mutex<VecDeque<RecordedRequest>>,
    /// How many requests are kept.
    kept: usize,
    served: Mutex<HashMap<Page, Answer>>,
    pub(crate) faults: Faults,
    pub(crate) keys: Keys,
    pub(crate) runner: Runner,
    pub(crate) clock: Clock,
    pub(crate) root: Url,
    /// Whether links name the host that was asked, as behind another address they must.
    is_public: bool,
}

impl Shared {
    pub(crate) fn new(
        state: State,
        keys: Keys,
        clock: Clock,
        (root, is_public): (Url, bool),
        kept: usize,
    ) -> Self {
        Self {
            state: Mutex::new(state),
            requests: Mutex::default(),
            kept,
            served: Mutex::default(),
            faults: Faults::default(),
            keys,
            runner: Runner::default(),
            clock,
            root,
            is_public,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, VecDeque<RecordedRequest>> {
        lock(&self.requests)
    }

    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut requests = self.requests();
        if requests.len() >= self.kept {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// Changes the state for a request, and answers once the change is durable.
    pub(crate) fn change(&self, change: impl FnOnce(&mut State) -> Answer) -> Answer {
        let mut state = self.state();
        if state.storage.is_broken() {
            return broken();
        }
        let answer = change(&mut state);
        if state.commit() { answer } else { broken() }
    }

    /// Changes the state from within the process.
    pub(crate) fn control<T>(&self, change: impl FnOnce(&mut State, u64) -> T) -> T {
        let mut state = self.state();
        let result = change(&mut state, self.clock.now());
        state.storage.touch(Key::Rest);
        // The next request is answered 503 when it could not be kept.
        state.commit();
        result
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            keys: &self.keys,
            jti: self.state().random.text(),
            now: self.clock.now(),
        }
    }

    /// The root that links begin with.
    pub(crate) fn origin(&self, host: Option<&str>) -> Url {
        let asked = host.filter(|_| self.is_public);
        let url = asked.and_then(|host| Url::parse(&format!("http://{host}/")).ok());
        url.unwrap_or_else(|| self.root.clone())
    }

    /// What a page was answered the last time.
    pub(crate) fn served(&self, page: &Page) -> Option<Answer> {
        lock(&self.served).get(page).cloned()
    }

    pub(crate) fn keep_served(&self, page: Page, answer: &Answer) {
        let mut served = lock(&self.served);
        if served.len() >= MAX_SERVED {
            served.clear();
        }
        served.insert(page, answer.clone());
    }

    /// Makes a change that a fault asks for; the form is that of the request.
    pub(crate) fn apply(&self, change: &Change, form: Option<&Form>) {
        if let Change::Advance(seconds) = change {
            self.clock.advance(Duration::from_secs(*seconds));
        }
        self.control(|state, now| match change {
            Change::Advance(_) => {}
            Change::Archive(project) => set_status(state, project, Status::Archived, now),
            Change::Quarantine(project) => set_status(state, project, Status::Quarantined, now),
            Change::ExpireTokens => state.expire_minted(now.saturating_sub(1)),
            Change::RevokeTokens => state.revoke_minted(),
            Change::FileLimit(bytes) => state.settings.file_limit = *bytes,
            Change::ProjectAppears(name) => {
                if let Ok(name) = ProjectName::parse(name) {
                    state.create_project(&name, Some("somebody-else"), now);
                }
            }
            Change::RivalSameBytes => rival(state, form, None, now),
            Change::RivalOtherBytes => rival(
                state,
                form,
                Some(Bytes::from_static(b"a rival's bytes")),
                now,
            ),
        });
    }
}

/// Sets the status of a project; nothing when there is none of this name.
pub(crate) fn set_status(state: &mut State, project: &str, status: Status, now: u64) {
    let Ok(name) = ProjectName::parse(project) else {
        return;
    };
    if let Some(project) = state.project_mut(name.normalized()) {
        project.status = status;
        state.note(now, name.normalized(), ProjectEventKind::StatusChanged);
    }
}

fn broken() -> Answer {
    Answer::refused_in_status(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        .rule("storage")
        .because("a change could not be written to the index's folder: start it anew")
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
