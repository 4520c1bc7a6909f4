//! The version of a checkout, compared with the git commands that a script would run for it, in a repository with five
//! commits and in one with 10,000 commits and 300 tags.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a bench runs git")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use benches::compare;
use pypi_versioning::{GitCommand, Settings, TagFilter, describe};

const ROUNDS: usize = 31;

fn main() {
    for (what, commits, tags) in [("small", 5, 1), ("large", 10_000, 300)] {
        let folder = tempfile::tempdir().expect("a folder");
        make(folder.path(), commits, tags);
        compare(
            &format!("version of a {what} repository ({commits} commits, {tags} tags)"),
            ROUNDS,
            || {
                let facts = GitCommand::new(folder.path()).facts(&TagFilter::new());
                let described = describe(facts.expect("facts"), &Settings::new());
                black_box(described.expect("a version"));
            },
            ("git status, rev-parse, describe, rev-list", || {
                by_hand(folder.path())
            }),
        );
    }
}

/// Commits that change one file each, every twentieth of them a merge, with evenly distributed tags.
fn make(folder: &Path, commits: usize, tags: usize) {
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    let mut stream = String::new();
    let every = commits / (tags + 1);
    for number in 1..=commits {
        let from = match number {
            1 => String::new(),
            _ if number % 20 == 0 => {
                // A sibling of the last commit, merged into this one.
                commit(
                    &mut stream,
                    "side",
                    number,
                    commits + number,
                    &format!("from :{}\n", number - 1),
                );
                format!("from :{}\nmerge :{}\n", number - 1, commits + number)
            }
            _ => format!("from :{}\n", number - 1),
        };
        commit(&mut stream, "main", number, number, &from);
        if number % every == 0 && number / every <= tags {
            let tag = number / every;
            let _ = write!(
                stream,
                "tag v{}.{}.0\nfrom :{number}\ntagger A <a@example.org> {} +0000\ndata 1\nx\n",
                tag / 50,
                tag % 50,
                1_700_000_000 + number * 60
            );
        }
    }
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    let mut input = import.stdin.take().expect("a pipe");
    input.write_all(stream.as_bytes()).expect("git reads");
    drop(input);
    assert!(import.wait().expect("git ends").success());
    git(folder, &["checkout", "--quiet", "main"]);
}

fn commit(stream: &mut String, branch: &str, number: usize, mark: usize, from: &str) {
    let _ = write!(
        stream,
        "commit refs/heads/{branch}\nmark :{mark}\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n{from}\
         M 100644 inline d{}/f{}\ndata <<EOF\n{mark}\nEOF\n\n",
        1_700_000_000 + number * 60,
        number % 40,
        number % 1_700,
    );
}

fn by_hand(folder: &Path) {
    git(folder, &["status", "--porcelain", "--untracked-files=no"]);
    git(folder, &["rev-parse", "--is-shallow-repository", "HEAD"]);
    let described = git(
        folder,
        &[
            "describe",
            "--tags",
            "--long",
            "--abbrev=40",
            "--match=*[0-9]*.*[0-9]*",
        ],
    );
    let tag = described.rsplitn(3, '-').last().expect("a tag");
    git(
        folder,
        &["rev-list", "--count", &format!("refs/tags/{tag}..HEAD")],
    );
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .output();
    let output = output.expect("git runs");
    assert!(output.status.success(), "git {arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
