//! Changes of a running index.

use serde::Deserialize;

/// A change of the index, at once or while a request is handled.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{Change, Fault, LocalIndex, Route};
///
/// let index = LocalIndex::start()?;
/// // Somebody else wins the race for the first file:
/// index.add_fault(Fault::on(Route::Upload).nth(1).change(Change::RivalSameBytes));
/// // And the clock jumps right now:
/// index.change(&Change::Advance(900));
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Advances the clock by this many seconds.
    Advance(u64),
    /// Archives the project with this name.
    Archive(String),
    /// Makes every minted token expire.
    ExpireTokens,
    /// Sets the size limit of a file to this many bytes.
    FileLimit(u64),
    /// Makes somebody else create a project with this name.
    ProjectAppears(String),
    /// Quarantines the project with this name.
    Quarantine(String),
    /// Makes every minted token unknown.
    RevokeTokens,
    /// Makes somebody else store the file of this upload, with other bytes.
    RivalOtherBytes,
    /// Makes somebody else store the file of this upload, with the same bytes.
    RivalSameBytes,
}
