//! The index that a verb works with.

use clap::Args;
use pypi_local_index::{LocalIndex, Verification};
use pypi_trusted_upload::{Environment, Index, upload::IndexError, url::Url};

use crate::failure::{Exit, Failure};

#[derive(Args)]
pub(crate) struct IndexArguments {
    /// pypi, testpypi, local (PyPI in this process, for a trial) or the URL that accepts uploads
    #[arg(long, default_value = "pypi")]
    index: String,
    /// The simple API of an index given by URL, to compare and verify files by their hashes
    #[arg(long, value_name = "URL")]
    simple_url: Option<String>,
}

/// An index, and the local index that must live as long.
pub(crate) struct Target {
    pub(crate) index: Index,
    /// That of the process, or of the local index's job.
    pub(crate) environment: Environment,
    pub(crate) local: Option<LocalIndex>,
}

impl IndexArguments {
    pub(crate) fn target(&self, environment: &Environment) -> Result<Target, Failure> {
        Target::named(&self.index, self.simple_url.as_deref(), environment)
    }

    /// An index to read from, with its simple API.
    pub(crate) fn served(&self, environment: &Environment) -> Result<Index, Failure> {
        if self.index == "local" {
            return Err(Failure::usage(
                "--index local starts an index without files: name one that runs, with --index URL --simple-url URL",
            ));
        }
        let index = self.target(environment)?.index;
        match index.simple_url() {
            Some(_) => Ok(index),
            None => Err(Failure::usage(
                "the simple API of this index is not known: add --simple-url URL",
            )),
        }
    }
}

impl Target {
    /// The index with this name or URL, and the simple API of an index given by URL.
    pub(crate) fn named(
        name: &str,
        simple_url: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let usage = |error: IndexError| Failure::of(Exit::Usage, &error);
        let index = match name {
            "pypi" => Index::pypi(),
            "testpypi" => Index::test_pypi(),
            "local" => {
                let builder = LocalIndex::builder().publishes_any();
                let local = builder.verification(Verification::sigstore()).start()?;
                let index = Index::custom(local.upload_url().as_str())?;
                return Ok(Self {
                    index: index.simple_api(local.simple_url().as_str())?,
                    environment: Environment::from_vars(local.environment()),
                    local: Some(local),
                });
            }
            url => {
                let index = Index::custom(url).map_err(usage)?;
                match simple_url {
                    Some(simple) => index.simple_api(simple).map_err(usage)?,
                    None => index,
                }
            }
        };
        Ok(Self {
            index,
            environment: environment.clone(),
            local: None,
        })
    }

    /// The root of the index's web site, if it is known.
    pub(crate) fn web_url(&self) -> Option<Url> {
        let local = self.local.as_ref().map(|local| local.url().clone());
        local.or_else(|| self.index.web_url())
    }
}
