//! What `pyproject.toml` says of a project.

use std::path::Path;

use pypi_trusted_upload::{
    metadata::ProjectName,
    versioning::{ErrorKind, PyProject},
};

use super::template::safe;
use crate::{
    failure::{Exit, Failure},
    files,
    settings::Settings,
    shell::word,
};

/// A project of a repository.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) name: String,
    /// The name as it is in file names.
    pub(super) normalized: String,
    /// Below the top of the checkout, with slashes; empty at the top.
    pub(super) folder: String,
    /// The prefix of its version tags.
    pub(super) tag_prefix: String,
    /// Whether the settings have the prefix too.
    pub(super) is_prefix_configured: bool,
    /// The tags that are releases, if not `v*` after the prefix.
    pub(super) release_tags: Option<String>,
    pub(super) version: VersionSource,
}

/// Where a build takes the version from.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum VersionSource {
    /// `pyproject.toml` contains it.
    Static,
    /// The build backend takes it from one of these variables, or from the files that `pypi-release version` writes.
    Dynamic {
        variables: Vec<&'static str>,
        writes_files: bool,
    },
}

impl Project {
    /// Reads the project in `folder` of the checkout at `top`. `is_several` if the command line names several, which the
    /// settings need not.
    pub(super) fn read(top: &Path, folder: &str, is_several: bool) -> Result<Self, Failure> {
        let settings = Settings::read(&top.join(folder), None)?;
        let path = top.join(folder).join("pyproject.toml");
        let text = files::toml(&path)?;
        let project = settings.project.as_ref();
        let name = project.and_then(PyProject::name).ok_or_else(|| {
            let path = path.display();
            let message = format!(
                "file {path} has no project.name, by which an index knows the project: add it"
            );
            Failure::new(Exit::Refused, message)
        })?;
        let normalized = ProjectName::parse(name)?.normalized().to_owned();
        let configured = settings.version.tags.prefix.clone();
        let is_prefix_configured = !configured.is_empty();
        let tag_prefix = match is_several && !is_prefix_configured {
            true => format!("{normalized}-"),
            false => configured,
        };
        safe("tag prefix", &tag_prefix)?;
        safe("folder", folder)?;
        if let Some(tags) = &settings.route.release_tags {
            safe("pattern of release tags", tags)?;
        }
        Ok(Self {
            version: VersionSource::of(&settings, &text)?,
            release_tags: settings.route.release_tags,
            name: name.to_owned(),
            normalized,
            folder: folder.to_owned(),
            tag_prefix,
            is_prefix_configured,
        })
    }

    /// What the verbs that read settings need to find the project.
    pub(super) fn root(&self) -> String {
        match self.folder.as_str() {
            "" => String::new(),
            folder => format!(" --root {}", word(folder)),
        }
    }

    /// What the verbs that read the checkout need to find the project and its tags.
    pub(super) fn arguments(&self) -> String {
        let mut arguments = self.root();
        if !self.is_prefix_configured && !self.tag_prefix.is_empty() {
            let prefix = word(&self.tag_prefix);
            arguments.push_str(&format!(" --tag-prefix {prefix}"));
        }
        arguments
    }
}

impl VersionSource {
    fn of(settings: &Settings, text: &str) -> Result<Self, Failure> {
        match settings.project.as_ref().map(PyProject::version) {
            None => {}
            Some(Ok(_)) => return Ok(Self::Static),
            Some(Err(error))
                if matches!(
                    error.kind(),
                    ErrorKind::DynamicVersion | ErrorKind::NoVersion
                ) => {}
            Some(Err(error)) => return Err(error.into()),
        }
        let named = VARIABLES.iter().filter(|(tool, _)| text.contains(tool));
        // setuptools-scm's is read by most tools, and by `version --write`.
        let mut variables = vec!["SETUPTOOLS_SCM_PRETEND_VERSION"];
        variables.extend(named.map(|(_, variable)| variable));
        let writes_files = !settings.version.version_files.is_empty();
        Ok(Self::Dynamic {
            variables,
            writes_files,
        })
    }
}

/// What a `pyproject.toml` contains that uses a tool, and the variable that sets the tool's version.
const VARIABLES: [(&str, &str); 3] = [
    ("pdm", "PDM_BUILD_SCM_VERSION"),
    (
        "poetry-dynamic-versioning",
        "POETRY_DYNAMIC_VERSIONING_BYPASS",
    ),
    ("uv-dynamic-versioning", "UV_DYNAMIC_VERSIONING_BYPASS"),
];
