use crate::{
    ArchiveError, ArchiveErrorKind, CommitId, Facts, Tag, TagFilter, Timestamp, Version,
    text::trim_python,
};

/// The most bytes either file may have.
const MAX_LENGTH: usize = 1024 * 1024;

/// Reads the facts that `git archive` wrote into `.git_archival.txt`.
///
/// The file has the lines `node:`, `node-date:`, `describe-name:` and `ref-names:` of
/// setuptools-scm, and `.gitattributes` the line `.git_archival.txt export-subst`. Whether the
/// tree was dirty is never known of an archive: it is what was committed.
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
/// # Ok::<(), pypi_versioning::ArchiveError>(())
/// ```
///
/// # Errors
///
/// Each [`ArchiveErrorKind`] says when it occurs. An archive whose names are no version tag is
/// an error here: its commits cannot be counted, so that no base could be counted from.
pub fn git_archival_facts(text: &str, filter: &TagFilter) -> Result<Facts, ArchiveError> {
    if text.len() > MAX_LENGTH {
        return Err(ArchiveError::new(
            ArchiveErrorKind::TooLong,
            ".git_archival.txt",
        ));
    }
    if text.contains("$Format:") {
        return Err(ArchiveError::new(ArchiveErrorKind::NotSubstituted, text));
    }
    let node = field(text, "node").and_then(|node| CommitId::parse(node).ok());
    let node = node.ok_or_else(|| ArchiveError::new(ArchiveErrorKind::NoNode, text))?;
    let described = field(text, "describe-name").and_then(|name| described(name, filter));
    let on_tag = || Some((highest(field(text, "ref-names")?, filter)?, 0));
    let found = on_tag().or(described);
    let (tag, distance) = found.ok_or_else(|| ArchiveError::new(ArchiveErrorKind::NoTag, text))?;
    let facts = Facts::new()
        .with_tag(tag)
        .with_distance(distance)
        .with_node(node);
    Ok(
        match field(text, "node-date").and_then(|date| Timestamp::parse(date).ok()) {
            Some(time) => facts.with_commit_time(time),
            None => facts,
        },
    )
}

/// Reads the version of an unpacked sdist from its `PKG-INFO`.
///
/// # Errors
///
/// Says [`ArchiveErrorKind::NoVersion`] where the headers have no `Version` or it is none, and
/// [`ArchiveErrorKind::TooLong`] for more than 1 MiB.
pub fn pkg_info_version(text: &str) -> Result<Version, ArchiveError> {
    if text.len() > MAX_LENGTH {
        return Err(ArchiveError::new(ArchiveErrorKind::TooLong, "PKG-INFO"));
    }
    // The description begins after an empty line, and may have lines like a header.
    let headers = text.lines().take_while(|line| !line.is_empty());
    let mut values = headers.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("version").then_some(value)
    });
    let Some(value) = values.next() else {
        return Err(ArchiveError::new(ArchiveErrorKind::NoVersion, "none"));
    };
    Version::parse(value).map_err(|error| ArchiveError::version(value, error))
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut values = text.lines().filter_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(':')?;
        Some(trim_python(value))
    });
    values.next().filter(|value| !value.is_empty())
}

/// Reads the answer of `git describe`: a tag, or `tag-distance-gcommit`.
fn described(name: &str, filter: &TagFilter) -> Option<(Tag, u64)> {
    let counted = name.rsplit_once("-g").and_then(|(rest, commit)| {
        let (tag, distance) = rest.rsplit_once('-')?;
        let hexadecimal = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digits = distance.bytes().all(|byte| byte.is_ascii_digit());
        Some((
            tag,
            distance.parse().ok().filter(|_| digits && hexadecimal)?,
        ))
    });
    let (tag, distance) = counted.unwrap_or((name, 0));
    Some((filter.tag(tag)?, distance))
}

/// Returns the tag of the highest version in `HEAD -> main, tag: v1.2.3, origin/main`.
fn highest(names: &str, filter: &TagFilter) -> Option<Tag> {
    let names = names
        .split(", ")
        .filter_map(|name| name.strip_prefix("tag: "));
    let tags = names.filter_map(|name| filter.tag(name));
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

    fn facts(rest: &str) -> Result<(String, u64), ArchiveErrorKind> {
        match git_archival_facts(&format!("{NODE}{rest}"), &TagFilter::new()) {
            Ok(facts) => Ok((facts.tag.unwrap().name, facts.distance)),
            Err(error) => Err(error.kind()),
        }
    }

    #[test]
    fn tags_are_found_by_name_and_by_distance() {
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
    fn archives_without_a_version_say_why() {
        for (rest, kind) in [
            ("", ArchiveErrorKind::NoTag),
            (
                "describe-name: \nref-names: HEAD -> main",
                ArchiveErrorKind::NoTag,
            ),
            ("describe-name: latest-3-gabc", ArchiveErrorKind::NoTag),
            (
                "describe-name: $Format:%(describe)$",
                ArchiveErrorKind::NotSubstituted,
            ),
        ] {
            assert_eq!(facts(rest), Err(kind), "{rest}");
        }
        for text in ["", "node: a0eb9ac\n", "describe-name: v1.0"] {
            let error = git_archival_facts(text, &TagFilter::new()).unwrap_err();
            assert_eq!(error.kind(), ArchiveErrorKind::NoNode, "{text}");
        }
    }

    #[test]
    fn pkg_info_has_one_version() {
        let version = |text: &str| {
            pkg_info_version(text)
                .map(|version| version.to_string())
                .map_err(|error| error.kind())
        };
        let text = "Metadata-Version: 2.4\r\nName: x\r\nVersion: 1.0rc1\r\n\r\nVersion: 9\r\n";
        assert_eq!(version(text).as_deref(), Ok("1.0rc1"));
        for text in ["", "Name: x\n\nVersion: 1.0\n", "Version: one\n"] {
            assert_eq!(version(text), Err(ArchiveErrorKind::NoVersion), "{text}");
        }
        let long = "x".repeat(MAX_LENGTH + 1);
        assert_eq!(version(&long), Err(ArchiveErrorKind::TooLong));
    }
}
