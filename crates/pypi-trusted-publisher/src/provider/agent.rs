//! ID tokens from agents: commands that print them.

use pypi_http::{
    Command, CommandOutput, Flow, Redactor, Reply, Step, TransportError, TransportErrorKind,
};

use super::{BoxFlow, endpoint::parsed};
use crate::{Environment, Error, ErrorKind, IdToken};

/// A flow of one command that prints an ID token.
///
/// A command that runs too long is a [transient](Error::is_transient) error. A missing or failing one is an error of kind
/// [`ErrorKind::IdToken`], with `help` and the first line of its standard error.
///
/// # Examples
///
/// ```
/// use pypi_http::{Command, Flow, Step};
/// use pypi_trusted_publisher::provider;
///
/// let command = Command::new("our-agent").arguments(["id-token", "--audience", "pypi"]);
/// let mut flow = provider::run("install our-agent", command);
/// assert!(matches!(flow.step()?, Step::Run(_)));
/// # Ok::<(), pypi_trusted_publisher::Error>(())
/// ```
pub fn run(help: &str, command: Command) -> BoxFlow<IdToken> {
    Box::new(Run {
        help: help.to_owned(),
        command,
        output: None,
    })
}

struct Run {
    help: String,
    command: Command,
    output: Option<Result<CommandOutput, TransportError>>,
}

impl Run {
    fn token(&self, output: Result<CommandOutput, TransportError>) -> Result<IdToken, Error> {
        let program = self.command.program();
        let output = output.map_err(|error| {
            let kind = match error.kind() {
                TransportErrorKind::Timeout | TransportErrorKind::Cancelled => ErrorKind::Transport,
                _ => ErrorKind::IdToken,
            };
            let message = format!("{program} could not be run for an ID token");
            Error::new(kind, message)
                .with_source(error)
                .with_help(self.help.clone())
        })?;
        if output.is_success() {
            return parsed(program, output.stdout().reveal());
        }
        let code = output
            .code()
            .map_or_else(|| "a signal".to_owned(), |code| format!("code {code}"));
        let variables = self.command.variables();
        let secrets = variables.filter(|(name, _)| SECRETS.iter().any(|word| name.contains(word)));
        let secrets = secrets.map(|(_, value)| value);
        let stderr = Redactor::new(secrets.chain([output.stdout()])).redact(output.stderr());
        let stderr = match stderr.lines().map(str::trim).find(|line| !line.is_empty()) {
            Some(line) => format!(": {}", line.chars().take(MAX_LINE).collect::<String>()),
            None => String::new(),
        };
        let message = format!("{program}, asked for an ID token, ended with {code}{stderr}");
        Err(Error::new(ErrorKind::IdToken, message).with_help(self.help.clone()))
    }
}

/// What the names of variables contain whose values are secrets, or may contain one.
const SECRETS: [&str; 5] = ["KEY", "PASSWORD", "PROXY", "SECRET", "TOKEN"];

/// The most characters of a line of standard error that an error contains.
const MAX_LINE: usize = 300;

impl Flow for Run {
    type Output = IdToken;
    type Error = Error;

    fn step(&mut self) -> Result<Step<IdToken>, Error> {
        match self.output.take() {
            Some(output) => self.token(output).map(Step::Done),
            None => Ok(Step::Run(self.command.clone())),
        }
    }

    /// No request is in flight.
    fn received(&mut self, _: Result<Reply, TransportError>) {}

    fn ran(&mut self, output: Result<CommandOutput, TransportError>) {
        self.output = Some(output);
    }
}

/// A command with the variables of `environment` that a program needs to work, and those that begin with `prefix`. The
/// others of the job, which may be secrets, stay with it.
pub(super) fn command(program: &str, environment: &Environment, prefix: &str) -> Command {
    let given = environment.iter().filter(|(name, _)| {
        name.starts_with(prefix) || GENERAL.iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    given.fold(Command::new(program), |command, (name, value)| {
        command.variable(name, value)
    })
}

/// The variables that programs need: where they find others, keep files, and how they reach the network.
const GENERAL: [&str; 22] = [
    "ALL_PROXY",
    "APPDATA",
    "COMSPEC",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LOCALAPPDATA",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "PATHEXT",
    "PROGRAMDATA",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "USER",
    "USERPROFILE",
    "XDG_CONFIG_HOME",
];
