//! `RECORD`: the list of a wheel's files, read in pieces and compared with the members as it is read.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    num::NonZeroU32,
};

use super::csv::Csv;
use crate::{
    MAX_MEMBERS,
    archive::zipfile::{Directory, Entry},
};

/// What `RECORD` says about the members of a wheel.
pub(super) struct Record<'a> {
    /// The members by their names, each with the number of its row.
    members: HashMap<&'a str, Option<NonZeroU32>>,
    rows: Vec<Row>,
    pub(super) absent: Absent,
}

/// What a row says about its file.
#[derive(Clone, Copy)]
pub(super) struct Row {
    #[cfg_attr(
        not(feature = "digests"),
        expect(dead_code, reason = "comparing it needs a hasher")
    )]
    pub(super) hash: Hash,
    pub(super) size: Size,
}

#[derive(Clone, Copy)]
pub(super) enum Hash {
    /// None, or of an algorithm that is not compared.
    Other,
    /// A sha256 in URL-safe base64 without padding.
    #[cfg_attr(
        not(feature = "digests"),
        expect(dead_code, reason = "comparing it needs a hasher")
    )]
    Sha256([u8; 43]),
    /// Not the hash of anything.
    Invalid,
}

#[derive(Clone, Copy)]
pub(super) enum Size {
    Unknown,
    Is(u64),
    Invalid,
}

/// Rows without a member: the first few by name, and how many there are.
#[derive(Default)]
pub(super) struct Absent {
    pub(super) first: BTreeSet<String>,
    /// The hashes of their names.
    names: HashSet<u64>,
    /// Whether there are more than are counted.
    pub(super) is_more: bool,
}

impl<'a> Record<'a> {
    pub(super) fn new(directory: &'a Directory) -> Self {
        let mut members = HashMap::with_capacity(directory.entries.len());
        members.extend(directory.names().map(|name| (name, None)));
        Self {
            members,
            rows: Vec::new(),
            absent: Absent::default(),
        }
    }

    /// Reads the `RECORD` of a wheel; `None` if it is damaged, not UTF-8 or not valid CSV, which the index treats as a
    /// missing `RECORD`.
    pub(super) fn read(
        directory: &'a Directory,
        entry: &Entry,
        reader: &mut (impl std::io::Read + std::io::Seek),
    ) -> Option<Self> {
        let mut record = Self::new(directory);
        let mut csv = Csv::new();
        let unpacked = entry.chunks(directory, reader, |chunk| {
            csv.read(chunk, |fields| record.row(fields));
        });
        unpacked.ok()?;
        csv.finish(|fields| record.row(fields)).then_some(record)
    }

    fn row(&mut self, [path, hash, size]: [&str; 3]) {
        let path = path.replace('\\', "/");
        if path.is_empty() {
            return;
        }
        let row = Row {
            hash: Hash::parse(hash),
            size: Size::parse(size),
        };
        if !self.members.contains_key(path.as_str()) || path.ends_with('/') {
            self.absent.add(&path);
        }
        let Some(number) = self.members.get_mut(path.as_str()) else {
            return;
        };
        match number.and_then(|number| self.rows.get_mut(index(number))) {
            Some(earlier) => *earlier = row,
            None => {
                self.rows.push(row);
                *number = u32::try_from(self.rows.len())
                    .ok()
                    .and_then(NonZeroU32::new);
            }
        }
    }

    /// The row of a member.
    pub(super) fn get(&self, name: &str) -> Option<Row> {
        let number = (*self.members.get(name)?)?;
        self.rows.get(index(number)).copied()
    }

    /// The files without a row, in order.
    pub(super) fn unlisted(&self, dist_info: &str) -> Vec<&'a str> {
        let unlisted = self.members.iter().filter(|(name, row)| {
            row.is_none() && !name.ends_with('/') && !is_unlisted(name, dist_info)
        });
        let mut unlisted: Vec<&str> = unlisted.map(|(name, _)| *name).collect();
        unlisted.sort_unstable();
        unlisted
    }
}

fn index(number: NonZeroU32) -> usize {
    usize::try_from(number.get() - 1).unwrap_or(usize::MAX)
}

impl Absent {
    fn add(&mut self, path: &str) {
        const SHOWN: usize = 3;
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        if self.names.len() < MAX_MEMBERS {
            self.names.insert(hasher.finish());
        } else if !self.names.contains(&hasher.finish()) {
            self.is_more = true;
        }
        if self.first.len() < SHOWN || self.first.last().is_some_and(|last| path < last.as_str()) {
            self.first.insert(path.to_owned());
            if self.first.len() > SHOWN {
                self.first.pop_last();
            }
        }
    }

    pub(super) fn count(&self) -> usize {
        self.names.len()
    }
}

impl Hash {
    pub(super) fn parse(text: &str) -> Self {
        let Some(hash) = text.strip_prefix("sha256=") else {
            return Self::Other;
        };
        let hash = hash.trim_end_matches('=').as_bytes();
        hash.try_into().map_or(Self::Invalid, Self::Sha256)
    }
}

impl Size {
    fn parse(text: &str) -> Self {
        match text.parse() {
            _ if text.is_empty() => Self::Unknown,
            Ok(size) => Self::Is(size),
            Err(_) => Self::Invalid,
        }
    }
}

/// Whether the specification leaves a file out of `RECORD`.
fn is_unlisted(path: &str, dist_info: &str) -> bool {
    let name = path
        .strip_prefix(dist_info)
        .and_then(|rest| rest.strip_prefix('/'));
    matches!(name, Some("RECORD.jws" | "RECORD.p7s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_names_are_counted_once_and_the_first_are_kept() {
        let mut absent = Absent::default();
        for path in ["d", "b", "d", "a", "c", "b"] {
            absent.add(path);
        }
        assert_eq!(absent.count(), 4);
        let first: Vec<&str> = absent.first.iter().map(String::as_str).collect();
        assert_eq!(first, ["a", "b", "c"]);
        for number in 0..MAX_MEMBERS {
            absent.add(&number.to_string());
        }
        assert_eq!((absent.count(), absent.is_more), (MAX_MEMBERS, true));
    }
}
