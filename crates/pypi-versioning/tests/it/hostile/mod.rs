//! Hostile checkouts: reading their facts runs nothing, writes nothing and always ends.

mod config;
mod files;
mod filters;
mod names;
mod property;
mod refs;
mod sandbox;

use std::{
    error::Error as StdError,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use pypi_versioning::{
    Error, ErrorKind, Facts, GitCommand, HistoryRange, Settings, TagFilter, describe,
};

use sandbox::{Sandbox, Template, program};

/// The limit for checkouts that are expected to exceed it.
const SHORT: Duration = Duration::from_millis(200);
/// The variable that names the home folder of the table.
const HOME: &str = "HOSTILE_CHECKOUTS_HOME";
/// The variable that names the group of rows to run.
const GROUP: &str = "HOSTILE_CHECKOUTS_GROUP";

/// A hostile checkout: two commits after the tag v1.2.3, and what `setup` does to them.
struct Row {
    name: &'static str,
    expected: Expected,
    setup: fn(&Sandbox),
}

fn row(name: &'static str, expected: Expected, setup: fn(&Sandbox)) -> Row {
    Row {
        name,
        expected,
        setup,
    }
}

#[derive(Clone, Copy)]
enum Expected {
    /// Tag and distance, as `git describe --dirty` prints them.
    Facts(&'static str),
    Fails(ErrorKind),
    /// One of these kinds, depending on the version of git.
    FailsAs(&'static [ErrorKind]),
    /// Facts or an error, depending on the version of git.
    Any,
}

/// The checkout as it is without a row.
const UNCHANGED: Expected = Expected::Facts("v1.2.3-2");
const DIRTY: Expected = Expected::Facts("v1.2.3-2-dirty");

type Rows = fn() -> Vec<Row>;

const GROUPS: [(&str, Rows); 5] = [
    ("config", config::rows),
    ("files", files::rows),
    ("filters", filters::rows),
    ("names", names::rows),
    ("refs", refs::rows),
];

#[test]
fn no_program_of_the_configuration_runs() {
    run("config");
}

#[test]
fn files_of_any_kind_are_read_within_limits() {
    run("files");
}

#[test]
fn no_filter_runs() {
    run("filters");
}

#[test]
fn no_name_is_interpreted() {
    run("names");
}

#[test]
fn refs_of_any_kind_are_read_within_limits() {
    run("refs");
}

/// Runs a group of rows in a process of its own, whose home folder has a configuration that makes git
/// report every process that it starts, and whose `PATH` begins with programs that must not run.
#[expect(clippy::disallowed_methods, reason = "a test makes its environment")]
fn run(group: &str) {
    let home = tempfile::tempdir().expect("a folder");
    let path = |name: &str| home.path().join(name);
    let ran = path("ran");
    for folder in ["bin", "trace"] {
        std::fs::create_dir(path(folder)).expect("a folder");
    }
    for name in [
        "curl",
        "git-lfs",
        "git-remote-none",
        "gpg",
        "less",
        "pager",
        "ssh",
        "vi",
    ] {
        program(&path("bin").join(name), &ran);
    }
    let config = format!(
        "[trace2]\n\teventTarget = {}\n[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\
         \tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired\n",
        path("trace").display()
    );
    std::fs::write(path(".gitconfig"), config).expect("a file");

    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = [path("bin")].into_iter();
    let search = std::env::join_paths(folders.chain(std::env::split_paths(&inherited)));
    let output = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "hostile::table", "--ignored", "--nocapture"])
        .env("PATH", search.expect("a search path"))
        .env("HOME", home.path())
        .env(HOME, home.path())
        .env(GROUP, group)
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .expect("the table runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!ran.exists(), "{:?} has run", std::fs::read_to_string(ran));
}

#[test]
#[ignore = "the tests of the groups run it"]
#[expect(clippy::disallowed_methods, reason = "a test knows its environment")]
fn table() {
    let (Some(home), Ok(group)) = (std::env::var_os(HOME), std::env::var(GROUP)) else {
        return;
    };
    let home = PathBuf::from(home);
    let fetches = Template::git_version() < [2, 45];
    let template = Template::new();
    let mut failures = Vec::new();
    let group = GROUPS.iter().find(|(name, _)| *name == group);
    let (_, rows) = group.expect("a group");
    for row in rows() {
        let started = Instant::now();
        let problems = problems(&row, &template, &home, fetches);
        println!("{:5} ms  {}", started.elapsed().as_millis(), row.name);
        failures.extend(
            problems
                .iter()
                .map(|problem| format!("{}: {problem}", row.name)),
        );
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Returns what is wrong with the result of a row, and with what happened meanwhile.
fn problems(row: &Row, template: &Template, home: &Path, fetches: bool) -> Vec<String> {
    let sandbox = template.copy();
    (row.setup)(&sandbox);
    let timeout = match row.expected {
        Expected::Fails(ErrorKind::GitTimeout) => SHORT,
        Expected::FailsAs(_) | Expected::Any => Duration::from_secs(10),
        _ => Duration::from_secs(60),
    };
    let before = sandbox.snapshot();
    let command = GitCommand::new(sandbox.root()).timeout(timeout);
    let result = command.facts(&TagFilter::new());
    // Whether these succeed depends on the row; nothing may run, change or hang either way.
    let hangs = matches!(&result, Err(error) if error.kind() == ErrorKind::GitTimeout);
    let command = command.timeout(if hangs { SHORT } else { timeout });
    let history = command.history(&HistoryRange::new()).err();
    let remote = command.remote_url("origin").err();
    let after = sandbox.snapshot();

    let mut problems = sandbox.changes(&before, &after);
    problems.extend(traced(home, fetches));
    problems.extend(unexpected(&result, row.expected));
    problems.extend(unclean(result));
    problems.extend(
        [history, remote]
            .into_iter()
            .flatten()
            .filter_map(|error| unclean(Err(error))),
    );
    problems
}

fn unexpected(result: &Result<Facts, Error>, expected: Expected) -> Option<String> {
    match (result, expected) {
        (_, Expected::Any) => None,
        (Ok(facts), Expected::Facts(text)) if described(facts) == text => None,
        (Err(error), Expected::Fails(kind)) if error.kind() == kind => None,
        (Err(error), Expected::FailsAs(kinds)) if kinds.contains(&error.kind()) => None,
        (Ok(facts), _) => Some(described(facts)),
        (Err(error), _) => Some(format!("{:?}: {error}", error.kind())),
    }
}

fn described(facts: &Facts) -> String {
    let tag = facts.tag.as_ref().map_or("none", |tag| tag.name.as_str());
    let dirty = if facts.dirty { "-dirty" } else { "" };
    format!("{tag}-{}{dirty}", facts.distance)
}

/// Returns the texts of an error that are empty or not one printable line.
fn unclean(result: Result<Facts, Error>) -> Option<String> {
    let error = result
        .and_then(|facts| describe(facts, &Settings::new()))
        .err()?;
    let mut texts = vec![error.to_string()];
    texts.extend(error.help().map(str::to_owned));
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.retain(|text| text.is_empty() || text.contains(char::is_control));
    (!texts.is_empty()).then(|| format!("not clean: {texts:?}"))
}

/// Returns the processes that git reports to have started since the last call, and programs of the
/// `PATH` that have run.
#[expect(clippy::disallowed_methods, reason = "a test reads what git wrote")]
fn traced(home: &Path, fetches: bool) -> Vec<String> {
    let mut started = Vec::new();
    let paths = sandbox::children(&home.join("trace"));
    assert!(!paths.is_empty(), "git 2.22 and later reports what it does");
    for path in paths {
        let events = std::fs::read_to_string(&path).expect("events");
        let is_start = |line: &&str| {
            // Git before 2.45 starts this for missing objects, and it fails at once.
            let is_fetch =
                line.contains(r#"["git","-c","fetch.negotiationAlgorithm=noop","fetch""#);
            let is_start = line.contains(r#""child_start""#) || line.contains(r#""exec""#);
            is_start && !(is_fetch && fetches)
        };
        let starts = events.lines().filter(is_start);
        started.extend(starts.map(|line| format!("started {line}")));
        std::fs::remove_file(path).expect("a file");
    }
    if let Ok(names) = std::fs::read_to_string(home.join("ran")) {
        std::fs::remove_file(home.join("ran")).expect("a file");
        started.push(format!("ran {names:?}"));
    }
    started
}
