//! The only place that reads a seed folder.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::warehouse::{Digests, Hasher};

/// Something in a folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: EntryKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum EntryKind {
    File,
    Folder,
    /// A link, a pipe or a device, which is never opened.
    Other,
}

/// The largest size of a page or another text, in bytes.
const MAX_TEXT: u64 = 16 * 1024 * 1024;
/// The largest number of entries of a folder.
const MAX_ENTRIES: usize = 100_000;

const UNREADABLE: &str = "check its name and permissions";

/// The entries of a folder by name, without hidden ones.
pub(super) fn entries(path: &Path) -> Result<Vec<Entry>, Error> {
    let unreadable = |error: io::Error| {
        let source = Some(error.into());
        Error::seed(path, "it cannot be read", UNREADABLE, source)
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that lists a seed folder"
    )]
    let listed = fs::read_dir(path).map_err(unreadable)?;
    let mut entries = Vec::new();
    for entry in listed {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        // Not of what a link points to.
        let kind = entry.file_type().map_err(unreadable)?;
        let kind = match (kind.is_file(), kind.is_dir()) {
            (true, _) => EntryKind::File,
            (_, true) => EntryKind::Folder,
            _ => EntryKind::Other,
        };
        let Ok(name) = entry.file_name().into_string() else {
            let message = "its name is not UTF-8";
            return Err(Error::seed(&path, message, "rename or remove it", None));
        };
        if name.starts_with('.') {
            continue;
        }
        if entries.len() == MAX_ENTRIES {
            let message = format!("its folder contains more than {MAX_ENTRIES} entries");
            let help = "save only the projects that the rehearsal is about";
            return Err(Error::seed(&path, message, help, None));
        }
        entries.push(Entry { name, path, kind });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

impl Entry {
    /// An error about this entry.
    pub(super) fn wrong(&self, message: impl Into<String>, help: &'static str) -> Error {
        Error::seed(&self.path, message, help, None)
    }

    /// The error for what is never opened.
    pub(super) fn irregular(&self) -> Error {
        self.wrong(
            "it is not a regular file",
            "replace it by a copy of what it points to",
        )
    }

    fn unreadable(&self, error: io::Error) -> Error {
        let source = Some(error.into());
        Error::seed(&self.path, "it cannot be read", UNREADABLE, source)
    }

    /// The text of a page.
    pub(super) fn text(&self) -> Result<String, Error> {
        let mut bytes = Vec::new();
        let file = self.open()?;
        let read = file.take(MAX_TEXT + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.unreadable(error))?;
        if bytes.len() as u64 > MAX_TEXT {
            let message = "it is larger than 16 MiB";
            return Err(self.wrong(message, "remove it, or save only what a rehearsal needs"));
        }
        String::from_utf8(bytes).map_err(|_| {
            let help = "save the response as it is, decompressed";
            self.wrong("it is not text in UTF-8", help)
        })
    }

    /// The size and the digests of a file. Reads no more than one byte beyond `size`.
    pub(super) fn digests(&self, size: u64) -> Result<(u64, Digests), Error> {
        let mut file = self.open()?.take(size.saturating_add(1));
        let (mut hasher, mut buffer, mut found) = (Hasher::default(), vec![0; 64 * 1024], 0);
        loop {
            let count = file.read(&mut buffer);
            let count = count.map_err(|error| self.unreadable(error))?;
            if count == 0 {
                return Ok((found, hasher.finish()));
            }
            found += count as u64;
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
    }

    /// Opens a regular file. To open a named pipe would block, and a device may have no end.
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that opens the pages of a seed folder"
    )]
    fn open(&self) -> Result<File, Error> {
        if self.kind != EntryKind::File {
            return Err(self.irregular());
        }
        File::open(&self.path).map_err(|error| self.unreadable(error))
    }
}
