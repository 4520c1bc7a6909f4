//! The Sigstore instance that signs.

use clap::Args;
use pypi_local_index::LocalIndex;
use pypi_trusted_upload::attestations::{Error, Sigstore};

use crate::{
    failure::{Exit, Failure},
    files,
};

/// Who signs, and whether everyone may see it.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SigstoreArguments {
    /// The Sigstore instance that signs: production, staging or a file with a ClientTrustConfig [default: production; with
    /// --index local that of the local index]
    #[arg(long, value_name = "INSTANCE")]
    sigstore: Option<String>,
    /// Sign in the job of a private repository too: its name, workflow and commit are in a public log then, for ever
    #[arg(long)]
    pub(crate) allow_private: bool,
}

impl SigstoreArguments {
    /// The instance that was chosen, or that of the index.
    pub(crate) fn instance(&self, local: Option<&LocalIndex>) -> Result<Sigstore, Failure> {
        match (self.sigstore.as_deref(), local) {
            (None, Some(local)) => Sigstore::from_trust_config(&local.sigstore_trust_config()),
            (None | Some("production"), _) => Sigstore::production(),
            (Some("staging"), _) => Sigstore::staging(),
            (Some(path), _) => {
                let json = files::read(path.as_ref(), files::MAX_WRITTEN)?;
                return Sigstore::from_trust_config(&json).map_err(|error| {
                    let message = format!("{path}: {}", refused(&error).message());
                    Failure::new(Exit::Refused, message)
                });
            }
        }
        .map_err(|error| refused(&error))
    }
}

fn refused(error: &Error) -> Failure {
    Failure::of(Exit::Refused, error)
}
