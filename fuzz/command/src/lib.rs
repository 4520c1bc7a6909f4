//! The parsers of the command, which has no library: this crate compiles their files as its own modules.
//!
//! Each function has the name of what it reads, and returns an error as it is shown.

#![allow(
    dead_code,
    unused_imports,
    clippy::disallowed_methods,
    reason = "of each file, the parser is used"
)]

#[path = "../../../crates/pypi-release/src/console.rs"]
mod console;
#[path = "../../../crates/pypi-release/src/duration.rs"]
mod duration;
#[path = "../../../crates/pypi-release/src/failure.rs"]
mod failure;
#[path = "../../../crates/pypi-release/src/files/mod.rs"]
mod files;
#[path = "../../../crates/pypi-release/src/glob.rs"]
mod glob;
#[path = "../../../crates/pypi-release/src/settings/mod.rs"]
mod settings;
#[path = "../../../crates/pypi-release/src/sums.rs"]
mod sums;

// Of `credentials`.
#[path = "../../../crates/pypi-release/src/credentials/found.rs"]
mod found;
#[path = "../../../crates/pypi-release/src/credentials/netrc.rs"]
mod netrc_file;
#[path = "../../../crates/pypi-release/src/credentials/pypirc.rs"]
mod pypirc_file;
#[path = "../../../crates/pypi-release/src/credentials/user_info.rs"]
mod user_info;

// Of `notes`, `init` and `bump`.
#[path = "../../../crates/pypi-release/src/notes/changelog.rs"]
mod changelog_file;
#[path = "../../../crates/pypi-release/src/verbs/bump/lock.rs"]
mod lock;
#[path = "../../../crates/pypi-release/src/init/workflows.rs"]
mod workflows;
#[path = "../../../crates/pypi-release/src/init/yaml.rs"]
mod yaml;

// `github`, and what it uses.
#[path = "../../../crates/pypi-release/src/github/mod.rs"]
mod github;
#[path = "../../../crates/pypi-release/src/job.rs"]
mod job;
#[path = "../../../crates/pypi-release/src/notes/remote.rs"]
mod remote;
mod notes {
    pub(crate) use crate::remote::repository_path;
}

use std::{ops::Range, path::Path};

use failure::Failure;
use pypi_trusted_upload::{
    Environment, Index, Transport, transport::Clock, url::Url, versioning::Version,
};

fn shown(failure: Failure) -> String {
    failure.message().to_owned()
}

/// A user name and a password.
pub type Pair = (String, String);

fn pairs(found: Vec<found::Found>) -> Vec<Pair> {
    let pair = |found: found::Found| {
        let (user, password) = (found.user.reveal(), found.password.reveal());
        (user.to_owned(), password.to_owned())
    };
    found.into_iter().map(pair).collect()
}

/// The credentials for an index in a `.pypirc`.
pub fn pypirc(text: &str, index: &Index) -> Result<Vec<Pair>, String> {
    let pypirc = pypirc_file::Pypirc::parse(text, "FILE").map_err(shown)?;
    pypirc.found(index).map(pairs).map_err(shown)
}

/// The URL of a section of a `.pypirc`, or what is wrong with it.
pub fn pypirc_section(text: &str, section: &str) -> Result<Option<Url>, String> {
    let pypirc = pypirc_file::Pypirc::parse(text, "FILE").map_err(shown)?;
    match pypirc.mistake(section) {
        Some(failure) => Err(shown(failure)),
        None => Ok(pypirc.url(section)),
    }
}

/// The credentials for the host of an index in a netrc file.
pub fn netrc(text: &str, index: &Index, user: Option<&str>) -> Result<Vec<Pair>, String> {
    let found = netrc_file::found(text, "FILE", index, user);
    found.map(pairs).map_err(shown)
}

/// An entry of a netrc file.
pub fn netrc_entry((user, password): &Pair, host: &str) -> String {
    let entry = found::Found::basic("here", user, password).netrc(host);
    entry.reveal().to_owned()
}

/// The names and digests in a file of digests, and the text that is written for them.
pub fn sums(path: &Path) -> Result<(Vec<Pair>, String), String> {
    let sums = sums::Sums::read(path).map_err(shown)?;
    let pairs = sums
        .iter()
        .map(|(name, sha256)| (name.to_owned(), sha256.to_owned()));
    Ok((pairs.collect(), sums.to_string()))
}

/// The keys of the project in a folder, each with its value and where that is set.
pub fn settings(folder: &Path) -> Result<Vec<String>, String> {
    let settings = settings::Settings::read(folder, None).map_err(shown)?;
    let effective = settings.effective();
    let shown =
        |it: &settings::Effective| format!("{} = {:?} ({})", it.key.path, it.value, it.source);
    Ok(effective.iter().map(shown).collect())
}

/// The place of the own version in a `uv.lock`, and the version.
pub fn uv_lock(text: &str) -> Result<Option<(Range<usize>, String)>, String> {
    lock::own_version(text, "demo", ".")
}

/// The section of a version in a changelog.
pub fn changelog(text: &str, version: &Version) -> Result<Option<String>, String> {
    let section = changelog_file::section(text, version).map_err(shown)?;
    Ok(section.map(str::to_owned))
}

/// The changelog with a section of the version; `None` if it has one.
pub fn changelog_with(text: &str, version: &Version, body: &str) -> Result<Option<String>, String> {
    let section = changelog_file::Section {
        version,
        date: "2026-11-22",
        body,
        links: None,
    };
    changelog_file::updated(text, &section).map_err(shown)
}

/// The workflows, of one with this text, that a release calls, and those that it waits for.
pub fn workflow(text: &str) -> (Vec<String>, Vec<String>) {
    let tests = workflows::tests(&[("ci.yml".to_owned(), text.to_owned())]);
    (tests.call, tests.after)
}

/// The number of values in YAML, and of the bytes in their paths and texts.
pub fn yaml_size(text: &str) -> Option<(usize, usize)> {
    let entries = yaml::entries(text)?;
    let length =
        |entry: &yaml::Entry| entry.value.len() + entry.path.iter().map(String::len).sum::<usize>();
    Some((entries.len(), entries.iter().map(length).sum()))
}

/// What each request to GitHub that reads returns, with the replies of `transport`: a line for each thing, or the error.
pub fn github<T: Transport>(
    transport: &T,
    request: &str,
    token: &str,
    clock: Clock,
) -> Result<Vec<String>, String> {
    let variables = [
        ("GITHUB_TOKEN", token),
        ("GITHUB_API_URL", "http://127.0.0.1:1"),
    ];
    let access = github::Access::of(&Environment::from_vars(variables), None).map_err(shown)?;
    let repository = github::Repository::parse("octo-org/demo").ok_or("a repository")?;
    let github = github::GitHub::new(access, repository, transport, clock);
    fn lines<V: std::fmt::Debug>(values: impl IntoIterator<Item = V>) -> Vec<String> {
        values
            .into_iter()
            .map(|value| format!("{value:?}"))
            .collect()
    }
    let answer = match request {
        "releases" => github.releases().map(lines),
        "release" => github.release(1).map(lines),
        "published" => github.published("v1.0").map(lines),
        "assets" => github.assets(1).map(lines),
        "runs" => github
            .runs("ci.yml", &"0".repeat(40), Some("push"))
            .map(lines),
        "tag" => github.tag_commit("v1.0").map(lines),
        _ => return Ok(Vec::new()),
    };
    answer.map_err(|error| shown(error.failure()))
}
