//! The nearest version tag, and the distance to it.

use std::{
    collections::HashMap,
    io::{self, BufRead},
};

use super::{command::Git, error, output::read_record};
use crate::{CommitId, Error, Tag, TagFilter, Timestamp};

/// How many tagged commits are compared by depth: as many as in `git describe`.
const MAX_CANDIDATES: usize = 10;
/// The maximum size of one commit with its tags: some hundred thousand tags.
const MAX_RECORD: u64 = 16 * 1024 * 1024;
/// The maximum number of commits that are known but not visited yet.
const MAX_PENDING: usize = 500_000;

pub(super) struct Nearest {
    pub(super) tag: Option<Tag>,
    pub(super) distance: u64,
    pub(super) commit_time: Option<Timestamp>,
}

/// Finds the version tag of the commit, or of the ancestor that `git describe` would choose.
///
/// `git describe` itself can skip other tags only by a list of patterns.
pub(super) fn nearest(
    git: &Git<'_>,
    head: &CommitId,
    filter: &TagFilter,
) -> Result<Nearest, Error> {
    // One call returns the commits in order and the tags of each; annotated tags are resolved.
    let args = [
        "log",
        "-z",
        "--encoding=UTF-8",
        "--decorate=full",
        "--decorate-refs=refs/tags/",
        "--format=tformat:%H %ct %P%n%D",
        head.as_str(),
        "--",
    ];
    let mut walk = Walk::default();
    git.read(&args, |output| walk.read(output, filter))?;
    let commit_time = walk.commit_time;
    let seen = walk.seen;
    let best = walk.candidates.into_iter().reduce(|best, candidate| {
        if candidate.depth < best.depth {
            candidate
        } else {
            best
        }
    });
    let (tag, distance) = match best {
        None => (None, seen),
        Some(Candidate { tag, commit, .. }) if commit == head.as_str() => (Some(tag), 0),
        Some(Candidate { tag, commit, .. }) => (Some(tag), count(git, head, &commit)?),
    };
    Ok(Nearest {
        tag,
        distance,
        commit_time,
    })
}

fn count(git: &Git<'_>, head: &CommitId, tagged: &str) -> Result<u64, Error> {
    let excluded = format!("^{tagged}");
    let output = git.text(&["rev-list", "--count", head.as_str(), &excluded, "--"])?;
    let number = output.trim_end().parse();
    number.map_err(|_| error::unexpected(git.root(), "rev-list"))
}

/// A walk that begins at the newest commit. Each candidate has a bit. A commit has the bits of the
/// candidates that contain it, which it inherits from its children.
#[derive(Default)]
struct Walk {
    candidates: Vec<Candidate>,
    /// Commits that are a parent of a visited commit and not visited yet.
    pending: HashMap<String, u16>,
    seen: u64,
    commit_time: Option<Timestamp>,
}

struct Candidate {
    tag: Tag,
    commit: String,
    /// The number of visited commits that the tag does not contain.
    depth: u64,
}

impl Walk {
    /// Returns true if enough is known and the rest need not be read.
    fn read(&mut self, mut output: impl BufRead, filter: &TagFilter) -> io::Result<bool> {
        let mut record = Vec::new();
        while read_record(&mut output, 0, MAX_RECORD, &mut record)? {
            if self.visit(&record, filter)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn visit(&mut self, record: &[u8], filter: &TagFilter) -> io::Result<bool> {
        let (commit, decoration) = split(record, b'\n');
        // Commit IDs are ASCII, tag names are bytes.
        let commit = String::from_utf8_lossy(commit);
        let mut fields = commit.split(' ').filter(|field| !field.is_empty());
        let (id, time) = (fields.next().unwrap_or_default(), fields.next());
        if CommitId::parse(id).is_err() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if self.seen == 0 {
            let seconds = time.and_then(|time| time.parse().ok());
            self.commit_time = seconds.and_then(|time| Timestamp::from_unix_seconds(time).ok());
        }
        let mut within = self.pending.remove(id).unwrap_or_default();
        if let Some(tag) = highest(decoration, filter) {
            if self.candidates.len() == MAX_CANDIDATES {
                return Ok(true);
            }
            within |= 1 << self.candidates.len();
            self.candidates.push(Candidate {
                tag,
                commit: id.to_owned(),
                depth: self.seen,
            });
        }
        self.seen += 1;
        for (index, candidate) in self.candidates.iter_mut().enumerate() {
            candidate.depth += u64::from(within & (1 << index) == 0);
        }
        if self.pending.is_empty() && self.best_contain(within) {
            return Ok(true);
        }
        for parent in fields {
            *self.pending.entry(parent.to_owned()).or_default() |= within;
        }
        if self.pending.len() > MAX_PENDING {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(false)
    }

    /// Returns whether the candidates of the least depth contain all commits that are left.
    fn best_contain(&self, within: u16) -> bool {
        let Some(least) = self
            .candidates
            .iter()
            .map(|candidate| candidate.depth)
            .min()
        else {
            return false;
        };
        let candidates = self.candidates.iter().enumerate();
        let mut best = candidates.filter(|(_, candidate)| candidate.depth == least);
        best.all(|(index, _)| within & (1 << index) != 0)
    }
}

/// Returns the tag with the highest version in `tag: refs/tags/v1.0, tag: refs/tags/v1.1`, and the
/// first in byte order among equal versions. Names of refs do not contain spaces.
fn highest(decoration: &[u8], filter: &TagFilter) -> Option<Tag> {
    let names = decoration.split(|byte| *byte == b' ').filter_map(|word| {
        let name = word
            .strip_suffix(b",")
            .unwrap_or(word)
            .strip_prefix(b"refs/tags/")?;
        filter.parse_tag(std::str::from_utf8(name).ok()?)
    });
    names.reduce(|best, tag| {
        let higher = tag
            .version
            .cmp(&best.version)
            .then_with(|| best.name.cmp(&tag.name));
        if higher.is_gt() { tag } else { best }
    })
}

pub(super) fn split(bytes: &[u8], separator: u8) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == separator);
    let (before, after) = bytes.split_at(end.unwrap_or(bytes.len()));
    (before, after.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(decoration: &[u8]) -> Option<String> {
        highest(decoration, &TagFilter::new()).map(|tag| tag.name)
    }

    #[test]
    fn the_highest_version_of_a_commit_wins() {
        let tags = b"tag: refs/tags/v1.9, tag: refs/tags/v1.10, tag: refs/tags/v1.10rc9, grafted";
        assert_eq!(name(tags).as_deref(), Some("v1.10"));
        let equal = b"tag: refs/tags/v2.0.0, tag: refs/tags/2.0";
        assert_eq!(name(equal).as_deref(), Some("2.0"));
    }

    #[test]
    fn other_names_are_skipped() {
        assert_eq!(name(b"tag: refs/tags/\xff1.0, tag: refs/tags/v1"), None);
        assert_eq!(name(b"refs/heads/1.0, HEAD"), None);
        // A comma is part of this name.
        assert_eq!(name(b"tag: refs/tags/1.0,2.0").as_deref(), None);
        assert_eq!(name(b""), None);
    }

    #[test]
    fn endless_records_are_rejected() {
        let endless = io::BufReader::new(io::repeat(b'x'));
        let error = Walk::default()
            .read(endless, &TagFilter::new())
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn malformed_records_are_rejected() {
        let error = Walk::default()
            .read(&b"a\0bc\0"[..], &TagFilter::new())
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
