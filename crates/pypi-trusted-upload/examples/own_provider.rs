//! Publishes as a job of a CI service that is not built in: `own_provider UPLOAD_URL SIMPLE_URL FILE…`.
//!
//! The service is Semaphore in this example, which has an ID token for each job in a variable.
#![allow(clippy::disallowed_methods, reason = "a program of its own")]

use std::{env, error::Error};

use pypi_trusted_upload::{
    BlockingClient, Dists, Environment, Index, Publisher,
    trusted_publisher::{self, BoxFlow, Detected, ErrorKind, IdToken, Provider, provider},
};

#[derive(Debug)]
struct Semaphore;

const TOKEN: &str = "SEMAPHORE_OIDC_TOKEN";

impl Provider for Semaphore {
    fn slug(&self) -> &str {
        "semaphore"
    }

    fn detect(
        &self,
        environment: &Environment,
        _audience: Option<&str>,
    ) -> Result<Detected, trusted_publisher::Error> {
        Ok(match environment.get("SEMAPHORE") {
            Some(_) => Detected::Present { renewable: false },
            None => Detected::Absent,
        })
    }

    fn id_token(&self, environment: &Environment, _audience: &str) -> BoxFlow<IdToken> {
        let token = environment.get(TOKEN).and_then(IdToken::parse);
        provider::ready(token.ok_or_else(|| {
            let message = format!("{TOKEN} contains no ID token");
            trusted_publisher::Error::new(ErrorKind::MissingPermission, message)
        }))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let upload_url = arguments.next().ok_or("the upload URL is missing")?;
    let simple_url = arguments.next().ok_or("the simple URL is missing")?;

    let report = Publisher::index(Index::custom(&upload_url)?.simple_api(&simple_url)?)
        .trusted_publishing(Environment::from_process())
        .provider(Semaphore)
        .publish(Dists::read(arguments), &BlockingClient::new()?)?;
    match report.is_success() {
        true => Ok(()),
        false => Err("not every file is on the index".into()),
    }
}
