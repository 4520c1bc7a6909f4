//! What is signed, and with which Sigstore instance.

mod all;
mod token;

use pypi_attestations::Sigstore;
use pypi_http::{Flow as _, Step};
use pypi_metadata::Finding;
use pypi_trusted_publisher::Identity;

pub use all::SignAll;
pub(crate) use token::Rules;

/// What a publisher does about attestations (PEP 740).
///
/// Required or as a best effort, each file that the index does not list and that has no publish attestation beside it is
/// signed before the first upload. The attestations beside the files are sent too, and verified before.
///
/// # Examples
///
/// ```
/// use pypi_attestations::Sigstore;
/// use pypi_publish::{Attest, Publisher};
///
/// let publisher = Publisher::pypi().attest(Attest::required(Sigstore::production()?));
/// # let _ = publisher;
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is given to a publisher"]
pub struct Attest {
    pub(crate) mode: Mode,
    pub(crate) allows_private: bool,
    pub(crate) identity: Option<Identity>,
}

#[derive(Clone, Debug)]
pub(crate) enum Mode {
    BestEffort(Sigstore),
    Off,
    Required(Sigstore),
}

impl Attest {
    /// Signs every file, or uploads none.
    pub fn required(sigstore: Sigstore) -> Self {
        Self::of(Mode::Required(sigstore))
    }

    /// Signs every file that can be signed. The others are uploaded without an attestation, which cannot be added later, and
    /// reported.
    pub fn best_effort(sigstore: Sigstore) -> Self {
        Self::of(Mode::BestEffort(sigstore))
    }

    /// Signs nothing, and sends no attestation either.
    pub fn off() -> Self {
        Self::of(Mode::Off)
    }

    fn of(mode: Mode) -> Self {
        Self {
            mode,
            allows_private: false,
            identity: None,
        }
    }

    /// Whether the name of a private repository, of its workflow and of the commit may be shown in a public log, from which
    /// nothing is ever removed; false by default.
    pub fn allow_private(mut self, allows_private: bool) -> Self {
        self.allows_private = allows_private;
        self
    }

    /// Signs as this identity; by default as the job of the publisher. Its ID tokens have the audience
    /// [`Sigstore::AUDIENCE`].
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self
    }

    pub(crate) fn sigstore(&self) -> Option<&Sigstore> {
        match &self.mode {
            Mode::BestEffort(sigstore) | Mode::Required(sigstore) => Some(sigstore),
            Mode::Off => None,
        }
    }

    pub(crate) fn is_required(&self) -> bool {
        matches!(self.mode, Mode::Required(_))
    }
}

/// Who signs the files of a run, and where.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) sigstore: Sigstore,
    pub(crate) identity: Identity,
    pub(crate) rules: Rules,
    pub(crate) is_required: bool,
    /// Whether the identity is that of the exchange.
    pub(crate) is_publisher: bool,
}

impl Signer {
    /// Why nothing will be signed with the ID token of a job that has only one, which is there already.
    pub(crate) fn known_refusal(&self) -> Option<Finding> {
        if self.identity.is_renewable() {
            return None;
        }
        match self.identity.id_token(Sigstore::AUDIENCE).step() {
            Ok(Step::Done(token)) => self
                .rules
                .check(token.claims())
                .err()
                .map(|finding| *finding),
            _ => None,
        }
    }
}
