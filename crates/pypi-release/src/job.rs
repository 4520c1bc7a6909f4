//! Who publishes: a job of a CI service, or the ID token in a variable.

use std::sync::Arc;

use clap::{Args, builder::PossibleValuesParser};
use pypi_trusted_upload::{
    CredentialChain, Environment, Publisher,
    trusted_publisher::{
        Identity, Provider,
        provider::{self, Supplied},
    },
};

use crate::{console::Console, failure::Failure};

#[derive(Args)]
pub(crate) struct IdentityArguments {
    /// Act as a job of this CI service; can be repeated, the first that is detected counts
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(provider::NAMES))]
    provider: Vec<String>,
    /// Ignore this CI service
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(provider::NAMES))]
    no_provider: Vec<String>,
    /// Use the ID token in this environment variable, of a CI service that is not built in
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["provider", "no_provider"])]
    id_token_env: Option<String>,
}

impl IdentityArguments {
    /// The publisher as the job of `environment`, or with other credentials that were found.
    pub(crate) fn apply(
        &self,
        publisher: Publisher,
        chain: CredentialChain,
        environment: &Environment,
        console: &Console,
    ) -> Result<Publisher, Failure> {
        let mut publisher = publisher.credentials(chain.trusted_publishing(environment.clone()));
        for provider in self.chosen()? {
            publisher = publisher.provider(provider);
        }
        for slug in &self.no_provider {
            publisher = publisher.without_provider(slug);
        }
        let console = console.clone();
        Ok(publisher.mask(move |token| console.mask(token.reveal())))
    }

    /// The variable that contains the ID token.
    pub(crate) fn variable(&self) -> Option<&str> {
        self.id_token_env.as_deref()
    }

    /// The providers that may issue the ID token, in the order of their detection.
    pub(crate) fn providers(&self) -> Result<Vec<Arc<dyn Provider>>, Failure> {
        let chosen = self.chosen()?;
        let mut providers = match chosen.is_empty() {
            true => provider::built_in(),
            false => chosen,
        };
        providers.retain(|one| !self.no_provider.iter().any(|slug| slug == one.slug()));
        Ok(providers)
    }

    /// The providers that the arguments name.
    fn chosen(&self) -> Result<Vec<Arc<dyn Provider>>, Failure> {
        let mut providers: Vec<Arc<dyn Provider>> = Vec::new();
        if let Some(variable) = &self.id_token_env {
            check_name("--id-token-env", variable)?;
            providers.push(Arc::new(Supplied::variable(variable)));
        }
        providers.extend(
            self.provider
                .iter()
                .filter_map(|slug| provider::named(slug)),
        );
        Ok(providers)
    }

    /// Whether an option says which identity counts.
    pub(crate) fn has_options(&self) -> bool {
        self.is_chosen() || !self.no_provider.is_empty()
    }

    /// Whether trusted publishing was asked for, or the environment is that of a job that may publish.
    pub(crate) fn is_given(&self, environment: &Environment) -> bool {
        let is_job = |providers| Identity::first_of(providers, environment, None);
        self.is_chosen()
            || self
                .providers()
                .is_ok_and(|providers| matches!(is_job(providers), Ok(Some(_))))
    }

    /// Whether the arguments choose trusted publishing.
    pub(crate) fn is_chosen(&self) -> bool {
        !self.provider.is_empty() || self.id_token_env.is_some()
    }
}

/// Whether an option was given the name of a variable, and not a token.
pub(crate) fn check_name(option: &str, variable: &str) -> Result<(), Failure> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !variable.is_empty() && variable.chars().all(is_name) {
        return Ok(());
    }
    // It is not repeated: it could be the token itself.
    Err(Failure::usage(format!(
        "{option} takes the name of an environment variable, of letters, digits and underscores: \
         if it was given a token, revoke that token, because other programs can see arguments"
    )))
}
