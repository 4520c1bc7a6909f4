//! Publishes files without a driver, for a tool with its own event loop: `by_hand UPLOAD_URL SIMPLE_URL FILE…`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::{env, error::Error};

use pypi_trusted_upload::{
    BlockingClient, Dists, Environment, Index, Publisher, Transport,
    transport::{Flow, Step},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let upload_url = arguments.next().ok_or("the upload URL is missing")?;
    let simple_url = arguments.next().ok_or("the simple URL is missing")?;

    let index = Index::custom(&upload_url)?.simple_api(&simple_url)?;
    let publisher = Publisher::index(index).trusted_publishing(Environment::from_process());
    let client = BlockingClient::new()?;
    let mut flow = publisher.publication(Dists::read(arguments))?;
    let report = loop {
        match flow.step()? {
            Step::Send(request) => {
                println!("{} {}", request.method(), request.uri().path());
                flow.received(client.send(*request));
            }
            Step::Wait(duration) => client.wait(duration),
            Step::Done(report) => break report,
            step => return Err(format!("a step that this program does not know: {step:?}").into()),
        }
    };
    match report.is_success() {
        true => Ok(()),
        false => Err("not every file is on the index".into()),
    }
}
