//! Publishes files with another HTTP client, here `ureq`: `own_client UPLOAD_URL SIMPLE_URL FILE…`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::{env, error::Error};

use pypi_trusted_upload::{
    Dists, Environment, Index, Publisher, Transport,
    transport::{Body, Reply, ReplyLimit, TransportError, TransportErrorKind},
};
use ureq::{Agent, SendBody, http};

struct Ureq(Agent);

impl Ureq {
    /// One request, no redirect, and a reply of any status.
    fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false);
        Self(config.build().into())
    }
}

impl Transport for Ureq {
    fn send(&self, request: http::Request<Body>) -> Result<Reply, TransportError> {
        let limit = ReplyLimit::of(&request);
        let length = request.body().content_length();
        let (mut parts, body) = request.into_parts();
        parts
            .headers
            .insert(http::header::CONTENT_LENGTH, length.into());
        let mut reader = body.into_reader();
        let request = http::Request::from_parts(parts, SendBody::from_reader(&mut reader));
        let mut response = self.0.run(request).map_err(failed)?;
        let body = response
            .body_mut()
            .with_config()
            .limit(limit as u64)
            .read_to_vec()
            .map_err(|error| TransportError::new(TransportErrorKind::Reply).with_source(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Reply::new(status, headers, body))
    }
}

/// Whether the request may have arrived decides what a flow does next.
fn failed(error: ureq::Error) -> TransportError {
    let kind = match &error {
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => TransportErrorKind::Connect,
        ureq::Error::Timeout(ureq::Timeout::Connect) => TransportErrorKind::Connect,
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            TransportErrorKind::Connect
        }
        _ => TransportErrorKind::Interrupted,
    };
    TransportError::new(kind).with_source(error)
}

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
