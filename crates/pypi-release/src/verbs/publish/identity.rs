//! Who publishes: a job of a CI service, or the ID token in a variable.

use clap::{Args, builder::PossibleValuesParser};
use pypi_trusted_upload::{
    Environment, Publisher,
    trusted_publisher::{
        Identity,
        provider::{self, Supplied},
    },
};

use super::check_name;
use crate::{console::Console, failure::Failure};

#[derive(Args)]
pub(super) struct IdentityArguments {
    /// Publish as a job of this CI service; can be repeated, the first that is detected counts
    #[arg(long, value_name = "NAME", conflicts_with = "token_env", value_parser = PossibleValuesParser::new(provider::NAMES))]
    provider: Vec<String>,
    /// Ignore this CI service
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(provider::NAMES))]
    no_provider: Vec<String>,
    /// Use the ID token in this environment variable, of a CI service that is not built in
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["provider", "no_provider", "token_env"])]
    id_token_env: Option<String>,
}

impl IdentityArguments {
    /// The publisher as the job of `environment`.
    pub(super) fn apply(
        &self,
        publisher: Publisher,
        environment: &Environment,
        console: &Console,
    ) -> Result<Publisher, Failure> {
        let mut publisher = publisher.trusted_publishing(environment.clone());
        if let Some(variable) = &self.id_token_env {
            check_name("--id-token-env", variable)?;
            publisher = publisher.provider(Supplied::variable(variable));
        }
        for provider in self
            .provider
            .iter()
            .filter_map(|slug| provider::named(slug))
        {
            publisher = publisher.provider(provider);
        }
        for slug in &self.no_provider {
            publisher = publisher.without_provider(slug);
        }
        let console = console.clone();
        Ok(publisher.mask(move |token| console.mask(token.reveal())))
    }

    /// Whether trusted publishing was asked for, or the environment is that of a job.
    pub(super) fn is_given(&self, environment: &Environment) -> bool {
        !self.provider.is_empty()
            || self.id_token_env.is_some()
            || !matches!(Identity::detect(environment, None), Ok(None))
    }
}
