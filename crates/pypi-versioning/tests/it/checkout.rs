//! Real checkouts, made and read with the installed `git`.

use std::path::Path;
use std::process::Command;

use pypi_versioning::{ErrorKind, Facts, GitCommand, Settings, TagFilter, describe};
use tempfile::TempDir;

/// A repository in a temporary folder. Each commit is a second later than the one before.
struct Repository {
    folder: TempDir,
    commits: std::cell::Cell<u64>,
}

impl Repository {
    fn new() -> Self {
        let repository = Self {
            folder: tempfile::tempdir().expect("a folder"),
            commits: std::cell::Cell::new(0),
        };
        repository.git(&["init", "--quiet"]);
        repository
    }

    /// Three commits, the first one tagged v1.2.3.
    fn two_after_a_tag() -> Self {
        let repository = Self::new();
        repository.commit();
        repository.git(&["tag", "v1.2.3"]);
        repository.commit();
        repository.commit();
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, args: &[&str]) -> String {
        git(self.path(), self.commits.get(), args)
    }

    fn commit(&self) {
        let number = self.commits.get() + 1;
        self.commits.set(number);
        self.write("file", &number.to_string());
        self.git(&["add", "file"]);
        self.git(&["commit", "--quiet", "-m", "change"]);
    }

    #[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file");
    }

    fn clone(&self, options: &[&str]) -> TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let from = format!("file://{}", self.path().display());
        let into = folder.path().to_str().expect("UTF-8");
        self.git(&[&["clone", "--quiet"], options, &[&from, into]].concat());
        folder
    }
}

#[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
fn git(folder: &Path, second: u64, args: &[&str]) -> String {
    // 2024-06-15 12:00:00 UTC.
    let date = format!("@{} +0000", 1_718_452_800 + second);
    let output = Command::new("git")
        .args(["-c", "tag.gpgsign=false", "-c", "commit.gpgsign=false"])
        .args(["-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
        ])
        .envs([
            ("GIT_COMMITTER_NAME", "A"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
        ])
        .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {output:?}");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .trim_end()
        .to_owned()
}

fn read(folder: &Path) -> Facts {
    GitCommand::new(folder)
        .facts(&TagFilter::new())
        .expect("facts")
}

fn tag_and_distance(facts: &Facts) -> (Option<&str>, u64) {
    (
        facts.tag.as_ref().map(|tag| tag.name.as_str()),
        facts.distance,
    )
}

fn error(folder: &Path) -> (ErrorKind, String) {
    let error = GitCommand::new(folder)
        .facts(&TagFilter::new())
        .expect_err("no facts");
    (error.kind(), error.to_string())
}

fn public(facts: Facts) -> String {
    let described = describe(facts, &Settings::new()).expect("a version");
    described.public().to_string()
}

#[test]
fn a_tagged_commit_is_exact() {
    let repository = Repository::two_after_a_tag();
    repository.git(&["checkout", "--quiet", "v1.2.3"]);
    let facts = read(repository.path());
    assert!(facts.is_exact() && !facts.shallow);
    assert_eq!(facts.branch, None);
    assert_eq!(public(facts), "1.2.3");
}

#[test]
fn commits_since_the_tag_are_counted() {
    let repository = Repository::two_after_a_tag();
    let facts = read(repository.path());
    assert_eq!(tag_and_distance(&facts), (Some("v1.2.3"), 2));
    assert_eq!(facts.branch.as_deref(), Some("main"));
    assert_eq!(
        facts.commit_time.map(|time| time.to_string()).as_deref(),
        Some("2024-06-15T12:00:03Z")
    );
    let head = repository.git(&["rev-parse", "HEAD"]);
    assert_eq!(
        facts.node.as_ref().map(|node| node.as_str()),
        Some(head.as_str())
    );
    let described = describe(facts, &Settings::new()).expect("a version");
    assert_eq!(
        described.full().to_string(),
        format!("1.2.4.dev2+g{}", &head[..9])
    );
}

#[test]
fn tracked_changes_are_dirty_and_untracked_files_are_not() {
    let repository = Repository::two_after_a_tag();
    repository.git(&["checkout", "--quiet", "v1.2.3"]);
    repository.write("untracked", "");
    assert!(!read(repository.path()).dirty);
    repository.write("file", "changed");
    let facts = read(repository.path());
    assert!(facts.dirty && !facts.is_exact());
    assert_eq!(public(facts), "1.2.4.dev0");
}

#[test]
fn the_highest_of_several_tags_on_a_commit_wins() {
    let repository = Repository::new();
    repository.commit();
    repository.git(&["tag", "v1.10.0"]);
    repository.git(&["tag", "-a", "-m", "release", "v1.9.0"]);
    repository.git(&["tag", "-a", "-m", "candidate", "v1.10.0rc1"]);
    repository.git(&["tag", "-a", "-m", "of a tag", "v1.8.0", "v1.9.0"]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.10.0"), 0)
    );
    repository.commit();
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.10.0"), 1)
    );
    repository.git(&["tag", "-a", "-m", "of a tag", "v2.0.0", "v1.9.0"]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v2.0.0"), 1)
    );
}

