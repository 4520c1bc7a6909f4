//! The projects of a release: which versions they have, which of them are published, and with which files.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::{
    metadata::{Filename, ProjectName},
    versioning::{CiEvent, RouteCode, Target, Verdict, Version, describe, route},
};
use serde_json::{Value, json};

use crate::{
    checkout::{Checkout, Source},
    context::Context,
    failure::{Exit, Failure},
    settings::Settings,
};

/// A project that this run may publish.
pub(super) struct Project {
    /// `None` if its `pyproject.toml` has none: then it is that of the files.
    pub(super) name: Option<String>,
    pub(super) checkout: Checkout,
    pub(super) version: Option<Version>,
    pub(super) verdict: Option<Verdict>,
    /// The tag of its version; known with the verdict.
    pub(super) tag: Option<String>,
    pub(super) files: Vec<PathBuf>,
}

/// Reads the projects of a repository, those named `wanted` if any are.
pub(super) fn read(
    settings: &Settings,
    root: &Path,
    wanted: &[String],
    context: &Context,
) -> Result<Vec<Project>, Failure> {
    let environment = &context.environment;
    let mut projects = Vec::new();
    if settings.projects.is_empty() {
        let name = settings.project.as_ref().and_then(|project| project.name());
        let name = name.map(str::to_owned);
        let checkout = Checkout::of(settings.clone(), root, environment)?;
        projects.push(Project::new(name, checkout));
    } else {
        for project in settings.projects()? {
            let checkout = Checkout::of(project.settings, &project.folder, environment)?;
            projects.push(Project::new(Some(project.name), checkout));
        }
    }
    for name in wanted {
        if !projects.iter().any(|project| project.is_named(name)) {
            let names: Vec<&str> = projects
                .iter()
                .filter_map(|project| project.name.as_deref())
                .collect();
            let known = names.join(", ");
            let message = format!("there is no project {name:?}: expected one of {known}");
            return Err(Failure::usage(message));
        }
    }
    projects.retain(|project| {
        wanted.is_empty() || wanted.iter().any(|wanted| project.is_named(wanted))
    });
    Ok(projects)
}

impl Project {
    fn new(name: Option<String>, checkout: Checkout) -> Self {
        Self {
            name,
            checkout,
            version: None,
            verdict: None,
            tag: None,
            files: Vec::new(),
        }
    }

    fn is_named(&self, name: &str) -> bool {
        match (&self.name, ProjectName::parse(name)) {
            (Some(own), Ok(name)) => ProjectName::parse(own).is_ok_and(|own| own == name),
            _ => false,
        }
    }

    fn has_one_of(&self, files: &[PathBuf]) -> bool {
        files.iter().any(|path| {
            let text = path.file_name().unwrap_or_default().to_string_lossy();
            Filename::parse(&text)
                .is_ok_and(|file| self.name.is_none() || self.is_named(file.name().as_str()))
        })
    }

    /// Its name, or what stands for it in messages.
    pub(super) fn label(&self) -> &str {
        self.name.as_deref().unwrap_or("the project")
    }

    /// The version of the checkout that an index accepts.
    pub(super) fn computed_version(&self) -> Result<Version, Failure> {
        Ok(match self.checkout.source()? {
            Source::Said(_, version, _) => version.public(),
            Source::Facts(_, facts) => describe(*facts, &self.checkout.settings)?.public().clone(),
        })
    }

    /// Decides where this run publishes the project.
    pub(super) fn route(&mut self, event: &CiEvent) -> Result<(), Failure> {
        let facts = self.checkout.route_facts()?;
        let verdict = route(
            event,
            &facts,
            &self.checkout.settings,
            &self.checkout.routes(),
        );
        if verdict.code().is_error() {
            let message = format!("{}: {verdict}", self.label());
            return Err(Failure::new(Exit::Refused, message));
        }
        if let Some(version) = verdict.version() {
            self.version = Some(version.clone());
        }
        self.verdict = Some(verdict);
        self.tag = facts.tag.map(|tag| tag.name);
        Ok(())
    }

    pub(super) fn target(&self) -> Option<Target> {
        self.verdict.as_ref().and_then(Verdict::target)
    }

    /// Whether it is a tagged version, which gets a GitHub release.
    pub(super) fn is_release(&self) -> bool {
        let code = self.verdict.as_ref().map(Verdict::code);
        matches!(
            code,
            Some(RouteCode::ReleaseToPyPi | RouteCode::PrereleaseToTestPyPi)
        )
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "version": self.version.as_ref().map(ToString::to_string),
            "index": self.target().map(Target::name),
            "code": self.verdict.as_ref().map(|verdict| verdict.code().name()),
            "reason": self.verdict.as_ref().map(Verdict::message),
        })
    }
}

/// Gives each project its files. A file of another version, or of no project, is an error: it would be published by
/// mistake.
///
/// A project of which every file is in `skipped` is removed.
pub(super) fn assign(
    projects: &mut Vec<Project>,
    files: &[PathBuf],
    skipped: &[PathBuf],
) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for path in files {
        let text = path.file_name().unwrap_or_default().to_string_lossy();
        let Ok(name) = Filename::parse(&text) else {
            problems.push(format!(
                "{} is not the name of a wheel or an sdist",
                path.display()
            ));
            continue;
        };
        let is_only = projects.len() == 1;
        let found = projects.iter_mut().find(|project| {
            project.is_named(name.name().as_str()) || (is_only && project.name.is_none())
        });
        let Some(project) = found else {
            problems.push(format!(
                "{} does not belong to a project that is released",
                path.display()
            ));
            continue;
        };
        match &project.version {
            Some(version) if *version != *name.version() => {
                let path = path.display().to_string();
                problems.push(other_version(&path, name.version(), version));
            }
            _ => {
                project
                    .version
                    .get_or_insert_with(|| name.version().clone());
                project
                    .name
                    .get_or_insert_with(|| name.name().as_str().to_owned());
                project.files.push(path.clone());
            }
        }
    }
    projects.retain(|project| !project.files.is_empty() || !project.has_one_of(skipped));
    for project in projects.iter().filter(|project| project.files.is_empty()) {
        problems.push(format!("there is no file of {}", project.label()));
    }
    if problems.is_empty() {
        return Ok(());
    }
    problems.push("build the distributions of this commit into an empty folder".to_owned());
    Err(Failure::new(Exit::Refused, problems.join("; ")))
}

fn other_version(file: &str, found: &Version, expected: &Version) -> String {
    let remedy = match found.public() == *expected {
        true => {
            ", because indexes reject the local part: set SETUPTOOLS_SCM_PRETEND_VERSION for the build to what \
                 `pypi-release version --public` prints"
        }
        false => "",
    };
    format!("{file} is version {found}, but the version of this commit is {expected}{remedy}")
}
