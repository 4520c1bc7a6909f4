use std::collections::{BTreeMap, HashMap};

use super::GitSettings;
use crate::facts::Tag;

/// Reads the output of `git show-ref --tags -d` into the version tag of each commit: the
/// highest version, and the first in byte order among tags of equal version.
///
/// Ref names are bytes; the ones that are not UTF-8 name no version and are passed over.
pub(super) fn by_commit(output: &[u8], settings: &GitSettings) -> HashMap<String, Tag> {
    let mut commits: BTreeMap<&str, &str> = BTreeMap::new();
    for line in output.split(|byte| *byte == b'\n') {
        let Some((object, reference)) = split(line) else {
            continue;
        };
        // An annotated tag has two lines: its own object, then with `^{}` the commit.
        let name = reference.strip_suffix("^{}").unwrap_or(reference);
        commits.insert(name, object);
    }
    let mut tags: HashMap<String, Tag> = HashMap::new();
    for (name, commit) in commits {
        let Some(tag) = Tag::parse(name, &settings.tag_prefix) else {
            continue;
        };
        let known = tags.get(commit);
        if known.is_none_or(|known| known.version < tag.version) {
            tags.insert(commit.to_owned(), tag);
        }
    }
    tags
}

fn split(line: &[u8]) -> Option<(&str, &str)> {
    let (object, reference) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some((object, reference.strip_prefix("refs/tags/")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(output: &[u8], prefix: &str) -> Vec<(String, String)> {
        let tags = by_commit(output, &GitSettings::new().with_tag_prefix(prefix));
        let names = tags.into_iter().map(|(commit, tag)| (commit, tag.name));
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    fn pair(commit: &str, name: &str) -> (String, String) {
        (commit.to_owned(), name.to_owned())
    }

    #[test]
    fn annotated_tags_stand_for_their_commit() {
        let output = b"aa refs/tags/v1.0\nbb refs/tags/v1.0^{}\ncc refs/tags/v1.1\n";
        let expected = [pair("bb", "v1.0"), pair("cc", "v1.1")];
        assert_eq!(names(output, ""), expected);
    }

    #[test]
    fn the_highest_version_of_a_commit_wins() {
        let output = b"aa refs/tags/v1.0\naa refs/tags/v1.0rc9\naa refs/tags/v1.10\n\
            aa refs/tags/v1.9\nbb refs/tags/v2.0.0\nbb refs/tags/2.0\n";
        assert_eq!(names(output, ""), [pair("aa", "v1.10"), pair("bb", "2.0")]);
    }

    #[test]
    fn names_that_are_no_versions_are_passed_over() {
        let output = b"aa refs/tags/\xff1.0\nbb refs/tags/v1\ncc refs/heads/1.0\n\nnonsense\n\
            dd refs/tags/app-1.0\n";
        assert_eq!(names(output, ""), []);
        assert_eq!(names(output, "app-"), [pair("dd", "app-1.0")]);
    }
}
