//! What is known of the checkout: its configuration, its facts and the environment.

use std::{
    error::Error,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use pypi_trusted_upload::versioning::{
    Config, ErrorKind, Facts, GitCommand, PyProject, Settings, TagFilter, Timestamp, Unmapped,
    Version, VersionFile, git_archival_facts, pkg_info_version, pretended_version,
};

use crate::cli;

/// What a project says of its versions, with what was given on the command line.
pub(crate) struct Checkout {
    root: PathBuf,
    project: Option<PyProject>,
    /// Where paths of the configuration begin.
    pub(crate) folder: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) tags: TagFilter,
    pub(crate) version_files: Vec<VersionFile>,
    pub(crate) unmapped: Vec<Unmapped>,
    pub(crate) variables: Vec<(String, String)>,
}

/// Where a version comes from.
pub(crate) enum Source {
    /// From the history, as an archive or git tells it.
    Facts(&'static str, Box<Facts>),
    /// From a text that says it.
    Said(&'static str, Version),
}

impl Checkout {
    pub(crate) fn read(arguments: &cli::CheckoutArguments) -> Result<Self, Box<dyn Error>> {
        let path = arguments
            .config
            .clone()
            .unwrap_or_else(|| arguments.root.join("pyproject.toml"));
        // Only a file that was asked for has to be there.
        let text = match read_text(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && arguments.config.is_none() => {
                None
            }
            Err(error) => return Err(unreadable(&path, error)),
        };
        let project = text.map(PyProject::parse).transpose()?;
        let config = match &project {
            Some(project) => project.config()?,
            None => None,
        };
        let variables = variables();
        let (mut settings, tags, version_files, unmapped) = match config {
            Some(Config {
                settings,
                tags,
                version_files,
                unmapped,
                ..
            }) => (settings, tags, version_files, unmapped),
            None => (Settings::new(), TagFilter::new(), Vec::new(), Vec::new()),
        };
        if let Some((_, seconds)) = variables
            .iter()
            .find(|(name, _)| name == "SOURCE_DATE_EPOCH")
        {
            settings = settings.time(Timestamp::parse_unix_seconds(seconds)?);
        }
        Ok(Self {
            root: arguments.root.clone(),
            project,
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            settings: with_arguments(settings, arguments)?,
            tags: tags_with(tags, arguments),
            version_files,
            unmapped,
            variables,
        })
    }

    /// Looks into the environment, then asks git, then the files that stand in for it in an archive or sdist.
    pub(crate) fn source(&self) -> Result<Source, Box<dyn Error>> {
        let name = self.project.as_ref().and_then(PyProject::name);
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        if let Some(version) = pretended_version(variables, name)? {
            return Ok(Source::Said("environment", version));
        }
        let error = match GitCommand::new(&self.root).facts(&self.tags) {
            Ok(facts) => return Ok(Source::Facts("git", Box::new(facts))),
            Err(error) => error,
        };
        if error.kind() == ErrorKind::NotRepository {
            if let Ok(text) = read_text(&self.root.join(".git_archival.txt")) {
                let facts = git_archival_facts(&text, &self.tags)?;
                return Ok(Source::Facts("archive", Box::new(facts)));
            }
            if let Ok(text) = read_text(&self.root.join("PKG-INFO")) {
                return Ok(Source::Said("sdist", pkg_info_version(&text)?));
            }
        }
        Err(error.into())
    }

    pub(crate) fn git_facts(&self) -> Result<Facts, Box<dyn Error>> {
        Ok(GitCommand::new(&self.root).facts(&self.tags)?)
    }
}

fn with_arguments(
    mut settings: Settings,
    arguments: &cli::CheckoutArguments,
) -> Result<Settings, Box<dyn Error>> {
    if let Some(scheme) = &arguments.scheme {
        settings = settings.scheme(scheme.parse()?);
    }
    if let Some(local) = &arguments.local {
        settings = settings.local_scheme(local.parse()?);
    }
    if let Some(node_length) = arguments.node_length {
        settings = settings.node_length(node_length);
    }
    if let Some(base) = &arguments.base {
        settings = settings.base(Version::parse(base)?);
    }
    Ok(settings)
}

fn tags_with(mut tags: TagFilter, arguments: &cli::CheckoutArguments) -> TagFilter {
    if let Some(prefix) = &arguments.tag_prefix {
        tags = tags.prefix(prefix);
    }
    if let Some(glob) = &arguments.tag_glob {
        tags = tags.glob(glob);
    }
    tags
}

/// Variables whose name or value is not UTF-8 are none of ours.
fn variables() -> Vec<(String, String)> {
    #[expect(
        clippy::disallowed_methods,
        reason = "CI events and pretended versions are in the environment"
    )]
    let all = std::env::vars_os();
    let text = |value: OsString| value.into_string().ok();
    all.filter_map(|(name, value)| Some((text(name)?, text(value)?)))
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "the project's own small files")]
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

pub(crate) fn unreadable(path: &Path, error: io::Error) -> Box<dyn Error> {
    format!("file {path:?} could not be read ({error}): check its name and permissions").into()
}
