//! Whether the signatures of attestations are verified, and by whom.

use std::fmt;
use std::sync::Arc;

use pypi_attestations::Attestation;

use super::publisher::TrustedPublisher;

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
#[derive(Clone, Default)]
pub struct Verification(Verifier);

type Closure = Arc<dyn Fn(&Attestation, &TrustedPublisher) -> Result<(), String> + Send + Sync>;

#[derive(Clone, Default)]
enum Verifier {
    #[default]
    AcceptAll,
    RejectAll,
    Closure(Closure),
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
        }
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Verifier::AcceptAll => "Verification::accept_all",
            Verifier::RejectAll => "Verification::reject_all",
            Verifier::Closure(_) => "Verification::by",
        })
    }
}
