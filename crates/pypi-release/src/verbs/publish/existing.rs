//! `--existing`: what a file means whose name the index already has.

use clap::{Args, ValueEnum};
use pypi_trusted_upload::upload::Existing;

#[derive(Args)]
pub(super) struct ExistingArguments {
    /// What a file means whose name the index already has: a success with the same sha256 and an error otherwise, always an
    /// error, or a success whatever its content, without a lookup before
    #[arg(long, value_enum, default_value_t = Choice::Same)]
    existing: Choice,
    /// The same as --existing index-says
    #[arg(long, conflicts_with = "existing")]
    skip_existing: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Choice {
    Same,
    Never,
    IndexSays,
}

impl ExistingArguments {
    pub(super) fn existing(&self) -> Existing {
        match (self.skip_existing, self.existing) {
            (true, _) | (_, Choice::IndexSays) => Existing::IndexSays,
            (_, Choice::Never) => Existing::Never,
            (_, Choice::Same) => Existing::Same,
        }
    }
}
