//! Publishes files without a driver, for a tool with its own event loop: `by_hand UPLOAD_URL SIMPLE_URL FILE…`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::{collections::VecDeque, env, error::Error};

use pypi_trusted_upload::{
    BlockingClient, Dists, Environment, Index, Next, Publisher, Transport,
    transport::{Flow, Step},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let upload_url = arguments.next().ok_or("the upload URL is missing")?;
    let simple_url = arguments.next().ok_or("the simple URL is missing")?;

    let index = Index::custom(&upload_url)?.simple_api(&simple_url)?;
    let publisher = Publisher::index(index).trusted_publishing(Environment::from_process());
    let client = BlockingClient::new()?;
    let plan = publisher.plan(Dists::read(arguments));
    let mut publication = publisher.publication(plan)?;
    // Started tasks take turns here; an event loop would have their requests in flight at once.
    let mut tasks = VecDeque::new();
    let report = loop {
        match publication.advance() {
            Next::Start(task) => tasks.push_back(task),
            Next::Wait => {
                let mut task = tasks.pop_front().ok_or("there is nothing to wait for")?;
                match task.step()? {
                    Step::Send(request) => {
                        println!("{} {}", request.method(), request.uri().path());
                        task.received(client.send(*request));
                        tasks.push_back(task);
                    }
                    Step::Run(command) => {
                        task.ran(client.run(command));
                        tasks.push_back(task);
                    }
                    Step::Wait(duration) => {
                        client.wait(duration, task.cancel_token());
                        tasks.push_back(task);
                    }
                    Step::Done(finished) => publication.finish(finished),
                    step => return Err(format!("a step that is unknown here: {step:?}").into()),
                }
            }
            Next::Done(report) => break report,
            next => return Err(format!("a request that is unknown here: {next:?}").into()),
        }
    };
    match report.is_success() {
        true => Ok(()),
        false => Err("not every file is on the index".into()),
    }
}
