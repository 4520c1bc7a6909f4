//! The workflow of GitHub Actions.

mod text;

use super::{
    On, Setup, pins,
    project::{Project, VersionSource},
    template::{fill, yaml},
};
use crate::{settings::tag_start, shell::word};

/// The workflow that releases `project`. `file` is its path below the top of the checkout.
pub(super) fn workflow(setup: &Setup, project: &Project, file: &str) -> String {
    let title = match setup.is_monorepo {
        true => format!("Release {}", project.name),
        false => "Release".to_owned(),
    };
    // A called workflow may use the name of this one for a group of its own. Two equal groups wait for each other.
    let group = format!("pypi-release-{}-${{{{ github.ref }}}}", project.normalized);
    let url = |index: &str| yaml(&format!("https://{index}/project/{}/", project.name));
    fill(
        text::WORKFLOW,
        &[
            ("command", &setup.command),
            ("version", env!("CARGO_PKG_VERSION")),
            ("title", &title),
            ("on", &triggers(setup, project, file)),
            ("group", &group),
            ("checkout", &pins::uses("actions/checkout")),
            ("python", &python()),
            ("upload", &pins::uses("actions/upload-artifact")),
            ("builder", pins::BUILD),
            ("route", &yaml(&route(setup, project))),
            ("tests", &test_jobs(setup)),
            ("needs", &needs(setup)),
            ("build", &build(project)),
            ("attest", &attest(setup)),
            ("attested", attested(setup)),
            ("needs-attest", needs_attest(setup)),
            ("receive", &receive()),
            ("receive-all", &receive_all(setup)),
            ("root", &project.root()),
            ("testpypi-url", &url("test.pypi.org")),
            ("pypi-url", &url("pypi.org")),
            ("stable", stable(setup.on)),
            ("draft", &draft(setup, project)),
            (
                "needs-draft",
                if setup.on == On::Release {
                    ""
                } else {
                    ", draft"
                },
            ),
            ("release", &release(setup, project)),
        ],
    )
}

fn triggers(setup: &Setup, project: &Project, file: &str) -> String {
    match setup.on {
        On::Release => "  release:\n    types: [published]".to_owned(),
        On::Dispatch => {
            "  workflow_dispatch: # of the default branch, or of a release tag".to_owned()
        }
        On::Push => {
            let branch = yaml(&pattern(&setup.default_branch));
            let default = || format!("{}*", pattern(&tag_start(&project.tag_prefix)));
            let tags = yaml(&project.release_tags.clone().unwrap_or_else(default));
            let mut text = format!("  push:\n    branches: [{branch}]\n    tags: [{tags}]");
            if !project.folder.is_empty() {
                let folder = yaml(&format!("{}/**", pattern(&project.folder)));
                let file = yaml(file);
                text.push_str(&format!(
                    "\n    paths: [{folder}, {file}] # for branches only"
                ));
            }
            text
        }
    }
}

