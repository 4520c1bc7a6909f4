//! Requests the ID token of this job and prints its provider and sha256, not the token: `id_token AUDIENCE`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own"
)]

use std::{env, error::Error};

use pypi_http::{BlockingClient, drive};
use pypi_trusted_publisher::{Environment, Identity};
use sha2::{Digest as _, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let audience = env::args().nth(1).ok_or("the audience is missing")?;
    let environment = Environment::from_process();
    let Some(identity) = Identity::detect(&environment, Some(&audience))? else {
        println!("none");
        return Ok(());
    };
    let token = drive(identity.id_token(&audience), &BlockingClient::new()?)?;
    let digest = Sha256::digest(token.secret().reveal());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{} {hex}", identity.provider());
    Ok(())
}
