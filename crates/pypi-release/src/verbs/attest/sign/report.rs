//! What was signed.

use std::path::PathBuf;

use pypi_trusted_upload::{Error, metadata::Filename};
use serde_json::{Value, json};

use crate::{
    attestation::{Facts, Problem, SCHEMA_VERSION},
    console::Console,
    failure::{self, Exit, Failure},
};

/// What was signed.
pub(super) struct Report {
    pub(super) is_dry_run: bool,
    pub(super) files: Vec<FileReport>,
    /// What is worth a warning.
    pub(super) warnings: Vec<String>,
    pub(super) is_interrupted: bool,
}

/// A file to sign.
pub(super) struct FileReport {
    pub(super) filename: Filename,
    pub(super) sha256: String,
    /// The attestation.
    pub(super) path: PathBuf,
    pub(super) state: State,
}

pub(super) enum State {
    Failed {
        problem: Problem,
        /// Whether it may succeed later.
        is_transient: bool,
    },
    /// A dry run: it would be signed.
    Planned,
    /// There is an attestation that verifies.
    Present(Facts),
    Signed(Facts),
    Unsigned,
}

impl Report {
    pub(super) fn unsigned(&self) -> impl Iterator<Item = &FileReport> {
        let files = self.files.iter();
        files.filter(|file| matches!(file.state, State::Unsigned))
    }

    /// 0 if every file has an attestation, 3 if what is missing may succeed later, else 1.
    pub(super) fn exit(&self) -> Exit {
        let mut exit = Exit::Done;
        for file in &self.files {
            match file.state {
                State::Failed {
                    is_transient: false,
                    ..
                }
                | State::Unsigned => return self.or_interrupted(Exit::Refused),
                State::Failed { .. } => exit = Exit::Unavailable,
                State::Planned | State::Present(_) | State::Signed(_) => {}
            }
        }
        self.or_interrupted(exit)
    }

    fn or_interrupted(&self, exit: Exit) -> Exit {
        match (exit, self.is_interrupted) {
            (Exit::Done, _) | (_, false) => exit,
            (_, true) => Exit::Interrupted,
        }
    }

    pub(super) fn print(&self, console: &Console) {
        if console.json {
            return console.json(&self.json());
        }
        for warning in &self.warnings {
            console.note(format_args!("warning: {warning}"));
        }
        if !console.quiet {
            let rows: Vec<[String; 3]> = self.files.iter().map(FileReport::row).collect();
            console.table(&rows);
        }
        let mut shown: Vec<&Problem> = Vec::new();
        for file in &self.files {
            if let State::Failed { problem, .. } = &file.state
                && !shown.contains(&problem)
            {
                console.problem(problem);
                shown.push(problem);
            }
        }
    }

    fn json(&self) -> Value {
        let error = match self.exit() {
            Exit::Interrupted => Some(failure::error("the run was interrupted", Exit::Interrupted)),
            _ => None,
        };
        json!({
            "schema_version": SCHEMA_VERSION,
            "success": self.exit() == Exit::Done,
            "dry_run": self.is_dry_run,
            "files": self.files.iter().map(FileReport::json).collect::<Value>(),
            "warnings": self.warnings,
            "error": error,
        })
    }
}

impl FileReport {
    fn row(&self) -> [String; 3] {
        let detail = match &self.state {
            State::Present(facts) | State::Signed(facts) => facts.logged().unwrap_or_default(),
            State::Failed { .. } | State::Planned | State::Unsigned => String::new(),
        };
        let state = match &self.state {
            State::Planned => "would be signed",
            State::Present(_) => "signed before",
            state => state.name(),
        };
        [self.filename.as_str().to_owned(), state.to_owned(), detail]
    }

    fn json(&self) -> Value {
        let (facts, problem) = match &self.state {
            State::Present(facts) | State::Signed(facts) => (Some(facts), None),
            State::Failed { problem, .. } => (None, Some(problem)),
            State::Planned | State::Unsigned => (None, None),
        };
        json!({
            "filename": self.filename.as_str(),
            "sha256": self.sha256,
            "path": self.path.display().to_string(),
            "state": self.state.name(),
            "attestation": facts.map(Facts::json),
            "error": problem.map(Problem::json),
        })
    }
}

impl State {
    pub(super) fn failed(error: &Error) -> Self {
        let problem = Problem::new(error.kind().name(), error.causes());
        Self::Failed {
            problem: match error.help() {
                Some(help) => problem.with_help(help),
                None => problem,
            },
            is_transient: error.is_transient(),
        }
    }

    /// It was signed in vain.
    pub(super) fn unwritten(failure: &Failure) -> Self {
        Self::Failed {
            problem: Problem::new("unwritable", failure.message()),
            is_transient: false,
        }
    }

    /// The stable word for reports.
    fn name(&self) -> &'static str {
        match self {
            Self::Failed { .. } => "failed",
            Self::Planned => "planned",
            Self::Present(_) => "present",
            Self::Signed(_) => "signed",
            Self::Unsigned => "unsigned",
        }
    }
}
