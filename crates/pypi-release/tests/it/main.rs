//! What the command promises to its users, run as they run it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attest;
mod attest_convert;
mod attest_rejected;
mod attest_sign;
mod attest_sign_rejected;
mod bad_input;
mod bump;
mod bump_checkouts;
mod check;
mod command;
mod config;
mod credential_choice;
mod credentials;
#[path = "../fake_github/mod.rs"]
mod fake_github;
mod github_release;
mod guarded_index;
mod hostile;
mod identity;
mod identity_verb;
mod indexes;
mod init;
mod inputs;
#[cfg(unix)]
mod interrupt;
mod job;
mod links;
mod local_index;
#[path = "../../../pypi-http/tests/support/mod.rs"]
mod loopback;
mod network;
mod notes;
mod outcomes;
mod outputs;
mod provenance;
mod publish;
mod publish_attest;
mod rehearsal;
mod release;
mod release_github;
#[cfg(unix)]
mod release_interrupt;
mod release_stops;
mod route;
#[cfg(unix)]
mod secrets;
mod selection;
mod special_files;
mod streams;
#[cfg(unix)]
mod sums;
mod verify;
#[cfg(unix)]
mod verify_install;
#[cfg(unix)]
mod verify_private;
mod version;
mod webhook;
