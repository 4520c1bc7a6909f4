//! The state as rows of a store.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::changes::Key;
use super::publisher::{PendingPublisher, RegisteredPublisher};
use super::random::Random;
use super::{Creation, State};
use crate::config::Settings;
use crate::store::Row;

/// The content of [`Key::Rest`].
#[derive(Deserialize, Serialize)]
pub(super) struct Rest {
    pub(super) publishers: Vec<RegisteredPublisher>,
    pub(super) pending: Vec<PendingPublisher>,
    pub(super) prohibited: BTreeSet<String>,
    #[serde(rename = "spent")]
    pub(super) used_jtis: HashMap<String, u64>,
    pub(super) serial: u64,
    /// How many random numbers a seed has given.
    pub(super) drawn: u64,
    pub(super) settings: Settings,
    /// The account and the time of each.
    pub(super) creations: Vec<(String, u64)>,
}

impl State {
    /// Stores every change since the last call.
    pub(super) fn write_rows(&mut self) {
        let keys = self.changes.take();
        let rows = keys.into_iter().map(|key| self.row(key)).collect();
        self.store.commit(rows);
    }

    /// The row of `key` as it must be stored now.
    fn row(&self, key: Key) -> Row {
        let row = |kind, name, text| Row { kind, name, text };
        match key {
            Key::Deleted(name) => {
                let text = self.deleted.contains(&name).then(String::new);
                row("deleted", name, text)
            }
            Key::File(filename) => {
                let text = self.file(&filename).and_then(|stored| {
                    let project = stored.project.name.normalized();
                    let key = format!("{project}/{}", stored.release.version);
                    json(&(key, stored.file))
                });
                row("file", filename, text)
            }
            #[cfg(feature = "sigstore")]
            Key::LogEntry(position) => {
                let text = self.log_entries.get(position).and_then(json);
                // In alphabetical order, which is that of the rows, the names count up.
                row("log-entry", format!("{position:020}"), text)
            }
            Key::Project(name) => {
                let text = self.project(&name).and_then(json);
                row("project", name, text)
            }
            Key::Release(project, version) => {
                let releases = self.project(&project).map(|project| &project.releases);
                let mut releases = releases.into_iter().flatten();
                let release = releases.find(|release| release.version.to_string() == version);
                let text = release.and_then(json);
                row("release", format!("{project}/{version}"), text)
            }
            Key::Rest => row("rest", String::new(), json(&self.rest())),
            #[cfg(feature = "sigstore")]
            Key::SigstoreKeys => row("sigstore", String::new(), self.sigstore_keys.clone()),
            Key::Token(token) => {
                let text = self.tokens.get(&token).and_then(json);
                row("token", token, text)
            }
            Key::User(name) => {
                let text = self.user(&name).and_then(json);
                row("user", name, text)
            }
        }
    }

    fn rest(&self) -> Rest {
        let creations = self.creations.iter();
        Rest {
            publishers: self.publishers.clone(),
            pending: self.pending.clone(),
            prohibited: self.prohibited.clone(),
            used_jtis: self.used_jtis.clone(),
            serial: self.serial,
            drawn: match &self.random {
                Random::System => 0,
                Random::Seeded { drawn, .. } => *drawn,
            },
            settings: self.settings.clone(),
            creations: creations
                .map(|Creation { user, time }| (user.clone(), *time))
                .collect(),
        }
    }
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}
