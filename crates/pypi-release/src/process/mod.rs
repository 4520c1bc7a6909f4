//! The only place that runs programs and shell commands.
//!
//! A command has a deadline, ends with a cancelled run, and sees no secret of this process. What it started ends with it,
//! except, on Unix, what left its process group.

mod group;
mod output;
mod variables;

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fmt, io,
    path::{Path, PathBuf},
    process::{Child, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use pypi_trusted_upload::{Environment, transport::CancelToken};

use crate::duration;
use group::Group;
use output::Reader;

/// A program or a shell command, and what it may see.
#[derive(Debug)]
pub(crate) struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    variables: BTreeMap<String, String>,
    deadline: Duration,
    /// Whether what it writes to standard error is dropped.
    is_result_only: bool,
}

/// A command that is over.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) end: End,
    /// The end of what it wrote to standard output and standard error, in the order of writing. Untrusted text of
    /// several lines.
    pub(crate) output: String,
}

/// How a command ended.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// The run was cancelled.
    Cancelled,
    /// By itself, with this exit code.
    Exited(i32),
    /// By a signal that did not come from here.
    Killed,
    /// It could not be started, for this reason.
    NotStarted(String),
    /// Its deadline passed.
    TimedOut(Duration),
}

impl Command {
    /// A program, found on the `PATH` of `environment`, with a deadline of ten minutes.
    ///
    /// It sees the variables of `environment` that programs need to work, by name: none of them is a secret.
    pub(crate) fn new(program: impl AsRef<OsStr>, environment: &Environment) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            folder: None,
            variables: variables::needed(environment),
            deadline: Duration::from_secs(600),
            is_result_only: false,
        }
    }

    /// A line for the shell of the system: `sh -c`, or `cmd /C` on Windows.
    ///
    /// It sees the variables of `environment` except those that are secrets by their name or value, because a project's own
    /// commands may be configured by variables.
    pub(crate) fn shell(line: &str, environment: &Environment) -> Self {
        let (shell, option) = match cfg!(windows) {
            true => ("cmd", "/C"),
            false => ("sh", "-c"),
        };
        Self {
            variables: variables::without_secrets(environment),
            ..Self::new(shell, environment).arguments([option, line])
        }
    }

    /// A program that returns a secret on standard output; what it writes to standard error is dropped.
    ///
    /// It sees the variables of `environment` except those of the CI job's identity and of uploads: a helper for
    /// credentials is configured by variables that may be secrets themselves.
    pub(crate) fn helper(program: impl AsRef<OsStr>, environment: &Environment) -> Self {
        Self {
            variables: variables::of_others(environment),
            is_result_only: true,
            ..Self::new(program, environment)
        }
    }

    /// Adds arguments. Other processes can see them.
    pub(crate) fn arguments(
        mut self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Self {
        let arguments = arguments.into_iter();
        self.arguments
            .extend(arguments.map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets the working folder; that of this process by default.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets a variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Removes a variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Sets the time after which the command is killed.
    pub(crate) fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs the command to its end, its deadline or a cancelled run, and kills every process of it that is left.
    pub(crate) fn run(&self, cancel: &CancelToken) -> Ended {
        if cancel.is_cancelled() {
            return Ended::without_output(End::Cancelled);
        }
        let not_started =
            |error: io::Error| Ended::without_output(End::NotStarted(error.to_string()));
        match self.spawn() {
            Ok((child, reader)) => self.wait(Group(child), reader, cancel),
            Err(error) => not_started(error),
        }
    }

    fn spawn(&self) -> io::Result<(Child, Reader)> {
        let (pipe, writer) = io::pipe()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the only place of the command that starts processes"
        )]
        let mut process = std::process::Command::new(&self.program);
        self.add_arguments(&mut process);
        process
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(match self.is_result_only {
                true => Stdio::null(),
                false => writer.into(),
            });
        if let Some(folder) = &self.folder {
            process.current_dir(folder);
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut process, 0);
        let child = process.spawn()?;
        // It contains the writing end of the pipe, which must be closed for the reader to come to an end.
        drop(process);
        Ok((child, Reader::start(pipe)))
    }

    fn add_arguments(&self, process: &mut std::process::Command) {
        // `cmd` takes a line as it is, between two quotes. It would not undo the quotes that other programs need.
        #[cfg(windows)]
        if let (true, [_, line]) = (self.is_shell(), self.arguments.as_slice()) {
            let mut quoted = OsString::from("/S /C \"");
            quoted.push(line);
            quoted.push("\"");
            std::os::windows::process::CommandExt::raw_arg(process, quoted);
            return;
        }
        process.args(&self.arguments);
    }

    fn wait(&self, mut group: Group, reader: Reader, cancel: &CancelToken) -> Ended {
        let end = now() + self.deadline;
        let how = loop {
            match group.0.try_wait() {
                Ok(Some(status)) => break ended(status),
                Ok(None) if cancel.is_cancelled() => break End::Cancelled,
                Ok(None) if now() >= end => break End::TimedOut(self.deadline),
                Ok(None) => cancel.sleep(TURN),
                Err(error) => break End::NotStarted(error.to_string()),
            }
        };
        // The pipe closes with the last process that writes to it.
        drop(group);
        Ended {
            end: how,
            output: reader.finish(),
        }
    }

    fn is_shell(&self) -> bool {
        let option = self.arguments.first();
        (self.program == "sh" && option.is_some_and(|option| option == "-c"))
            || (self.program == "cmd" && option.is_some_and(|option| option == "/C"))
    }
}

