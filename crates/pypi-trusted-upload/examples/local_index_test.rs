//! How a tool that publishes tests itself: against PyPI in a process, with the identity of a CI job that it knows.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::error::Error;

use pypi_local_index::LocalIndex;
use pypi_metadata::testing;
use pypi_trusted_upload::{BlockingClient, Dists, Environment, Index, Publisher};

/// The tool under test.
fn release(folder: &str, index: Index, environment: Environment) -> Result<bool, Box<dyn Error>> {
    let report = Publisher::index(index)
        .trusted_publishing(environment)
        .publish(Dists::read_dir(folder)?, &BlockingClient::new()?)?;
    Ok(report.is_success())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let wheel = testing::wheel("demo", "1.0");
    std::fs::write(folder.path().join(&wheel.filename), &wheel.bytes)?;

    let local = LocalIndex::start()?;
    let index =
        Index::custom(local.upload_url().as_str())?.simple_api(local.simple_url().as_str())?;
    let job = Environment::from_vars(local.environment());
    let folder = folder.path().to_str().ok_or("a path that is not UTF-8")?;
    assert!(release(folder, index, job)?, "the release succeeds");

    let files = local.files();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].filename, wheel.filename);
    println!("{} is on {}", files[0].filename, local.simple_url());
    Ok(())
}
