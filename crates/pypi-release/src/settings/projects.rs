//! The projects of a repository with several.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use pypi_trusted_upload::{
    metadata::{ProjectName, Requirement},
    versioning::PyProject,
};
use toml_edit::{Document, Item, TableLike};

use super::{OWN_FILE, Settings, document::get, shown, values};
use crate::{
    failure::{Exit, Failure},
    files,
    glob::Glob,
};

/// A project of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    /// As `pyproject.toml` spells it.
    pub(crate) name: String,
    /// What precedes the version in its tags.
    pub(crate) tag_prefix: String,
    /// The names of those of the other projects that it requires, as they spell them.
    pub(crate) requires: Vec<String>,
    pub(crate) settings: Settings,
}

/// The maximum number of folders above a project that are searched for `projects`.
const MAX_DEPTH: usize = 32;

impl Settings {
    /// Returns the projects of the repository, each after those that it requires; without `projects`, the only one.
    pub(crate) fn projects(&self) -> Result<Vec<Project>, Failure> {
        if self.projects.is_empty() {
            return Ok(vec![project(self.clone())?]);
        }
        let mut projects = Vec::new();
        for folder in folders(&self.folder, &self.projects)? {
            projects.push(project(Self::read(&folder, None)?)?);
        }
        let names: Vec<String> = projects.iter().map(|one| one.name.clone()).collect();
        let mut seen = BTreeMap::new();
        for project in &projects {
            if let Some(other) = seen.insert(normalized(&project.name), &project.folder) {
                let message = format!(
                    "{} and {} both have the name {}: rename one of them",
                    shown(other),
                    shown(&project.folder),
                    project.name
                );
                return Err(Failure::new(Exit::Refused, message));
            }
        }
        for (at, project) in projects.iter_mut().enumerate() {
            let text = files::toml(&project.folder.join("pyproject.toml"))?;
            let required = required(&text);
            let others = names.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.filter(|(_, name)| required.contains(&normalized(name)));
            project.requires = others.map(|(_, name)| name.clone()).collect();
        }
        in_order(projects)
    }
}

/// Returns the tag prefix of a project that is one of several in its repository, unless it sets one.
pub(super) fn default_tag_prefix(
    folder: &Path,
    name: Option<&str>,
) -> Result<Option<String>, Failure> {
    let (Some(name), Ok(folder)) = (name, folder.canonicalize()) else {
        return Ok(None);
    };
    let above: Vec<&Path> = folder.ancestors().take(MAX_DEPTH).collect();
    let Some(top) = above.iter().position(|path| path.join(".git").exists()) else {
        return Ok(None);
    };
    for root in above.into_iter().take(top + 1) {
        let (path, own) = (root.join("pyproject.toml"), root.join(OWN_FILE));
        let (text, own_text) = (
            files::toml_if_present(&path)?,
            files::toml_if_present(&own)?,
        );
        let values = values(
            text.as_deref().map(|text| (path.as_path(), text)),
            own_text.as_deref().map(|text| (own.as_path(), text)),
        )?;
        let patterns = values.texts("projects");
        if patterns.is_empty() {
            continue;
        }
        let folders = folders(root, &patterns)?;
        let is_listed = |other: &PathBuf| other.canonicalize().is_ok_and(|other| other == folder);
        if folders.len() > 1 && folders.iter().any(is_listed) {
            return Ok(Some(format!("{}-", normalized(name))));
        }
    }
    Ok(None)
}

