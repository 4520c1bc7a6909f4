//! Which commits a merge brought in, and what it says of them.

use std::collections::{HashMap, HashSet};

use pypi_trusted_upload::versioning::Commit;

use super::change::Change;

/// The changes of a history, newest first.
///
/// A merged branch is listed by its commits that follow Conventional Commits, or else by the title of its pull request,
/// or else by all of its commits. Merges of the main branch into others are left out, and so are changes that were
/// reverted before the release.
pub(super) fn changes(commits: &[Commit], version: &str) -> Vec<Change> {
    let mut changes: Vec<Change> = lines(commits)
        .into_iter()
        .flat_map(|line| line.changes())
        .collect();
    let reverted = reverted(commits);
    changes
        .retain(|change| !reverted.contains(&change.commit) && !is_release(&change.text, version));
    changes
}

/// A commit of the main line, and those that it brought in if it is a merge.
struct Line<'a> {
    commit: &'a Commit,
    branch: Vec<&'a Commit>,
}

fn lines(commits: &[Commit]) -> Vec<Line<'_>> {
    let by_id: HashMap<&str, &Commit> = commits
        .iter()
        .map(|commit| (commit.id.as_str(), commit))
        .collect();
    let mut main = Vec::new();
    let mut next = commits.first();
    while let Some(commit) = next {
        main.push(commit);
        next = commit
            .parents
            .first()
            .and_then(|parent| by_id.get(parent.as_str()).copied());
    }
    let mut seen: HashSet<&str> = HashSet::new();
    let mut lines = Vec::new();
    for commit in main.into_iter().rev() {
        seen.insert(commit.id.as_str());
        let mut branch = Vec::new();
        let mut open: Vec<&str> = commit.parents.iter().skip(1).map(String::as_str).collect();
        while let Some(id) = open.pop() {
            let Some(member) = by_id.get(id) else {
                continue;
            };
            if seen.insert(member.id.as_str()) {
                branch.push(*member);
                open.extend(member.parents.iter().map(String::as_str));
            }
        }
        lines.push(Line { commit, branch });
    }
    lines.reverse();
    // A history of one folder has gaps.
    let rest = commits
        .iter()
        .filter(|commit| !seen.contains(commit.id.as_str()));
    lines.extend(rest.map(|commit| Line {
        commit,
        branch: Vec::new(),
    }));
    lines
}

impl Line<'_> {
    fn changes(&self) -> Vec<Change> {
        let commit = self.commit;
        if commit.parents.len() < 2 {
            return own(commit, None);
        }
        let merge = Merge::of(&commit.message);
        let branch = self.branch.iter().filter(|member| member.parents.len() < 2);
        let all: Vec<Change> = branch
            .flat_map(|member| own(member, merge.request))
            .collect();
        let conventional: Vec<Change> = all
            .iter()
            .filter(|change| change.is_conventional)
            .cloned()
            .collect();
        if !conventional.is_empty() {
            return conventional;
        }
        match merge.title {
            Some(title) => vec![Change::parse(&title, commit.id.as_str(), merge.request)],
            None => all,
        }
    }
}

/// The changes of a commit, unless another commit was meant to absorb it.
fn own(commit: &Commit, request: Option<u64>) -> Vec<Change> {
    let subject = commit.subject();
    if ["fixup! ", "squash! ", "amend! "]
        .iter()
        .any(|mark| subject.starts_with(mark))
    {
        return Vec::new();
    }
    Change::of_commit(&commit.message, commit.id.as_str(), request)
}

/// What the message of a merge says of the pull request.
#[derive(Debug, Default, Eq, PartialEq)]
struct Merge {
    request: Option<u64>,
    title: Option<String>,
}

impl Merge {
    /// `Merge pull request #12 from o/branch` with the title in its body (GitHub), `Merge branch 'x' into 'main'` with
    /// the title and `See merge request o/r!12` (GitLab), `Merged in x (pull request #12)` (Bitbucket).
    fn of(message: &str) -> Self {
        let mut lines = message.trim().lines();
        let subject = lines.next().unwrap_or_default();
        let body: Vec<&str> = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let number = |text: &str| -> Option<u64> {
            let end = text
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len());
            text.get(..end)?.parse().ok()
        };
        let of_subject = subject
            .strip_prefix("Merge pull request #")
            .or_else(|| subject.split_once("(pull request #").map(|(_, rest)| rest))
            .and_then(number);
        let see = body
            .iter()
            .find_map(|line| line.strip_prefix("See merge request "));
        let of_body = see.and_then(|path| number(path.rsplit_once('!')?.1));
        let request = of_subject.or(of_body);
        let title = body
            .first()
            .filter(|_| request.is_some())
            .filter(|title| !title.starts_with("See merge request "));
        Self {
            request,
            title: title.map(|title| (*title).to_owned()),
        }
    }
}

