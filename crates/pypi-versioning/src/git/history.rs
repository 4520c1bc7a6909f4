//! The commits of a version.

use std::{
    fs,
    io::{self, BufRead, Read as _},
    path::Path,
};

use super::{
    GitCommand,
    command::Git,
    commit::{Commit, History, HistoryRange, Person},
    error,
    output::read_record,
    status::repository,
    walk::split,
};
use crate::{CommitId, Error, ErrorKind, Tag, TagFilter, Timestamp, Version, text::quoted};

/// The maximum size of a commit with its tags: some hundred thousand tags.
const MAX_DECORATION: u64 = 16 * 1024 * 1024;
/// The maximum size of a commit with its message. The rest of the message is dropped.
const MAX_COMMIT: u64 = 64 * 1024;
/// Each file of names is that of the checkout only.
const MAILMAP: [&str; 2] = ["mailmap.blob=", "mailmap.file="];

impl GitCommand {
    /// Reads the commits of a version.
    ///
    /// The release before is the one with the highest version below that of the last commit, among the version tags
    /// that the last commit contains. For a final release, alphas, betas, release candidates and development releases
    /// do not count; without a version neither.
    ///
    /// The checkout need not be trusted, as for [`facts`](Self::facts).
    ///
    /// # Errors
    ///
    /// Those of [`facts`](Self::facts), except that a bare repository is not an error, and
    /// [`ErrorKind::GitFailed`] if a tag of the range does not exist.
    pub fn history(&self, range: &HistoryRange) -> Result<History, Error> {
        let mut git = Git::new(&self.root, self.timeout);
        git.configure(MAILMAP.map(str::to_owned));
        let rev = match &range.until {
            Some(tag) => tag_ref(&git, tag)?,
            None => "HEAD".to_owned(),
        };
        let (is_shallow, top) = repository(&git)?;
        let (head, time) = last_commit(&git, &rev)?;
        let tagged = tagged(&git, &head, &range.tags)?;
        let tag = match &range.until {
            Some(name) => range.tags.parse_tag(name),
            None => tagged.at(&head, range.version.as_ref()),
        };
        let version = range
            .version
            .as_ref()
            .or_else(|| tag.as_ref().map(|tag| &tag.version));
        let previous = match &range.since {
            Some(name) => Some(tagged.named(&git, name)?),
            None => tagged.before(&head, version),
        };
        let since = previous.as_ref().map(|(_, commit)| commit);
        let names = Names::of(&top);
        let mut commits = commits(&git, &head, since, range, names)?;
        let is_truncated = commits.len() > range.max_commits;
        commits.truncate(range.max_commits);
        Ok(History {
            head,
            time,
            tag,
            previous: previous.map(|(tag, _)| tag),
            commits,
            is_truncated,
            is_shallow,
        })
    }

    /// Returns the URL of a remote, such as `origin`, without a password or token; `None` if it is not configured.
    ///
    /// # Errors
    ///
    /// Those of [`facts`](Self::facts), except that a repository without a commit or a working tree is not an error.
    pub fn remote_url(&self, remote: &str) -> Result<Option<String>, Error> {
        let git = Git::new(&self.root, self.timeout);
        // Unlike a query of one key, this fails outside of a repository only.
        git.text(&["rev-parse", "--git-dir"])?;
        let list = git.bytes(&["config", "--list", "-z"])?;
        let key = format!("remote.{remote}.url");
        let mut values = list.split(|byte| *byte == 0).filter_map(|entry| {
            let (name, value) = split(entry, b'\n');
            (name == key.as_bytes()).then(|| String::from_utf8_lossy(value))
        });
        Ok(values.next().map(|url| without_user(&url)))
    }
}

/// `https://user:token@host/path` without `user:token@`.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// The full name of a tag. Characters that git would interpret do not occur in names of tags.
fn tag_ref(git: &Git<'_>, tag: &str) -> Result<String, Error> {
    let is_special = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    if tag.is_empty() || tag.contains(is_special) || tag.contains("..") || tag.contains("@{") {
        let message = format!(
            "{} is not the name of a tag in {:?}",
            quoted(tag),
            git.root()
        );
        return Err(Error::new(ErrorKind::GitFailed, message).with_help("give the name of a tag"));
    }
    Ok(format!("refs/tags/{tag}"))
}

fn not_contained(git: &Git<'_>, tag: &str) -> Error {
    let message = format!(
        "{} is not a version tag of an ancestor in {:?}",
        quoted(tag),
        git.root()
    );
    Error::new(ErrorKind::GitFailed, message)
        .with_help("fetch the tags (git fetch --tags), or give another tag")
}

