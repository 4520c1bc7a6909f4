//! The verifier of a verb, with the trusted root that its user chose.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use pypi_trusted_upload::{
    attestations::{Attestation, CertificateClaims, Error, ErrorKind, Identity, Verifier},
    metadata::Filename,
    transport::{CancelToken, Clock},
};

use crate::{
    failure::{Exit, Failure},
    files,
};

/// The instance of Sigstore whose signatures count.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RootArguments {
    /// Verify with this trusted root of Sigstore, trusted_root.json, instead of that of its public instance
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<PathBuf>,
    /// Verify with the trusted root of Sigstore's staging instance
    #[arg(long, conflicts_with = "trusted_root")]
    staging: bool,
}

/// Verifies attestations with one trusted root.
#[derive(Debug)]
pub(crate) struct Judge {
    verifier: Verifier,
    /// `production`, `staging` or the path of the trusted root.
    pub(crate) root: String,
}

impl RootArguments {
    pub(crate) fn judge(&self) -> Result<Judge, Failure> {
        let refused = |error: &Error| Failure::of(Exit::Refused, error);
        if let Some(path) = &self.trusted_root {
            let json = files::read(path)?;
            let verifier = Verifier::with_root(&json).map_err(|error| {
                let message = refused(&error).message().to_owned();
                Failure::new(Exit::Refused, format!("{}: {message}", path.display()))
            })?;
            let root = path.display().to_string();
            return Ok(Judge { verifier, root });
        }
        let (root, verifier) = match self.staging {
            true => ("staging", Verifier::staging()),
            false => ("production", Verifier::production()),
        };
        Ok(Judge {
            verifier: verifier.map_err(|error| refused(&error))?,
            root: root.to_owned(),
        })
    }
}

impl Judge {
    /// With the public instance of Sigstore.
    pub(crate) fn production() -> Result<Self, Failure> {
        RootArguments::default().judge()
    }

    /// Verifies that `identity` attests the file with this name and this sha256.
    ///
    /// Where the clock is behind that of the log by less than a minute, this waits for the time of the entry.
    pub(crate) fn verify(
        &self,
        attestation: &Attestation,
        filename: &Filename,
        sha256: &str,
        identity: &Identity,
        clock: &Clock,
    ) -> Result<CertificateClaims, Error> {
        let verify = || {
            let is_name = |subject: &str| {
                Filename::parse(subject).is_ok_and(|subject| subject.is_same_distribution(filename))
            };
            self.verifier.verify(attestation, is_name, sha256, identity)
        };
        match verify() {
            Err(error) if error.kind() == ErrorKind::Future => {
                let time = attestation.log_entry()?.integrated_time();
                let ahead = time.duration_since(clock.now()).unwrap_or_default();
                if ahead > MAX_AHEAD {
                    return Err(error);
                }
                CancelToken::new().sleep(ahead + Duration::from_secs(1));
                verify()
            }
            result => result,
        }
    }
}

/// How far the clock of the log may be ahead of ours.
const MAX_AHEAD: Duration = Duration::from_secs(60);
