//! Closed and full streams: neither panics nor stops a publication.

use std::{fs::File, process::Stdio};

use pypi_local_index::LocalIndex;

use crate::command::{DIST, command};

/// The exit code of `publish` with these two streams, and whether the index got both files.
fn publish(stdout: Stdio, stderr: Stdio) -> (Option<i32>, usize) {
    let index = LocalIndex::start().expect("an index");
    let mut command = command([
        "publish",
        "--verbose",
        "--index",
        index.upload_url().as_str(),
    ]);
    command.args(["--simple-url", index.simple_url().as_str()]);
    command.args(DIST).envs(index.environment());
    let mut child = command
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .expect("it starts");
    // Closes our ends of the pipes before anything is written to them.
    drop((child.stdout.take(), child.stderr.take()));
    let status = child.wait().expect("it exits");
    (status.code(), index.files().len())
}

#[test]
fn a_closed_pipe_does_not_stop_a_publication() {
    assert_eq!(publish(Stdio::piped(), Stdio::piped()), (Some(0), 2));
    assert_eq!(publish(Stdio::null(), Stdio::piped()), (Some(0), 2));
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own output")]
fn a_full_disk_does_not_stop_a_publication() {
    // A device that is always full.
    let full = || {
        let device = File::options().write(true).open("/dev/full");
        Stdio::from(device.expect("a device"))
    };
    assert_eq!(publish(full(), full()), (Some(0), 2));
}