fn last_commit(git: &Git<'_>, rev: &str) -> Result<(CommitId, Option<Timestamp>), Error> {
    let args = [
        "log",
        "--max-count=1",
        "--no-notes",
        "--no-decorate",
        "--format=tformat:%H %ct",
        rev,
        "--",
    ];
    let output = git.text(&args).map_err(|error| {
        let is_unborn = rev == "HEAD" && error.to_string().contains("bad revision");
        if is_unborn {
            error::no_commit(git.root())
        } else {
            error
        }
    })?;
    let (id, seconds) = output.trim_end().split_once(' ').unwrap_or_default();
    let id = CommitId::parse(id).map_err(|_| error::unexpected(git.root(), "log"))?;
    let seconds = seconds.parse().ok();
    Ok((
        id,
        seconds.and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok()),
    ))
}

/// The version tags that a commit contains, and their commits.
struct Tagged(Vec<(Tag, String)>);

impl Tagged {
    fn at(&self, head: &CommitId, version: Option<&Version>) -> Option<Tag> {
        let own = self.0.iter().filter(|(tag, commit)| {
            commit == head.as_str() && version.is_none_or(|version| tag.version == *version)
        });
        highest(own).map(|(tag, _)| tag)
    }

    fn named(&self, git: &Git<'_>, name: &str) -> Result<(Tag, String), Error> {
        let found = self.0.iter().find(|(tag, _)| tag.name == name).cloned();
        found.ok_or_else(|| not_contained(git, name))
    }

    fn before(&self, head: &CommitId, version: Option<&Version>) -> Option<(Tag, String)> {
        let is_final = version.is_none_or(|version| !version.is_prerelease());
        highest(self.0.iter().filter(|(tag, commit)| {
            let is_lower = match version {
                Some(version) => tag.version < *version,
                None => commit != head.as_str(),
            };
            is_lower && !(is_final && tag.version.is_prerelease())
        }))
    }
}

/// The highest version, and of equal ones the first name in byte order.
fn highest<'a>(tags: impl Iterator<Item = &'a (Tag, String)>) -> Option<(Tag, String)> {
    let highest = tags.max_by(|(one, _), (other, _)| {
        one.version
            .cmp(&other.version)
            .then_with(|| other.name.cmp(&one.name))
    });
    highest.cloned()
}

/// Reads all commits: with `--simplify-by-decoration`, git leaves out a tagged first commit without files.
fn tagged(git: &Git<'_>, head: &CommitId, filter: &TagFilter) -> Result<Tagged, Error> {
    let args = [
        "log",
        "-z",
        "--encoding=UTF-8",
        "--decorate=full",
        "--decorate-refs=refs/tags/",
        "--no-notes",
        "--format=tformat:%H%n%D",
        head.as_str(),
        "--",
    ];
    let mut tags = Vec::new();
    git.read(&args, |mut output| {
        let mut record = Vec::new();
        while read_record(&mut output, 0, MAX_DECORATION, &mut record)? {
            let (commit, decoration) = split(&record, b'\n');
            let commit = String::from_utf8_lossy(commit);
            // Names of refs do not contain spaces.
            tags.extend(decoration.split(|byte| *byte == b' ').filter_map(|word| {
                let name = word
                    .strip_suffix(b",")
                    .unwrap_or(word)
                    .strip_prefix(b"refs/tags/")?;
                let tag = filter.parse_tag(std::str::from_utf8(name).ok()?)?;
                Some((tag, commit.clone().into_owned()))
            }));
        }
        Ok(false)
    })?;
    Ok(Tagged(tags))
}

fn commits(
    git: &Git<'_>,
    head: &CommitId,
    since: Option<&String>,
    range: &HistoryRange,
    names: Names,
) -> Result<Vec<Commit>, Error> {
    let count = format!("--max-count={}", range.max_commits.saturating_add(1));
    let excluded = since.map(|commit| format!("^{commit}"));
    let format = match names {
        Names::Mapped => "--format=tformat:%H%n%P%n%aN%n%aE%n%an%n%ae%n%B",
        Names::Recorded => "--format=tformat:%H%n%P%n%an%n%ae%n%an%n%ae%n%B",
    };
    let mut args = vec![
        "log",
        "-z",
        "--encoding=UTF-8",
        "--topo-order",
        "--no-notes",
        "--no-decorate",
        &count,
        format,
        head.as_str(),
    ];
    args.extend(excluded.as_deref());
    args.push("--");
    if range.in_folder {
        args.push(".");
    }
    let mut commits = Vec::new();
    git.read(&args, |mut output| {
        let mut record = Vec::new();
        while read_start(&mut output, MAX_COMMIT, &mut record)? {
            commits.push(parse(&record).ok_or(io::ErrorKind::InvalidData)?);
        }
        Ok(false)
    })?;
    Ok(commits)
}

