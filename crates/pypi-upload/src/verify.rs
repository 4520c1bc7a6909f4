//! Whether an index lists what was uploaded.

use std::{convert::Infallible, time::Duration};

use pypi_http::{Call, Flow, Reply, Retry, RetryPolicy, Step, TransportError};
use url::Url;

use crate::{
    Index, Listed, Listing,
    lookup::{listing, page_request},
};

/// Asks the simple API until it lists every file with its sha256, or no attempt is left.
///
/// A page of PyPI may be ten minutes old, so an absent file is looked up again; a file that is listed with another sha256
/// is final.
#[derive(Debug)]
pub struct Verify {
    page: Url,
    files: Vec<(String, String)>,
    retry: Retry,
    state: State,
}

#[derive(Debug)]
enum State {
    Start,
    Asking(Call),
    Pause(Duration),
    Done(Verification),
}

/// What an index lists of the files that it should have. Each file name is in one of the lists.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verification {
    /// Listed with our sha256.
    pub confirmed: Vec<String>,
    /// Listed with another sha256.
    pub different: Vec<String>,
    /// Not listed, listed without a sha256, or the page could not be fetched.
    pub missing: Vec<String>,
}

impl Verification {
    /// Whether every file is listed with our sha256.
    pub fn is_complete(&self) -> bool {
        self.different.is_empty() && self.missing.is_empty()
    }
}

impl Verify {
    /// A verification of `files`, each a file name and a sha256 in lower-case hex, in the project of this normalized
    /// name; `None` when the simple API of the index is not known.
    pub fn new(
        index: &Index,
        normalized_name: &str,
        files: impl IntoIterator<Item = (String, String)>,
        policy: RetryPolicy,
    ) -> Option<Self> {
        Some(Self {
            page: index.project_url(normalized_name)?,
            files: files.into_iter().collect(),
            retry: Retry::new(policy),
            state: State::Start,
        })
    }

    fn answered(&mut self, answer: Result<Reply, TransportError>) -> State {
        let pause = self.retry.pause(answer.as_ref().ok());
        let verification = self.compare(&listing(answer).unwrap_or_default());
        match pause {
            Some(pause)
                if !verification.missing.is_empty() && verification.different.is_empty() =>
            {
                State::Pause(pause)
            }
            _ => State::Done(verification),
        }
    }

    fn compare(&self, listing: &Listing) -> Verification {
        let mut verification = Verification::default();
        for (filename, sha256) in &self.files {
            let list = match listing.compare(filename, sha256) {
                Listed::Same => &mut verification.confirmed,
                Listed::Different => &mut verification.different,
                Listed::Absent | Listed::Unknown => &mut verification.missing,
            };
            list.push(filename.clone());
        }
        verification
    }
}

impl Flow for Verify {
    type Output = Verification;
    type Error = Infallible;

    fn step(&mut self) -> Result<Step<Verification>, Infallible> {
        loop {
            self.state = match &mut self.state {
                State::Start => {
                    State::Asking(Call::new(page_request(&self.page), RetryPolicy::never()))
                }
                State::Asking(call) => match call.step()?.output() {
                    Ok(answer) => self.answered(answer),
                    Err(step) => return Ok(step),
                },
                State::Pause(pause) => {
                    let pause = *pause;
                    self.state = State::Start;
                    return Ok(Step::Wait(pause));
                }
                State::Done(verification) => return Ok(Step::Done(verification.clone())),
            };
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        if let State::Asking(call) = &mut self.state {
            call.received(reply);
        }
    }
}
