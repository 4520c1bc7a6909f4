//! Whether an index shows what was uploaded.

use pypi_http::{Flow, Reply, RequestError, RetryPolicy, Step, TransportError};
use url::Url;

use crate::{
    Index, Listed, Listing,
    listing::{listing, page_request},
};

/// Asks the simple API until it lists every file with its sha256, or the policy has no attempt left.
///
/// A page of PyPI may be ten minutes old, so an absent file is asked for again; a file that is listed with another
/// sha256 is final.
#[derive(Debug)]
pub struct Verify {
    page: Url,
    files: Vec<(String, String)>,
    policy: RetryPolicy,
    attempts: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Ask,
    Answered(Verification, Option<Reply>),
}

/// What an index shows of the files that it should have. Each file name is in one of the lists.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verification {
    /// Listed with our sha256.
    pub confirmed: Vec<String>,
    /// Listed with another sha256.
    pub different: Vec<String>,
    /// Not listed, listed without a sha256, or the page was not to be had.
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
    /// name; `None` when the index has no simple API that we know of.
    pub fn new(
        index: &Index,
        normalized_name: &str,
        files: impl IntoIterator<Item = (String, String)>,
        policy: RetryPolicy,
    ) -> Option<Self> {
        Some(Self {
            page: index.project_url(normalized_name)?,
            files: files.into_iter().collect(),
            policy,
            attempts: 0,
            state: State::Ask,
        })
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
    type Error = RequestError;

    fn step(&mut self) -> Result<Step<Verification>, RequestError> {
        match std::mem::replace(&mut self.state, State::Ask) {
            State::Answered(verification, reply) => {
                let again = !verification.missing.is_empty() && verification.different.is_empty();
                match self.policy.pause(self.attempts, reply.as_ref()) {
                    Some(pause) if again => Ok(Step::Wait(pause)),
                    _ => Ok(Step::Done(verification)),
                }
            }
            State::Ask => {
                self.attempts += 1;
                page_request(&self.page).map(Step::send)
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        let reply = reply.ok();
        let listing = reply
            .as_ref()
            .and_then(|reply| listing(reply).ok())
            .unwrap_or_default();
        self.state = State::Answered(self.compare(&listing), reply);
    }
}
