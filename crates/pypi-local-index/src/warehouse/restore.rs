//! The state of an earlier process.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::Key;
use super::file::File;
use super::project::{Project, Release};
use super::random::Random;
use super::rows::Rest;
use super::{Creation, State};
use crate::config::User;
use crate::error::Cause;
use crate::store::Store;

/// What tokens in folders of versions before macaroons begin with. They are unknown now.
const OPAQUE: &str = "pypi-";

impl State {
    /// Resumes from what the store contains, and stores changes there from now on. `false` if the store is empty.
    pub(crate) fn attach(&mut self, store: Store) -> Result<bool, Cause> {
        self.changes.is_tracked = true;
        self.store = store;
        let rest = self.store.rows("rest")?;
        let Some(rest) = rest.first() else {
            return Ok(false);
        };
        self.restore_rest(serde_json::from_str(&rest.text)?);
        self.restore_accounts()?;
        self.restore_projects()?;
        #[cfg(feature = "sigstore")]
        self.restore_transparency()?;
        if self.commit() {
            Ok(true)
        } else {
            Err("the state cannot be written".into())
        }
    }

    /// Marks everything as changed: a state that was not built from the changes of its store.
    pub(crate) fn mark_all_dirty(&mut self) {
        let users = self.users.keys().cloned().map(Key::User);
        let projects = self.projects.keys().cloned().map(Key::Project);
        let deleted = self.deleted.iter().cloned().map(Key::Deleted);
        let tokens = self.tokens.keys().cloned().map(Key::Token);
        let mut keys: BTreeSet<Key> = users.chain(projects).chain(deleted).chain(tokens).collect();
        for project in self.projects() {
            let normalized = project.name.normalized();
            for release in &project.releases {
                let version = release.version.to_string();
                keys.insert(Key::Release(normalized.to_owned(), version));
            }
        }
        let files = self.filenames.keys().cloned().map(Key::File);
        keys.extend(files);
        #[cfg(feature = "sigstore")]
        keys.extend((0..self.log_entries.len()).map(Key::LogEntry));
        keys.insert(Key::Rest);
        for key in keys {
            self.changes.mark(key);
        }
    }

    fn restore_rest(&mut self, rest: Rest) {
        self.publishers = rest.publishers;
        self.pending = rest.pending;
        self.prohibited = rest.prohibited;
        self.used_jtis = rest.used_jtis;
        self.serial = rest.serial;
        self.settings = rest.settings;
        let creations = rest.creations.into_iter();
        self.creations = creations
            .map(|(user, time)| Creation { user, time })
            .collect();
        if let Random::Seeded { drawn, .. } = &mut self.random {
            *drawn = rest.drawn;
        }
    }

    fn restore_accounts(&mut self) -> Result<(), Cause> {
        for row in self.store.rows("user")? {
            let user: User = serde_json::from_str(&row.text)?;
            self.users.insert(user.name.clone(), user);
        }
        for row in self.store.rows("token")? {
            if row.name.starts_with(OPAQUE) {
                self.changes.mark(Key::Token(row.name));
            } else {
                self.tokens
                    .insert(row.name, serde_json::from_str(&row.text)?);
            }
        }
        if self.built_in_token().is_none() {
            self.issue_built_in().ok_or("no random numbers")?;
        }
        Ok(())
    }

    fn restore_projects(&mut self) -> Result<(), Cause> {
        let deleted = self.store.rows("deleted")?.into_iter();
        self.deleted = deleted.map(|row| row.name).collect();
        let mut releases = self.stored_releases()?;
        for row in self.store.rows("project")? {
            let mut project: Project = serde_json::from_str(&row.text)?;
            let mut own = releases.remove(&row.name).unwrap_or_default();
            own.sort_by_key(|release| release.created);
            for release in &mut own {
                release.files.sort_by_key(|file| file.uploaded);
                for File {
                    filename, digests, ..
                } in &release.files
                {
                    self.digests
                        .insert(digests.sha256.clone(), filename.clone());
                    self.filenames.insert(filename.clone(), row.name.clone());
                }
            }
            project.releases = own;
            self.projects.insert(row.name, project);
        }
        Ok(())
    }

    /// The releases with their files, by normalized project.
    fn stored_releases(&self) -> Result<BTreeMap<String, Vec<Release>>, Cause> {
        let mut releases: BTreeMap<String, Vec<Release>> = BTreeMap::new();
        for row in self.store.rows("release")? {
            let project = row.name.split('/').next().unwrap_or_default().to_owned();
            let release = serde_json::from_str(&row.text)?;
            releases.entry(project).or_default().push(release);
        }
        for row in self.store.rows("file")? {
            let (key, mut file): (String, File) = serde_json::from_str(&row.text)?;
            if !file.is_without_bytes {
                file.blob = self.store.blob(&file.digests.sha256);
            }
            let (project, version) = key.split_once('/').unwrap_or_default();
            let mut own = releases.get_mut(project).into_iter().flatten();
            if let Some(release) = own.find(|release| release.version.to_string() == version) {
                release.files.push(file);
            }
        }
        Ok(releases)
    }
}
