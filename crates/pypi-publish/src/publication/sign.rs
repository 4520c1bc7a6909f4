//! The signatures of a run: all of them before its first upload.

use std::sync::Arc;

use pypi_attestations::Statement;
use pypi_metadata::{Finding, rules};
use pypi_upload::{FailureKind, Outcome};

use super::{Kind, Publication, Stage};
use crate::{
    Error, FileAttestation, Problem, SignAll, Source,
    sign::Signer,
    task::{Signed, Task, Work},
};

/// What is signed, and by whom.
pub(super) struct Signing {
    signer: Arc<Signer>,
    stage: Stage,
    /// The places of the files that are signed with one certificate.
    batches: Vec<Vec<usize>>,
    /// How many batches were started, and how many have ended.
    started: usize,
    ended: usize,
    /// The files that were not signed, and why.
    failed: Vec<(usize, Error)>,
}

/// How many files are signed with one certificate before another one is worth its request.
const BATCH: usize = 8;

impl Signing {
    pub(super) fn new(signer: Signer) -> Self {
        Self {
            signer: Arc::new(signer),
            stage: Stage::Ahead,
            batches: Vec::new(),
            started: 0,
            ended: 0,
            failed: Vec::new(),
        }
    }

    /// Whether a failure has decided that no file is uploaded.
    fn has_failed(&self) -> bool {
        self.signer.is_required && !self.failed.is_empty()
    }
}

impl Publication {
    /// Whether uploads wait for signatures.
    pub(super) fn is_signing(&self) -> bool {
        let signing = self.signing.as_ref();
        signing.is_some_and(|signing| signing.stage != Stage::Over)
    }

    /// The task that signs the next files.
    pub(super) fn next_signing(&mut self) -> Option<Task> {
        if !self.is_signing() || !self.is_free() {
            return None;
        }
        let batches = match self.signing.as_ref()?.stage {
            Stage::Ahead => Some(self.batches()),
            _ => None,
        };
        let signing = self.signing.as_mut()?;
        if let Some(batches) = batches {
            signing.stage = match batches.is_empty() {
                true => Stage::Over,
                false => Stage::Running,
            };
            signing.batches = batches;
        }
        if signing.has_failed() || self.error.is_some() {
            return None;
        }
        let (batch, signer) = (signing.started, Arc::clone(&signing.signer));
        let places = signing.batches.get(batch)?.clone();
        signing.started += 1;
        match self.statements(&places) {
            Ok(statements) => {
                let flow = self.sign_all(&signer, statements);
                Some(self.start(Kind::Sign(batch), Work::Sign(Box::new(flow))))
            }
            Err(error) => {
                self.signed(batch, Signed::failed(error));
                None
            }
        }
    }

    /// The files that will be sent and have no publish attestation, by certificate.
    fn batches(&self) -> Vec<Vec<usize>> {
        let is_unsigned = |place: &usize| {
            let mut attestations = self.attestations(*place);
            self.files[*place].is_ahead() && !attestations.any(FileAttestation::is_publish)
        };
        let places: Vec<usize> = (0..self.files.len()).filter(is_unsigned).collect();
        let count = places.len().div_ceil(BATCH).clamp(1, self.settings.jobs);
        let size = places.len().div_ceil(count).max(1);
        places.chunks(size).map(<[usize]>::to_vec).collect()
    }

    fn statements(&self, places: &[usize]) -> Result<Vec<Statement>, Error> {
        let statements = places.iter().map(|place| {
            let dist = &self.plan.dists[*place];
            let statement = Statement::publish(dist.filename(), dist.digests.sha256());
            statement.map_err(|error| Error::of_signing("could not sign", error))
        });
        statements.collect()
    }

    fn sign_all(&self, signer: &Signer, statements: Vec<Statement>) -> SignAll {
        SignAll::new(signer.sigstore.clone(), signer.identity.clone(), statements)
            .allow_private(signer.rules.allows_private)
            .pypi_rules(signer.rules.is_pypi)
            .required(signer.is_required)
            .retry(self.settings.policy.clone())
            .clock(self.settings.clock.clone())
    }

