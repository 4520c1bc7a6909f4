//! Signing: a certificate of Sigstore, and an entry of its transparency log.

mod certificate;
mod certify;
mod convert;
mod entry;
mod instance;
mod key;
mod requests;

use std::fmt;
use std::time::Duration;

use pypi_http::{Clock, Flow, Reply, RetryPolicy, Step, TransportError};

use crate::{Attestation, Error, ErrorKind, Statement, log_entry};
pub use certificate::SigningCertificate;
pub use certify::Certify;
use entry::Record;
pub use instance::Sigstore;
pub use requests::SIGN_BUDGET;

impl SigningCertificate {
    /// A flow that signs `statement` with this certificate. The instance must be the one that issued the certificate.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the key cannot sign. For the errors of the flow see [`Sign`].
    pub fn sign(&self, instance: &Sigstore, statement: Statement) -> Result<Sign, Error> {
        Ok(Sign {
            record: Record::new(instance.rekor_url(), self.clone(), statement)?,
            instance: instance.clone(),
            recorded: None,
            pauses: 0,
            failure: None,
        })
    }
}

/// Signs a statement, has the transparency log record the signature, and verifies the attestation that comes of it.
///
/// A request without a reply, or with a status that says so, is repeated with the same bytes for up to [`SIGN_BUDGET`]. An entry
/// that the log has already, because the reply to an earlier attempt was lost, is fetched.
///
/// # Errors
///
/// - [`ErrorKind::Expired`]: the log added the entry after the end of the certificate. Get a new ID token and a new certificate.
/// - [`ErrorKind::LogRefused`]: the log rejected the entry.
/// - [`ErrorKind::Unavailable`]: the log was down for longer than the budget.
/// - [`ErrorKind::Entry`] and [`ErrorKind::EntryMismatch`]: the log returned something else than the entry.
/// - [`ErrorKind::Future`]: the clock of this machine is more than a minute behind that of the log.
/// - The errors of [`Verifier::verify`](crate::Verifier::verify), when certificate and log are not those of the trusted root.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Attestation, Certify, Error, Sigstore, Statement};
/// use pypi_http::{Secret, Transport, drive};
///
/// /// Signs one file with a certificate of its own.
/// fn attest(
///     sigstore: &Sigstore,
///     token: &Secret,
///     subject: &str,
///     file: Statement,
///     transport: &impl Transport,
/// ) -> Result<Attestation, Error> {
///     let certificate = drive(Certify::new(sigstore, token, subject)?, transport)?;
///     drive(certificate.sign(sigstore, file)?, transport)
/// }
/// ```
///
/// # Source
///
/// [Rekor's API](https://github.com/sigstore/rekor/blob/main/openapi.yaml) and its type `dsse` 0.0.1 (read 2026-11-21).
pub struct Sign {
    instance: Sigstore,
    record: Record,
    recorded: Option<Attestation>,
    /// How often the clock of this machine was behind.
    pauses: u32,
    failure: Option<String>,
}

impl Sign {
    /// How often to send each request, and how long to pause; by default until the budget is used up, with pauses of up to 30
    /// seconds.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.record.retry(policy);
        self
    }

    /// The clock that measures the budget; without one, pauses and timeouts are added up.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.record.clock(clock);
        self
    }

    /// Why the last attempt has to be repeated, on one line.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref().or_else(|| self.record.failure())
    }

    /// How many requests were sent.
    pub fn attempts(&self) -> u32 {
        self.record.attempts()
    }

    /// The attestation with the entry of a reply. It is not verified yet.
    fn attestation(&self, reply: &Reply) -> Result<Attestation, Error> {
        let (statement, signature) = (self.record.statement(), self.record.signature());
        let entry = convert::entry(reply.body(), statement, signature)?;
        let certificate = self.record.certificate();
        let integrated = log_entry::read(&entry)?.integrated_time();
        if integrated > certificate.claims().valid_until() {
            let text = "the transparency log added the entry after the end of the certificate";
            return Err(Error::new(ErrorKind::Expired, text));
        }
        let entries = [entry];
        Attestation::new(certificate.der(), &entries, statement.as_bytes(), signature)
    }

    /// Verifies as everyone else does. The clock of this machine may be some seconds behind that of the log.
    fn verified(&mut self, attestation: Attestation) -> Result<Step<Attestation>, Error> {
        let statement = attestation.statement();
        let verified = self.instance.verifier().verify(
            &attestation,
            |name| name == statement.subject_name(),
            statement.subject_sha256(),
            self.record.certificate().identity(),
        );
        match verified {
            Ok(_) => Ok(Step::Done(attestation)),
            Err(error) if error.kind() == ErrorKind::Future && self.pauses < MAX_PAUSES => {
                self.pauses += 1;
                self.failure = Some(error.to_string());
                self.recorded = Some(attestation);
                Ok(Step::Wait(PAUSE))
            }
            Err(error) => Err(error),
        }
    }
}

/// The pause before an attestation that is in the future is verified again.
const PAUSE: Duration = Duration::from_secs(5);

/// How often: for a minute.
const MAX_PAUSES: u32 = 12;

impl Flow for Sign {
    type Output = Attestation;
    type Error = Error;

    fn step(&mut self) -> Result<Step<Attestation>, Error> {
        let attestation = match self.recorded.take() {
            Some(attestation) => attestation,
            None => match self.record.step()?.output() {
                Ok(reply) => self.attestation(&reply)?,
                Err(step) => return Ok(step),
            },
        };
        self.verified(attestation)
    }

    fn received(&mut self, reply: Result<Reply, TransportError>) {
        self.record.received(reply);
    }
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sign")
            .field("file", &self.record.statement().subject_name())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}
