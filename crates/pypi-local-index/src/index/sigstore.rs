//! The Sigstore instance of an index.

#[cfg(feature = "persistent")]
use std::path::Path;

use super::LocalIndex;
use crate::api::Sigstore;
use crate::config::{Builder, Verification};
use crate::error::Error;
use crate::warehouse::State;

impl LocalIndex {
    /// The `ClientTrustConfig` of the index's own Sigstore instance in JSON, which clients sign and verify with.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::LocalIndex;
    ///
    /// let index = LocalIndex::start()?;
    /// let config = index.sigstore_trust_config();
    /// assert!(config.contains(&format!("{}sigstore/rekor", index.url())));
    /// # Ok::<(), pypi_local_index::Error>(())
    /// ```
    ///
    /// # Source
    ///
    /// [Sigstore, `sigstore_trustroot.proto`](https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto)
    /// (read 2026-11-22).
    #[cfg_attr(docsrs, doc(cfg(feature = "sigstore")))]
    pub fn sigstore_trust_config(&self) -> String {
        self.application.trust_config()
    }
}

/// The instance that the index needs from its start. `None` if it can be made when it is first used.
#[cfg_attr(
    not(feature = "persistent"),
    expect(clippy::needless_pass_by_ref_mut, reason = "a folder stores the keys")
)]
pub(super) fn instance(builder: &Builder, state: &mut State) -> Result<Option<Sigstore>, Error> {
    #[cfg(feature = "persistent")]
    if let Some(path) = &builder.folder {
        return stored(path, state).map(Some);
    }
    #[cfg(not(feature = "persistent"))]
    let _ = state;
    let verification = builder.scenario.verification.as_ref();
    match verification.is_some_and(Verification::needs_own_root) {
        true => Sigstore::generate().map(Some).ok_or_else(Error::random),
        false => Ok(None),
    }
}

/// The instance whose keys `state` contains, or a new one, whose keys are stored.
#[cfg(feature = "persistent")]
fn stored(path: &Path, state: &mut State) -> Result<Sigstore, Error> {
    if let Some(keys) = state.sigstore_keys() {
        let damaged = "the keys of the Sigstore instance are damaged";
        return Sigstore::read(keys).ok_or_else(|| Error::folder(path, damaged));
    }
    let sigstore = Sigstore::generate().ok_or_else(Error::random)?;
    let keys = sigstore.to_text().ok_or_else(Error::key)?;
    state.set_sigstore_keys(keys);
    match state.commit() {
        true => Ok(sigstore),
        false => Err(Error::folder(
            path,
            "the keys of the Sigstore instance cannot be written",
        )),
    }
}
