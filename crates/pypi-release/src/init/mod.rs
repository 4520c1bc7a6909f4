//! The release pipeline of a repository, written for its CI.

mod diff;
mod git;
mod github;
mod gitlab;
mod pins;
mod project;
mod publishers;
mod report;
mod template;
mod workflows;
mod yaml;

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use crate::{
    failure::{Exit, Failure},
    files,
    settings::{Settings, is_repository},
    shell,
};
use git::{Git, Remote};
use project::Project;
use template::safe;
use workflows::Tests;

pub(crate) use report::{Report, Status};

/// What to write, and what git and `pyproject.toml` do not say.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// A folder of the checkout.
    pub(crate) root: PathBuf,
    pub(crate) service: Service,
    /// The path of the repository, if not that of git's remote.
    pub(crate) repository: Option<String>,
    /// The default branch, if not the one that git names.
    pub(crate) default_branch: Option<String>,
    /// The folders of several projects below the top of the checkout; empty for the one in `root`.
    pub(crate) projects: Vec<PathBuf>,
    /// The name of the workflow.
    pub(crate) file: Option<String>,
    /// Sign attestations.
    pub(crate) attest: bool,
    /// Replace files with other content.
    pub(crate) force: bool,
    /// Compare and write nothing.
    pub(crate) check: bool,
}

/// The CI service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    GitLab,
    GitHub(On),
}

/// What starts a release.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, clap::ValueEnum)]
pub(crate) enum On {
    /// Pushes: the default branch goes to TestPyPI, tags v* to PyPI
    #[default]
    Push,
    /// Published GitHub releases: pre-releases go to TestPyPI, others to PyPI
    Release,
    /// Manual runs: of the default branch to TestPyPI, of a tag v* to PyPI
    Dispatch,
}

/// What all files of a repository have in common.
struct Setup {
    /// The command that writes them.
    command: String,
    on: On,
    repository: String,
    host: String,
    default_branch: String,
    is_monorepo: bool,
    /// Whether the pipeline signs attestations.
    attest: bool,
    tests: Tests,
}

/// Writes the pipeline, or compares it with the files that exist.
pub(crate) fn init(request: &Request) -> Result<Report, Failure> {
    let git = Git::new(&request.root);
    let top = git.top()?;
    let settings = Settings::read(&top, None)?;
    let projects = projects(request, &settings, &git, &top)?;
    let setup = Setup::read(request, &settings, &git, &top, projects.len() > 1)?;
    let mut report = Report::new(request.check);
    let mut planned = Vec::new();
    for project in &projects {
        let (file, text) = match request.service {
            Service::GitHub(_) => {
                let file = format!("{WORKFLOWS}/{}", setup.file_name(request, project)?);
                let text = github::workflow(&setup, project, &file);
                (file, text)
            }
            Service::GitLab => gitlab_file(&setup, project, &top, &mut report)?,
        };
        let status = status(&top, &file, &text)?;
        report.add(&setup, project, &file, status);
        planned.push((file, text));
    }
    report.notes(&setup, &projects);
    if request.check {
        return Ok(report);
    }
    if !request.force {
        report.refuse_to_overwrite()?;
    }
    for (file, text) in planned {
        create_folders(&top, Path::new(&file))?;
        files::write_below(&top, Path::new(&file), &text)?;
    }
    Ok(report)
}

