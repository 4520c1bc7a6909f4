//! What a verb may use of the process around it.

use std::path::Path;

use pypi_trusted_upload::{BlockingClient, Environment, transport::Clock};

use crate::{
    console::{Console, Output},
    failure::Failure,
    network::{Network, ProgramNetwork},
};

/// The process around a verb, as values.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) environment: Environment,
    pub(crate) console: Console,
    pub(crate) clock: Clock,
    network: Network,
}

impl Context {
    pub(crate) fn of_process(output: Output, network: Network) -> Self {
        let environment = Environment::from_process();
        let console = Console::new(output, &environment);
        Self {
            environment,
            console,
            clock: Clock::system(),
            network,
        }
    }

    /// The HTTP client of every verb, with the proxies and certificates of options and variables.
    pub(crate) fn client(&self) -> Result<BlockingClient, Failure> {
        self.network.client(&self.environment)
    }

    /// The same proxies and certificates for an installer, with files in `folder`.
    pub(crate) fn program_network(&self, folder: &Path) -> Result<ProgramNetwork, Failure> {
        self.network.for_programs(folder, &self.environment)
    }

    /// The same process without variables that contain secrets.
    pub(crate) fn without(&self, variables: &[&str]) -> Self {
        let others = self.environment.iter();
        let others = others.filter(|(name, _)| !variables.contains(name));
        Self {
            environment: Environment::from_vars(others),
            ..self.clone()
        }
    }
}
