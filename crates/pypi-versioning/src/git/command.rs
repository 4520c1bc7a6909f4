//! Calls of the command `git`.

use std::{
    ffi::{OsStr, OsString},
    io::{self, BufReader, Read},
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    thread,
};

use super::error;
use crate::Error;

/// The maximum size of the output of one call: some hundred thousand tags.
const MAX_STDOUT: u64 = 64 * 1024 * 1024;
/// How many bytes of standard error are kept.
const MAX_STDERR: u64 = 16 * 1024;

/// Options of every call, so that the configuration of a checkout neither runs anything nor changes
/// the output.
const OPTIONS: [&str; 8] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showSignature=false",
    "--no-optional-locks",
    "--no-replace-objects",
];

/// Runs `git` in one folder.
pub(super) struct Git<'a> {
    root: &'a Path,
}

impl<'a> Git<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root }
    }

    pub(super) fn root(&self) -> &'a Path {
        self.root
    }

    /// Returns the whole output of a call that must succeed.
    pub(super) fn text(&self, args: &[&str]) -> Result<String, Error> {
        let mut bytes = Vec::new();
        self.read(args, |output| {
            bytes = bounded(output)?;
            Ok(false)
        })?;
        String::from_utf8(bytes).map_err(|_| error::unexpected(self.root, name(args)))
    }

    /// Passes the output of a call to `reader`, which returns true when it has read enough. Git is
    /// then stopped, and its exit status is ignored.
    pub(super) fn read(
        &self,
        args: &[&str],
        reader: impl FnOnce(BufReader<ChildStdout>) -> io::Result<bool>,
    ) -> Result<(), Error> {
        let io_error = |error| error::io(self.root, error);
        let mut child = command(self.root, args, variables())
            .spawn()
            .map_err(error::not_started)?;
        let (enough, stderr) = read_both(&mut child, reader);
        let status = child.wait().map_err(io_error)?;
        if enough.map_err(io_error)? || status.success() {
            return Ok(());
        }
        let stderr = String::from_utf8_lossy(&stderr);
        Err(error::from_stderr(self.root, name(args), &stderr))
    }
}

/// The git command of a call, for messages.
fn name<'a>(args: &[&'a str]) -> &'a str {
    args.first().copied().unwrap_or_default()
}

fn command(root: &Path, args: &[&str], variables: impl Iterator<Item = OsString>) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the only place that runs git")]
    let mut command = Command::new("git");
    command.args(OPTIONS).arg("-C").arg(root).args(args);
    for variable in variables.filter(|variable| is_for_git(variable)) {
        command.env_remove(variable);
    }
    // `error` matches messages in English.
    command.env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn variables() -> impl Iterator<Item = OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "names only, to hide them from git"
    )]
    std::env::vars_os().map(|(name, _)| name)
}

fn is_for_git(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy().to_ascii_uppercase();
    name.starts_with("GIT_")
}

/// Reads both pipes at once, because git blocks when one of them is full.
fn read_both<T>(
    child: &mut Child,
    reader: impl FnOnce(BufReader<ChildStdout>) -> io::Result<T>,
) -> (io::Result<T>, Vec<u8>) {
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return (Err(io::ErrorKind::BrokenPipe.into()), Vec::new());
    };
    thread::scope(|scope| {
        let stderr = scope.spawn(|| start_of(stderr).unwrap_or_default());
        let read = reader(BufReader::new(stdout));
        (read, stderr.join().unwrap_or_default())
    })
}

fn start_of(mut stderr: ChildStderr) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stderr.by_ref().take(MAX_STDERR).read_to_end(&mut start)?;
    io::copy(&mut stderr, &mut io::sink())?;
    Ok(start)
}

fn bounded(output: BufReader<ChildStdout>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = output.take(MAX_STDOUT + 1).read_to_end(&mut bytes)?;
    if length as u64 > MAX_STDOUT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_git_are_removed() {
        let variables = [
            "GIT_DIR",
            "PATH",
            "git_work_tree",
            "GITHUB_SHA",
            "GIT_CONFIG_COUNT",
        ];
        let command = command(
            Path::new("."),
            &[],
            variables.map(OsString::from).into_iter(),
        );
        let changes: Vec<_> = command.get_envs().collect();
        let removed = |name: &str| changes.contains(&(OsStr::new(name), None));
        assert!(removed("GIT_DIR") && removed("git_work_tree") && removed("GIT_CONFIG_COUNT"));
        assert_eq!(changes.len(), 4, "{changes:?}");
        assert!(changes.contains(&(OsStr::new("LC_ALL"), Some(OsStr::new("C")))));
    }

    #[test]
    fn the_folder_is_one_argument_whatever_its_name() {
        let command = command(Path::new("-x; y"), &["status"], std::iter::empty());
        let args: Vec<_> = command.get_args().skip(OPTIONS.len()).collect();
        assert_eq!(args, ["-C", "-x; y", "status"]);
    }
}
