//! Claims, registrations and diagnoses, against the tokens of the local index and the answers of a real one.
//!
//! The texts are in `tests/snapshots`. With the variable `UPDATE_SNAPSHOTS`, they are written there instead of compared.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod issuers;
mod properties;
mod recorded;
mod snapshot;

use pypi_trusted_publisher::Context;

/// The time of the recorded answers, which some of their claims contain.
const NOW: u64 = 1_795_230_677;

fn pypi() -> Context {
    let root = "https://index.example/".parse().expect("a URL");
    Context::new("PyPI")
        .web_root(root)
        .audience("pypi")
        .now(NOW)
}
