//! Publishes files on a tokio runtime: `tokio UPLOAD_URL SIMPLE_URL FILE…`, as the CI job that the environment describes.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::{env, error::Error};

use pypi_trusted_upload::{AsyncClient, Dists, Environment, Event, Index, Publisher};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let upload_url = arguments.next().ok_or("the upload URL is missing")?;
    let simple_url = arguments.next().ok_or("the simple URL is missing")?;

    // Reading and digesting files blocks, so it is done on a thread for that.
    let files: Vec<String> = arguments.collect();
    let dists = tokio::task::spawn_blocking(|| Dists::read(files)).await?;
    let index = Index::custom(&upload_url)?.simple_api(&simple_url)?;
    let report = Publisher::index(index)
        .trusted_publishing(Environment::from_process())
        .observer(|event: &Event<'_>| {
            if let Event::Finished {
                filename, outcome, ..
            } = event
            {
                println!("{filename}: {outcome}");
            }
        })
        .publish_async(dists, &AsyncClient::new()?)
        .await?;
    match report.is_success() {
        true => Ok(()),
        false => Err("not every file is on the index".into()),
    }
}