impl fmt::Display for Command {
    /// The program and its arguments, or the line for the shell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (true, [_, line]) = (self.is_shell(), self.arguments.as_slice()) {
            return write!(f, "{}", line.display());
        }
        write!(f, "{}", self.program.display())?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {}", argument.display()))
    }
}

impl Ended {
    /// Whether it ended by itself with code 0.
    pub(crate) fn is_success(&self) -> bool {
        self.end == End::Exited(0)
    }

    fn without_output(end: End) -> Self {
        Self {
            end,
            output: String::new(),
        }
    }
}

impl fmt::Display for End {
    /// What a command did, as the rest of a sentence that its name begins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("was interrupted"),
            Self::Exited(code) => write!(f, "exited with code {code}"),
            Self::Killed => f.write_str("was ended by a signal"),
            Self::NotStarted(why) => write!(f, "could not be started: {why}"),
            Self::TimedOut(limit) => write!(f, "took longer than {}", duration::text(*limit)),
        }
    }
}

fn ended(status: ExitStatus) -> End {
    status.code().map_or(End::Killed, End::Exited)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a deadline of another process cannot be simulated"
)]
fn now() -> Instant {
    Instant::now()
}

/// How often a running command is checked.
const TURN: Duration = Duration::from_millis(10);

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::thread;

    use super::*;

    fn environment() -> Environment {
        Environment::from_vars([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", "/home/me"),
            ("PIP_INDEX_URL", "https://other.example/"),
            ("GITHUB_TOKEN", "hush"),
            ("RELEASE_WEBHOOK", "https://hooks.example/hush"),
            ("DJANGO_SETTINGS_MODULE", "demo.settings"),
        ])
    }

    fn shell(line: &str) -> Command {
        Command::shell(line, &environment())
    }

    fn run(command: &Command) -> Ended {
        command.run(&CancelToken::new())
    }

    #[test]
    fn the_output_is_in_the_order_of_writing() {
        let ended = run(&shell("echo one; echo two >&2; echo three; exit 3"));
        assert_eq!(ended.end, End::Exited(3));
        assert_eq!(ended.output, "one\ntwo\nthree\n");
        assert!(run(&shell("true")).is_success());
    }

    #[test]
    fn the_end_of_a_long_output_is_kept() {
        let ended = run(&shell("yes 0123456789 | head -n 100000; echo last"));
        assert!(ended.is_success());
        assert!(
            ended.output.len() <= output::LONGEST,
            "{}",
            ended.output.len()
        );
        assert!(ended.output.starts_with("0123456789\n"), "whole lines");
        assert!(ended.output.ends_with("0123456789\nlast\n"));
    }

    #[test]
    fn no_secret_reaches_a_command() {
        let ended = run(&Command::new("env", &environment()));
        assert_eq!(ended.output, "HOME=/home/me\nPATH=/usr/bin:/bin\n");
        let ended = run(&shell("env"));
        assert!(ended.output.contains("DJANGO_SETTINGS_MODULE"));
        assert!(!ended.output.contains("hush"), "{}", ended.output);
    }

    #[test]
    fn a_helper_returns_its_standard_output() {
        let helper = Command::helper("sh", &environment());
        let ended =
            run(&helper.arguments(["-c", "echo oops >&2; echo $GITHUB_TOKEN$PIP_INDEX_URL"]));
        assert_eq!(
            (ended.end, ended.output.as_str()),
            (End::Exited(0), "hush\n")
        );
    }

    #[test]
    fn a_command_and_what_it_started_end_with_the_deadline() {
        let command = shell("sleep 3600 & sleep 3600").deadline(Duration::from_millis(50));
        let ended = run(&command);
        assert_eq!(ended.end.to_string(), "took longer than 0.1 s", "{command}");
    }

    #[test]
    fn what_a_command_leaves_behind_is_killed() {
        let ended = run(&shell("sleep 3600 & echo done"));
        assert_eq!(
            (ended.is_success(), ended.output.as_str()),
            (true, "done\n")
        );
    }

    #[test]
    fn a_command_ends_with_the_run() {
        let cancel = CancelToken::new();
        thread::scope(|scope| {
            let running = scope.spawn(|| shell("sleep 3600").run(&cancel).end);
            cancel.cancel();
            assert_eq!(running.join().unwrap(), End::Cancelled);
        });
        assert_eq!(shell("true").run(&cancel).end, End::Cancelled);
    }

    #[test]
    fn a_command_runs_in_its_folder_with_its_variables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let command = shell("pwd; echo $KIND-$HOME")
            .folder(&path)
            .variable("KIND", "wheel")
            .without("HOME");
        let expected = format!("{}\nwheel-\n", path.display());
        assert_eq!(run(&command).output, expected);
    }

    #[test]
    fn a_program_that_is_missing_is_not_started() {
        let command = Command::new("no-such-program", &environment()).arguments(["--version"]);
        let ended = run(&command);
        let said = format!("{command} {}", ended.end);
        assert!(
            said.starts_with("no-such-program --version could not be started: "),
            "{said}"
        );
    }
}
