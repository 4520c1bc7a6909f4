//! What follows from the end of each flow.

use std::{mem, time::Duration};

use http::Method;
use pypi_attestations::{
    Attestation, Certify, ErrorKind as Kind, SigningCertificate, Sigstore, Statement,
};
use pypi_http::{Flow as _, RetryPolicy, Step};
use pypi_trusted_publisher::IdToken;

use super::{Doubt, Results, SignAll, State};
use crate::{Error, sign::token};

/// How often an expired certificate is replaced for one statement.
const MAX_RENEWALS: u32 = 2;

/// The rest of a certificate's life in which nothing new is signed: the log records a signature some seconds later.
const MARGIN: Duration = Duration::from_secs(15);

const CERTIFICATE: &str = "could not get a signing certificate";

impl SignAll {
    pub(super) fn current(&self) -> Option<&Statement> {
        self.statements.get(self.results.len())
    }

    /// The state before a certificate is needed.
    fn id_token(&self) -> State {
        State::IdToken(self.identity.id_token(Sigstore::AUDIENCE))
    }

    /// The state after a request for an ID token.
    fn issued(
        &mut self,
        result: Result<IdToken, pypi_trusted_publisher::Error>,
    ) -> Result<State, Error> {
        let token = match result {
            Ok(token) => token,
            Err(error) if error.is_transient() => {
                let Some(pause) = self.retry.pause_asked(error.retry_after()) else {
                    return Err(Error::of_signing_token(error));
                };
                self.attempts += 1;
                self.failure = Some(error.causes());
                return Ok(State::Pause(pause));
            }
            Err(error) => return Err(Error::of_signing_token(error)),
        };
        let claims = token.claims();
        self.claims = Some(claims.clone());
        let warning = self.rules.check(claims);
        let warning = warning.map_err(|why| Error::attestation("nothing was signed", &why))?;
        if self.findings.is_empty() {
            self.findings.extend(warning);
        }
        let subject = token::subject(claims);
        let certify = Certify::new(&self.sigstore, token.secret(), subject);
        let certify = certify.map_err(|error| Error::of_signing(CERTIFICATE, error))?;
        Ok(State::Certify(Box::new(certify.retry(self.patient()))))
    }

    /// As often as the time for it allows.
    fn patient(&self) -> RetryPolicy {
        match self.policy.is_never() {
            true => self.policy.clone(),
            false => self.policy.clone().attempts(u32::MAX),
        }
    }

    /// The state in which the next statement is signed.
    fn next(&self, certificate: Option<SigningCertificate>) -> Result<State, Error> {
        let Some(statement) = self.current() else {
            return Ok(State::Over);
        };
        let now = self.clock.now() + MARGIN;
        let certificate = certificate.filter(|one| one.claims().valid_until() > now);
        let Some(certificate) = certificate else {
            return Ok(self.id_token());
        };
        self.sign(certificate, statement)
    }

    fn sign(&self, certificate: SigningCertificate, statement: &Statement) -> Result<State, Error> {
        let sign = certificate
            .sign(&self.sigstore, statement.clone())
            .map_err(|error| {
                Error::of_signing(
                    &format!("could not sign {}", statement.subject_name()),
                    error,
                )
            })?;
        let sign = sign.retry(self.patient()).clock(self.clock.clone());
        Ok(State::Sign(certificate, Box::new(sign), Doubt::default()))
    }

    /// The state after a certificate was requested.
    fn certified(
        &mut self,
        result: Result<SigningCertificate, pypi_attestations::Error>,
    ) -> Result<State, Error> {
        match (result, self.current()) {
            (Ok(certificate), Some(statement)) => self.sign(certificate, statement),
            (Ok(_), None) => Ok(State::Over),
            (Err(error), _)
                if error.is_id_token()
                    && self.identity.is_renewable()
                    && !self.has_renewed_token =>
            {
                self.has_renewed_token = true;
                Ok(self.id_token())
            }
            (Err(error), _) => Err(Error::of_signing(CERTIFICATE, error)),
        }
    }

    /// The state after a statement.
    fn signed(
        &mut self,
        certificate: SigningCertificate,
        doubt: Doubt,
        result: Result<Attestation, pypi_attestations::Error>,
    ) -> Result<State, Error> {
        let error = match result {
            Ok(attestation) => {
                self.renewals = 0;
                self.results.push(Ok(attestation));
                return self.next(Some(certificate));
            }
            Err(error) if error.kind() == Kind::Expired && self.renewals < MAX_RENEWALS => {
                self.renewals += 1;
                return Ok(self.id_token());
            }
            Err(error) => error,
        };
        let name = self.current_file().unwrap_or_default().to_owned();
        let is_down = error.kind() == Kind::Unavailable;
        let error = Error::of_signing(&format!("could not sign {name}"), error);
        if doubt.may_be_there {
            self.logged.push(name);
        }
        self.renewals = 0;
        self.results.push(Err(error.clone()));
        match is_down || self.is_required {
            true => Ok(self.fill(&error)),
            false => self.next(Some(certificate)),
        }
    }

    /// Ends the flow: the statements that are left fail for the same reason.
    fn fill(&mut self, error: &Error) -> State {
        let count = self.statements.len();
        self.results.resize_with(count, || Err(error.clone()));
        State::Over
    }

    /// A failure of everything that is left; the error of the flow if that is everything.
    fn failed(&mut self, error: Error) -> Result<State, Error> {
        match self.results.iter().any(Result::is_ok) {
            true => Ok(self.fill(&error)),
            false => Err(error),
        }
    }

    /// Steps the current flow: its step, or `None` after a change of state.
    pub(super) fn advance(&mut self) -> Result<Option<Step<Results>>, Error> {
        let next = match mem::replace(&mut self.state, State::Over) {
            State::Start => self.next(None),
            State::IdToken(mut flow) => match flow.step().map(Step::output) {
                Ok(Err(step)) => {
                    self.state = State::IdToken(flow);
                    return Ok(Some(step));
                }
                Ok(Ok(token)) => self.issued(Ok(token)),
                Err(error) => self.issued(Err(error)),
            },
            State::Pause(pause) => {
                self.state = self.id_token();
                return Ok(Some(Step::Wait(pause)));
            }
            State::Certify(mut flow) => match flow.step().map(Step::output) {
                Ok(Err(step)) => {
                    self.state = State::Certify(flow);
                    return Ok(Some(step));
                }
                Ok(Ok(certificate)) => self.certified(Ok(certificate)),
                Err(error) => self.certified(Err(error)),
            },
            State::Sign(certificate, mut flow, mut doubt) => match flow.step().map(Step::output) {
                Ok(Err(step)) => {
                    let is_post = |request: &http::Request<_>| request.method() == Method::POST;
                    doubt.in_flight |= matches!(&step, Step::Send(request) if is_post(request));
                    self.state = State::Sign(certificate, flow, doubt);
                    return Ok(Some(step));
                }
                Ok(Ok(attestation)) => self.signed(certificate, doubt, Ok(attestation)),
                Err(error) => self.signed(certificate, doubt, Err(error)),
            },
            State::Over => return Ok(Some(Step::Done(self.results.clone()))),
        };
        self.state = match next {
            Ok(state) => state,
            Err(error) => self.failed(error)?,
        };
        Ok(None)
    }
}
