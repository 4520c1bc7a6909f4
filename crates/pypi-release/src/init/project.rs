//! What `pyproject.toml` says of a project.

use std::path::Path;

use pypi_trusted_upload::versioning::{ConfigTable, ErrorKind, PyProject};

use super::template::{safe, shell};
use crate::{
    failure::{Exit, Failure},
    files,
};

/// A project of a repository.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) name: String,
    /// Below the top of the checkout, with slashes; empty at the top.
    pub(super) folder: String,
    /// The prefix of its version tags.
    pub(super) tag_prefix: String,
    /// Whether `pyproject.toml` has the prefix too.
    pub(super) is_prefix_configured: bool,
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
    /// Reads the project in `folder` of the checkout at `top`; `several` if the repository contains others.
    pub(super) fn read(top: &Path, folder: &str, several: bool) -> Result<Self, Failure> {
        let path = top.join(folder).join("pyproject.toml");
        let text = files::read(&path)?;
        let project = PyProject::parse(text.clone())?;
        let name = project.name().ok_or_else(|| {
            let path = path.display();
            let message = format!(
                "file {path} has no project.name, by which an index knows the project: add it"
            );
            Failure::new(Exit::Refused, message)
        })?;
        if !is_name(name) {
            let message = format!(
                "project.name is {name:?}: expected letters, digits, dots, dashes and underscores"
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        let configured = project.config()?.map(|config| config.tags.prefix);
        let configured = configured.filter(|prefix| !prefix.is_empty());
        let is_prefix_configured = configured.is_some();
        let tag_prefix = configured.unwrap_or_else(|| match several {
            true => format!("{name}-"),
            false => String::new(),
        });
        safe("tag prefix", &tag_prefix)?;
        safe("folder", folder)?;
        Ok(Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            tag_prefix,
            is_prefix_configured,
            version: VersionSource::of(&project, &text)?,
        })
    }

    /// What the verbs that read the checkout need to find the project and its tags.
    pub(super) fn arguments(&self) -> String {
        let mut arguments = String::new();
        if !self.folder.is_empty() {
            arguments.push_str(&format!(" --root {}", shell(&self.folder)));
        }
        if !self.is_prefix_configured && !self.tag_prefix.is_empty() {
            let prefix = shell(&self.tag_prefix);
            arguments.push_str(&format!(" --tag-prefix {prefix}"));
        }
        arguments
    }
}

impl VersionSource {
    fn of(project: &PyProject, text: &str) -> Result<Self, Failure> {
        match project.version() {
            Ok(_) => return Ok(Self::Static),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::DynamicVersion | ErrorKind::NoVersion
                ) => {}
            Err(error) => return Err(error.into()),
        }
        let named = VARIABLES.iter().filter(|(tool, _)| text.contains(tool));
        // setuptools-scm's is read by most tools, and by `version --write`.
        let mut variables = vec!["SETUPTOOLS_SCM_PRETEND_VERSION"];
        variables.extend(named.map(|(_, variable)| variable));
        let writes_files = project.config()?.is_some_and(|config| {
            config.table == ConfigTable::Own && !config.version_files.is_empty()
        });
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

fn is_name(name: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    name.bytes().all(is_inside) && is_end(name.bytes().next()) && is_end(name.bytes().last())
}