    /// Takes the signatures of a batch.
    pub(super) fn signed(&mut self, batch: usize, signed: Signed) {
        let Some(signing) = &mut self.signing else {
            return;
        };
        signing.ended += 1;
        let places = signing.batches.get(batch).cloned().unwrap_or_default();
        let abandoned = || Error::new(crate::ErrorKind::Attestation, "signing was abandoned");
        let rest = signed.error.unwrap_or_else(abandoned);
        let mut results = signed.results.into_iter();
        for place in &places {
            match results.next().unwrap_or_else(|| Err(rest.clone())) {
                Ok(attestation) => {
                    let attestation = FileAttestation::new(&attestation, Source::Signed);
                    self.files[*place].signed = Some(attestation);
                }
                Err(error) => signing.failed.push((*place, error)),
            }
        }
        let is_publisher = signing.signer.is_publisher;
        let index = self.settings.index.name().to_owned();
        for finding in signed.findings {
            self.warn(Problem::new(index.clone(), finding));
        }
        self.note_logged(&places, &signed.logged);
        if let Some(claims) = signed
            .claims
            .filter(|_| is_publisher && self.stop.is_none())
        {
            self.take_claims(claims);
        }
        self.conclude_signing();
    }

    /// Says of a file without an attestation that the log may show it all the same.
    fn note_logged(&mut self, places: &[usize], logged: &[String]) {
        for place in places {
            let dist = &self.plan.dists[*place];
            let is_logged = logged.iter().any(|name| name == dist.filename());
            if self.files[*place].signed.is_none() && is_logged {
                let message =
                    "its signature may be in the transparency log, from which nothing is removed";
                let finding = Finding::new(&rules::ATTESTATION_LOGGED, message);
                self.warn(dist.problem(finding));
            }
        }
    }

    /// Goes on to the uploads once all batches have ended, or ends the run.
    fn conclude_signing(&mut self) {
        let Some(signing) = &mut self.signing else {
            return;
        };
        let has_failed = signing.has_failed();
        // The run has failed, too, if the index would reject an attestation.
        let expected = match has_failed || self.error.is_some() {
            true => signing.started,
            false => signing.batches.len(),
        };
        if signing.ended < expected {
            return;
        }
        signing.stage = Stage::Over;
        let failed = std::mem::take(&mut signing.failed);
        if self.stop.is_some() {
        } else if has_failed {
            self.end_unsigned(failed);
        } else {
            self.note_unsigned(&failed);
        }
    }

    /// Says which files are sent without an attestation; if that is so of all for one reason, says it once.
    fn note_unsigned(&mut self, failed: &[(usize, Error)]) {
        let finding = |what: &str, error: &Error| {
            let message = format!("{what} without an attestation: {}", error.causes());
            // To sign later would be too late: the file is on the index then.
            let help = error.help().filter(|_| !error.is_transient());
            Finding::new(&rules::ATTESTATION_NOT_SIGNED, message)
                .with_help_if(help)
                .into_warning()
        };
        if let [(_, first), _, ..] = failed
            && failed
                .iter()
                .all(|(_, error)| error.causes() == first.causes())
        {
            let index = self.settings.index.name().to_owned();
            let message = format!("{} files are sent", failed.len());
            return self.warn(Problem::new(index, finding(&message, first)));
        }
        for (place, error) in failed {
            let problem = self.plan.dists[*place].problem(finding("it is sent", error));
            self.warn(problem);
        }
    }

    /// Ends the run, of which nothing was uploaded.
    fn end_unsigned(&mut self, failed: Vec<(usize, Error)>) {
        let first = failed.first().map(|(_, error)| error.clone());
        for (place, error) in failed {
            if self.files[place].is_ahead() {
                let outcome = Outcome::failed(FailureKind::Attestation, error.causes());
                self.end(place, outcome);
            }
        }
        if let Some(error) = first {
            let why = format!("not tried: {error}");
            self.give_up(None, FailureKind::NotTried, &why);
            self.error.get_or_insert(error);
        }
    }

    /// Ends a batch whose task was dropped.
    pub(super) fn signing_dropped(&mut self, batch: usize, has_sent: bool, why: &str) {
        let mut signed = Signed::failed(Error::new(crate::ErrorKind::Attestation, why));
        if let (true, Some(signing)) = (has_sent, &self.signing) {
            let places = signing.batches.get(batch).into_iter().flatten();
            let names = places.map(|place| self.plan.dists[*place].filename().to_owned());
            signed.logged = names.collect();
        }
        self.signed(batch, signed);
    }
}
