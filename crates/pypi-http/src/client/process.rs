//! Runs a program for its output.

use std::{
    io::{self, Read},
    process::{Child, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    CancelToken, Command, CommandOutput, MAX_COMMAND_ERROR, MAX_COMMAND_OUTPUT, Secret,
    TransportError, TransportErrorKind,
};

/// Runs a program on a thread of the runtime.
pub(super) async fn output(command: Command) -> Result<CommandOutput, TransportError> {
    let waiting = Waiting(Arc::default());
    let is_abandoned = Arc::clone(&waiting.0);
    let running = tokio::task::spawn_blocking(move || run(&command, &is_abandoned));
    running.await.unwrap_or_else(|error| {
        Err(TransportError::new(TransportErrorKind::Unusable).with_source(error))
    })
}

/// Runs a program, blocking the thread. It is killed after its time limit, when it is cancelled or abandoned, and when
/// it prints too much.
fn run(command: &Command, is_abandoned: &AtomicBool) -> Result<CommandOutput, TransportError> {
    let cancel = command.cancel_token();
    if cancel.is_cancelled() {
        return Err(TransportError::new(TransportErrorKind::Cancelled));
    }
    let mut child = Killed(spawn(command).map_err(|error| {
        let source = io::Error::new(error.kind(), format!("{}: {error}", command.program()));
        TransportError::new(TransportErrorKind::Unusable).with_source(source)
    })?);
    let output = Output::of(&mut child.0);
    let code = wait(command, &cancel, is_abandoned, &mut child.0, &output)?;
    let (stdout, stderr) = output.read();
    let stdout = stdout.map_err(broken)?;
    if stdout.len() > MAX_COMMAND_OUTPUT {
        return Err(
            TransportError::new(TransportErrorKind::Reply).with_source(format!(
                "{} printed more than {MAX_COMMAND_OUTPUT} bytes",
                command.program()
            )),
        );
    }
    let stdout = String::from_utf8(stdout).map_err(|_| {
        TransportError::new(TransportErrorKind::Reply)
            .with_source(format!("{} printed no UTF-8 text", command.program()))
    })?;
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Ok(CommandOutput::new(code, Secret::new(stdout), stderr))
}

fn spawn(command: &Command) -> io::Result<Child> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that starts the programs of flows"
    )]
    let mut process = std::process::Command::new(command.program());
    process
        .args(command.argument_list())
        .env_clear()
        .envs(
            command
                .variables()
                .map(|(name, value)| (name, value.reveal())),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Waits until the program has ended and everything it printed was read. Returns its exit code.
fn wait(
    command: &Command,
    cancel: &CancelToken,
    is_abandoned: &AtomicBool,
    child: &mut Child,
    output: &Output,
) -> Result<Option<i32>, TransportError> {
    let end = Instant::now() + command.time_limit();
    let mut code = None;
    loop {
        if code.is_none() {
            code = child
                .try_wait()
                .map_err(broken)?
                .map(|status| status.code());
        }
        match code {
            // A process that the program left behind may keep the pipes open.
            Some(code) if output.is_complete() => return Ok(code),
            _ if cancel.is_cancelled() || is_abandoned.load(Ordering::Relaxed) => {
                return Err(TransportError::new(TransportErrorKind::Cancelled));
            }
            _ if Instant::now() >= end => {
                let limit = command.time_limit().as_secs_f32();
                return Err(TransportError::new(TransportErrorKind::Timeout)
                    .with_source(format!("{} took longer than {limit} s", command.program())));
            }
            _ => cancel.sleep(TURN),
        }
    }
}

/// How often a running program is checked.
const TURN: Duration = Duration::from_millis(5);

/// What a program prints, read by two threads so that neither pipe fills up.
struct Output {
    stdout: JoinHandle<io::Result<Vec<u8>>>,
    stderr: JoinHandle<io::Result<Vec<u8>>>,
}

impl Output {
    fn of(child: &mut Child) -> Self {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        Self {
            // One byte more than allowed shows that there is more. The pipe then closes, which ends the program.
            stdout: thread::spawn(move || read(stdout, MAX_COMMAND_OUTPUT + 1)),
            stderr: thread::spawn(move || read_beginning(stderr, MAX_COMMAND_ERROR)),
        }
    }

    fn is_complete(&self) -> bool {
        self.stdout.is_finished() && self.stderr.is_finished()
    }

    fn read(self) -> (io::Result<Vec<u8>>, Vec<u8>) {
        let died = || io::Error::other("the thread that reads the output died");
        let stdout = self.stdout.join().unwrap_or_else(|_| Err(died()));
        let stderr = self.stderr.join().unwrap_or_else(|_| Err(died()));
        (stdout, stderr.unwrap_or_default())
    }
}

fn read(pipe: Option<impl Read>, limit: usize) -> io::Result<Vec<u8>> {
    // A vector that grew would leave copies of a secret behind.
    let mut bytes = Vec::with_capacity(limit);
    if let Some(pipe) = pipe {
        pipe.take(limit as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn read_beginning(mut pipe: Option<impl Read>, limit: usize) -> io::Result<Vec<u8>> {
    let bytes = read(pipe.as_mut(), limit)?;
    if let Some(mut rest) = pipe {
        io::copy(&mut rest, &mut io::sink())?;
    }
    Ok(bytes)
}

fn broken(error: io::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Interrupted).with_source(error)
}

/// A program that does not outlive its caller.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It fails for a program that has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Kills the program when the future that waits for it is dropped.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        Command::new("sh")
            .arguments(["-c", script])
            .variable("PATH", "/usr/bin:/bin")
    }

    #[track_caller]
    fn fails(command: &Command) -> TransportErrorKind {
        let error = run(command, &AtomicBool::new(false)).expect_err("no output");
        error.kind()
    }

    #[test]
    fn the_output_and_the_code_of_a_program_are_returned() {
        let command = shell("echo token; echo why >&2; exit 3");
        let output = run(&command, &AtomicBool::new(false)).expect("it ran");
        assert_eq!(output.stdout().reveal(), "token\n");
        assert_eq!((output.code(), output.stderr()), (Some(3), "why\n"));
    }

    #[test]
    fn a_program_has_the_variables_of_the_command_only() {
        let command = shell("env").variable("JOB", "7");
        let output = run(&command, &AtomicBool::new(false)).expect("it ran");
        let mut names: Vec<&str> = output
            .stdout()
            .reveal()
            .lines()
            .filter_map(|line| Some(line.split_once('=')?.0))
            .filter(|name| !matches!(*name, "PWD" | "SHLVL" | "_" | "OLDPWD"))
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["JOB", "PATH"]);
    }

    #[test]
    fn output_is_capped() {
        assert_eq!(
            fails(&shell("head -c 70000 /dev/zero")),
            TransportErrorKind::Reply
        );
        let command = shell("head -c 1000000 /dev/zero >&2; echo token");
        let output = run(&command, &AtomicBool::new(false)).expect("it ran");
        assert_eq!(output.stderr().len(), MAX_COMMAND_ERROR);
    }

    #[test]
    fn a_program_ends_with_its_time_limit_or_its_token() {
        let endless = shell("exec sleep 3600").deadline(Duration::from_millis(50));
        assert_eq!(fails(&endless), TransportErrorKind::Timeout);
        let left_behind = shell("sleep 5 & echo token").deadline(Duration::from_millis(50));
        assert_eq!(fails(&left_behind), TransportErrorKind::Timeout);

        let cancel = CancelToken::new();
        let endless = shell("exec sleep 3600").cancelled_by(&cancel);
        thread::scope(|scope| {
            let running = scope.spawn(|| fails(&endless));
            cancel.cancel();
            let kind = running.join().expect("it ends");
            assert_eq!(kind, TransportErrorKind::Cancelled);
        });
        let kind = run(&shell("exec sleep 3600"), &AtomicBool::new(true));
        assert!(kind.is_err(), "nobody waits for it");
    }

    #[test]
    fn a_program_ends_with_the_future_that_waits_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ended");
        let script = format!("sleep 1; touch {}", path.display());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let running = output(shell(&script));
            let result = tokio::time::timeout(Duration::from_millis(50), running).await;
            assert!(result.is_err(), "it is dropped first");
        });
        drop(runtime);
        CancelToken::new().sleep(Duration::from_millis(1200));
        assert!(!path.exists(), "the program was killed");
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let command = Command::new("no-such-agent").variable("PATH", "/nowhere");
        let error = run(&command, &AtomicBool::new(false)).expect_err("not found");
        assert_eq!(error.kind(), TransportErrorKind::Unusable);
        assert!(error.causes(None).contains("no-such-agent"), "{error:?}");
    }
}
