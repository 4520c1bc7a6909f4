//! Commands: programs that a flow runs for their output.

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::{CancelToken, Secret};

/// A program to run for its standard output, such as a CI agent that prints an ID token.
///
/// It runs without a shell. Its environment contains only what [`variable`](Self::variable) sets; a program without a
/// path is looked up in the `PATH` among these variables.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use pypi_http::Command;
///
/// let command = Command::new("buildkite-agent")
///     .arguments(["oidc", "request-token", "--audience", "pypi"])
///     .variable("PATH", "/usr/local/bin:/usr/bin")
///     .deadline(Duration::from_secs(10));
/// assert_eq!(command.to_string(), "buildkite-agent oidc request-token --audience pypi");
/// ```
#[derive(Clone)]
#[must_use = "a command does nothing until a transport runs it"]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    variables: BTreeMap<String, Secret>,
    deadline: Duration,
    cancel: Option<CancelToken>,
}

impl Command {
    /// A command without arguments and variables, with a deadline of 30 seconds.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: BTreeMap::new(),
            deadline: Duration::from_secs(30),
            cancel: None,
        }
    }

    /// Adds arguments. They are visible to other processes, so none may be a secret.
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), Secret::new(value));
        self
    }

    /// Shortens the time after which the program is killed.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = self.deadline.min(deadline);
        self
    }

    /// Kills the program when `cancel` is cancelled, unless the command has a token already.
    pub fn cancelled_by(mut self, cancel: &CancelToken) -> Self {
        self.cancel.get_or_insert_with(|| cancel.clone());
        self
    }

    /// The name or path of the program.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// The arguments, in order.
    pub fn argument_list(&self) -> &[String] {
        &self.arguments
    }

    /// The whole environment of the program.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let variables = self.variables.iter();
        variables.map(|(name, value)| (name.as_str(), value))
    }

    /// The time after which a transport kills the program and returns an error of kind
    /// [`Timeout`](crate::TransportErrorKind::Timeout).
    pub fn time_limit(&self) -> Duration {
        self.deadline
    }

    /// The token that kills the program, with an error of kind [`Cancelled`](crate::TransportErrorKind::Cancelled); one that
    /// is never cancelled when the command carries none.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone().unwrap_or_default()
    }
}

impl fmt::Display for Command {
    /// The program and its arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.program)?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

impl fmt::Debug for Command {
    /// Prints the names of the variables, not their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.variables.keys().collect();
        write!(f, "Command({self}, variables {names:?})")
    }
}

/// The output and the exit code of a program.
///
/// # Examples
///
/// ```
/// use pypi_http::{CommandOutput, Secret};
///
/// let output = CommandOutput::new(Some(0), Secret::new("eyJh"), "");
/// assert!(output.is_success());
/// assert_eq!(format!("{output:?}"), "CommandOutput(Some(0), 4 bytes, stderr \"\")");
/// ```
#[derive(Clone)]
pub struct CommandOutput {
    code: Option<i32>,
    stdout: Secret,
    stderr: String,
}

impl CommandOutput {
    /// An output as a transport collected it: the exit code, `None` after a signal; standard output of at most
    /// [`MAX_COMMAND_OUTPUT`] bytes; and the beginning of standard error, of at most [`MAX_COMMAND_ERROR`] bytes.
    pub fn new(code: Option<i32>, stdout: Secret, stderr: impl Into<String>) -> Self {
        Self {
            code,
            stdout,
            stderr: stderr.into(),
        }
    }

    /// Whether the program ended with code 0.
    pub fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// The exit code; `None` when a signal ended the program.
    pub fn code(&self) -> Option<i32> {
        self.code
    }

    /// Standard output.
    pub fn stdout(&self) -> &Secret {
        &self.stdout
    }

    /// The beginning of standard error.
    pub fn stderr(&self) -> &str {
        &self.stderr
    }
}

impl fmt::Debug for CommandOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (code, length) = (self.code, self.stdout.reveal().len());
        let stderr = &self.stderr;
        write!(
            f,
            "CommandOutput({code:?}, {length} bytes, stderr {stderr:?})"
        )
    }
}

/// The most bytes of a program's standard output. More is an error of kind
/// [`Reply`](crate::TransportErrorKind::Reply).
pub const MAX_COMMAND_OUTPUT: usize = 64 * 1024;

/// The most bytes of a program's standard error that are kept.
pub const MAX_COMMAND_ERROR: usize = 4 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_output_never_print() {
        let command = Command::new("agent").variable("TOKEN", "hush");
        assert_eq!(
            format!("{command:?}"),
            "Command(agent, variables [\"TOKEN\"])"
        );
        let output = CommandOutput::new(Some(0), Secret::new("hush"), "");
        assert!(!format!("{output:?}").contains("hush"));
    }

    #[test]
    fn the_first_token_and_the_shorter_deadline_count() {
        let (own, other) = (CancelToken::new(), CancelToken::new());
        let command = Command::new("agent")
            .cancelled_by(&own)
            .cancelled_by(&other)
            .deadline(Duration::from_secs(5))
            .deadline(Duration::from_secs(9));
        own.cancel();
        assert!(command.cancel_token().is_cancelled());
        assert_eq!(command.time_limit(), Duration::from_secs(5));
    }
}
