//! No output of git makes the readers of facts and history panic or keep more than they may; the commit is a commit ID, a record that is not
//! understood makes the checkout dirty, and errors are one line. An input has the outputs of `config`, `status`, `rev-parse`, `log`, `rev-list` and
//! `ls-files`, which a line `----` separates; in the first three, lines end with a zero byte for git.
#![no_main]

use std::{
    env, fs, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::LazyLock, time::Duration,
};

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{GitCommand, HistoryRange, Settings, TagFilter, describe};
use tempfile::TempDir;

/// A `git` that prints the file of its folder that is named for the command.
const GIT: &str = "#!/bin/sh
while [ \"$1\" != -C ]; do shift; done
exec cat \"$2/$3\"
";
const COMMANDS: [&str; 6] = [
    "config",
    "status",
    "rev-parse",
    "log",
    "rev-list",
    "ls-files",
];

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder");
    let git = folder.path().join("git");
    fs::write(&git, GIT).expect("a file");
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).expect("permissions");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.path().to_owned()]
        .into_iter()
        .chain(env::split_paths(&path));
    let path = env::join_paths(folders.collect::<Vec<PathBuf>>()).expect("a PATH");
    // SAFETY: this is the only thread that reads or writes variables.
    unsafe { env::set_var("PATH", path) };
    folder
});

fuzz_target!(|input: &[u8]| {
    let root = FOLDER.path();
    let mut outputs = outputs(input);
    outputs.resize(COMMANDS.len(), Vec::new());
    for (command, output) in COMMANDS.into_iter().zip(&outputs) {
        fs::write(root.join(command), output).expect("a file");
    }
    let git = GitCommand::new(root).timeout(Duration::from_secs(8));
    match git.facts(&TagFilter::new()) {
        Ok(facts) => {
            let node = facts.node.as_ref().expect("a commit");
            assert!(matches!(node.as_str().len(), 40 | 64));
            let is_header = |record: &[u8]| record.is_empty() || record.starts_with(b"# ");
            let (config, status) = (&outputs[0], &outputs[1]);
            let has_filters = config
                .windows(7)
                .any(|word| word.eq_ignore_ascii_case(b"filter."));
            if !has_filters && !status.split(|byte| *byte == 0).all(is_header) {
                assert!(facts.dirty, "{facts:?}");
            }
            if let Ok(described) = describe(facts, &Settings::new()) {
                assert!(!described.public().has_local());
            }
        }
        Err(error) => assert!(is_line(&error.to_string()), "{error:?}"),
    }
    match git.history(&HistoryRange::new().max_commits(3)) {
        Ok(history) => assert!(history.commits.len() <= 3),
        Err(error) => assert!(is_line(&error.to_string()), "{error:?}"),
    }
    if let Ok(Some(url)) = git.remote_url("origin") {
        let authority = url
            .split_once("://")
            .map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        assert!(!authority.contains('@'), "{url}");
    }
});

fn outputs(input: &[u8]) -> Vec<Vec<u8>> {
    let mut outputs = vec![Vec::new()];
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        match (line, outputs.last_mut()) {
            (b"----\n", _) => outputs.push(Vec::new()),
            (line, Some(output)) => output.extend_from_slice(line),
            (_, None) => {}
        }
    }
    outputs
}

fn is_line(text: &str) -> bool {
    !text.contains(|c: char| c.is_control())
}
