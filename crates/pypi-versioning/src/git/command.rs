use std::{
    ffi::{OsStr, OsString},
    io::{self, BufReader, Read},
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
    thread,
};

use super::error::GitError;

/// The most bytes of one answer that are kept: some hundred thousand tags.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;
/// The most bytes kept of what git says on standard error.
const MAX_COMPLAINT: u64 = 16 * 1024;

/// What every call begins with: nothing a checkout configures is run or changes the answer.
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

    /// Returns the whole answer of a call that has to succeed.
    pub(super) fn text(&self, args: &[&str]) -> Result<String, GitError> {
        let mut answer = Vec::new();
        self.read(args, |output| {
            answer = bounded(output)?;
            Ok(false)
        })?;
        String::from_utf8(answer).map_err(|_| self.unexpected(args))
    }

    /// Hands the answer of a call to `reader`, which returns true when it has read enough;
    /// git is then stopped and its exit status says nothing.
    pub(super) fn read(
        &self,
        args: &[&str],
        reader: impl FnOnce(BufReader<ChildStdout>) -> io::Result<bool>,
    ) -> Result<bool, GitError> {
        let (enough, end) = self.run(args, reader)?;
        if enough || end.status.success() {
            return Ok(enough);
        }
        Err(self.failed(args, &end))
    }

    fn run<T>(
        &self,
        args: &[&str],
        reader: impl FnOnce(BufReader<ChildStdout>) -> io::Result<T>,
    ) -> Result<(T, End), GitError> {
        let io_error = |error| GitError::io(self.root, error);
        let mut child = command(self.root, args, variables())
            .spawn()
            .map_err(GitError::not_started)?;
        let (answer, complaint) = read_both(&mut child, reader);
        let status = child.wait().map_err(io_error)?;
        let complaint = String::from_utf8_lossy(&complaint).into_owned();
        Ok((answer.map_err(io_error)?, End { status, complaint }))
    }

    fn failed(&self, args: &[&str], end: &End) -> GitError {
        let call = args.first().copied().unwrap_or_default();
        GitError::from_complaint(self.root, call, &end.complaint)
    }

    fn unexpected(&self, args: &[&str]) -> GitError {
        GitError::unexpected(self.root, args.first().copied().unwrap_or_default())
    }
}

struct End {
    status: ExitStatus,
    complaint: String,
}

fn command(root: &Path, args: &[&str], variables: impl Iterator<Item = OsString>) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the one door to git")]
    let mut command = Command::new("git");
    command.args(OPTIONS).arg("-C").arg(root).args(args);
    for variable in variables.filter(|variable| is_for_git(variable)) {
        command.env_remove(variable);
    }
    // Messages are matched in English.
    command.env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn variables() -> impl Iterator<Item = OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "names only, to keep them from git"
    )]
    std::env::vars_os().map(|(name, _)| name)
}

fn is_for_git(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy().to_ascii_uppercase();
    name.starts_with("GIT_")
}

/// Reads both pipes at once: git stands still when one is full.
fn read_both<T>(
    child: &mut Child,
    reader: impl FnOnce(BufReader<ChildStdout>) -> io::Result<T>,
) -> (io::Result<T>, Vec<u8>) {
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return (Err(io::ErrorKind::BrokenPipe.into()), Vec::new());
    };
    thread::scope(|scope| {
        let complaint = scope.spawn(|| start_of(stderr).unwrap_or_default());
        let answer = reader(BufReader::new(stdout));
        (answer, complaint.join().unwrap_or_default())
    })
}

fn start_of(mut stderr: ChildStderr) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stderr
        .by_ref()
        .take(MAX_COMPLAINT)
        .read_to_end(&mut start)?;
    io::copy(&mut stderr, &mut io::sink())?;
    Ok(start)
}

fn bounded(output: BufReader<ChildStdout>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = output.take(MAX_ANSWER + 1).read_to_end(&mut bytes)?;
    if length as u64 > MAX_ANSWER {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_point_git_elsewhere_are_removed() {
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