/// Which names the commits have.
#[derive(Clone, Copy)]
enum Names {
    Mapped,
    Recorded,
}

impl Names {
    /// Git reads `.mailmap` to its end, even if it is a named pipe or, before 2.32, a link to any file.
    fn of(top: &Path) -> Self {
        match fs::symlink_metadata(top.join(".mailmap")) {
            Ok(found) if !found.is_file() => Self::Recorded,
            _ => Self::Mapped,
        }
    }
}

/// Reads the first `max` bytes of a record that ends with a zero byte, and skips the rest. Returns false at the end.
fn read_start(output: &mut impl BufRead, max: u64, record: &mut Vec<u8>) -> io::Result<bool> {
    record.clear();
    if output.by_ref().take(max).read_until(0, record)? == 0 {
        return Ok(false);
    }
    if record.pop_if(|byte| *byte == 0).is_none() {
        output.skip_until(0)?;
    }
    Ok(true)
}

fn parse(record: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(record);
    let mut fields = text.splitn(7, '\n');
    let mut field = || fields.next();
    let id = CommitId::parse(field()?).ok()?;
    let parents = field()?.split(' ').filter(|parent| !parent.is_empty());
    let parents = parents.map(ToOwned::to_owned).collect();
    let author = Person::new(field()?, field()?);
    let recorded_author = Person::new(field()?, field()?);
    Some(Commit {
        id,
        parents,
        author,
        recorded_author,
        message: field()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tags: &[(&str, &str)]) -> Tagged {
        let parse = |name| Tag::parse(name, "").expect("a version");
        Tagged(
            tags.iter()
                .map(|(name, commit)| (parse(name), (*commit).repeat(40)))
                .collect(),
        )
    }

    #[test]
    fn the_release_before_has_the_highest_lower_version() {
        let head = CommitId::parse(&"f".repeat(40)).expect("an ID");
        let tags = tagged(&[
            ("v2.0.0", "f"),
            ("v2.0.0rc1", "e"),
            ("v1.10.0", "d"),
            ("v1.9.1", "e"),
            ("v1.9.0.dev1", "a"),
        ]);
        for (version, expected) in [
            (Some("2.0.0"), Some("v1.10.0")),
            (Some("2.0.0rc2"), Some("v2.0.0rc1")),
            (Some("2.0.0rc1"), Some("v1.10.0")),
            (Some("1.10.0"), Some("v1.9.1")),
            (Some("1.9.0"), None),
            (None, Some("v1.10.0")),
        ] {
            let version = version.map(|version| Version::parse(version).expect("a version"));
            let found = tags
                .before(&head, version.as_ref())
                .map(|(tag, _)| tag.name);
            assert_eq!(found.as_deref(), expected, "{version:?}");
        }
        assert_eq!(
            tags.at(&head, None).map(|tag| tag.name).as_deref(),
            Some("v2.0.0")
        );
    }

    #[test]
    fn long_messages_are_cut() {
        let mut output = &b"abc\0defgh\0\0i"[..];
        let mut records = Vec::new();
        let mut record = Vec::new();
        while read_start(&mut output, 4, &mut record).expect("bytes") {
            records.push(String::from_utf8(record.clone()).expect("text"));
        }
        assert_eq!(records, ["abc", "defg", "", "i"]);
    }

    #[test]
    fn a_url_has_no_password() {
        for (url, expected) in [
            (
                "https://x-access-token:ghs_1@github.com/o/r",
                "https://github.com/o/r",
            ),
            ("https://a@b@github.com/o/r@x", "https://github.com/o/r@x"),
            ("git@github.com:o/r.git", "git@github.com:o/r.git"),
            ("ssh://git@github.com:22/o/r", "ssh://github.com:22/o/r"),
            ("../path", "../path"),
        ] {
            assert_eq!(without_user(url), expected);
        }
    }

    #[test]
    fn a_tag_cannot_be_another_revision() {
        let git = Git::new(Path::new("."), std::time::Duration::from_secs(1));
        for name in ["v1^{/x}", "v1..v2", "v1~2", "a b", "", "v@{1}", "x:y"] {
            assert!(tag_ref(&git, name).is_err(), "{name}");
        }
        assert_eq!(
            tag_ref(&git, "-x/y").ok().as_deref(),
            Some("refs/tags/-x/y")
        );
    }
}