/// The commits that another one of the history reverts, and those that do it.
fn reverted(commits: &[Commit]) -> HashSet<String> {
    let by_id: HashMap<&str, &Commit> = commits
        .iter()
        .map(|commit| (commit.id.as_str(), commit))
        .collect();
    let mut found = HashSet::new();
    // Oldest first: a revert of a revert brings the change back.
    for commit in commits.iter().rev() {
        let Some(target) = target_of(&commit.message).and_then(|id| by_id.get(id)) else {
            continue;
        };
        if let Some(original) = target_of(&target.message) {
            found.remove(original);
        }
        found.insert(target.id.as_str().to_owned());
        found.insert(commit.id.as_str().to_owned());
    }
    found
}

/// The commit that a message says to revert, as `git revert` writes it.
fn target_of(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("This reverts commit ")?;
    let end = rest.find(|c: char| !c.is_ascii_hexdigit());
    rest.get(..end.unwrap_or(rest.len()))
}

/// Whether a commit only sets the version.
fn is_release(text: &str, version: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let rest = text
        .strip_suffix(&version.to_ascii_lowercase())
        .map(|rest| rest.strip_suffix('v').unwrap_or(rest));
    rest.is_some_and(|rest| {
        matches!(
            rest.trim(),
            "" | "release"
                | "bump version to"
                | "version"
                | "prepare release"
                | "bump to"
                | "release version"
        )
    })
}

#[cfg(test)]
mod tests {
    use pypi_trusted_upload::versioning::{CommitId, Person};

    use super::*;

    fn commit(id: &str, parents: &[&str], message: &str) -> Commit {
        let long = |id: &str| id.repeat(40);
        let mut commit = Commit::new(
            CommitId::parse(&long(id)).unwrap(),
            Person::new("a", "a@x"),
            message,
        );
        commit.parents = parents.iter().map(|id| long(id)).collect();
        commit
    }

    fn texts(commits: &[Commit]) -> Vec<String> {
        changes(commits, "1.0.0")
            .into_iter()
            .map(|change| {
                format!(
                    "{}{}",
                    change.text,
                    change
                        .request
                        .map_or(String::new(), |number| format!(" #{number}"))
                )
            })
            .collect()
    }

    #[test]
    fn a_branch_is_listed_by_its_title_unless_its_commits_say_more() {
        let merge = "Merge pull request #12 from o/branch\n\nBetter parser";
        let plain = [
            commit("5", &["1", "4"], merge),
            commit("4", &["3"], "wip"),
            commit("3", &["1"], "typo"),
            commit("1", &["0"], "first"),
        ];
        assert_eq!(texts(&plain), ["Better parser #12", "first"]);
        let conventional = [
            commit("5", &["1", "4"], merge),
            commit("4", &["3"], "fix: b"),
            commit("3", &["1"], "typo"),
            commit("1", &[], "first"),
        ];
        assert_eq!(texts(&conventional), ["b #12", "first"]);
        let local = [
            commit("5", &["1", "4"], "Merge branch 'x'"),
            commit("4", &["3"], "two"),
            commit("3", &["1"], "one"),
            commit("1", &[], "first"),
        ];
        assert_eq!(texts(&local), ["two", "one", "first"]);
    }

    #[test]
    fn merges_of_the_main_branch_are_left_out() {
        let commits = [
            commit("6", &["2", "5"], "Merge pull request #2 from o/x\n\nTitle"),
            commit("5", &["4", "2"], "Merge branch 'main' into x"),
            commit("4", &["1"], "work"),
            commit("2", &["1"], "on main"),
            commit("1", &[], "first"),
        ];
        assert_eq!(texts(&commits), ["Title #2", "on main", "first"]);
    }

    #[test]
    fn merges_of_other_services_have_numbers_too() {
        for (message, request, title) in [
            (
                "Merge branch 'x' into 'main'\n\nTitle\n\nSee merge request g/p!34",
                Some(34),
                Some("Title"),
            ),
            (
                "Merged in x (pull request #5)\n\nTitle",
                Some(5),
                Some("Title"),
            ),
            ("Merge pull request #7 from o/x", Some(7), None),
            ("Merge branch 'x'\n\nConflicts: y", None, None),
        ] {
            let expected = Merge {
                request,
                title: title.map(str::to_owned),
            };
            assert_eq!(Merge::of(message), expected, "{message}");
        }
    }

    #[test]
    fn what_was_reverted_or_only_sets_the_version_is_left_out() {
        let revert = |id: &str| format!("Revert \"x\"\n\nThis reverts commit {}.", id.repeat(40));
        let commits = [
            commit("5", &["4"], "Release 1.0.0"),
            commit("4", &["3"], "chore(release): v1.0.0"),
            commit("3", &["2"], &revert("2")),
            commit("2", &["1"], "feat: gone"),
            commit("1", &[], "feat: stays"),
        ];
        assert_eq!(texts(&commits), ["stays"]);
        let again = [
            commit("4", &["3"], &revert("3")),
            commit("3", &["2"], &revert("2")),
            commit("2", &["1"], "feat: back"),
            commit("1", &[], "one"),
        ];
        assert_eq!(texts(&again), ["back", "one"]);
    }
}
