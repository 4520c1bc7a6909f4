//! Which rows of the store have changed.

use std::collections::BTreeSet;

/// What a row is about, and its key.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Key {
    Deleted(String),
    File(String),
    /// By position.
    #[cfg(feature = "sigstore")]
    LogEntry(usize),
    Project(String),
    /// By project and version.
    Release(String, String),
    /// Everything that has no row of its own.
    Rest,
    #[cfg(all(feature = "persistent", feature = "sigstore"))]
    SigstoreKeys,
    Token(String),
    User(String),
}

/// The rows that have changed since the last commit.
#[derive(Clone, Default)]
pub(super) struct Changes {
    /// Whether there is a store that needs to know.
    pub(super) is_tracked: bool,
    keys: BTreeSet<Key>,
}

impl Changes {
    /// Marks a row as changed.
    pub(super) fn mark(&mut self, key: Key) {
        if self.is_tracked {
            self.keys.insert(key);
        }
    }

    /// The rows that have changed since the last call.
    #[cfg(feature = "persistent")]
    pub(super) fn take(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.keys)
    }
}
