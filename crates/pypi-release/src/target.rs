//! The index that a verb works with.

use std::path::{Path, PathBuf};

use clap::{Args, builder::PossibleValuesParser};
use pypi_local_index::{LocalIndex, Verification};
use pypi_trusted_upload::{Environment, Index, upload::IndexError, url::Url};

use crate::{
    credentials::{UserInfo, other_than_pypi, section},
    failure::{Exit, Failure},
    settings::{
        NamedIndex, RESERVED,
        indexes::{Elsewhere, check_reserved, find},
        profiles,
    },
};

#[derive(Args)]
pub(crate) struct IndexArguments {
    /// pypi, testpypi, local (PyPI in this process, for a trial), a name in the settings or a .pypirc, or the URL that accepts uploads
    /// [default: pypi]
    #[arg(long)]
    index: Option<String>,
    #[command(flatten)]
    details: IndexDetails,
}

/// What is known about an index that is neither PyPI nor TestPyPI.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct IndexDetails {
    /// The simple API of an index given by name or URL, to compare and verify files by their hashes
    #[arg(long, value_name = "URL")]
    pub(crate) simple_url: Option<String>,
    /// The kind of an index given by URL, where the URL does not say
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(profiles()))]
    pub(crate) index_profile: Option<String>,
    /// The folder from which the local index starts. A verb that has the option sets it.
    #[arg(skip)]
    pub(crate) seed_folder: Option<PathBuf>,
}

/// An index, and the local index that must live as long.
pub(crate) struct Target {
    /// As it was given, without a user name and a password.
    pub(crate) name: String,
    pub(crate) index: Index,
    /// What was in the URL of the index, which is used without it.
    pub(crate) user_info: Option<UserInfo>,
    /// That of the process, or of the local index's job.
    pub(crate) environment: Environment,
    pub(crate) local: Option<LocalIndex>,
}

impl IndexArguments {
    /// The index, by a name of the project in the current folder too, or of a section of `pypirc`.
    pub(crate) fn target(
        &self,
        pypirc: Option<&Path>,
        environment: &Environment,
    ) -> Result<Target, Failure> {
        self.target_of(Path::new("."), pypirc, environment)
    }

    fn target_of(
        &self,
        root: &Path,
        pypirc: Option<&Path>,
        environment: &Environment,
    ) -> Result<Target, Failure> {
        Target::named(self.name(), &self.details, root, pypirc, environment)
    }

    fn name(&self) -> &str {
        self.index.as_deref().unwrap_or("pypi")
    }

    /// As [`target`](Self::target), to publish to. Who uses uv or twine may have named a private index in a variable, which
    /// names none here: what is meant for it must not get to PyPI.
    pub(crate) fn upload_target(
        &self,
        seed_folder: Option<&Path>,
        pypirc: Option<&Path>,
        environment: &Environment,
    ) -> Result<Target, Failure> {
        if let (None, Some(variable)) = (&self.index, other_than_pypi(environment)) {
            return Err(Failure::usage(format!(
                "{variable} names another index than pypi, the default: add --index with the one to publish to"
            )));
        }
        let details = IndexDetails {
            seed_folder: seed_folder.map(Path::to_owned),
            ..self.details.clone()
        };
        Target::named(self.name(), &details, Path::new("."), pypirc, environment)
    }

    /// An index to read from, with its simple API, by a name of the project in `root` too. It is public.
    pub(crate) fn served(&self, root: &Path, environment: &Environment) -> Result<Index, Failure> {
        let target = self.served_target(root, None, environment)?;
        match target.user_info {
            Some(_) => Err(Failure::of(Exit::Usage, &IndexError::Credentials)),
            None => Ok(target.index),
        }
    }

    /// As [`served`](Self::served), and it may be private.
    pub(crate) fn served_target(
        &self,
        root: &Path,
        pypirc: Option<&Path>,
        environment: &Environment,
    ) -> Result<Target, Failure> {
        if self.name() == "local" {
            return Err(Failure::usage(
                "--index local starts an index without files: name one that runs, with --index URL --simple-url URL",
            ));
        }
        let target = self.target_of(root, pypirc, environment)?;
        match target.index.simple_url() {
            Some(_) => Ok(target),
            None => Err(Failure::usage(
                "the simple API of this index is not known: add --simple-url URL",
            )),
        }
    }
}

impl Target {
    /// The index with this name, known or given by the project in `root` or a section of `pypirc` (by default the user's),
    /// or with this URL.
    pub(crate) fn named(
        name: &str,
        details: &IndexDetails,
        root: &Path,
        pypirc: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let (name, user_info) = UserInfo::split(name);
        let mut target = Self {
            name,
            index: Index::pypi(),
            user_info,
            environment: environment.clone(),
            local: None,
        };
        if details.seed_folder.is_some() && target.name != "local" {
            return Err(Failure::usage("--seed-folder is for --index local"));
        }
        match target.name.as_str() {
            "pypi" => {}
            "testpypi" => target.index = Index::test_pypi(),
            "local" => {
                let mut builder = LocalIndex::builder().publishes_any();
                if let Some(path) = &details.seed_folder {
                    builder = builder.seed_folder(path);
                }
                let local = builder.verification(Verification::sigstore()).start()?;
                let index = Index::named("local", local.upload_url().as_str())?;
                target.index = index.simple_api(local.simple_url().as_str())?;
                target.environment = Environment::from_vars(local.environment());
                target.local = Some(local);
            }
            url if url.contains("://") => target.index = index(url, None, details)?,
            name => {
                let section = section(name, pypirc, environment);
                let elsewhere = section.map(|section| {
                    section.map(|section| Elsewhere {
                        place: section.place,
                        url: section.url.into(),
                    })
                });
                let named = find(root, name, elsewhere)?;
                let url = named.url.as_deref().unwrap_or_default();
                target.index = index(url, Some(&named), details)?;
            }
        }
        let name = target.name.as_str();
        if RESERVED.contains(&name) {
            if details.index_profile.is_some() {
                let message = "--index-profile is for an index that is given by URL";
                return Err(Failure::usage(message));
            }
            check_reserved(root, name, target.index.upload_url().as_str())?;
        }
        Ok(target)
    }

    /// The root of the index's web site, if it is known.
    pub(crate) fn web_url(&self) -> Option<Url> {
        let local = self.local.as_ref().map(|local| local.url().clone());
        local.or_else(|| self.index.web_url())
    }
}

/// An index by URL, with what the arguments and the settings say about it; the arguments count first.
fn index(url: &str, named: Option<&NamedIndex>, details: &IndexDetails) -> Result<Index, Failure> {
    let usage = |error: IndexError| Failure::of(Exit::Usage, &error);
    let of_settings = |field: fn(&NamedIndex) -> &Option<String>| field(named?).as_deref();
    let given = details.index_profile.as_deref();
    let index = match given.or_else(|| of_settings(|named| &named.profile)) {
        Some(profile) => Index::named(profile, url),
        None => Index::custom(url),
    };
    let index = index.map_err(usage)?;
    let given = details.simple_url.as_deref();
    match given.or_else(|| of_settings(|named| &named.simple_url)) {
        Some(simple) => index.simple_api(simple).map_err(usage),
        None => Ok(index),
    }
}
