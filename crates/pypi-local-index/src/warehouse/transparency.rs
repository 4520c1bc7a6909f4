//! What the index's Sigstore instance remembers: its keys, and the entries of its log.

use serde::{Deserialize, Serialize};

use super::State;
use super::changes::Key;

/// An entry of the transparency log.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct LoggedEntry {
    /// The body, in canonical JSON.
    pub(crate) body: String,
    /// The hash of the leaf with this body.
    pub(crate) leaf: [u8; 32],
    /// When it was added, in seconds since 1970.
    pub(crate) time: u64,
}

impl State {
    /// The entries, in the order of the log.
    pub(crate) fn log_entries(&self) -> &[LoggedEntry] {
        &self.log_entries
    }

    /// Adds an entry, and returns its position.
    pub(crate) fn add_log_entry(&mut self, entry: LoggedEntry) -> usize {
        let position = self.log_entries.len();
        self.changes.mark(Key::LogEntry(position));
        self.log_entries.push(entry);
        position
    }

    /// The keys of the instance, as the instance writes them. `None` if it has never run with this state.
    #[cfg(feature = "persistent")]
    pub(crate) fn sigstore_keys(&self) -> Option<&str> {
        self.sigstore_keys.as_deref()
    }

    #[cfg(feature = "persistent")]
    pub(crate) fn set_sigstore_keys(&mut self, keys: String) {
        self.sigstore_keys = Some(keys);
        self.changes.mark(Key::SigstoreKeys);
    }

    /// Reads the keys and the entries from the store.
    #[cfg(feature = "persistent")]
    pub(super) fn restore_transparency(&mut self) -> Result<(), crate::error::Cause> {
        let keys = self.store.rows("sigstore")?.into_iter().next();
        self.sigstore_keys = keys.map(|row| row.text);
        for row in self.store.rows("log-entry")? {
            self.log_entries.push(serde_json::from_str(&row.text)?);
        }
        Ok(())
    }
}