fn projects(
    request: &Request,
    settings: &Settings,
    git: &Git,
    top: &Path,
) -> Result<Vec<Project>, Failure> {
    let mut given = request.projects.clone();
    let prefix = git.prefix();
    if given.is_empty() && prefix.is_empty() && !settings.projects.is_empty() {
        let projects = settings.projects()?.into_iter();
        let folders = projects.map(|project| {
            let below = project.folder.strip_prefix(top).map(Path::to_owned);
            below.unwrap_or(project.folder)
        });
        given = folders.collect();
    }
    if given.is_empty() {
        return Ok(vec![Project::read(top, &prefix, false)?]);
    }
    let folders = given.iter().map(|folder| {
        let mut parts = Vec::new();
        for component in folder.components() {
            match component {
                Component::Normal(part) => parts.push(part.to_str()?),
                Component::CurDir => {}
                _ => return None,
            }
        }
        Some(parts.join("/"))
    });
    let mut projects: Vec<Project> = Vec::new();
    for (folder, given) in folders.zip(&given) {
        let folder = folder.ok_or_else(|| {
            let given = given.display();
            Failure::usage(format!(
                "folder {given} is not below the top of the checkout: name it from there"
            ))
        })?;
        let project = Project::read(top, &folder, true)?;
        if let Some(other) = projects
            .iter()
            .find(|other| other.name == project.name || other.tag_prefix == project.tag_prefix)
        {
            return Err(Failure::usage(format!(
                "projects {} ({}) and {} ({}) have the same name or tag prefix: the tags of a release must belong to one",
                other.name, other.folder, project.name, project.folder
            )));
        }
        projects.push(project);
    }
    Ok(projects)
}

impl Setup {
    fn read(
        request: &Request,
        settings: &Settings,
        git: &Git,
        top: &Path,
        is_monorepo: bool,
    ) -> Result<Self, Failure> {
        let remote = git.remote();
        let host = match (&remote, request.service) {
            (Some(remote), _) => remote.host.clone(),
            (None, Service::GitHub(_)) => "github.com".to_owned(),
            (None, Service::GitLab) => "gitlab.com".to_owned(),
        };
        let repository = repository(request, settings, remote)?;
        let branch = request.default_branch.clone();
        let default_branch = branch
            .or_else(|| settings.route.default_branch.clone())
            .or_else(|| git.default_branch())
            .unwrap_or_else(|| "main".to_owned());
        safe("branch", &default_branch)?;
        let mut tests = match request.service {
            Service::GitHub(_) if !settings.gate.after.is_empty() => Tests {
                after: settings.gate.after.clone(),
                ..Tests::default()
            },
            Service::GitHub(_) => workflows::tests(&other_workflows(top)?),
            Service::GitLab => Tests::default(),
        };
        tests.has_commands = !settings.gate.commands.is_empty();
        for file in tests.call.iter().chain(&tests.after) {
            safe("workflow", file)?;
        }
        Ok(Self {
            command: command(request),
            on: match request.service {
                Service::GitHub(on) => on,
                Service::GitLab => On::Push,
            },
            repository,
            host,
            default_branch,
            is_monorepo,
            attest: request.attest,
            tests,
        })
    }

    /// The name of the workflow of a project: one each, so that each has a trusted publisher of its own.
    fn file_name(&self, request: &Request, project: &Project) -> Result<String, Failure> {
        let file = request.file.as_deref().unwrap_or("release.yml");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let stem = file
            .strip_suffix(".yml")
            .or_else(|| file.strip_suffix(".yaml"));
        let Some(stem) = stem.filter(|stem| !stem.is_empty() && stem.chars().all(is_plain)) else {
            return Err(Failure::usage(format!(
                "workflow {file:?} is not the name of a file in {WORKFLOWS}: expected a name such as release.yml"
            )));
        };
        Ok(match self.is_monorepo {
            true => format!("{stem}-{}.yml", project.normalized),
            false => file.to_owned(),
        })
    }
}

/// The path of the repository: that of the command line, of the settings, or of git's remote.
fn repository(
    request: &Request,
    settings: &Settings,
    remote: Option<Remote>,
) -> Result<String, Failure> {
    let service = match request.service {
        Service::GitHub(_) => "GitHub",
        Service::GitLab => "GitLab",
    };
    let given = request.repository.clone();
    let given = given.or_else(|| settings.route.repository.clone());
    let repository = given.or_else(|| remote.map(|remote| remote.path));
    let repository = repository.ok_or_else(|| {
        let message = format!(
            "the checkout has no remote on {service}, which would name the repository: add one or give --repository"
        );
        Failure::new(Exit::Refused, message)
    })?;
    let has_groups = repository.matches('/').count() > 1;
    if !is_repository(&repository) || (has_groups && request.service != Service::GitLab) {
        return Err(Failure::usage(format!(
            "repository {repository:?} is not one of {service}: expected OWNER/NAME"
        )));
    }
    Ok(repository)
}

