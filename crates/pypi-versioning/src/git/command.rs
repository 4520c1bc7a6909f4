//! Calls of the command `git`.

use std::{
    ffi::{OsStr, OsString},
    io::{self, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    error,
    output::{self, Output},
};
use crate::Error;

/// The maximum size of an output that is read as a whole.
const MAX_OUTPUT: u64 = 64 * 1024 * 1024;

/// Configuration of every call. Each key replaces one that would make git run a program, read a
/// file that no fact depends on, or fetch. A version of git that does not know a key ignores it.
const CONFIG: &[&str] = &[
    // Empty instead of `false`, which git 2.17 to 2.35 would run as a program.
    "core.fsmonitor=",
    "core.hooksPath=/dev/null",
    // Git for Windows 2.33 to 2.35, and Microsoft's git.
    "core.useBuiltinFSMonitor=false",
    "core.virtualFilesystem=",
    // To find renames, git would compare, and in a partial clone fetch, contents.
    "diff.renames=false",
    "status.renames=false",
    // Not a boolean, so `git fetch`, which git before 2.45 runs for missing objects, fails before it
    // writes to the configuration.
    "fetch.prune=never",
    "log.mailmap=false",
    "log.showSignature=false",
    "protocol.allow=never",
    // A folder of the checkout that looks like a bare repository has a configuration of its own.
    "safe.bareRepository=explicit",
];

/// Variables of every call.
const VARIABLES: &[(&str, &str)] = &[
    // A list of two empty names. Takes precedence over `protocol.<name>.allow`.
    ("GIT_ALLOW_PROTOCOL", ":"),
    // Like replacements of commits, grafts are local to a clone.
    ("GIT_GRAFT_FILE", "/dev/null"),
    // Git 2.45 and later.
    ("GIT_NO_LAZY_FETCH", "1"),
    // `error` matches messages in English.
    ("LC_ALL", "C"),
];

/// Runs `git` in one folder.
pub(super) struct Git<'a> {
    root: &'a Path,
    timeout: Duration,
    config: Vec<String>,
}

impl<'a> Git<'a> {
    pub(super) fn new(root: &'a Path, timeout: Duration) -> Self {
        Self {
            root,
            timeout,
            config: Vec::new(),
        }
    }

    /// Adds configuration, as `key=value`, to the following calls.
    pub(super) fn configure(&mut self, config: impl IntoIterator<Item = String>) {
        self.config.extend(config);
    }

    pub(super) fn root(&self) -> &'a Path {
        self.root
    }

    /// Returns the whole output of a call that must succeed.
    pub(super) fn text(&self, args: &[&str]) -> Result<String, Error> {
        let bytes = self.bytes(args)?;
        String::from_utf8(bytes).map_err(|_| error::unexpected(self.root, name(args)))
    }

    /// Like [`Self::text`], in any encoding.
    pub(super) fn bytes(&self, args: &[&str]) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.read(args, |output| {
            let length = output.take(MAX_OUTPUT + 1).read_to_end(&mut bytes)?;
            if length as u64 > MAX_OUTPUT {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            Ok(false)
        })?;
        Ok(bytes)
    }

    /// Passes the output of a call to `reader`, which returns true when it has read enough. Git is
    /// then stopped, and its exit status is ignored.
    pub(super) fn read(
        &self,
        args: &[&str],
        reader: impl FnOnce(BufReader<Output>) -> io::Result<bool>,
    ) -> Result<(), Error> {
        let io_error = |error| error::io(self.root, name(args), self.timeout, error);
        let mut command = self.command(args, variables());
        let mut git = Running(command.spawn().map_err(error::not_started)?);
        limit_memory(&git.0);
        let (stdout, stderr) = output::of(&mut git.0, self.timeout).map_err(io_error)?;
        if reader(BufReader::new(stdout)).map_err(io_error)? {
            return Ok(());
        }
        let stderr = stderr.text().map_err(io_error)?;
        let status = git.0.wait().map_err(io_error)?;
        if status.success() {
            return Ok(());
        }
        Err(error::from_stderr(self.root, name(args), status, &stderr))
    }

    fn command(&self, args: &[&str], variables: impl Iterator<Item = OsString>) -> Command {
        #[expect(clippy::disallowed_methods, reason = "the only place that runs git")]
        let mut command = Command::new("git");
        command.args(["--no-optional-locks", "--no-pager", "--no-replace-objects"]);
        let config = CONFIG.iter().copied();
        for setting in config.chain(self.config.iter().map(String::as_str)) {
            command.args(["-c", setting]);
        }
        command.arg("-C").arg(self.root).args(args);
        for variable in variables.filter(|variable| is_for_git(variable)) {
            command.env_remove(variable);
        }
        command.envs(VARIABLES.iter().copied());
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// The git command of a call, for messages.
fn name<'a>(args: &[&'a str]) -> &'a str {
    args.first().copied().unwrap_or_default()
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

/// A process that does not outlive this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Neither has an effect on a process that was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Limits the memory of git, which reads some files to their end, even if they are a link to
/// `/dev/zero`. Files that are mapped, such as packs, do not count.
#[cfg(target_os = "linux")]
fn limit_memory(git: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    /// Git needs about 0.5 GiB for a million commits and as many files.
    const MAX_MEMORY: u64 = 2 * 1024 * 1024 * 1024;

    let limit = Rlimit {
        current: Some(MAX_MEMORY),
        maximum: Some(MAX_MEMORY),
    };
    // Fails if the limit is lower already, or if git has ended.
    let _ = prlimit(Some(Pid::from_child(git)), Resource::Data, limit);
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: &Child) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(root: &str) -> Git<'_> {
        Git::new(Path::new(root), Duration::from_secs(1))
    }

    #[test]
    fn variables_of_git_are_replaced() {
        let variables = [
            "GIT_DIR",
            "PATH",
            "git_work_tree",
            "GITHUB_SHA",
            "GIT_CONFIG_COUNT",
            "GIT_ALLOW_PROTOCOL",
        ];
        let command = git(".").command(&[], variables.map(OsString::from).into_iter());
        let changes: Vec<_> = command.get_envs().collect();
        let has = |name: &str, value| changes.contains(&(OsStr::new(name), value));
        for removed in ["GIT_DIR", "git_work_tree", "GIT_CONFIG_COUNT"] {
            assert!(has(removed, None), "{changes:?}");
        }
        for (name, value) in VARIABLES {
            assert!(has(name, Some(OsStr::new(value))), "{changes:?}");
        }
        assert_eq!(changes.len(), 3 + VARIABLES.len(), "{changes:?}");
    }

    #[test]
    fn the_folder_is_one_argument_whatever_its_name() {
        let command = git("-x; y").command(&["status"], std::iter::empty());
        let args: Vec<_> = command.get_args().skip(3 + 2 * CONFIG.len()).collect();
        assert_eq!(args, ["-C", "-x; y", "status"]);
    }

    #[test]
    fn configuration_is_added_to_every_call() {
        let mut git = git(".");
        git.configure(["filter.x.clean=".to_owned()]);
        let command = git.command(&["status"], std::iter::empty());
        let args: Vec<_> = command.get_args().collect();
        let added = ["-c", "filter.x.clean=", "-C", ".", "status"];
        assert!(args.ends_with(&added.map(OsStr::new)), "{args:?}");
    }
}
