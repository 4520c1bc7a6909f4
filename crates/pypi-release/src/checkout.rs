//! What is known of the checkout: its configuration, its facts and the environment.

use std::path::{Path, PathBuf};

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use pypi_trusted_upload::{
    Environment,
    versioning::{
        CommitId, Error, ErrorKind, Facts, GitCommand, LocalScheme, Overrides, PretendedFacts,
        PyProject, RouteSettings, Scheme, Settings, TagFilter, Target, Timestamp, Unmapped,
        Version, VersionFile, git_archival_facts, pkg_info_version, pretended_version,
    },
};

use crate::{
    failure::{Exit, Failure},
    files, settings,
};

/// Where the version comes from. What is not given is taken from pyproject.toml, then from the defaults.
#[derive(Args)]
pub(crate) struct CheckoutArguments {
    /// The checkout, or a folder in it
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    root: PathBuf,
    /// The pyproject.toml, if not the one in FOLDER
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How the version of a commit after a tag is made, guess-next-dev by default
    #[arg(long, value_parser = schemes())]
    scheme: Option<Scheme>,
    /// The content of the local part, node by default
    #[arg(long, value_parser = local_schemes())]
    local: Option<LocalScheme>,
    /// The number of digits of the commit in the local part, 9 by default
    #[arg(long, value_name = "NUMBER")]
    node_length: Option<usize>,
    /// The version to count from without a tag
    #[arg(long, value_name = "VERSION")]
    base: Option<Version>,
    /// The prefix of version tags, as in client-v1.2.3
    #[arg(long, value_name = "PREFIX")]
    tag_prefix: Option<String>,
    /// A pattern that version tags must also match
    #[arg(long, value_name = "GLOB")]
    tag_glob: Option<String>,
}

/// What a project says about its versions, together with the command line.
pub(crate) struct Checkout {
    root: PathBuf,
    environment: Environment,
    /// All that the project sets.
    pub(crate) configured: settings::Settings,
    pub(crate) settings: Settings,
    pub(crate) tags: TagFilter,
    fallback: Option<Version>,
    pub(crate) version_files: Vec<VersionFile>,
    pub(crate) unmapped: Vec<Unmapped>,
    /// The facts that a variable sets in place of those of the checkout.
    pub(crate) pretended: Option<PretendedFacts>,
}