/// The command that repeats this one, for the head of the file.
fn command(request: &Request) -> String {
    let mut command = "pypi-release init ".to_owned();
    command.push_str(match request.service {
        Service::GitHub(On::Push) => "github",
        Service::GitHub(On::Release) => "github --on release",
        Service::GitHub(On::Dispatch) => "github --on dispatch",
        Service::GitLab => "gitlab",
    });
    let mut option = |name: &str, value: &str| {
        command.push_str(&format!(" {name} {}", shell::word(value)));
    };
    for project in &request.projects {
        option("--project", &project.to_string_lossy());
    }
    for (name, value) in [
        ("--repository", &request.repository),
        ("--default-branch", &request.default_branch),
        ("--file", &request.file),
    ] {
        if let Some(value) = value {
            option(name, value);
        }
    }
    if request.attest {
        command.push_str(" --attest");
    }
    command
}

/// The names and texts of the workflows that pypi-release did not write, in the order of their names.
fn other_workflows(top: &Path) -> Result<Vec<(String, String)>, Failure> {
    let folder = top.join(WORKFLOWS);
    #[expect(clippy::disallowed_methods, reason = "the command reads the checkout")]
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names
        .filter(|name| name.ends_with(".yml") || name.ends_with(".yaml"))
        .collect();
    names.sort_unstable();
    let mut workflows = Vec::new();
    for name in names {
        let text = files::read(&folder.join(&name), files::MAX_WRITTEN)?;
        if !text.starts_with(WRITTEN) {
            workflows.push((name, text));
        }
    }
    Ok(workflows)
}

/// The pipeline file itself, or one that an existing pipeline includes.
fn gitlab_file(
    setup: &Setup,
    project: &Project,
    top: &Path,
    report: &mut Report,
) -> Result<(String, String), Failure> {
    let existing = files::read_if_present(&top.join(PIPELINE), files::MAX_WRITTEN)?;
    let is_whole = existing.is_none_or(|text| text.starts_with(WRITTEN)) && !setup.is_monorepo;
    let text = gitlab::pipeline(setup, project, is_whole);
    if is_whole {
        return Ok((PIPELINE.to_owned(), text));
    }
    let file = match setup.is_monorepo {
        true => format!(".gitlab/pypi-release-{}.yml", project.normalized),
        false => ".gitlab/pypi-release.yml".to_owned(),
    };
    report.note(format!(
        "{PIPELINE} does not include {file} by itself: add `- local: {file}` to its `include`; it runs after the other jobs, of which there must be one"
    ));
    Ok((file, text))
}

fn status(top: &Path, file: &str, text: &str) -> Result<Status, Failure> {
    Ok(
        match files::read_if_present(&top.join(file), files::MAX_WRITTEN)? {
            None => Status::Missing,
            Some(found) if found == text => Status::Same,
            Some(found) => Status::Different(diff::lines(&found, text)),
        },
    )
}

/// Creates the folders of a file below `top`. A link in the path is an error when the file is written.
fn create_folders(top: &Path, file: &Path) -> Result<(), Failure> {
    let mut folder = top.to_owned();
    for part in file.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Ok(()),
            Err(_) => fs::create_dir(&folder)?,
        }
    }
    Ok(())
}

const WORKFLOWS: &str = ".github/workflows";
/// The pipeline of GitLab.
const PIPELINE: &str = ".gitlab-ci.yml";
/// How a file that pypi-release wrote begins.
const WRITTEN: &str = "# Written by pypi-release ";
