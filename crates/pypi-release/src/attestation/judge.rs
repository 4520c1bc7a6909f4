//! The verifier of a verb, with the trusted root that its user chose.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use pypi_trusted_upload::{
    attestations::{
        Attestation, CertificateClaims, Error, ErrorKind, Identity, Sigstore, Verifier,
    },
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
    root: Root,
    /// `production`, `staging`, the path of the trusted root, or the log of the instance.
    pub(crate) name: String,
}

#[derive(Debug)]
enum Root {
    Alone(Box<Verifier>),
    OfInstance(Sigstore),
}

impl RootArguments {
    pub(crate) fn judge(&self) -> Result<Judge, Failure> {
        let refused = |error: &Error| Failure::of(Exit::Refused, error);
        let (name, verifier) = if let Some(path) = &self.trusted_root {
            let name = path.display().to_string();
            let verifier =
                Verifier::with_root(&files::read(path, files::MAX_WRITTEN)?).map_err(|error| {
                    let message = format!("{name}: {}", refused(&error).message());
                    Failure::new(Exit::Refused, message)
                })?;
            (name, Ok(verifier))
        } else if self.staging {
            ("staging".to_owned(), Verifier::staging())
        } else {
            ("production".to_owned(), Verifier::production())
        };
        Ok(Judge {
            root: Root::Alone(Box::new(verifier.map_err(|error| refused(&error))?)),
            name,
        })
    }
}

impl Judge {
    /// With the root of an instance that signs.
    pub(crate) fn of(instance: &Sigstore) -> Self {
        Self {
            name: instance.rekor_url().to_string(),
            root: Root::OfInstance(instance.clone()),
        }
    }

    /// Verifies that `identity` attests the file with this name and this sha256.
    ///
    /// Where the clock is behind that of the log by less than a minute, this waits for the time of the entry, or until `cancel`.
    pub(crate) fn verify(
        &self,
        attestation: &Attestation,
        filename: &Filename,
        sha256: &str,
        identity: &Identity,
        clock: &Clock,
        cancel: &CancelToken,
    ) -> Result<CertificateClaims, Error> {
        let verifier = match &self.root {
            Root::Alone(verifier) => verifier,
            Root::OfInstance(instance) => instance.verifier(),
        };
        let verify = || {
            let is_name = |subject: &str| {
                Filename::parse(subject).is_ok_and(|subject| subject.is_same_distribution(filename))
            };
            verifier.verify(attestation, is_name, sha256, identity)
        };
        match verify() {
            Err(error) if error.kind() == ErrorKind::Future => {
                let time = attestation.log_entry()?.integrated_time();
                let ahead = time.duration_since(clock.now()).unwrap_or_default();
                if ahead > MAX_AHEAD {
                    return Err(error);
                }
                cancel.sleep(ahead + Duration::from_secs(1));
                verify()
            }
            result => result,
        }
    }
}

/// How far the clock of the log may be ahead of ours.
const MAX_AHEAD: Duration = Duration::from_secs(60);
