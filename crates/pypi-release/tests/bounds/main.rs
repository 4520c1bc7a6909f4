//! Bounds: `check` needs at most 64 MiB of memory for any file.
//!
//! To add a case, write a function that takes an empty folder, writes hostile files into it and returns the arguments of the
//! command, which runs in that folder; then add it to the table below under the name of its test. The helpers in [`archive`]
//! write wheels and sdists with any members. Run one case with `cargo test -p pypi-release --test bounds NAME`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod archive;
mod ordinary;
mod peak;

use std::path::Path;

/// The arguments of the command.
type Arguments = Vec<String>;

/// The most memory that the command may use for a case, in kB.
const MAX_PEAK: u64 = 64 * 1024;

macro_rules! cases {
    ($($name:ident: $make:expr;)+) => {
        $(
            #[test]
            fn $name() {
                assert_bounded($make);
            }
        )+
    };
}

cases! {
    an_ordinary_sdist: ordinary::sdist;
    an_ordinary_wheel: ordinary::wheel;
}

/// Fails if the command panics, is killed, runs for too long, or needs too much memory.
#[track_caller]
fn assert_bounded(make: fn(&Path) -> Arguments) {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = make(folder.path());
    let ran = peak::run(&arguments, folder.path());
    assert!(matches!(ran.exit, Some(0 | 1)), "exit code {:?}", ran.exit);
    assert!(ran.peak <= MAX_PEAK, "{} kB, expected {MAX_PEAK}", ran.peak);
}
