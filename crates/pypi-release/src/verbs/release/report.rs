//! What a run of the chain did: as text, JSON, values for later steps, and news for the webhook.

use pypi_trusted_upload::Report as Publication;
use serde_json::{Value, json};

use super::super::publish;
use super::step::{Record, State, Step};
use crate::{
    ci_output::markdown,
    console::Console,
    failure::{Exit, error},
    webhook::News,
};

/// The version of the JSON document.
const SCHEMA_VERSION: u32 = 1;

/// What a run of the chain did.
pub(super) struct Report {
    pub(super) exit: Exit,
    pub(super) is_dry_run: bool,
    pub(super) index: Option<String>,
    pub(super) projects: Vec<Value>,
    /// The names and versions of the projects: `demo 1.0`.
    pub(super) subjects: Vec<String>,
    pub(super) records: Vec<Record>,
    /// What the user decided against the settings or the event.
    pub(super) overrides: Vec<String>,
    pub(super) publication: Option<Publication>,
    /// What the index had before, in a rehearsal.
    pub(super) rehearsal: Option<Value>,
    pub(super) verification: Option<Value>,
    /// The pages of the GitHub releases.
    pub(super) releases: Vec<String>,
    pub(super) error: Option<String>,
}

impl Report {
    pub(super) fn is_success(&self) -> bool {
        self.exit == Exit::Done
    }

    /// Prints the document, or the last line; the steps were printed on the way.
    pub(super) fn print(&self, console: &Console) {
        if console.json {
            console.json(&self.json());
        }
        if let Some(error) = &self.error {
            console.problem(error);
        } else if !console.quiet && !console.json {
            console.line(self.conclusion());
        }
    }

    fn conclusion(&self) -> String {
        let subjects = self.subjects.join(", ");
        let index = self.index.as_deref().unwrap_or("no index");
        match self.publish() {
            None => "nothing to release".to_owned(),
            Some(State::Done) if self.rehearsal.is_some() => {
                format!(
                    "rehearsed {subjects}: PyPI accepts the release, as far as the seed folder shows"
                )
            }
            Some(State::Done) => format!("released {subjects} to {index}"),
            Some(State::Planned) => format!("would release {subjects} to {index}"),
            Some(_) => "nothing was published: the step publish was left out".to_owned(),
        }
    }

    /// What became of the step `publish`, if the run came to it.
    fn publish(&self) -> Option<State> {
        let mut records = self.records.iter();
        let record = records.find(|record| record.step == Step::Publish)?;
        Some(record.state)
    }

    /// What this run has published, or found there.
    fn released(&self) -> &[String] {
        match self.publish() {
            Some(State::Done) if self.rehearsal.is_none() => &self.subjects,
            _ => &[],
        }
    }

    fn json(&self) -> Value {
        let publication = self.publication.as_ref();
        json!({
            "schema_version": SCHEMA_VERSION,
            "success": self.is_success(),
            "dry_run": self.is_dry_run,
            "index": self.index,
            "projects": self.projects,
            "steps": self.records.iter().map(Record::json).collect::<Vec<_>>(),
            "overrides": self.overrides,
            "publication": publication.map(|report| publish::document(report, self.rehearsal.clone())),
            "verification": self.verification,
            "github_releases": self.releases,
            "error": self.error.as_deref().map(|message| error(message, self.exit)),
        })
    }

    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("success", self.is_success().to_string()),
            ("index", self.index.clone().unwrap_or_default()),
            ("released", json!(self.released()).to_string()),
            ("github_releases", json!(self.releases).to_string()),
        ]
    }

    pub(super) fn summary(&self) -> String {
        let mut text = format!(
            "### {}\n\n| step | | seconds |\n| --- | --- | --- |\n",
            markdown(&self.title())
        );
        for record in &self.records {
            let line = markdown(&record.line());
            let seconds = record.took.as_secs();
            text.push_str(&format!(
                "| {} | {line} | {seconds} |\n",
                record.step.name()
            ));
        }
        for text_of in &self.overrides {
            text.push_str(&format!("\n- {}", markdown(text_of)));
        }
        text.push('\n');
        text
    }

    fn title(&self) -> String {
        match &self.error {
            Some(_) => "Release failed".to_owned(),
            None => self.conclusion(),
        }
    }

    /// What the webhook is told.
    pub(super) fn news(&self) -> News {
        let failed = self
            .records
            .iter()
            .find(|record| record.state == State::Failed);
        News {
            is_success: self.is_success(),
            is_empty: self.released().is_empty() && self.is_success(),
            index: self.index.clone().unwrap_or_default(),
            released: self.subjects.clone(),
            step: failed.map(|record| record.step.name().to_owned()),
            error: self.error.clone(),
            pages: self.releases.clone(),
        }
    }
}

/// The document of a failure before the first step.
pub(super) fn failure(message: &str, exit: Exit) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "success": false,
        "dry_run": false,
        "index": null,
        "projects": [],
        "steps": [],
        "overrides": [],
        "publication": null,
        "verification": null,
        "github_releases": [],
        "error": error(message, exit),
    })
}
