//! The output of a running git, up to a deadline and a limit.

use std::{
    io::{self, BufRead, Cursor, Read},
    process::{Child, ChildStderr, ChildStdout},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

/// The maximum size of the output of one call: some ten million commits.
const MAX_STDOUT: u64 = 1024 * 1024 * 1024;
/// How many bytes of standard error are kept.
const MAX_STDERR: u64 = 16 * 1024;
/// How many bytes of standard output are read at once.
const CHUNK: usize = 64 * 1024;
/// How many chunks are read ahead.
const AHEAD: usize = 4;
/// The maximum time limit. Adding a longer one to an `Instant` could overflow.
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Returns standard output and standard error of a process that has just been started.
///
/// Threads read both, because git blocks when one pipe is full. They are not joined, because a child
/// process of git can keep a pipe open after git is killed.
pub(super) fn of(child: &mut Child, timeout: Duration) -> io::Result<(Output, Stderr)> {
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let deadline = now() + timeout.min(MAX_TIMEOUT);
    let (chunks_sender, chunks) = sync_channel(AHEAD);
    thread::Builder::new().spawn(move || send_chunks(stdout, &chunks_sender))?;
    let (text_sender, text) = sync_channel(1);
    thread::Builder::new().spawn(move || text_sender.send(start_of(stderr)))?;
    let stdout = Output {
        chunks,
        chunk: Cursor::default(),
        left: MAX_STDOUT,
        deadline,
    };
    Ok((stdout, Stderr { text, deadline }))
}

/// The standard output. Reading fails with [`io::ErrorKind::TimedOut`] from the deadline on, and
/// with [`io::ErrorKind::FileTooLarge`] beyond the limit.
pub(super) struct Output {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Cursor<Vec<u8>>,
    left: u64,
    deadline: Instant,
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.chunk.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        let Some(chunk) = receive(&self.chunks, self.deadline)? else {
            return Ok(0);
        };
        let chunk = chunk?;
        let left = self.left.checked_sub(chunk.len() as u64);
        self.left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        self.chunk = Cursor::new(chunk);
        self.chunk.read(buffer)
    }
}

/// The standard error.
pub(super) struct Stderr {
    text: Receiver<io::Result<Vec<u8>>>,
    deadline: Instant,
}

impl Stderr {
    /// Returns the first 16 KiB, at the end of the output.
    pub(super) fn text(&self) -> io::Result<String> {
        let text = receive(&self.text, self.deadline)?.transpose()?;
        let text = text.unwrap_or_default();
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Returns the next item, and `None` at the end.
fn receive<T>(items: &Receiver<T>, deadline: Instant) -> io::Result<Option<T>> {
    let left = deadline.saturating_duration_since(now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    match items.recv_timeout(left) {
        Ok(item) => Ok(Some(item)),
        Err(RecvTimeoutError::Disconnected) => Ok(None),
        Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Reads a record of less than `max` bytes up to and without `end`. Returns false at the end of the
/// output.
pub(super) fn read_record(
    output: &mut impl BufRead,
    end: u8,
    max: u64,
    record: &mut Vec<u8>,
) -> io::Result<bool> {
    record.clear();
    let length = output.take(max).read_until(end, record)?;
    if length == 0 {
        return Ok(false);
    }
    if record.pop_if(|byte| *byte == end).is_none() {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(true)
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "the deadline of a process")]
    Instant::now()
}

/// Sends until the end, an error, or until nothing is received any more.
fn send_chunks(mut stdout: ChildStdout, chunks: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let chunk = match stdout.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => Ok(buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = chunk.is_err();
        if chunks.send(chunk).is_err() || failed {
            return;
        }
    }
}

fn start_of(mut stderr: ChildStderr) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    stderr.by_ref().take(MAX_STDERR).read_to_end(&mut start)?;
    io::copy(&mut stderr, &mut io::sink())?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(left: u64, timeout: Duration) -> (SyncSender<io::Result<Vec<u8>>>, Output) {
        let (sender, chunks) = sync_channel(AHEAD);
        let output = Output {
            chunks,
            chunk: Cursor::default(),
            left,
            deadline: now() + timeout,
        };
        (sender, output)
    }

    #[test]
    fn chunks_are_read_to_the_end() {
        let (sender, mut output) = output(4, Duration::from_secs(60));
        for chunk in ["ab", "c"] {
            sender.send(Ok(chunk.as_bytes().to_vec())).unwrap();
        }
        drop(sender);
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    }

    #[test]
    fn too_much_output_is_an_error() {
        let (sender, mut output) = output(3, Duration::from_secs(60));
        sender.send(Ok(vec![0; 3])).unwrap();
        sender.send(Ok(vec![0; 1])).unwrap();
        let error = output.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_pipe_that_stays_open_is_read_until_the_deadline() {
        let (sender, mut output) = output(3, Duration::from_millis(20));
        sender.send(Ok(vec![0; 3])).unwrap();
        let error = output.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn output_that_never_ends_is_read_until_the_deadline() {
        let (sender, mut output) = output(u64::MAX, Duration::from_millis(20));
        thread::spawn(move || while sender.send(Ok(vec![0; 3])).is_ok() {});
        let error = output.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
