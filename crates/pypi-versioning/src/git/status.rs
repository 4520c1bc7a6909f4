//! The commit and branch that are checked out, and whether tracked files differ.

use std::{
    collections::HashSet,
    io::{self, BufRead},
    path::PathBuf,
};

use super::{command::Git, error, filters::Filters, output::read_record, stat::are_unchanged};
use crate::{CommitId, Error};

/// The maximum size of a record, which contains a path or the name of a branch.
const MAX_RECORD: u64 = 64 * 1024;

pub(super) struct Status {
    pub(super) head: CommitId,
    pub(super) branch: Option<String>,
    pub(super) dirty: bool,
    pub(super) shallow: bool,
}

impl Status {
    /// Reads the status of the checkout, of which `git` must have the filters disabled.
    pub(super) fn read(git: &Git<'_>, filters: &Filters) -> Result<Self, Error> {
        let mut report = Report::default();
        let args = [
            "status",
            "--porcelain=v2",
            "--branch",
            "--no-ahead-behind",
            "--untracked-files=no",
            // Compares the commits of submodules, but runs no git in them.
            "--ignore-submodules=dirty",
            "-z",
        ];
        git.read(&args, |output| report.read(output, filters))?;
        let head = match report.oid.as_deref() {
            Some("(initial)") => return Err(error::no_commit(git.root())),
            oid => oid.and_then(|oid| CommitId::parse(oid).ok()),
        };
        let head = head.ok_or_else(|| error::unexpected(git.root(), "status"))?;
        let (shallow, top) = repository(git)?;
        let mut dirty = report.dirty;
        if !dirty && !report.unfiltered.is_empty() {
            dirty = !are_unchanged(git, &top, filters, report.unfiltered)?;
        }
        Ok(Self {
            head,
            branch: report.branch,
            dirty,
            shallow,
        })
    }
}

/// What `git status` reports.
#[derive(Default)]
struct Report {
    oid: Option<String>,
    branch: Option<String>,
    dirty: bool,
    /// Files that differ from the index in nothing but their content without filters.
    unfiltered: HashSet<Vec<u8>>,
}

impl Report {
    /// Returns true at the first difference. The rest of the output does not matter.
    fn read(&mut self, mut output: impl BufRead, filters: &Filters) -> io::Result<bool> {
        let mut record = Vec::new();
        while read_record(&mut output, 0, MAX_RECORD, &mut record)? {
            if let Some(header) = record.strip_prefix(b"# ") {
                self.read_header(header);
                continue;
            }
            match path_of_content_change(&record) {
                Some(path) if !filters.is_empty() => self.unfiltered.insert(path.to_vec()),
                _ => {
                    self.dirty = true;
                    return Ok(true);
                }
            };
        }
        Ok(false)
    }

    fn read_header(&mut self, header: &[u8]) {
        let Ok(header) = std::str::from_utf8(header) else {
            return;
        };
        if let Some(oid) = header.strip_prefix("branch.oid ") {
            self.oid = Some(oid.to_owned());
        }
        if let Some(branch) = header.strip_prefix("branch.head ") {
            self.branch = Some(branch.to_owned()).filter(|branch| branch != "(detached)");
        }
    }
}

/// Returns the path of `1 .M N... <mode> <mode> <mode> <id> <id> <path>`, if the modes of index and
/// working tree are equal.
fn path_of_content_change(record: &[u8]) -> Option<&[u8]> {
    let mut fields = record.splitn(9, |byte| *byte == b' ');
    let kind = [fields.next()?, fields.next()?, fields.next()?];
    let (_head, index, tree) = (fields.next()?, fields.next()?, fields.next()?);
    let path = fields.nth(2)?;
    let is_change = kind == [&b"1"[..], b".M", b"N..."] && index == tree;
    is_change.then_some(path)
}

/// Returns whether the history is shallow, and the top of the working tree.
pub(super) fn repository(git: &Git<'_>) -> Result<(bool, PathBuf), Error> {
    let output = git.text(&["rev-parse", "--is-shallow-repository", "--show-cdup"])?;
    let (shallow, up) = output.split_once('\n').unwrap_or_default();
    let shallow = match shallow {
        "true" => true,
        "false" => false,
        _ => return Err(error::unexpected(git.root(), "rev-parse")),
    };
    let top = git.root().join(up.strip_suffix('\n').unwrap_or(up));
    Ok((shallow, top))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MODES_AND_IDS: &str = "100644 100644 100644 1111 1111";

    fn report(text: &str, filters: &[&str]) -> Report {
        let mut report = Report::default();
        let filters = Filters::of(filters);
        report
            .read(text.as_bytes(), &filters)
            .expect("valid records");
        report
    }

    #[test]
    fn branch_and_commit_are_read() {
        let clean = report("# branch.oid abc\0# branch.head main\0# stash 3\0", &[]);
        assert_eq!(clean.oid.as_deref(), Some("abc"));
        assert_eq!(clean.branch.as_deref(), Some("main"));
        assert!(!clean.dirty);
        assert_eq!(report("# branch.head (detached)\0", &[]).branch, None);
    }

    #[test]
    fn changed_content_is_not_yet_a_difference_if_there_are_filters() {
        let text = format!("1 .M N... {MODES_AND_IDS} a b\nc\0");
        let filtered = report(&text, &["lfs"]);
        assert!(!filtered.dirty);
        assert_eq!(filtered.unfiltered, HashSet::from([b"a b\nc".to_vec()]));
        assert!(report(&text, &[]).dirty);
    }

    #[test]
    fn every_other_record_is_a_difference() {
        for record in [
            format!("1 M. N... {MODES_AND_IDS} file"),
            format!("1 .D N... {MODES_AND_IDS} file"),
            format!("1 .M SC.. {MODES_AND_IDS} submodule"),
            "1 .M N... 100644 100644 100755 1111 1111 file".to_owned(),
            format!("2 R. N... {MODES_AND_IDS} R100 file"),
            "u UU N... 100644 100644 100644 100644 1 2 3 file".to_owned(),
            "1 .M N...".to_owned(),
            String::new(),
        ] {
            assert!(report(&format!("{record}\0"), &["lfs"]).dirty, "{record:?}");
        }
    }

    #[test]
    fn records_without_an_end_are_rejected() {
        let mut endless = io::BufReader::new(io::repeat(b'x'));
        let filters = Filters::default();
        let error = Report::default()
            .read(&mut endless, &filters)
            .expect_err("too long");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_report_or_an_error(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just("# branch.oid ".as_bytes().to_vec()),
                    Just("# branch.head ".as_bytes().to_vec()),
                    Just(b"1 .M N... ".to_vec()),
                    Just(b"100644 ".to_vec()),
                    Just(b"\0".to_vec()),
                    prop::collection::vec(any::<u8>(), 0..20),
                ],
                0..12,
            ),
        ) {
            let mut report = Report::default();
            let read = report.read(&pieces.concat()[..], &Filters::of(&["x"]));
            // Whatever is not understood is not reported as clean.
            prop_assert!(read.is_err() || report.dirty || !report.unfiltered.is_empty()
                || pieces.concat().split(|byte| *byte == 0)
                    .all(|record| record.is_empty() || record.starts_with(b"# ")));
        }
    }
}
