//! Sizes and times of files in the index.

use std::{
    collections::HashSet,
    fs::Metadata,
    io::{self, BufRead},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::{command::Git, filters::Filters, output::read_record};
use crate::Error;

/// The maximum size of a path or line.
const MAX_RECORD: u64 = 64 * 1024;

/// Returns whether all `files` have a filter, and the size and time that the index has for them.
///
/// Without running the filter, the content cannot be compared. Size and time are what git compares
/// first.
pub(super) fn are_unchanged(
    git: &Git<'_>,
    top: &Path,
    filters: &Filters,
    mut files: HashSet<Vec<u8>>,
) -> Result<bool, Error> {
    let pathspecs: Vec<_> = filters.pathspecs().collect();
    if pathspecs.is_empty() {
        return Ok(false);
    }
    let mut args = vec![
        "ls-files",
        "--modified",
        "--debug",
        "--full-name",
        "-z",
        "--",
    ];
    args.extend(pathspecs.iter().map(String::as_str));
    git.read(&args, |mut output| {
        let mut path = Vec::new();
        while read_record(&mut output, 0, MAX_RECORD, &mut path)? {
            let recorded = Stat::read(&mut output)?;
            if recorded.is_some_and(|stat| stat.matches(top, &path)) {
                files.remove(&path);
            }
        }
        Ok(files.is_empty())
    })?;
    Ok(files.is_empty())
}

/// The size and time of a file in the index.
#[derive(Debug, Eq, PartialEq)]
struct Stat {
    /// Modulo 2³².
    size: u32,
    seconds: u32,
    /// 0 if the program that wrote the index does not know them.
    nanoseconds: u32,
}

impl Stat {
    /// Reads the five lines that `git ls-files --debug` prints after a path.
    fn read(output: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut lines: [Vec<u8>; 5] = Default::default();
        for line in &mut lines {
            read_record(output, b'\n', MAX_RECORD, line)?;
        }
        let [_ctime, mtime, _device, _owner, size] = lines;
        let (Ok(mtime), Ok(size)) = (String::from_utf8(mtime), String::from_utf8(size)) else {
            return Ok(None);
        };
        Ok(Self::parse(&mtime, &size))
    }

    fn parse(mtime: &str, size: &str) -> Option<Self> {
        let (seconds, nanoseconds) = mtime.strip_prefix("  mtime: ")?.split_once(':')?;
        let (size, _flags) = size.strip_prefix("  size: ")?.split_once('\t')?;
        Some(Self {
            size: size.parse().ok()?,
            seconds: seconds.parse().ok()?,
            nanoseconds: nanoseconds.parse().ok()?,
        })
    }

    /// Returns whether a file of the working tree has this size and time.
    fn matches(&self, top: &Path, path: &[u8]) -> bool {
        let metadata = to_path(path).and_then(|path| top.join(path).symlink_metadata().ok());
        let Some(metadata) = metadata.filter(Metadata::is_file) else {
            return false;
        };
        let time = metadata.modified().ok();
        let Some(time) = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok()) else {
            return false;
        };
        let size = metadata.len() as u32;
        let nanoseconds = time.subsec_nanos();
        size == self.size
            && time.as_secs() as u32 == self.seconds
            && (nanoseconds == self.nanoseconds || nanoseconds == 0 || self.nanoseconds == 0)
    }
}

#[cfg(unix)]
fn to_path(bytes: &[u8]) -> Option<PathBuf> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn to_path(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(text: &str) -> Option<Stat> {
        Stat::read(&mut text.as_bytes()).expect("five lines")
    }

    #[test]
    fn size_and_time_are_read() {
        let text = "  ctime: 7:8\n  mtime: 1700000000:5\n  dev: 1\tino: 2\n  uid: 3\tgid: 4\n  \
            size: 6\tflags: 200000\n";
        let expected = Stat {
            size: 6,
            seconds: 1_700_000_000,
            nanoseconds: 5,
        };
        assert_eq!(stat(text), Some(expected));
    }

    #[test]
    fn other_lines_are_not_understood() {
        for text in [
            "a\nb\nc\nd\ne\n",
            "a\n  mtime: 1:2\nc\nd\n  size: 99999999999\tflags: 0\n",
            "a\n  mtime: 1\nc\nd\n  size: 1\tflags: 0\n",
            "a\n  mtime: 1:2\nc\nd\n  size: é\tflags: 0\n",
            "",
        ] {
            assert_eq!(stat(text), None, "{text:?}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test makes its file")]
    fn unknown_nanoseconds_are_not_compared() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = std::fs::File::create_new(folder.path().join("file")).expect("a file");
        let time = UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 500);
        file.set_modified(time).expect("a time");
        let matches = |size, seconds, nanoseconds| {
            let stat = Stat {
                size,
                seconds,
                nanoseconds,
            };
            stat.matches(folder.path(), b"file")
        };
        assert!(matches(0, 1_700_000_000, 500) && matches(0, 1_700_000_000, 0));
        assert!(!matches(0, 1_700_000_000, 501) && !matches(0, 1_700_000_001, 500));
        assert!(!matches(1, 1_700_000_000, 500));
        let stat = Stat {
            size: 0,
            seconds: 0,
            nanoseconds: 0,
        };
        assert!(!stat.matches(folder.path(), b"missing") && !stat.matches(folder.path(), b""));
    }
}
