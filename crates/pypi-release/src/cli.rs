//! The arguments.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use pypi_trusted_upload::{metadata::Rule, versioning::Bump};

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
    /// Count the version in pyproject.toml up, and print it
    Bump(BumpArguments),
    /// Print what an index would refuse, and what users would regret
    Check(CheckArguments),
    /// Serve PyPI in this process until it is interrupted, and print what makes clients use it
    LocalIndex(LocalIndexArguments),
    /// Publish distributions with trusted publishing
    Publish(PublishArguments),
    /// Print which index this CI run should publish to, and why
    Route(RouteArguments),
    /// Print the version of a git checkout
    Version(VersionArguments),
}

#[derive(Args)]
pub(crate) struct CheckArguments {
    /// Wheels and sdists, and pyproject.toml
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Exit 1 for warnings too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Leave out what this rule finds; may be given more than once
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub(crate) ignore: Vec<&'static Rule>,
    /// Print SARIF for code scanning on standard output
    #[arg(long, conflicts_with = "json")]
    pub(crate) sarif: bool,
}

#[derive(Args)]
pub(crate) struct LocalIndexArguments {
    /// The port to listen on; 0 is a free one
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    pub(crate) port: u16,
    /// The address to listen on. The index protects nothing: leave it on loopback, or in a network of containers
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub(crate) host: IpAddr,
    /// Keep the state in this folder, and go on with what is there
    #[arg(long, value_name = "FOLDER")]
    pub(crate) dir: Option<PathBuf>,
    /// Begin with what this TOML file says, unless the folder of --dir has a state
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
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
    #[command(flatten)]
    pub(crate) checkout: CheckoutArguments,
    #[command(flatten)]
    pub(crate) outputs: OutputArguments,
    /// Print the public version, which an index takes
    #[arg(long)]
    pub(crate) public: bool,
    /// Write the version files that pyproject.toml names
    #[arg(long)]
    pub(crate) write: bool,
}

/// Where the version comes from. What is not given is taken from pyproject.toml, then from the defaults.
#[derive(Args)]
pub(crate) struct CheckoutArguments {
    /// The checkout, or a folder in it
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) root: PathBuf,
    /// The pyproject.toml, if not the one in FOLDER
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How a version after a tag is made, guess-next-dev by default; docs/versioning.md tells of all
    #[arg(long)]
    pub(crate) scheme: Option<String>,
    /// What the local part says: node (default), node-and-date, node-and-timestamp, dirty-tag or no-local-version
    #[arg(long)]
    pub(crate) local: Option<String>,
    /// How many digits of the commit the local part shows, 9 by default
    #[arg(long, value_name = "NUMBER")]
    pub(crate) node_length: Option<usize>,
    /// The version to count from when there is no tag
    #[arg(long, value_name = "VERSION")]
    pub(crate) base: Option<String>,
    /// What version tags begin with, as in client-v1.2.3
    #[arg(long, value_name = "PREFIX")]
    pub(crate) tag_prefix: Option<String>,
    /// What version tags have to match besides
    #[arg(long, value_name = "GLOB")]
    pub(crate) tag_glob: Option<String>,
}

#[derive(Args)]
pub(crate) struct OutputArguments {
    /// Add the results to the file that GITHUB_OUTPUT names
    #[arg(long)]
    pub(crate) github_output: bool,
    /// Write the results to a file of variables for GitLab (artifacts: reports: dotenv)
    #[arg(long, value_name = "FILE")]
    pub(crate) dotenv: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct BumpArguments {
    /// major, minor, patch, stable, alpha, beta, rc, post, dev, one with a number as in rc=2, or a version
    #[arg(required = true, value_name = "PART")]
    pub(crate) parts: Vec<Bump>,
    /// The project
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) root: PathBuf,
    /// The file to change, if not the pyproject.toml in FOLDER
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print the version and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args)]
pub(crate) struct RouteArguments {
    #[command(flatten)]
    pub(crate) checkout: CheckoutArguments,
    #[command(flatten)]
    pub(crate) outputs: OutputArguments,
    /// The branch whose development versions go to TestPyPI; main where the CI does not say
    #[arg(long, value_name = "BRANCH")]
    pub(crate) default_branch: Option<String>,
    /// The one repository that publishes
    #[arg(long, value_name = "OWNER/NAME")]
    pub(crate) repository: Option<String>,
    /// Which tags are releases, v* after the tag prefix by default
    #[arg(long, value_name = "GLOB")]
    pub(crate) release_tags: Option<String>,
    /// Where tagged alphas, betas and release candidates go
    #[arg(long, default_value = "pypi", value_parser = ["pypi", "testpypi"], value_name = "INDEX")]
    pub(crate) prereleases: String,
}

/// Parses the argument of `--ignore`.
fn rule(id: &str) -> Result<&'static Rule, String> {
    Rule::find(id).ok_or_else(|| match Rule::closest(id) {
        Some(rule) => format!("there is no such rule, did you mean '{rule}'?"),
        None => "there is no such rule".to_owned(),
    })
}