#[test]
fn closer_tags_that_do_not_name_a_version_are_skipped() {
    let repository = Repository::two_after_a_tag();
    for name in [
        "v1",
        "deploy-2024-01-15",
        "build-5",
        "client-v9.0",
        "it's-\"9.0\"",
    ] {
        repository.git(&["tag", name]);
    }
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.2.3"), 2)
    );
    let settings = TagFilter::new().prefix("client-");
    let facts = GitCommand::new(repository.path())
        .facts(&settings)
        .expect("facts");
    assert_eq!(tag_and_distance(&facts), (Some("client-v9.0"), 0));
    assert_eq!(public(facts), "9.0");
}

#[test]
fn the_nearer_of_two_merged_tags_wins() {
    let repository = Repository::new();
    repository.commit();
    repository.git(&["tag", "v1.0"]);
    repository.git(&["checkout", "--quiet", "-b", "maintenance"]);
    repository.commit();
    repository.git(&["tag", "v1.0.1"]);
    repository.git(&["checkout", "--quiet", "main"]);
    for _ in 0..3 {
        repository.git(&["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    }
    repository.git(&["tag", "v1.1"]);
    repository.git(&["merge", "--quiet", "--no-edit", "-s", "ours", "maintenance"]);
    let facts = read(repository.path());
    assert_eq!(tag_and_distance(&facts), (Some("v1.1"), 2));
    let described = repository.git(&["describe", "--tags", "--long"]);
    assert!(described.starts_with("v1.1-2-g"), "{described}");
}

#[test]
fn tags_of_other_branches_do_not_count() {
    let repository = Repository::two_after_a_tag();
    repository.git(&["checkout", "--quiet", "-b", "next"]);
    repository.commit();
    repository.git(&["tag", "v2.0.0"]);
    repository.git(&["checkout", "--quiet", "main"]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.2.3"), 2)
    );
}

#[test]
fn replaced_commits_do_not_change_the_distance() {
    let repository = Repository::two_after_a_tag();
    repository.git(&["replace", "--graft", "HEAD", "HEAD~2"]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.2.3"), 2)
    );
}

#[test]
fn a_shallow_clone_has_a_version_only_on_its_tag() {
    let repository = Repository::two_after_a_tag();
    let untagged = repository.clone(&["--depth", "1"]);
    let facts = read(untagged.path());
    assert!(facts.shallow);
    let error = describe(facts, &Settings::new()).expect_err("no version");
    assert_eq!(error.kind(), ErrorKind::Shallow);

    let tagged = repository.clone(&["--depth", "1", "--branch", "v1.2.3"]);
    let facts = read(tagged.path());
    assert!(facts.shallow && facts.is_exact());
    assert_eq!(public(facts), "1.2.3");
}

#[test]
fn a_clone_without_tags_has_no_version() {
    let repository = Repository::two_after_a_tag();
    let clone = repository.clone(&["--no-tags"]);
    let facts = read(clone.path());
    assert_eq!(tag_and_distance(&facts), (None, 3));
    let error = describe(facts, &Settings::new()).expect_err("no version");
    assert_eq!(error.kind(), ErrorKind::NoTag);
}

#[test]
fn a_checkout_is_found_from_a_subfolder_and_in_a_linked_worktree() {
    let repository = Repository::two_after_a_tag();
    let folder = repository.path().join("-sub folder");
    std::fs::create_dir(&folder).expect("a folder");
    assert_eq!(read(&folder), read(repository.path()));

    let linked = tempfile::tempdir().expect("a folder");
    let path = linked.path().to_str().expect("UTF-8");
    repository.git(&["worktree", "add", "--quiet", "--detach", path, "v1.2.3"]);
    assert!(read(linked.path()).is_exact());
}

#[test]
fn a_fresh_repository_has_no_commit() {
    let repository = Repository::new();
    let (kind, text) = error(repository.path());
    assert_eq!(kind, ErrorKind::NoCommit, "{text}");
}

#[test]
fn a_bare_repository_has_no_working_tree() {
    let repository = Repository::two_after_a_tag();
    let (kind, text) = error(&repository.path().join(".git"));
    assert_eq!(kind, ErrorKind::NoWorkTree, "{text}");
    let bare = repository.clone(&["--bare"]);
    let (kind, text) = error(bare.path());
    assert_eq!(kind, ErrorKind::NoWorkTree, "{text}");
}

#[test]
fn other_folders_are_not_repositories() {
    let folder = tempfile::tempdir().expect("a folder");
    let (kind, text) = error(folder.path());
    assert_eq!(kind, ErrorKind::NotRepository, "{text}");
    let (kind, text) = error(&folder.path().join("missing"));
    assert_eq!(kind, ErrorKind::GitFailed, "{text}");
    assert!(text.contains("missing") && !text.contains('\n'), "{text}");
}

#[test]
fn commands_that_a_checkout_configures_are_not_run() {
    let repository = Repository::two_after_a_tag();
    let witness = repository.path().join("witness");
    let command = format!("touch '{}'; false", witness.display());
    repository.git(&["config", "core.fsmonitor", &command]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.2.3"), 2)
    );
    assert!(!witness.exists());
}

#[test]
fn the_configuration_of_a_checkout_does_not_change_the_facts() {
    let repository = Repository::two_after_a_tag();
    for (key, value) in [
        ("color.ui", "always"),
        ("format.pretty", "oneline"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("log.date", "relative"),
        ("log.decorate", "no"),
        ("log.diffMerges", "on"),
        ("log.excludeDecoration", "refs/tags/*"),
        ("log.follow", "true"),
        ("log.initialDecorationSet", "all"),
        ("log.showSignature", "true"),
        ("notes.displayRef", "*"),
        ("status.branch", "true"),
        ("status.relativePaths", "false"),
        ("status.showStash", "true"),
        ("status.showUntrackedFiles", "all"),
    ] {
        repository.git(&["config", key, value]);
    }
    repository.write("untracked", "");
    let facts = read(repository.path());
    assert_eq!(tag_and_distance(&facts), (Some("v1.2.3"), 2));
    assert!(!facts.dirty && facts.branch.as_deref() == Some("main"));
    assert!(facts.commit_time.is_some());
    repository.write("file", "changed");
    repository.git(&["stash"]);
    assert!(!read(repository.path()).dirty);
}

#[test]
fn tag_names_may_contain_commas() {
    let repository = Repository::two_after_a_tag();
    for name in ["v9,", "v9.0,v9.1", "x,v9.0", "v9.0@x"] {
        repository.git(&["tag", name]);
    }
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v1.2.3"), 2)
    );
    repository.git(&["tag", "v2.0"]);
    assert_eq!(
        tag_and_distance(&read(repository.path())),
        (Some("v2.0"), 0)
    );
}
