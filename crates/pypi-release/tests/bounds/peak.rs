//! Runs the command and measures its memory.

use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How the command ended.
pub(crate) struct Ran {
    /// `None` if a signal ended it.
    pub(crate) exit: Option<i32>,
    /// The most memory that was resident, in kB.
    pub(crate) peak: u64,
}

/// Against hanging only: a debug build on a busy machine is slow.
const LONGEST: Duration = Duration::from_secs(180);

/// Runs the command in a folder. What it prints is not kept, except for a panic.
///
/// The kernel's record of the peak never decreases, but ends with the process, so it is read until then: a peak in the last
/// moment can be missed, and none is ever measured that did not occur.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runs the command and waits for it"
)]
pub(crate) fn run(arguments: &[String], folder: &Path) -> Ran {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pypi-release"))
        .args(arguments)
        .env_clear()
        .env("PATH", path)
        .env("TOKEN", "pypi-token")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    let start = Instant::now();
    let mut peak = 0;
    loop {
        peak = peak.max(read(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().expect("a status") {
            let exit = status.code();
            return Ran { exit, peak };
        }
        if start.elapsed() > LONGEST {
            child.kill().expect("it is running");
            child.wait().expect("a status");
            panic!("it ran for more than {LONGEST:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The peak of a running process, in kB.
fn read(process: u32) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the test measures")]
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.split_whitespace().next()?.parse().ok()
}
