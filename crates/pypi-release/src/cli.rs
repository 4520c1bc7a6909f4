//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Versions, checks and publishes Python distributions.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 done, 1 findings or a refusal, 2 wrong usage, 3 the network or the index is not available."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Args, Clone, Copy)]
pub(crate) struct Output {
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print errors only
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Tell of every step
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Print what an index would refuse, for each distribution
    Check(CheckArguments),
    /// Serve PyPI in this process until it is killed, and print what makes a client use it
    LocalIndex,
    /// Publish distributions with trusted publishing
    Publish(PublishArguments),
    /// Print the version of a git checkout
    Version(VersionArguments),
}

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// Wheels and sdists
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Exit 1 for warnings too
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Args)]
pub(crate) struct PublishArguments {
    /// Wheels and sdists; attestations beside them (FILE.publish.attestation) are sent along
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// pypi, testpypi, local (PyPI in this process, for a trial) or the URL that takes uploads
    #[arg(long, default_value = "pypi")]
    pub(crate) index: String,
    /// The simple API of an index given by URL, to compare and verify files by their hashes
    #[arg(long, value_name = "URL")]
    pub(crate) simple_url: Option<String>,
    /// Take an API token from this environment variable instead of trusted publishing
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) token_env: Option<String>,
    /// How often a request is sent at most, with growing pauses in between
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    pub(crate) attempts: u32,
    /// Print the plan and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// With --index local, go on serving what was published, until killed
    #[arg(long)]
    pub(crate) serve: bool,
}

#[derive(Args)]
pub(crate) struct VersionArguments {
    /// The checkout, or a folder in it
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) root: PathBuf,
    /// How a version after a tag is made: guess-next-dev
    #[arg(long, default_value = "guess-next-dev")]
    pub(crate) scheme: String,
    /// What the local part says: node, node-and-date, dirty-tag or no-local-version
    #[arg(long, default_value = "node")]
    pub(crate) local: String,
    /// The version to count from when there is no tag
    #[arg(long, value_name = "VERSION")]
    pub(crate) base: Option<String>,
    /// What version tags begin with, as in client-v1.2.3
    #[arg(long, default_value = "", value_name = "PREFIX")]
    pub(crate) tag_prefix: String,
    /// Print the public version, which an index takes
    #[arg(long)]
    pub(crate) public: bool,
}
