//! Runs programs.

use std::{
    io::{self, Read},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use pypi_http::{
    CancelToken, Command, CommandOutput, MAX_COMMAND_ERROR, MAX_COMMAND_OUTPUT, Secret,
    TransportError, TransportErrorKind as Kind,
};

use super::budget::failed;
use crate::defect::Defect;

pub(crate) fn run(
    command: &Command,
    defect: Option<Defect>,
) -> Result<CommandOutput, TransportError> {
    let has = |other| defect == Some(other);
    let cancel = match has(Defect::RunsUncancelled) {
        true => CancelToken::new(),
        false => command.cancel_token(),
    };
    if cancel.is_cancelled() {
        return failed(Kind::Cancelled);
    }
    let Ok(mut child) = spawn(command, defect) else {
        return failed(Kind::Unusable);
    };
    let limit = match has(Defect::RunsUnlimited) {
        true => usize::MAX,
        false => MAX_COMMAND_OUTPUT + 1,
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout = thread::spawn(move || read(stdout, limit));
    let stderr = thread::spawn(move || read(stderr, usize::MAX));
    let time = match has(Defect::RunsOvertime) {
        true => Duration::MAX,
        false => command.time_limit(),
    };
    let ended = wait(&mut child, time, &cancel);
    // It fails for a program that has ended.
    let _ = child.kill();
    let mut code = child.wait().expect("its status").code();
    ended?;
    let (stdout, mut stderr) = (stdout.join().expect("bytes"), stderr.join().expect("bytes"));
    if stdout.len() > MAX_COMMAND_OUTPUT && !has(Defect::RunsUnlimited) {
        return failed(Kind::Reply);
    }
    stderr.truncate(MAX_COMMAND_ERROR);
    if has(Defect::RunsWithoutCode) {
        code = Some(0);
    }
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ok(CommandOutput::new(
        code,
        Secret::new(text(stdout)),
        text(stderr),
    ))
}

#[expect(clippy::disallowed_methods, reason = "runs programs")]
fn spawn(command: &Command, defect: Option<Defect>) -> io::Result<Child> {
    let mut process = std::process::Command::new(command.program());
    if defect == Some(Defect::RunsInShell) && command.program().ends_with("sh") {
        let arguments = command.argument_list().iter();
        let quoted: String = arguments.map(|one| format!(" \"{one}\"")).collect();
        process.args(["-c", &format!("exec {}{quoted}", command.program())]);
    } else {
        process.args(command.argument_list());
    }
    if defect != Some(Defect::RunsInItsEnvironment) {
        process.env_clear();
    }
    let variables = command.variables();
    process
        .envs(variables.map(|(name, value)| (name, value.reveal())))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

#[expect(clippy::disallowed_methods, reason = "a client reads the clock")]
fn wait(child: &mut Child, time: Duration, cancel: &CancelToken) -> Result<(), TransportError> {
    let start = Instant::now();
    while child.try_wait().expect("its status").is_none() {
        if cancel.is_cancelled() {
            return failed(Kind::Cancelled);
        }
        if start.elapsed() >= time {
            return failed(Kind::Timeout);
        }
        cancel.sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn read(pipe: Option<impl Read>, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pipe = pipe.expect("a pipe");
    pipe.take(limit as u64)
        .read_to_end(&mut bytes)
        .expect("bytes");
    bytes
}
