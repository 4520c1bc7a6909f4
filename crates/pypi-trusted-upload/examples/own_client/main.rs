//! Publishes files with another HTTP client, here `ureq`: `own_client UPLOAD_URL SIMPLE_URL FILE…`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

mod transport;

use std::{env, error::Error};

use pypi_trusted_upload::{Dists, Environment, Index, Publisher};
use transport::Ureq;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let upload_url = arguments.next().ok_or("the upload URL is missing")?;
    let simple_url = arguments.next().ok_or("the simple URL is missing")?;

    let index = Index::custom(&upload_url)?.simple_api(&simple_url)?;
    let report = Publisher::index(index)
        .trusted_publishing(Environment::from_process())
        .publish(Dists::read(arguments), &Ureq::new())?;
    for file in report.files() {
        println!("{}: {}", file.filename(), file.outcome());
    }
    match report.is_success() {
        true => Ok(()),
        false => Err("not every file is on the index".into()),
    }
}
