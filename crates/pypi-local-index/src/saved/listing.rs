//! The files of a project, as its page and its document list them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pypi_metadata::versioning::Timestamp;
use pypi_metadata::{ProjectName, Version};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use super::filename::{self, Kind, is_filename};
use super::folder::{Entry, MAX_FILES, quoted};
use crate::config::Status;
use crate::error::Error;
use crate::store::Blob;
use crate::warehouse::Digests;

/// A project, as far as the folder has it.
#[derive(Debug)]
pub(super) struct Listing {
    /// As the last upload spelled it, if that is known.
    pub(super) name: ProjectName,
    /// Whether there is a page or a document, which list all files.
    pub(super) is_complete: bool,
    pub(super) status: Status,
    /// The accounts that own or maintain it.
    pub(super) members: BTreeSet<String>,
    /// By name.
    pub(super) files: BTreeMap<String, Listed>,
    /// Every release that a document lists, also those without files.
    pub(super) releases: BTreeSet<Version>,
}

/// A file that a page or a document lists, or that is saved without them.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) filename: String,
    pub(super) kind: Kind,
    /// `None` if it is not one of PEP 440.
    pub(super) version: Option<Version>,
    pub(super) python_version: String,
    pub(super) size: u64,
    pub(super) digests: Digests,
    /// In seconds since 1970.
    pub(super) uploaded: u64,
    pub(super) yanked: Option<String>,
    pub(super) requires_python: Option<String>,
    pub(super) comment: Option<String>,
    /// `None` if the bytes are not saved.
    pub(super) blob: Option<Blob>,
}

/// The members of a listed file that a page and a document have in common, unchecked.
pub(super) struct Unchecked {
    pub(super) filename: String,
    pub(super) size: Option<u64>,
    pub(super) sha256: Option<String>,
    pub(super) uploaded: Option<String>,
    pub(super) yanked: Option<String>,
    pub(super) requires_python: Option<String>,
}

/// The largest size of a file, in bytes, so that no sum of sizes overflows.
const MAX_SIZE: u64 = 1 << 40;

impl Listing {
    pub(super) fn new(name: ProjectName) -> Self {
        Self {
            name,
            is_complete: false,
            status: Status::Active,
            members: BTreeSet::new(),
            files: BTreeMap::new(),
            releases: BTreeSet::new(),
        }
    }

    /// Adds a file that `entry` lists. A file that is listed already gets the digests that it lacks.
    pub(super) fn add(&mut self, file: Listed, entry: &Entry) -> Result<(), Error> {
        let Some(known) = self.files.get_mut(&file.filename) else {
            self.files.insert(file.filename.clone(), file);
            return Ok(());
        };
        if (file.size, &file.digests.sha256) != (known.size, &known.digests.sha256) {
            let message = format!(
                "the file {:?} has another size or SHA-256 than in simple.json",
                file.filename
            );
            let help = "save simple.json and pypi.json of the same index again";
            return Err(entry.wrong(message, help));
        }
        known.digests = file.digests;
        known.kind = file.kind;
        known.version = file.version;
        known.comment = file.comment;
        Ok(())
    }
}

impl Listed {
    /// A file of `project` of which nothing else is known.
    pub(super) fn new(filename: &str, project: &ProjectName, size: u64, digests: Digests) -> Self {
        let parsed = filename::parse(filename, project);
        Self {
            filename: filename.to_owned(),
            kind: parsed.kind,
            version: parsed.version,
            python_version: parsed.python_version,
            size,
            digests,
            uploaded: 0,
            yanked: None,
            requires_python: None,
            comment: None,
            blob: None,
        }
    }
}

impl Unchecked {
    /// The file, if an index can have it. `again` is the remedy if not.
    pub(super) fn check(
        self,
        project: &ProjectName,
        entry: &Entry,
        again: &'static str,
    ) -> Result<Listed, Error> {
        let name = &self.filename;
        let wrong = |what: &str| entry.wrong(format!("the file {} {what}", quoted(name)), again);
        if !is_filename(name) {
            return Err(wrong("has a name that no index gives a file"));
        }
        let size = self.size.ok_or_else(|| wrong("has no size"))?;
        if size > MAX_SIZE {
            return Err(wrong("has a size above 1 TiB"));
        }
        let sha256 = self.sha256.unwrap_or_default().to_ascii_lowercase();
        if !is_hex(&sha256, 64) {
            return Err(wrong("has no valid SHA-256"));
        }
        let uploaded = self.uploaded.as_deref().and_then(seconds);
        let uploaded = uploaded.ok_or_else(|| wrong("has no valid upload time"))?;
        let digests = Digests {
            md5: String::new(),
            sha256,
            blake2b_256: String::new(),
        };
        Ok(Listed {
            uploaded,
            yanked: self.yanked,
            requires_python: self.requires_python.filter(|text| !text.is_empty()),
            ..Listed::new(&self.filename, project, size, digests)
        })
    }
}

/// An array of at most [`MAX_FILES`], so that no more are read into memory.
pub(super) struct Array<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Array<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ArrayVisitor(Vec::new()))
    }
}

struct ArrayVisitor<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ArrayVisitor<T> {
    type Value = Array<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<Array<T>, A::Error> {
        while let Some(item) = array.next_element()? {
            if self.0.len() == MAX_FILES {
                let message = format!("an array of more than {MAX_FILES} files");
                return Err(A::Error::custom(message));
            }
            self.0.push(item);
        }
        Ok(Array(self.0))
    }
}

/// Whether a text is this number of lower-case hexadecimal digits.
pub(super) fn is_hex(digest: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digest.len() == digits && digest.bytes().all(is_digit)
}

/// The seconds since 1970 of a time that may have a fraction.
fn seconds(time: &str) -> Option<u64> {
    let whole = match time.split_once('.') {
        None => time.to_owned(),
        Some((whole, fraction)) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{whole}{offset}")
        }
    };
    Some(Timestamp::parse(&whole).ok()?.unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_have_a_fraction() {
        assert_eq!(seconds("2025-10-09T08:53:20.678901Z"), Some(1_760_000_000));
        assert_eq!(seconds("2025-10-09T08:53:20Z"), Some(1_760_000_000));
        for invalid in ["", "2025-10-09", "yesterday", "2025-10-09T08:53:20."] {
            assert_eq!(seconds(invalid), None, "{invalid}");
        }
    }
}
