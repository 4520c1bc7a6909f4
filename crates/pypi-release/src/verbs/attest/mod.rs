//! `attest`: the attestations of distributions (PEP 740).

mod convert;
mod inspect;
mod sign;
mod verify;

use clap::{Args, Subcommand};

use crate::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Convert a Sigstore bundle to an attestation and back, or a provenance object to its attestations
    Convert(convert::Arguments),
    /// Print what attestations say, without verifying them
    Inspect(inspect::Arguments),
    /// Sign distributions with Sigstore, as this CI job
    Sign(sign::Arguments),
    /// Verify the attestations of distributions, offline
    Verify(Box<verify::Arguments>),
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Exit, Failure> {
    match &arguments.verb {
        Verb::Convert(arguments) => convert::run(arguments, context),
        Verb::Inspect(arguments) => inspect::run(arguments, context),
        Verb::Sign(arguments) => sign::run(arguments, context),
        Verb::Verify(arguments) => verify::run(arguments, context),
    }
}