/// Where a version comes from.
pub(crate) enum Source {
    /// From the history, as an archive or git describes it.
    Facts(&'static str, Box<Facts>),
    /// From a text that states it, and the commit that a variable sets.
    Said(&'static str, Version, Option<CommitId>),
}

impl Checkout {
    pub(crate) fn read(
        arguments: &CheckoutArguments,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let configured = settings::Settings::read(&arguments.root, arguments.config.as_deref())?;
        let checkout = Self::of(configured, &arguments.root, environment)?;
        Ok(Self {
            settings: with_arguments(checkout.settings, arguments),
            tags: tags_with(checkout.tags, arguments),
            ..checkout
        })
    }

    /// The checkout in `root` as its settings describe it.
    pub(crate) fn of(
        configured: settings::Settings,
        root: &Path,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let name = configured.project.as_ref().and_then(PyProject::name);
        let pretended = PretendedFacts::from_variables(environment.iter(), name)?;
        let version = match Overrides::from_variables(environment.iter(), name)? {
            Some(overrides) => configured
                .version
                .overridden(configured.project.as_ref(), &overrides)?,
            None => configured.version.clone(),
        };
        let mut settings = version.settings;
        if let Some(seconds) = environment.get("SOURCE_DATE_EPOCH") {
            settings = settings.time(Timestamp::parse_unix_seconds(seconds)?);
        }
        if let Some(time) = pretended.as_ref().and_then(|pretended| pretended.time) {
            settings = settings.time(time);
        }
        Ok(Self {
            root: root.to_owned(),
            environment: environment.clone(),
            settings,
            tags: version.tags,
            fallback: version.fallback,
            version_files: version.version_files,
            unmapped: version.unmapped,
            pretended,
            configured,
        })
    }

    /// Reads the environment, then asks git, then the files that replace it in an archive or sdist.
    pub(crate) fn source(&self) -> Result<Source, Failure> {
        let name = self.configured.project.as_ref().and_then(PyProject::name);
        if let Some(version) = pretended_version(self.environment.iter(), name)? {
            return self.said("environment", version);
        }
        match GitCommand::new(&self.root).facts(&self.tags) {
            Ok(facts) => Ok(self.found("git", facts)),
            Err(error) if error.kind() == ErrorKind::NotRepository => self.without_git(error),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks the files of an archive, then those of an sdist, then the settings. An sdist may contain the file of an
    /// archive, which is not filled in there.
    fn without_git(&self, outside: Error) -> Result<Source, Failure> {
        let mut error = outside;
        if let Some(text) = self.file(".git_archival.txt")? {
            match git_archival_facts(&text, &self.tags) {
                Ok(facts) => return Ok(self.found("archive", facts)),
                Err(found) => error = found,
            }
        }
        let is_open = |error: &Error| {
            use ErrorKind::{NoTag, NoVersion, NotRepository, NotSubstituted};
            matches!(
                error.kind(),
                NoTag | NoVersion | NotRepository | NotSubstituted
            )
        };
        if is_open(&error)
            && let Some(text) = self.file("PKG-INFO")?
        {
            match pkg_info_version(&text) {
                Ok(version) => return self.said("sdist", version),
                Err(found) => error = found,
            }
        }
        match &self.fallback {
            Some(version) if is_open(&error) => self.said("fallback", version.clone()),
            _ => Err(error.into()),
        }
    }

    fn file(&self, name: &str) -> Result<Option<String>, Failure> {
        files::read_if_present(&self.root.join(name), files::MAX_WRITTEN)
    }

    fn found(&self, source: &'static str, facts: Facts) -> Source {
        let facts = match &self.pretended {
            Some(pretended) => pretended.apply(facts),
            None => facts,
        };
        Source::Facts(source, Box::new(facts))
    }

    /// A version that is stated as a whole has no tag, and is not made from a distance.
    fn said(&self, source: &'static str, version: Version) -> Result<Source, Failure> {
        let Some(pretended) = &self.pretended else {
            return Ok(Source::Said(source, version, None));
        };
        if pretended.tag.is_some() {
            let message = format!(
                "variable {} sets a tag, but the version is {version} from the {source}: unset the variable, or set \
                 SETUPTOOLS_SCM_PRETEND_VERSION",
                pretended.variable
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        Ok(Source::Said(source, version, pretended.node.clone()))
    }

    /// Where the events of this project publish to, as it sets it.
    pub(crate) fn routes(&self) -> RouteSettings {
        let set = &self.configured.route;
        let default = || format!("{}*", settings::tag_start(&self.tags.prefix));
        let glob = set.release_tags.clone().unwrap_or_else(default);
        let mut routes = RouteSettings::new().release_tags(self.tags.clone().glob(glob));
        if set.prereleases == Target::TestPyPi.name() {
            routes = routes.prereleases(Target::TestPyPi);
        }
        if let Some(branch) = &set.default_branch {
            routes = routes.default_branch(branch);
        }
        if let Some(repository) = &set.repository {
            routes = routes.repository(repository);
        }
        routes
    }

    /// The name that pyproject.toml gives the project.
    pub(crate) fn project_name(&self) -> Option<&str> {
        self.configured.project.as_ref().and_then(PyProject::name)
    }

    /// The checkout, or a folder in it.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The facts that decide where a version goes: no variable may set them.
    pub(crate) fn route_facts(&self) -> Result<Facts, Failure> {
        if let Some(pretended) = &self.pretended {
            let message = format!(
                "variable {} sets facts of the checkout, but only those of git decide where a version goes: unset it \
                 for this command",
                pretended.variable
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        self.git_facts()
    }

    pub(crate) fn git_facts(&self) -> Result<Facts, Failure> {
        Ok(GitCommand::new(&self.root).facts(&self.tags)?)
    }
}

fn with_arguments(mut settings: Settings, arguments: &CheckoutArguments) -> Settings {
    if let Some(scheme) = arguments.scheme {
        settings = settings.scheme(scheme);
    }
    if let Some(local) = arguments.local {
        settings = settings.local_scheme(local);
    }
    if let Some(node_length) = arguments.node_length {
        settings = settings.node_length(node_length);
    }
    if let Some(base) = &arguments.base {
        settings = settings.base(base.clone());
    }
    settings
}

fn tags_with(mut tags: TagFilter, arguments: &CheckoutArguments) -> TagFilter {
    if let Some(prefix) = &arguments.tag_prefix {
        tags = tags.prefix(prefix);
    }
    if let Some(glob) = &arguments.tag_glob {
        tags = tags.glob(glob);
    }
    tags
}

fn schemes() -> impl TypedValueParser<Value = Scheme> {
    let values = Scheme::ALL.iter().map(|scheme| {
        let value = PossibleValue::new(scheme.name());
        match scheme {
            Scheme::Semver => value.aliases(["semver-pep440", "python-simplified-semver"]),
            Scheme::ReleaseBranchSemver => value.alias("semver-pep440-release-branch"),
            _ => value,
        }
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Scheme>())
}

fn local_schemes() -> impl TypedValueParser<Value = LocalScheme> {
    let values = LocalScheme::ALL.iter().map(|scheme| {
        let value = PossibleValue::new(scheme.name());
        match scheme {
            LocalScheme::None => value.alias("none"),
            _ => value,
        }
    });
    PossibleValuesParser::new(values).try_map(|name| name.parse::<LocalScheme>())
}