/// A name as a filter pattern that matches nothing else.
fn pattern(name: &str) -> String {
    let mut pattern = String::new();
    for c in name.chars() {
        if "*?+[]!\\".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

fn route(setup: &Setup, project: &Project) -> String {
    let mut command = format!(
        "pypi-release route{} --repository {}",
        project.arguments(),
        word(&setup.repository)
    );
    command.push_str(&format!(
        " --default-branch {}",
        word(&setup.default_branch)
    ));
    if setup.on == On::Release {
        command.push_str(" --prereleases testpypi");
    }
    command.push_str(" --github-output");
    command
}

/// A job for each reusable workflow, and one that waits for the others.
fn test_jobs(setup: &Setup) -> String {
    let mut jobs = String::new();
    for (name, file) in called(setup) {
        let uses = yaml(&format!("./.github/workflows/{file}"));
        jobs.push_str(&fill(text::CALLED, &[("name", &name), ("uses", &uses)]));
    }
    if setup.tests.has_gate() {
        let after = setup.tests.after.iter();
        let after: String = after
            .map(|file| format!(" --after {}", word(file)))
            .collect();
        let command = yaml(&format!("pypi-release release --only gate{after}"));
        let values = [
            ("checkout", pins::uses("actions/checkout")),
            ("python", python()),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("gate", command),
        ];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        jobs.push_str(&fill(text::GATE, &values));
    }
    jobs
}

/// The job that drafts the GitHub release, unless that exists before the workflow starts.
fn draft(setup: &Setup, project: &Project) -> String {
    match setup.on {
        On::Release => String::new(),
        On::Dispatch | On::Push => github_job(setup, project, text::DRAFT, "", "--draft-only"),
    }
}

/// The job that publishes the draft, or that adds to a release how its version is installed.
fn release(setup: &Setup, project: &Project) -> String {
    let (title, option) = match setup.on {
        On::Release => (
            "Add the installation to the GitHub release",
            "--append-install",
        ),
        On::Dispatch | On::Push => ("Publish the GitHub release", "--publish"),
    };
    github_job(setup, project, text::RELEASE, title, option)
}

fn github_job(
    setup: &Setup,
    project: &Project,
    template: &str,
    title: &str,
    option: &str,
) -> String {
    let arguments = project.arguments();
    let command = yaml(&format!(
        "pypi-release github-release {option}{arguments} dist/*"
    ));
    let values = [
        ("checkout", pins::uses("actions/checkout")),
        ("needs", needs(setup)),
        ("needs-attest", needs_attest(setup).to_owned()),
        ("receive-all", receive_all(setup)),
        ("title", title.to_owned()),
        ("command", command),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    fill(template, &values)
}

/// The names and files of jobs that call a reusable workflow.
fn called(setup: &Setup) -> impl Iterator<Item = (String, &String)> {
    let names = ["tests".to_owned()].into_iter();
    let names = names.chain((2..).map(|number| format!("tests-{number}")));
    names.zip(&setup.tests.call)
}

fn needs(setup: &Setup) -> String {
    let mut needs: String = called(setup).map(|(name, _)| format!(", {name}")).collect();
    if setup.tests.has_gate() {
        needs.push_str(", gate");
    }
    needs
}

/// The steps that make the distributions, with the version that was computed.
fn build(project: &Project) -> String {
    let folder = match project.folder.as_str() {
        "" => String::new(),
        folder => format!(" {}", word(folder)),
    };
    let root = project.root();
    match &project.version {
        VersionSource::Static => {
            let values = [("root", root.as_str()), ("folder", folder.as_str())];
            fill(text::BUILD_STATIC, &values)
        }
        VersionSource::Dynamic {
            variables,
            writes_files,
        } => {
            let variables = variables.iter().map(|variable| {
                format!("          {variable}: ${{{{ needs.route.outputs.version }}}}\n")
            });
            let write = match writes_files {
                true => format!("          pypi-release version --write{root}\n"),
                false => String::new(),
            };
            let variables: String = variables.collect();
            let values = [
                ("variables", variables.as_str()),
                ("write", write.as_str()),
                ("folder", folder.as_str()),
            ];
            fill(text::BUILD_DYNAMIC, &values)
        }
    }
}

fn python() -> String {
    let values = [
        ("uses", pins::uses("actions/setup-python")),
        ("python", yaml(pins::PYTHON)),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    fill(text::PYTHON, &values)
}

/// The steps that receive the distributions of the build.
fn receive() -> String {
    let values = [
        ("python", python()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("download", pins::uses("actions/download-artifact")),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    fill(text::RECEIVE, &values)
}

/// Those, and the attestations if there are any.
fn receive_all(setup: &Setup) -> String {
    let mut steps = receive();
    if setup.attest {
        let download = pins::uses("actions/download-artifact");
        steps.push_str(&fill(
            text::RECEIVE_ATTESTATIONS,
            &[("download", &download)],
        ));
    }
    steps
}

/// The job that signs attestations.
fn attest(setup: &Setup) -> String {
    if !setup.attest {
        return String::new();
    }
    let upload = pins::uses("actions/upload-artifact");
    fill(
        text::ATTEST,
        &[
            ("needs", &needs(setup)),
            ("receive", &receive()),
            ("upload", &upload),
        ],
    )
}

fn needs_attest(setup: &Setup) -> &'static str {
    if setup.attest { ", attest" } else { "" }
}

/// The option of `publish` that requires an attestation of each file.
fn attested(setup: &Setup) -> &'static str {
    if setup.attest { " --attest" } else { "" }
}

/// What else must hold before PyPI: a release of GitHub that is marked as a pre-release stays on TestPyPI.
fn stable(on: On) -> &'static str {
    match on {
        On::Release => " && !github.event.release.prerelease",
        On::Dispatch | On::Push => "",
    }
}
