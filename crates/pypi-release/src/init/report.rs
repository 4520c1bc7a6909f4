//! What was written, and what is left to do.

use serde_json::{Value, json};

use super::{
    Setup,
    pins::{self, Pin},
    project::{Project, VersionSource},
    publishers::{Publisher, publishers},
};
use crate::{
    console::Console,
    failure::{Exit, Failure},
};

/// What became of each file, and what the indexes need to know.
pub(crate) struct Report {
    is_check: bool,
    files: Vec<(String, Status)>,
    publishers: Vec<Publisher>,
    notes: Vec<String>,
}

/// A file before it was written.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Status {
    /// It has other content: its lines after `-`, those that it should have after `+`.
    Different(Vec<String>),
    /// It does not exist.
    Missing,
    /// It is as it should be.
    Same,
}

impl Report {
    pub(super) fn new(is_check: bool) -> Self {
        Self {
            is_check,
            files: Vec::new(),
            publishers: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, setup: &Setup, project: &Project, file: &str, status: Status) {
        self.files.push((file.to_owned(), status));
        self.publishers.extend(publishers(setup, project, file));
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Says what the files cannot: what was not found, and what a person has to decide.
    pub(super) fn notes(&mut self, setup: &Setup, projects: &[Project]) {
        let is_github = setup.host == "github.com";
        if !is_github && setup.host != "gitlab.com" {
            self.note(format!(
                "PyPI accepts {} only if an organization has registered it there; without that, publish with an API token",
                setup.host
            ));
        }
        let is_gitlab = self.files.iter().any(|(file, _)| file.contains("gitlab"));
        if !is_gitlab && setup.tests.call.is_empty() && !setup.tests.has_gate() {
            self.note(
                "no tests were found in .github/workflows: nothing but `pypi-release check` is between a push and the index".to_owned(),
            );
        }
        for file in &setup.tests.after {
            self.note(format!(
                "the release waits until {file} has succeeded on the commit; with the trigger workflow_call, it would call it instead"
            ));
        }
        for project in projects {
            if project.version == VersionSource::Static {
                self.note(format!(
                    "{} has its version in pyproject.toml: bump it before you tag a release with it",
                    project.name
                ));
            }
        }
        if is_github && !is_gitlab {
            self.note(format!(
                "to require an approval before PyPI, add reviewers to the environment pypi: https://github.com/{}/settings/environments",
                setup.repository
            ));
        }
    }

    /// Fails if a file has other content.
    pub(super) fn refuse_to_overwrite(&self) -> Result<(), Failure> {
        let different = |(_, status): &&(String, Status)| matches!(status, Status::Different(_));
        let Some((file, _)) = self.files.iter().find(different) else {
            return Ok(());
        };
        Err(Failure::new(
            Exit::Refused,
            format!(
                "file {file} exists and has other content: see the difference with --check, replace it with --force, or choose another name with --file"
            ),
        ))
    }

    /// 1 if files were compared and one differs.
    pub(crate) fn exit(&self) -> Exit {
        let is_same = self.files.iter().all(|(_, status)| *status == Status::Same);
        match self.is_check && !is_same {
            true => Exit::Refused,
            false => Exit::Done,
        }
    }

    pub(crate) fn json(&self) -> Value {
        let files = self.files.iter().map(|(file, status)| {
            json!({
                "file": file,
                "status": self.word(status),
                "difference": match status {
                    Status::Different(lines) => lines.as_slice(),
                    Status::Missing | Status::Same => &[],
                },
            })
        });
        json!({
            "success": self.exit() == Exit::Done,
            "error": null,
            "files": files.collect::<Vec<_>>(),
            "actions": pins::ACTIONS.iter().map(Pin::json).collect::<Vec<_>>(),
            "publishers": self.publishers.iter().map(Publisher::json).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }

    fn word(&self, status: &Status) -> &'static str {
        match (status, self.is_check) {
            (Status::Different(_), true) => "different",
            (Status::Different(_), false) => "replaced",
            (Status::Missing, true) => "missing",
            (Status::Missing, false) => "written",
            (Status::Same, _) => "unchanged",
        }
    }

    pub(crate) fn print(&self, console: &Console) {
        for (file, status) in &self.files {
            console.line(format_args!("{file}: {}", self.word(status)));
            if let (Status::Different(lines), true) = (status, self.is_check) {
                for line in lines {
                    console.line(format_args!("  {line}"));
                }
            }
        }
        if self.is_check {
            return;
        }
        for publisher in &self.publishers {
            console.line("");
            console.line(format_args!(
                "trusted publisher of {} on {}:",
                publisher.project, publisher.index
            ));
            let fields = publisher.registration.labelled();
            let rows = fields.map(|(label, value)| [format!("  {label}"), value.to_owned()]);
            console.table(&rows.collect::<Vec<_>>());
            for (when, link) in [
                ("if the project exists", &publisher.link),
                ("if it is new", &publisher.new_project_link),
            ] {
                if let Some(link) = link {
                    console.line(format_args!("  {when}: {link}"));
                }
            }
        }
        for note in &self.notes {
            console.note(format_args!("note: {note}"));
        }
    }
}
