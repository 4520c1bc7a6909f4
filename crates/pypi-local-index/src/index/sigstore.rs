//! The Sigstore instance of an index.

use super::LocalIndex;
use crate::api::Sigstore;
use crate::config::Builder;
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

/// The instance whose keys `state` contains, or a new one.
pub(super) fn instance(builder: &Builder, state: &mut State) -> Result<Sigstore, Error> {
    #[cfg(feature = "persistent")]
    if let (Some(path), Some(keys)) = (&builder.folder, state.sigstore_keys()) {
        let damaged = || Error::folder(path, "the keys of the Sigstore instance are damaged");
        return Sigstore::read(keys).ok_or_else(damaged);
    }
    let sigstore = Sigstore::generate().ok_or_else(Error::random)?;
    #[cfg(feature = "persistent")]
    if let Some(path) = &builder.folder {
        let unwritten =
            || Error::folder(path, "the keys of the Sigstore instance cannot be written");
        state.set_sigstore_keys(sigstore.to_text().ok_or_else(unwritten)?);
        if !state.commit() {
            return Err(unwritten());
        }
    }
    #[cfg(not(feature = "persistent"))]
    let _ = (builder, state);
    Ok(sigstore)
}
