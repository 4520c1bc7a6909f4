//! Facts and versions of unpacked archives.

use crate::{
    CommitId, Error, ErrorKind, Facts, Tag, TagFilter, Timestamp, Version,
    text::{quoted, trim_python},
};

/// The maximum number of bytes of `.git_archival.txt` and of `PKG-INFO`.
const MAX_LENGTH: usize = 1024 * 1024;

/// Parses the facts that `git archive` wrote to `.git_archival.txt`.
///
/// The file has the lines `node:`, `node-date:`, `describe-name:` and `ref-names:` of setuptools-scm,
/// and `.gitattributes` has the line `.git_archival.txt export-subst`. The tree counts as clean,
/// because archives only contain committed files. Without a full commit ID in `node:`, the commit is
/// the abbreviated one of `describe-name:`, if there is one.
///
/// # Errors
///
/// - [`ErrorKind::NoTag`] if the file does not name a version tag. Commits cannot be counted in an
///   archive, so a base version would not help.
/// - [`ErrorKind::NotSubstituted`] if it does not, and is the one of the repository, as in an sdist.
/// - [`ErrorKind::TooLong`] if it has more than 1 MiB.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{TagFilter, git_archival_facts};
///
/// let facts = git_archival_facts(
///     "node: a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c\n\
///      node-date: 2024-06-15T14:00:00+02:00\n\
///      describe-name: v1.2.3-4-ga0eb9acd9\n",
///     &TagFilter::new(),
/// )?;
/// assert_eq!((facts.tag.map(|tag| tag.name).as_deref(), facts.distance), (Some("v1.2.3"), 4));
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
pub fn git_archival_facts(text: &str, filter: &TagFilter) -> Result<Facts, Error> {
    if text.len() > MAX_LENGTH {
        return Err(too_long(".git_archival.txt"));
    }
    let described = field(text, "describe-name").and_then(|name| described(name, filter));
    let on_tag = || Some((highest(field(text, "ref-names")?, filter)?, 0, None));
    let found = on_tag().or(described);
    let (tag, distance, short_node) = found.ok_or_else(|| no_tag(text))?;
    let mut facts = Facts::new().tag(tag).distance(distance);
    let node = field(text, "node").and_then(|node| CommitId::parse(node).ok());
    facts.node = node.or(short_node);
    facts.commit_time = field(text, "node-date").and_then(|date| Timestamp::parse(date).ok());
    Ok(facts)
}

/// Parses the version in the `PKG-INFO` of an unpacked sdist.
///
/// # Errors
///
/// - [`ErrorKind::InvalidVersion`] if the version is not a PEP 440 version.
/// - [`ErrorKind::NoVersion`] if the headers do not contain one, or it is `UNKNOWN`.
/// - [`ErrorKind::TooLong`] if the text has more than 1 MiB.
///
/// # Examples
///
/// ```
/// let text = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0rc1\n\nA description.\n";
/// assert_eq!(pypi_versioning::pkg_info_version(text)?.to_string(), "1.0rc1");
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
pub fn pkg_info_version(text: &str) -> Result<Version, Error> {
    if text.len() > MAX_LENGTH {
        return Err(too_long("PKG-INFO"));
    }
    // The description begins after an empty line, and its lines may look like headers.
    let headers = text.lines().take_while(|line| !line.is_empty());
    let mut values = headers.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("version").then_some(value)
    });
    let value = values
        .next()
        .filter(|value| trim_python(value) != "UNKNOWN");
    let value = value.ok_or_else(|| {
        Error::new(ErrorKind::NoVersion, "PKG-INFO does not contain a version")
            .with_help("build the sdist again")
    })?;
    Version::parse(value)
        .map_err(|error| Error::invalid_version("the version in PKG-INFO is invalid", error))
}

fn too_long(file: &str) -> Error {
    let message = format!("file {file} is too long: expected at most 1 MiB");
    Error::new(ErrorKind::TooLong, message)
}

fn no_tag(text: &str) -> Error {
    if text.contains("$Format:") {
        let message = format!(
            ".git_archival.txt was not filled in by git archive: {}",
            quoted(text)
        );
        return Error::new(ErrorKind::NotSubstituted, message).with_help(
            "add `.git_archival.txt export-subst` to .gitattributes, and use git archive 2.32 or \
             later",
        );
    }
    let message = format!(
        ".git_archival.txt does not name a version tag: {}",
        quoted(text)
    );
    Error::new(ErrorKind::NoTag, message).with_help(
        "add the line `describe-name: $Format:%(describe:tags=true)$`, and archive a commit that \
         has a version tag in its history",
    )
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut values = text.lines().filter_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(':')?;
        Some(trim_python(value))
    });
    values.next().filter(|value| !value.is_empty())
}