/// The folders that the patterns name; those that contain a pyproject.toml.
fn folders(root: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, Failure> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let wrong = |what: &str| {
            let message = format!("projects contains {pattern:?}, {what}");
            Failure::new(Exit::Refused, message)
        };
        let glob =
            Glob::parse(pattern).map_err(|expected| wrong(&format!("expected {expected}")))?;
        let found = glob
            .find(root)
            .map_err(|error| wrong(&format!("whose folders cannot be read: {error}")))?;
        let found = found.into_iter();
        let found = found.filter(|folder| folder.join("pyproject.toml").is_file());
        let found: Vec<PathBuf> = found.collect();
        if found.is_empty() {
            return Err(wrong("which matches no folder with a pyproject.toml"));
        }
        for folder in found {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    Ok(folders)
}

fn project(settings: Settings) -> Result<Project, Failure> {
    let name = settings.project.as_ref().and_then(PyProject::name);
    let name = name.map(str::to_owned).ok_or_else(|| {
        let path = settings.folder.join("pyproject.toml");
        let message = format!("{} has no project.name: set it", shown(&path));
        Failure::new(Exit::Refused, message)
    })?;
    Ok(Project {
        folder: settings.folder.clone(),
        name,
        tag_prefix: settings.version.tags.prefix.clone(),
        requires: Vec::new(),
        settings,
    })
}

/// The normalized names of the projects that a pyproject.toml requires, extras included.
fn required(text: &str) -> Vec<String> {
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let list = |item: &Item| -> Vec<String> {
        let array = item.as_array().into_iter().flatten();
        let texts = array.filter_map(|value| value.as_str());
        let names = texts.filter_map(|text| Requirement::parse(text).ok());
        names
            .map(|requirement| normalized(requirement.name()))
            .collect()
    };
    let at = |path| get(document.as_item(), path);
    let mut names: Vec<String> = at("project.dependencies").map(list).unwrap_or_default();
    let extras = at("project.optional-dependencies").and_then(Item::as_table_like);
    for (_, extra) in extras.into_iter().flat_map(TableLike::iter) {
        names.extend(list(extra));
    }
    let poetry = at("tool.poetry.dependencies").and_then(Item::as_table_like);
    for (name, _) in poetry.into_iter().flat_map(TableLike::iter) {
        names.push(normalized(name));
    }
    names
}

/// Each project after those that it requires, and otherwise as listed.
fn in_order(mut rest: Vec<Project>) -> Result<Vec<Project>, Failure> {
    let mut ordered = Vec::new();
    while !rest.is_empty() {
        let waits = |project: &Project| {
            let mut others = rest.iter();
            others.any(|other| project.requires.contains(&other.name))
        };
        let Some(next) = rest.iter().position(|project| !waits(project)) else {
            let message = format!(
                "the projects require each other: {}: remove one of these dependencies",
                cycle(&rest).join(" -> ")
            );
            return Err(Failure::new(Exit::Refused, message));
        };
        ordered.push(rest.remove(next));
    }
    Ok(ordered)
}

/// The names of one cycle, where every project requires another.
fn cycle(projects: &[Project]) -> Vec<&str> {
    let mut path: Vec<&str> = Vec::new();
    let mut at = projects.first();
    while let Some(project) = at {
        if let Some(start) = path.iter().position(|name| *name == project.name) {
            let mut cycle = path.split_off(start);
            cycle.push(&project.name);
            return cycle;
        }
        path.push(&project.name);
        at = projects
            .iter()
            .find(|other| project.requires.contains(&other.name));
    }
    path
}

fn normalized(name: &str) -> String {
    ProjectName::parse(name).map_or_else(|_| name.to_owned(), |name| name.normalized().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(projects: &[(&str, &str)]) -> (tempfile::TempDir, Settings) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            files::write(&path, text).unwrap();
        };
        std::fs::create_dir(folder.path().join(".git")).unwrap();
        write(OWN_FILE, "projects = ['packages/*']");
        write("packages/README.md", "");
        for (name, rest) in projects {
            let text = format!("[project]\nname = '{name}'\n{rest}");
            write(&format!("packages/{name}/pyproject.toml"), &text);
        }
        let settings = Settings::read(folder.path(), None).unwrap();
        (folder, settings)
    }

    #[test]
    fn projects_come_after_those_that_they_require() {
        let (_folder, settings) = repository(&[
            ("a-cli", "dependencies = ['my_core>=1', 'requests']"),
            ("b-extra", "optional-dependencies.x = ['A.CLI', 'b-extra']"),
            (
                "My.Core",
                "dynamic = ['version']\n[tool.pypi-release.version]\ntag-prefix = 'core-'",
            ),
        ]);
        let projects = settings.projects().unwrap();
        let found: Vec<_> = projects
            .iter()
            .map(|project| (project.name.as_str(), project.tag_prefix.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("My.Core", "core-"),
                ("a-cli", "a-cli-"),
                ("b-extra", "b-extra-")
            ]
        );
        assert_eq!(projects[2].requires, ["a-cli"]);
        // The same from the folder of the project alone.
        let alone = Settings::read(&projects[1].folder, None).unwrap();
        assert_eq!(alone.version.tags.prefix, "a-cli-");
    }

    #[test]
    fn a_cycle_is_named() {
        let (_folder, settings) = repository(&[
            ("a", "dependencies = ['b']"),
            ("b", "dependencies = ['c']"),
            ("c", "dependencies = ['b']"),
        ]);
        let failure = settings.projects().unwrap_err();
        assert_eq!(
            failure.message(),
            "the projects require each other: b -> c -> b: remove one of these dependencies"
        );
    }

    #[test]
    fn two_projects_of_one_name_are_an_error() {
        let (_folder, settings) = repository(&[("a-b", ""), ("A_b", "")]);
        let failure = settings.projects().unwrap_err();
        let message = failure.message();
        assert!(message.contains("both have the name "), "{message}");
    }

    #[test]
    fn a_project_alone_has_no_prefix() {
        let (folder, settings) = repository(&[("a", "")]);
        assert_eq!(settings.projects().unwrap()[0].tag_prefix, "");
        let alone = Settings::read(&folder.path().join("packages/a"), None).unwrap();
        assert_eq!(alone.projects().unwrap()[0].name, "a");
        let (_folder, settings) = repository(&[]);
        let failure = settings.projects().unwrap_err();
        assert_eq!(
            failure.message(),
            "projects contains \"packages/*\", which matches no folder with a pyproject.toml"
        );
    }
}
