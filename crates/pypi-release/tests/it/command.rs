//! Runs the command.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use pypi_local_index::LocalIndex;
use serde_json::Value;
use tempfile::TempDir;

/// The distributions of `tests/project`, as its build backend made them.
pub(crate) const DIST: [&str; 2] = [
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dist/upload_demo-1.0.0-py3-none-any.whl"
    ),
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dist/upload_demo-1.0.0.tar.gz"
    ),
];

/// What the command said and how it ended.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    /// Without the lines by which GitHub Actions hides tokens.
    pub(crate) stderr: String,
    /// The tokens that it asks GitHub Actions to hide.
    pub(crate) masked: Vec<String>,
}

/// The command in an environment that holds nothing but `PATH`.
#[expect(clippy::disallowed_methods, reason = "the command under test")]
pub(crate) fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pypi-release"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args(arguments).env_clear().env("PATH", path);
    command
}

pub(crate) fn run(mut command: Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let (stdout, stderr) = (text(stdout), text(stderr));
    for text in [&stdout, &stderr] {
        assert!(
            !text.contains('\x1b'),
            "plain where there is no terminal: {text}"
        );
    }
    let (masks, stderr): (Vec<&str>, Vec<&str>) = stderr
        .split_inclusive('\n')
        .partition(|line| line.starts_with(MASK));
    Ran {
        exit: status.code().expect("an exit code"),
        stdout,
        stderr: stderr.concat(),
        masked: masks
            .iter()
            .map(|line| line[MASK.len()..].trim_end().to_owned())
            .collect(),
    }
}

const MASK: &str = "::add-mask::";

pub(crate) fn pypi_release(arguments: &[&str]) -> Ran {
    run(command(arguments))
}

/// `publish` to an index of the test's own, as a CI job that the index knows.
pub(crate) fn publish_to(index: &LocalIndex, arguments: &[&str]) -> Ran {
    let mut command = command(["publish", "--index", index.upload_url().as_str()]);
    command.args(["--simple-url", index.simple_url().as_str()]);
    command.args(arguments).envs(index.environment());
    run(command)
}

impl Ran {
    /// The one JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("one JSON document")
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's own file")]
pub(crate) fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    path
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}
