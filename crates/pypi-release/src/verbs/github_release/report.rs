//! What the verb reports.

use pypi_trusted_upload::{url::Url, versioning::Version};
use serde_json::{Value, json};

use super::asset::{Action, Difference, File};
use crate::{
    ci_output::markdown,
    console::{Console, escape, size},
    github::Release,
};

/// A release of GitHub after a step.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) tag: String,
    pub(crate) version: String,
    /// The number of the release; 0 before it is known.
    pub(crate) id: u64,
    /// The page of the release; that of a draft is temporary.
    pub(crate) url: String,
    pub(crate) is_draft: bool,
    pub(crate) is_prerelease: bool,
    pub(crate) is_immutable: bool,
    /// Whether it was marked as the latest; `None` unless this run published it.
    pub(crate) latest: Option<bool>,
    /// Whether this run changed anything.
    pub(crate) changed: bool,
    pub(crate) warnings: Vec<String>,
    files: Vec<(File, Option<Action>)>,
}

impl Report {
    /// The keys of its document that a failure has too, as null.
    pub(super) const KEYS: [&'static str; 4] = ["tag", "id", "url", "state"];

    pub(super) fn new(tag: &str, version: &Version, files: &[File]) -> Self {
        Self {
            tag: tag.to_owned(),
            version: version.to_string(),
            id: 0,
            url: String::new(),
            is_draft: true,
            is_prerelease: version.is_prerelease(),
            is_immutable: false,
            latest: None,
            changed: false,
            warnings: Vec::new(),
            files: files.iter().map(|file| (file.clone(), None)).collect(),
        }
    }

    /// What is on GitHub, on one line.
    pub(crate) fn sentence(&self) -> String {
        let kind = if self.is_draft { "draft" } else { "release" };
        format!("{kind} {} with {} files", self.tag, self.files.len())
    }

    pub(super) fn release(&mut self, release: &Release) {
        self.id = release.id;
        // A server could put a line of its own into the outputs of a job.
        self.url = escape(&release.html_url);
        self.is_draft = release.draft;
        self.is_prerelease = release.prerelease;
        self.is_immutable = release.is_immutable();
    }

    pub(super) fn files(&mut self, actions: &[Action]) {
        for ((_, known), action) in self.files.iter_mut().zip(actions) {
            *known = Some(*action);
            self.changed |= *action != Action::Present;
        }
    }

    pub(super) fn compared(&mut self, difference: &Difference) {
        if !difference.unverified.is_empty() {
            let names = difference.unverified.join(", ");
            self.warnings.push(format!(
                "GitHub names no digest of {names}: only the size was compared"
            ));
        }
        if !difference.others.is_empty() {
            let names = difference.others.join(", ");
            self.warnings
                .push(format!("the release has other assets: {names}"));
        }
    }

    /// Adds what an earlier step of the same run did.
    pub(crate) fn after(mut self, earlier: Self) -> Self {
        self.changed |= earlier.changed;
        for ((_, action), (_, before)) in self.files.iter_mut().zip(earlier.files) {
            *action = before.or(*action);
        }
        let repeated: Vec<String> = earlier.warnings;
        for warning in repeated {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self
    }

    /// The results for later steps of a CI job.
    pub(super) fn values(&self) -> [(&'static str, String); 4] {
        [
            ("release_id", self.id.to_string()),
            ("release_url", self.url.clone()),
            ("release_state", self.state().to_owned()),
            ("release_changed", self.changed.to_string()),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let assets: Vec<Value> = self
            .files
            .iter()
            .map(|(file, action)| {
                json!({
                    "file": file.filename,
                    "name": file.name,
                    "size": file.size,
                    "sha256": file.sha256,
                    "outcome": action.map(Action::name),
                })
            })
            .collect();
        json!({
            "success": true,
            "error": null,
            "tag": self.tag,
            "version": self.version,
            "id": self.id,
            "url": self.url,
            "state": self.state(),
            "changed": self.changed,
            "prerelease": self.is_prerelease,
            "latest": self.latest,
            "immutable": self.is_immutable,
            "assets": assets,
            "warnings": self.warnings,
        })
    }

    pub(crate) fn show(&self, console: &Console) {
        for warning in &self.warnings {
            console.note(format_args!("warning: {warning}"));
        }
        if console.json {
            console.json(&self.json());
            return;
        }
        if console.quiet {
            return;
        }
        let rows: Vec<[String; 3]> = self
            .files
            .iter()
            .filter_map(|(file, action)| {
                let outcome = action.as_ref()?.name().replace('_', " ");
                Some([file.name.clone(), size(file.size), outcome])
            })
            .collect();
        console.table(&rows);
        let done = match self.changed {
            true => "",
            false => ", nothing to do",
        };
        console.line(format_args!(
            "release {} is {}{done}: {}",
            self.tag,
            self.state(),
            self.url
        ));
    }

    /// Markdown for the summary of a GitHub Actions step.
    pub(super) fn summary(&self) -> String {
        let mut text = format!(
            "### GitHub release {}: {}\n\n",
            markdown(&self.tag),
            self.state()
        );
        // A URL that is parsed has no angle brackets.
        if let Ok(url) = self.url.parse::<Url>() {
            text.push_str(&format!("<{url}>\n\n"));
        }
        text.push_str("| file | size | sha256 | outcome |\n| --- | --- | --- | --- |\n");
        for (file, action) in &self.files {
            let outcome = action.map_or("not sent", Action::name).replace('_', " ");
            let (name, size, sha256) = (markdown(&file.name), size(file.size), &file.sha256);
            text.push_str(&format!("| {name} | {size} | `{sha256}` | {outcome} |\n"));
        }
        for warning in &self.warnings {
            text.push_str(&format!("\n{}\n", markdown(warning)));
        }
        text
    }

    fn state(&self) -> &'static str {
        match self.is_draft {
            true => "draft",
            false => "published",
        }
    }
}
