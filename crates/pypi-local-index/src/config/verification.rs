//! Whether the signatures of attestations are verified, and by whom.

use std::fmt;
use std::sync::Arc;

use pypi_attestations::Attestation;
use serde::Deserialize;

#[cfg(feature = "sigstore")]
use super::publisher::PublisherKind;
use super::publisher::TrustedPublisher;
#[cfg(feature = "sigstore")]
use crate::error::Error;

/// How the signature of an attestation is verified, after its shape, subject and digest have been checked.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Verification};
///
/// let index = LocalIndex::builder()
///     .verification(Verification::by(|attestation, publisher| {
///         match attestation.subject_name().ends_with(".whl") {
///             true => Ok(()),
///             false => Err(format!("{publisher} signs wheels only")),
///         }
///     }))
///     .start()?;
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(from = "Named")]
pub struct Verification(Verifier);

type Closure = Arc<dyn Fn(&Attestation, &TrustedPublisher) -> Result<(), String> + Send + Sync>;

#[derive(Clone, Default)]
enum Verifier {
    #[default]
    AcceptAll,
    RejectAll,
    Closure(Closure),
    /// The index's own root, which is known when the index starts.
    #[cfg(feature = "sigstore")]
    OwnRoot,
    #[cfg(feature = "sigstore")]
    Root(Arc<pypi_attestations::Verifier>),
}

/// The kinds that a scenario can name.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Named {
    AcceptAll,
    RejectAll,
    #[cfg(feature = "sigstore")]
    Sigstore,
}

impl From<Named> for Verification {
    fn from(name: Named) -> Self {
        match name {
            Named::AcceptAll => Self::accept_all(),
            Named::RejectAll => Self::reject_all(),
            #[cfg(feature = "sigstore")]
            Named::Sigstore => Self::sigstore(),
        }
    }
}

impl Verification {
    /// Accepts every signature, as Warehouse's own development service does. This is the default.
    pub fn accept_all() -> Self {
        Self(Verifier::AcceptAll)
    }

    /// Rejects every signature.
    pub fn reject_all() -> Self {
        Self(Verifier::RejectAll)
    }

    /// Verifies signatures as PyPI does, with the root of the index's own Sigstore instance: those that were made with
    /// [`LocalIndex::sigstore_trust_config`](crate::LocalIndex::sigstore_trust_config), by the publisher that uploads.
    ///
    /// Verification reads the system's clock: an index whose [`Clock`](crate::Clock) is ahead of it rejects everything.
    #[cfg(feature = "sigstore")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sigstore")))]
    pub fn sigstore() -> Self {
        Self(Verifier::OwnRoot)
    }

    /// Verifies signatures as PyPI does, with another root: the JSON text of a `TrustedRoot` of Sigstore.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Root`](crate::ErrorKind::Root) if it is not one.
    #[cfg(feature = "sigstore")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sigstore")))]
    pub fn with_root(json: &str) -> Result<Self, Error> {
        let verifier = pypi_attestations::Verifier::with_root(json).map_err(Error::root)?;
        Ok(Self(Verifier::Root(Arc::new(verifier))))
    }

    /// Whether [`with_own_root`](Self::with_own_root) needs a root.
    #[cfg(feature = "sigstore")]
    pub(crate) fn needs_own_root(&self) -> bool {
        matches!(self.0, Verifier::OwnRoot)
    }

    /// The same, with this root for [`sigstore`](Self::sigstore).
    #[cfg(feature = "sigstore")]
    pub(crate) fn with_own_root(self, root: Option<String>) -> Result<Self, Error> {
        match root.filter(|_| self.needs_own_root()) {
            Some(root) => Self::with_root(&root),
            None => Ok(self),
        }
    }

    /// Calls `verify` for each attestation. The text of an error ends the response, after `Verification failed: `.
    pub fn by(
        verify: impl Fn(&Attestation, &TrustedPublisher) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self(Verifier::Closure(Arc::new(verify)))
    }

    pub(crate) fn verify(
        &self,
        attestation: &Attestation,
        publisher: &TrustedPublisher,
    ) -> Result<(), String> {
        match &self.0 {
            Verifier::AcceptAll => Ok(()),
            Verifier::RejectAll => Err("this index rejects every signature".to_owned()),
            Verifier::Closure(verify) => verify(attestation, publisher),
            #[cfg(feature = "sigstore")]
            Verifier::OwnRoot => Err("the root of this index is not known yet".to_owned()),
            #[cfg(feature = "sigstore")]
            Verifier::Root(verifier) => verify_with(verifier, attestation, publisher),
        }
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Verifier::AcceptAll => "Verification::accept_all",
            Verifier::RejectAll => "Verification::reject_all",
            Verifier::Closure(_) => "Verification::by",
            #[cfg(feature = "sigstore")]
            Verifier::OwnRoot => "Verification::sigstore",
            #[cfg(feature = "sigstore")]
            Verifier::Root(_) => "Verification::with_root",
        })
    }
}

/// Verifies a signature of the publisher. The subject has been compared with the file.
#[cfg(feature = "sigstore")]
fn verify_with(
    verifier: &pypi_attestations::Verifier,
    attestation: &Attestation,
    publisher: &TrustedPublisher,
) -> Result<(), String> {
    use pypi_attestations::Identity;

    let identity = match publisher.kind() {
        PublisherKind::ActiveState(_) => return Err("ActiveState does not sign".to_owned()),
        PublisherKind::GitHub(github) => Identity::github(&github.repository, &github.workflow),
        PublisherKind::GitLab(gitlab) => Identity::gitlab(&gitlab.project_path, &gitlab.config),
        PublisherKind::Google(google) => Identity::google(&google.email),
    };
    let sha256 = attestation.statement().subject_sha256();
    match verifier.verify(attestation, |_| true, sha256, &identity) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
