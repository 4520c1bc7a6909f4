//! Where the state is stored: in memory, or in a folder.
//!
//! A store keeps the bytes of files, and rows of text. What the rows mean is up to its user.

mod blob;
#[cfg(feature = "persistent")]
mod folder;

use std::io;

pub(crate) use self::blob::{Blob, Spool};

#[cfg(feature = "persistent")]
use self::folder::Folder;

/// The place of an index's state.
#[derive(Default)]
pub(crate) struct Store {
    /// Whether a change could not be stored. The index then has changes that the folder lacks.
    is_broken: bool,
    #[cfg(feature = "persistent")]
    folder: Option<Folder>,
}

impl Clone for Store {
    /// A store in memory: a copy of the state must not write to the same folder.
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// A row to write.
#[cfg(feature = "persistent")]
pub(crate) struct Row {
    pub(crate) kind: &'static str,
    /// The key, unique among the rows of its kind.
    pub(crate) name: String,
    /// The content; `None` deletes the row.
    pub(crate) text: Option<String>,
}

impl Store {
    /// A store in `path`, which is created if it does not exist.
    #[cfg(feature = "persistent")]
    pub(crate) fn open(path: &std::path::Path) -> Result<Self, crate::error::Cause> {
        Ok(Self {
            is_broken: false,
            folder: Some(Folder::open(path)?),
        })
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Stores the bytes of a file, durably if the store is persistent.
    pub(crate) fn save(&self, sha256: &str, blob: &Blob) -> io::Result<Blob> {
        #[cfg(feature = "persistent")]
        if let Some(folder) = &self.folder {
            return folder.save(sha256, blob);
        }
        let _ = sha256;
        blob.read().map(Blob::Memory)
    }

    /// Stores the bytes of a file that is on disk, durably if the store is persistent; otherwise they stay where they are.
    #[cfg(feature = "scenario")]
    pub(crate) fn adopt(&self, sha256: &str, blob: Blob) -> io::Result<Blob> {
        #[cfg(feature = "persistent")]
        if let Some(folder) = &self.folder {
            return folder.save(sha256, &blob);
        }
        let _ = sha256;
        Ok(blob)
    }

    /// Stores all rows or none. After a failure the store is broken, and the index must be restarted.
    #[cfg(feature = "persistent")]
    pub(crate) fn commit(&mut self, rows: Vec<Row>) {
        if let Some(folder) = self.folder.as_mut().filter(|_| !rows.is_empty()) {
            self.is_broken |= folder.commit(rows).is_err();
        }
    }

    /// All rows of a kind, by name in alphabetical order.
    #[cfg(feature = "persistent")]
    pub(crate) fn rows(&self, kind: &'static str) -> Result<Vec<StoredRow>, crate::error::Cause> {
        match &self.folder {
            Some(folder) => Ok(folder.rows(kind)?),
            None => Ok(Vec::new()),
        }
    }

    /// The bytes that were saved under this digest.
    #[cfg(feature = "persistent")]
    pub(crate) fn blob(&self, sha256: &str) -> Blob {
        match &self.folder {
            Some(folder) => folder.blob(sha256),
            None => Blob::default(),
        }
    }
}

/// A row that was read.
#[cfg(feature = "persistent")]
pub(crate) struct StoredRow {
    pub(crate) name: String,
    pub(crate) text: String,
}
