//! The only place that reads a seed folder.

use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pypi_http::{open_file, read_file};
use serde::de::DeserializeOwned;

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

/// The largest size of a page or a document, in bytes. The largest of PyPI have about 20 MB.
const MAX_PAGE: u64 = 64 * 1024 * 1024;
/// The largest size of a scenario, in bytes.
const MAX_TEXT: u64 = 1024 * 1024;
/// The largest number of files in a folder, a page or a document, and of those that all of them list.
pub(super) const MAX_FILES: usize = 100_000;

/// The largest number of characters of a page's text in a message.
const MAX_SHOWN: usize = 300;

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
        if entries.len() == MAX_FILES {
            let message = format!("its folder contains more than {MAX_FILES} entries");
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

    /// A page or a document. `message` and `help` are those of the error if it is something else.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        message: &str,
        help: &'static str,
    ) -> Result<T, Error> {
        let file = self.open()?;
        let metadata = file.metadata().map_err(|error| self.unreadable(error))?;
        if metadata.len() > MAX_PAGE {
            return Err(self.too_large(MAX_PAGE));
        }
        // The file may grow.
        let reader = BufReader::new(file.take(MAX_PAGE));
        serde_json::from_reader(reader).map_err(|error| match error.is_io() {
            true => self.unreadable(error.into()),
            false => {
                let cause = shortened(&error.to_string());
                Error::seed(&self.path, message, help, Some(cause.into()))
            }
        })
    }

    /// The text of a scenario.
    pub(super) fn text(&self) -> Result<String, Error> {
        self.check_kind()?;
        let bytes = read_file(&self.path, MAX_TEXT).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => self.too_large(MAX_TEXT),
            _ => self.unreadable(error),
        })?;
        String::from_utf8(bytes)
            .map_err(|_| self.wrong("it is not text in UTF-8", "write it in UTF-8"))
    }

    fn too_large(&self, limit: u64) -> Error {
        let message = format!("it is larger than {} MiB", limit >> 20);
        self.wrong(message, "remove it, or save only what a rehearsal needs")
    }

    /// When the file was modified, in seconds since 1970.
    pub(super) fn modified(&self) -> Result<u64, Error> {
        let metadata = self.open()?.metadata();
        let modified = metadata.and_then(|metadata| metadata.modified());
        let modified = modified.map_err(|error| self.unreadable(error))?;
        let since = modified.duration_since(UNIX_EPOCH);
        Ok(since.map_or(0, |since| since.as_secs()))
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

    fn open(&self) -> Result<File, Error> {
        self.check_kind()?;
        open_file(&self.path).map_err(|error| self.unreadable(error))
    }

    /// A link is not opened, even to a regular file.
    fn check_kind(&self) -> Result<(), Error> {
        match self.kind {
            EntryKind::File => Ok(()),
            EntryKind::Folder | EntryKind::Other => Err(self.irregular()),
        }
    }
}

/// A text of a page in quotes, for a message.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// The beginning of a text that may be as long as a page.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
