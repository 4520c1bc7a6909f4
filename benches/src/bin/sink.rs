//! `sink [FILE]`: serves a sink, prints its URL, and ends when standard input does. With TLS if there is a file, which
//! is written: the certificate of the authority to trust.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a command reads its arguments, writes a file and prints"
)]

use std::{error::Error, io};

use benches::sink::{Certificate, Sink};

fn main() -> Result<(), Box<dyn Error>> {
    let (scheme, sink) = match std::env::args_os().nth(1) {
        None => ("http", Sink::start(None)?),
        Some(file) => {
            let certificate = Certificate::generate()?;
            std::fs::write(file, certificate.authority())?;
            ("https", Sink::start(Some(&certificate))?)
        }
    };
    println!("{scheme}://{}", sink.address());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
