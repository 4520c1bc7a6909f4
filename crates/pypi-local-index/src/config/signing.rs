//! How ID tokens are signed.

/// How an ID token is signed.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Identity, LocalIndex, Signing};
///
/// let index = LocalIndex::start()?;
/// let forged = Identity::github("octo-org/demo", "release.yml").signing(Signing::OtherKey);
/// // The exchange of this token is rejected with `invalid-token`.
/// assert!(index.id_token(forged, "pypi").is_some());
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Signing {
    /// With the issuer's key and a header that claims this algorithm.
    Algorithm(String),
    /// With the issuer's key, RS256: a valid signature.
    #[default]
    Issuer,
    /// With a key that is not the issuer's, under the id of the issuer's key.
    OtherKey,
    /// With the issuer's key, under an id that is not in its key set.
    UnknownKeyId,
    /// With the issuer's key and a header without a key id.
    WithoutKeyId,
}
