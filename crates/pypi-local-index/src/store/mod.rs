//! Where changes go: nowhere, or to a folder before they are answered.

#[cfg(feature = "persistent")]
mod folder;

use std::collections::BTreeSet;
use std::io;

use bytes::Bytes;

use crate::warehouse::{Blob, State};

#[cfg(feature = "persistent")]
pub(crate) use crate::store::folder::Folder;

/// What a change can be about; each is one row of a persistent index.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Key {
    Deleted(String),
    File(String),
    Project(String),
    /// By project and version.
    Release(String, String),
    /// Everything that is small and in no other row.
    Rest,
    Token(String),
    User(String),
}

#[derive(Default)]
pub(crate) struct Storage {
    changed: BTreeSet<Key>,
    /// Whether a change could not be kept. What the index holds is then more than what the folder does.
    is_broken: bool,
    #[cfg(feature = "persistent")]
    pub(crate) folder: Option<Folder>,
}

impl Storage {
    /// Notes that what `key` is about must be kept.
    pub(crate) fn touch(&mut self, key: Key) {
        if self.is_persistent() {
            self.changed.insert(key);
        }
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Keeps the bytes of a file, durably when the index is persistent.
    #[cfg_attr(
        not(feature = "persistent"),
        expect(clippy::unnecessary_wraps, reason = "a disk can fail")
    )]
    pub(crate) fn keep(&self, sha256: &str, bytes: &Bytes) -> io::Result<Blob> {
        #[cfg(feature = "persistent")]
        if let Some(folder) = &self.folder {
            return folder.keep(sha256, bytes);
        }
        let _ = sha256;
        // The buffer that was read into may be twice as large.
        Ok(Blob::Memory(Bytes::copy_from_slice(bytes)))
    }

    fn is_persistent(&self) -> bool {
        #[cfg(feature = "persistent")]
        return self.folder.is_some();
        #[cfg(not(feature = "persistent"))]
        false
    }
}

impl State {
    /// Makes every change since the last call durable. After a failure the index has to be started anew.
    pub(crate) fn commit(&mut self) -> bool {
        let changed = std::mem::take(&mut self.storage.changed);
        if changed.is_empty() {
            return !self.storage.is_broken;
        }
        #[cfg(feature = "persistent")]
        if let Some(mut folder) = self.storage.folder.take() {
            let rows = changed.into_iter().map(|key| self.row(key));
            let kept = folder.commit(rows);
            self.storage.folder = Some(folder);
            self.storage.is_broken |= kept.is_err();
        }
        !self.storage.is_broken
    }
}