/// Parses the output of `git describe`: a tag, or `tag-distance-gcommit`.
fn described(name: &str, filter: &TagFilter) -> Option<(Tag, u64, Option<CommitId>)> {
    let counted = name.rsplit_once("-g").and_then(|(rest, commit)| {
        let (tag, distance) = rest.rsplit_once('-')?;
        let hexadecimal = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = distance.bytes().all(|byte| byte.is_ascii_digit());
        let distance = distance.parse().ok().filter(|_| digits && hexadecimal)?;
        Some((tag, distance, CommitId::parse_abbreviated(commit).ok()))
    });
    let (tag, distance, commit) = counted.unwrap_or((name, 0, None));
    Some((filter.parse_tag(tag)?, distance, commit))
}

/// Returns the tag with the highest version in `HEAD -> main, tag: v1.2.3, origin/main`.
fn highest(names: &str, filter: &TagFilter) -> Option<Tag> {
    let names = names
        .split(", ")
        .filter_map(|name| name.strip_prefix("tag: "));
    let tags = names.filter_map(|name| filter.parse_tag(name));
    tags.reduce(|best, tag| {
        if tag.version > best.version {
            tag
        } else {
            best
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: &str = "node: a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c\n";

    fn facts(rest: &str) -> Result<(String, u64), ErrorKind> {
        match git_archival_facts(&format!("{NODE}{rest}"), &TagFilter::new()) {
            Ok(facts) => Ok((facts.tag.unwrap().name, facts.distance)),
            Err(error) => Err(error.kind()),
        }
    }

    #[test]
    fn tags_are_found_by_name_and_distance() {
        for (rest, tag, distance) in [
            ("describe-name: v1.0-3-gabc", "v1.0", 3),
            ("describe-name: v1.0", "v1.0", 0),
            ("describe-name: v1.0-rc1", "v1.0-rc1", 0),
            (
                "ref-names: HEAD -> main, tag: v1.0, tag: v1.1rc1",
                "v1.1rc1",
                0,
            ),
            (
                "describe-name: v0.9-3-gabc\nref-names: tag: v1.0",
                "v1.0",
                0,
            ),
        ] {
            assert_eq!(facts(rest), Ok((tag.to_owned(), distance)), "{rest}");
        }
    }

    #[test]
    fn archives_without_a_version_are_errors() {
        for (rest, kind) in [
            ("", ErrorKind::NoTag),
            ("describe-name: \nref-names: HEAD -> main", ErrorKind::NoTag),
            ("describe-name: latest-3-gabc", ErrorKind::NoTag),
            (
                "describe-name: $Format:%(describe)$",
                ErrorKind::NotSubstituted,
            ),
        ] {
            assert_eq!(facts(rest), Err(kind), "{rest}");
        }
        for text in ["", "node: a0eb9ac\n", "describe-name: \n"] {
            let error = git_archival_facts(text, &TagFilter::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoTag, "{text}");
        }
        let unfilled = "node: $Format:%H$\ndescribe-name: $Format:%(describe:tags=true)$\n\
                        ref-names: $Format:%D$\n";
        let error = git_archival_facts(unfilled, &TagFilter::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSubstituted);
    }

    #[test]
    fn the_line_with_the_commit_is_optional() {
        let node = |text: &str| {
            let facts = git_archival_facts(text, &TagFilter::new()).unwrap();
            facts.node.map(|node| node.to_string())
        };
        let described = "describe-name: v1.0-3-ga0eb9ac\n";
        assert_eq!(node(described).as_deref(), Some("a0eb9ac"));
        assert_eq!(node("describe-name: v1.0\n"), None);
        assert_eq!(node("ref-names: tag: v1.0\n"), None);
        let both = format!("{NODE}{described}");
        assert_eq!(
            node(&both).as_deref(),
            NODE.strip_prefix("node: ").map(str::trim)
        );
        let unfilled = format!("node: $Format:%H$\n{described}");
        assert_eq!(node(&unfilled).as_deref(), Some("a0eb9ac"));
    }

    #[test]
    fn pkg_info_contains_a_version() {
        let version = |text: &str| {
            pkg_info_version(text)
                .map(|version| version.to_string())
                .map_err(|error| error.kind())
        };
        let text = "Metadata-Version: 2.4\r\nName: x\r\nVersion: 1.0rc1\r\n\r\nVersion: 9\r\n";
        assert_eq!(version(text).as_deref(), Ok("1.0rc1"));
        for text in ["", "Name: x\n\nVersion: 1.0\n"] {
            assert_eq!(version(text), Err(ErrorKind::NoVersion), "{text}");
        }
        assert_eq!(version("Version: one\n"), Err(ErrorKind::InvalidVersion));
        assert_eq!(version("Version: UNKNOWN\n"), Err(ErrorKind::NoVersion));
        let long = "x".repeat(MAX_LENGTH + 1);
        assert_eq!(version(&long), Err(ErrorKind::TooLong));
    }
}
