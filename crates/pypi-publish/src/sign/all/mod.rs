//! Signing many files: ID token, certificate, and an entry of the log for each.

mod steps;

use std::{fmt, mem, time::Duration};

use pypi_attestations::{Attestation, Certify, Sign, SigningCertificate, Sigstore, Statement};
use pypi_http::{Clock, CommandOutput, Flow, Reply, Retry, RetryPolicy, Step, TransportError};
use pypi_metadata::Finding;
use pypi_trusted_publisher::{BoxFlow, Claims, IdToken, Identity};

use super::Rules;
use crate::Error;

/// Signs statements, one after the other, with as few certificates as possible.
///
/// ```text
/// IdToken ──> check ──> Certify ──> Sign, for each statement ──> done
///    ^                                │
///    └────────────────────────────────┘ the certificate has expired
/// ```
///
/// The result of each statement is in their order. After a failure the next one is tried, unless Sigstore was down for the
/// whole [budget](pypi_attestations::SIGN_BUDGET).
///
/// # Errors
///
/// Of the flow, when nothing was signed: the ID token could not be obtained or is not for Sigstore, the repository is private
/// and may not be shown, or the certificate authority issued no certificate. The [kind](Error::kind) is
/// [`Attestation`](crate::ErrorKind::Attestation); [`Error::is_transient`] tells an outage.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, Sigstore, Statement};
/// use pypi_http::{Transport, drive};
/// use pypi_publish::{Error, SignAll};
/// use pypi_trusted_publisher::Identity;
///
/// fn sign(
///     sigstore: Sigstore,
///     job: Identity,
///     files: Vec<Statement>,
///     transport: &impl Transport,
/// ) -> Result<Vec<Result<Attestation, Error>>, Error> {
///     drive(SignAll::new(sigstore, job, files), transport)
/// }
/// ```
pub struct SignAll {
    sigstore: Sigstore,
    identity: Identity,
    rules: Rules,
    is_required: bool,
    policy: RetryPolicy,
    clock: Clock,
    statements: Vec<Statement>,
    results: Results,
    claims: Option<Claims>,
    findings: Vec<Finding>,
    /// The statements that the log has, or may have, an entry of, though there is no attestation.
    logged: Vec<String>,
    /// Of the requests for ID tokens.
    retry: Retry,
    attempts: u32,
    failure: Option<String>,
    /// How often a new certificate was requested for the current statement.
    renewals: u32,
    has_renewed_token: bool,
    state: State,
}

/// The attestations in the order of the statements, or why a file has none.
type Results = Vec<Result<Attestation, Error>>;

enum State {
    Start,
    IdToken(BoxFlow<IdToken>),
    Pause(Duration),
    Certify(Box<Certify>),
    Sign(SigningCertificate, Box<Sign>, Doubt),
    Over,
}

/// What the log may have of a signature.
#[derive(Clone, Copy, Default)]
struct Doubt {
    /// A request to record it is on its way.
    in_flight: bool,
    /// The log may have recorded it.
    may_be_there: bool,
}

impl SignAll {
    /// Signs these statements as `identity`, whose ID tokens are requested for [`Sigstore::AUDIENCE`].
    pub fn new(sigstore: Sigstore, identity: Identity, statements: Vec<Statement>) -> Self {
        let policy = RetryPolicy::default();
        Self {
            identity,
            rules: Rules {
                is_public: sigstore.is_public(),
                ..Rules::default()
            },
            is_required: false,
            retry: Retry::new(policy.clone()),
            policy,
            clock: Clock::system(),
            results: Vec::with_capacity(statements.len()),
            statements,
            claims: None,
            findings: Vec::new(),
            logged: Vec::new(),
            attempts: 1,
            failure: None,
            renewals: 0,
            has_renewed_token: false,
            state: State::Start,
            sigstore,
        }
    }

    /// Whether to sign as the job of a private repository although the log of the instance is public; false by default.
    #[must_use]
    pub fn allow_private(mut self, allows_private: bool) -> Self {
        self.rules.allows_private = allows_private;
        self
    }

    /// Whether the attestations are for PyPI; false by default. Nothing is signed then as a job whose attestations PyPI
    /// rejects: one in a reusable workflow, or of a provider whose attestations it does not take.
    #[must_use]
    pub fn pypi_rules(mut self, is_pypi: bool) -> Self {
        self.rules.is_pypi = is_pypi;
        self
    }

    /// The pauses between requests. Their number is limited by the time that Sigstore is given, but
    /// [`RetryPolicy::never`] means one request.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Retry::new(policy.clone());
        self.policy = policy;
        self
    }

    /// The clock that the certificates' life and the time of requests are measured by; the system's by default.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Ends at the first failure, which is then the result of all statements that follow.
    pub(crate) fn required(mut self, is_required: bool) -> Self {
        self.is_required = is_required;
        self
    }

    /// The results so far, in the order of the statements.
    pub fn results(&self) -> &[Result<Attestation, Error>] {
        &self.results
    }

    /// The claims of the last ID token; `None` before the first one.
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_ref()
    }

    /// What is worth a warning, such as a repository whose visibility is not known.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The file names of which the log has an entry, or may have one, though there is no attestation: nothing removes it.
    pub fn logged(&self) -> Vec<&str> {
        let current = match &self.state {
            State::Sign(_, _, doubt) if doubt.in_flight || doubt.may_be_there => {
                self.current().map(Statement::subject_name)
            }
            _ => None,
        };
        let logged = self.logged.iter().map(String::as_str);
        logged.chain(current).collect()
    }

    /// The name of the file that is being signed.
    pub fn current_file(&self) -> Option<&str> {
        self.current().map(Statement::subject_name)
    }

    /// Why the last attempt has to be repeated, on one line.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Certify(flow) => flow.failure(),
            State::Sign(_, flow, _) => flow.failure(),
            _ => self.failure.as_deref(),
        }
    }

    /// How often the current request was tried.
    pub fn attempts(&self) -> u32 {
        match &self.state {
            State::Certify(flow) => flow.attempts(),
            State::Sign(_, flow, _) => flow.attempts(),
            _ => self.attempts,
        }
    }
}

impl Flow for SignAll {
    type Output = Results;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Self::Output>, Error> {
        loop {
            if let Some(step) = self.advance()? {
                return Ok(step);
            }
        }
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.state {
            State::IdToken(flow) => flow.received(reply),
            State::Certify(flow) => flow.received(reply),
            State::Sign(_, flow, doubt) => {
                if mem::take(&mut doubt.in_flight) {
                    doubt.may_be_there |= may_be_recorded(&reply);
                }
                flow.received(reply);
            }
            State::Start | State::Pause(_) | State::Over => {}
        }
    }

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        if let State::IdToken(flow) = &mut self.state {
            flow.ran(output);
        }
    }
}

/// Whether the log may have recorded what it was sent: unless it rejected it, or did not get it.
fn may_be_recorded(answer: &Result<Reply, TransportError>) -> bool {
    match answer {
        Ok(reply) => !matches!(reply.status().as_u16(), 400..=408 | 410..=428 | 430..=498),
        Err(error) => error.kind().may_have_arrived(),
    }
}

impl fmt::Debug for SignAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignAll")
            .field("provider", &self.identity.provider())
            .field("statements", &self.statements.len())
            .field("results", &self.results.len())
            .finish_non_exhaustive()
    }
}
