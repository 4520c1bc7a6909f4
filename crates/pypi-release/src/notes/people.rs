//! Who contributed.

use std::collections::{HashMap, HashSet};

use pypi_trusted_upload::versioning::{Commit, Person};

/// A person or a program that wrote commits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Contributor {
    pub(crate) name: String,
    /// The name of the account on GitHub, if the address has it. Anybody can write any address.
    pub(crate) login: Option<String>,
    pub(crate) is_bot: bool,
}

/// The authors and co-authors, in the order of their first commit. A person with several addresses is one if `.mailmap`
/// says so.
pub(super) fn contributors(commits: &[Commit]) -> Vec<Contributor> {
    let mapped: HashMap<String, &Person> = commits
        .iter()
        .map(|commit| (commit.recorded_author.email.to_lowercase(), &commit.author))
        .collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    // Who merges a branch did not write it.
    for commit in commits
        .iter()
        .rev()
        .filter(|commit| commit.parents.len() < 2)
    {
        let others = co_authors(&commit.message);
        for person in std::iter::once(commit.author.clone()).chain(others) {
            let known = mapped.get(&person.email.to_lowercase());
            let person = known.map_or(&person, |known| *known);
            let contributor = Contributor::of(person);
            let key = match (&contributor.login, person.email.is_empty()) {
                (Some(login), _) => format!("@{}", login.to_lowercase()),
                (None, true) => person.name.to_lowercase(),
                (None, false) => person.email.to_lowercase(),
            };
            if seen.insert(key) {
                found.push(contributor);
            }
        }
    }
    found
}

impl Contributor {
    fn of(person: &Person) -> Self {
        let email = person.email.to_lowercase();
        let login = email
            .strip_suffix("@users.noreply.github.com")
            .map(|local| {
                let login = local.split_once('+').map_or(local, |(_, login)| login);
                login.strip_suffix("[bot]").unwrap_or(login)
            });
        let is_login = |login: &&str| {
            !login.is_empty()
                && login.len() <= 39
                && login.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let name = match person.name.trim() {
            "" => person.email.split('@').next().unwrap_or_default(),
            name => name,
        };
        Self {
            name: name.to_owned(),
            login: login.filter(is_login).map(str::to_owned),
            is_bot: name.ends_with("[bot]")
                || email.contains("[bot]@")
                || BOTS.contains(&email.as_str()),
        }
    }
}

/// Addresses of programs that do not say so.
const BOTS: [&str; 4] = [
    "action@github.com",
    "bot@renovateapp.com",
    "noreply@github.com",
    "support@github.com",
];

/// The most co-authors of a commit.
const MAX_CO_AUTHORS: usize = 100;

/// The people of the `Co-authored-by:` lines.
fn co_authors(message: &str) -> impl Iterator<Item = Person> {
    let lines = message.lines().filter_map(|line| {
        let (key, value) = line.trim().split_once(':')?;
        let (name, rest) = value.split_once('<')?;
        let (email, _) = rest.split_once('>')?;
        key.eq_ignore_ascii_case("co-authored-by")
            .then(|| Person::new(name.trim(), email.trim()))
    });
    lines.take(MAX_CO_AUTHORS)
}

#[cfg(test)]
mod tests {
    use pypi_trusted_upload::versioning::CommitId;

    use super::*;

    fn commit(name: &str, email: &str, message: &str) -> Commit {
        Commit::new(
            CommitId::parse(&"a".repeat(40)).unwrap(),
            Person::new(name, email),
            message,
        )
    }

    #[test]
    fn people_are_listed_once_and_programs_apart() {
        let mut old = commit("Ada L.", "ada@old.org", "x");
        old.author = Person::new("Ada Lovelace", "ada@example.org");
        let commits = [
            commit(
                "Ada Lovelace",
                "ADA@example.org",
                "x\n\nCo-Authored-By: Grace <grace@x.org>\nco-authored-by: Ada <ada@old.org>",
            ),
            old,
            commit("octo", "1+Octo-Cat@users.noreply.github.com", "x"),
            commit("Octo Cat", "octo-cat@users.noreply.github.com", "x"),
            commit(
                "dependabot[bot]",
                "49699333+dependabot[bot]@users.noreply.github.com",
                "x",
            ),
            commit("", "only@address.org", "x"),
        ];
        let found = contributors(&commits);
        let names: Vec<&str> = found.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "only",
                "dependabot[bot]",
                "Octo Cat",
                "Ada Lovelace",
                "Grace"
            ]
        );
        assert_eq!(found[2].login.as_deref(), Some("octo-cat"));
        assert!(found[1].is_bot && !found[2].is_bot);
    }
}
