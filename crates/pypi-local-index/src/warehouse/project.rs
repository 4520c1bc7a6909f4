//! Projects and releases.

use std::collections::BTreeSet;

use pypi_metadata::{ProjectName, Version};
use serde::{Deserialize, Serialize};

use super::changes::Key;
use super::file::File;
use super::journal::ProjectEventKind;
use super::names::ultranormalized;
#[cfg(feature = "readme")]
use super::readme::Readme;
use super::{State, text};
use crate::config::{Settings, Status};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Project {
    /// As the last upload spelled it.
    #[serde(with = "text::name")]
    pub(crate) name: ProjectName,
    pub(crate) last_serial: u64,
    pub(crate) created: u64,
    pub(crate) status: Status,
    /// The accounts that may upload, besides the built-in one.
    pub(crate) members: BTreeSet<String>,
    pub(crate) has_active_organization: bool,
    /// In bytes. As on PyPI, only a limit above the index's own counts.
    pub(crate) file_limit: Option<u64>,
    pub(crate) total_limit: Option<u64>,
    /// Bytes that count as stored, besides those of the files.
    #[serde(rename = "ballast")]
    pub(crate) reserved_bytes: u64,
    #[serde(skip)]
    pub(crate) releases: Vec<Release>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Release {
    #[serde(with = "text::version")]
    pub(crate) version: Version,
    pub(crate) created: u64,
    /// The core metadata of the first file by form key. Later files do not change it.
    pub(crate) metadata: Vec<(String, String)>,
    /// The reason, which may be empty, if the release is yanked (PEP 592).
    pub(crate) yanked: Option<String>,
    #[serde(skip)]
    pub(crate) files: Vec<File>,
    #[cfg(feature = "readme")]
    #[serde(skip)]
    pub(crate) readme: Readme,
}

impl Project {
    pub(super) fn new(name: ProjectName, last_serial: u64, created: u64) -> Self {
        Self {
            name,
            last_serial,
            created,
            status: Status::Active,
            members: BTreeSet::new(),
            has_active_organization: true,
            file_limit: None,
            total_limit: None,
            reserved_bytes: 0,
            releases: Vec::new(),
        }
    }

    pub(crate) fn release(&self, version: &Version) -> Option<&Release> {
        self.releases
            .iter()
            .find(|release| release.version == *version)
    }

    /// The releases that have files, the oldest version first.
    pub(crate) fn shown_releases(&self) -> Vec<&Release> {
        let mut releases: Vec<&Release> = self
            .releases
            .iter()
            .filter(|release| !release.files.is_empty())
            .collect();
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        releases
    }

    /// The release that installers choose: the newest that is not yanked, preferably not a pre-release.
    pub(crate) fn newest(&self) -> Option<&Release> {
        let shown = self.shown_releases().into_iter();
        shown.max_by(|a, b| a.order().cmp(&b.order()))
    }

    /// The bytes that count against the project's size limit.
    pub(crate) fn total_size(&self) -> u64 {
        let files = self.releases.iter().flat_map(|release| &release.files);
        files
            .map(|file| file.size)
            .sum::<u64>()
            .saturating_add(self.reserved_bytes)
    }
}

impl Release {
    /// A release without files.
    pub(crate) fn new(version: Version, created: u64, metadata: Vec<(String, String)>) -> Self {
        Self {
            version,
            created,
            metadata,
            yanked: None,
            files: Vec::new(),
            #[cfg(feature = "readme")]
            readme: Readme::default(),
        }
    }

    /// Whether the release is too old for new files.
    pub(crate) fn is_closed(&self, settings: &Settings, now: u64) -> bool {
        now.saturating_sub(self.created) > settings.release_days.saturating_mul(86_400)
    }

    fn order(&self) -> (bool, bool, &Version) {
        let is_yanked = self.yanked.is_some();
        let is_prerelease = self.version.is_prerelease();
        (!is_yanked, !is_prerelease, &self.version)
    }

    /// The first value of a form key.
    pub(crate) fn field(&self, key: &str) -> Option<&str> {
        let mut pairs = self.metadata.iter();
        pairs
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a form key.
    pub(crate) fn fields<'r>(&'r self, key: &'r str) -> impl Iterator<Item = &'r str> {
        let pairs = self.metadata.iter().filter(move |(name, _)| name == key);
        pairs.map(|(_, value)| value.as_str())
    }
}

impl State {
    /// Creates an empty project unless it exists. Pending publishers for similar names are removed.
    pub(crate) fn create_project(&mut self, name: &ProjectName, owner: Option<&str>, now: u64) {
        if self.projects.contains_key(name.normalized()) {
            return;
        }
        // PyPI's journal has two entries for this: the project and its owner.
        self.serial += 2;
        let mut project = Project::new(name.clone(), self.serial, now);
        project.members.extend(owner.map(str::to_owned));
        let normalized = name.normalized().to_owned();
        self.projects.insert(normalized.clone(), project);
        self.record_event(now, &normalized, ProjectEventKind::ProjectCreated);
        self.changes.mark(Key::Project(normalized));
        self.changes.mark(Key::Rest);
        self.invalidate_pending(name);
    }

    fn invalidate_pending(&mut self, name: &ProjectName) {
        let taken = ultranormalized(name.as_str());
        let is_similar = |name: &ProjectName| ultranormalized(name.as_str()) == taken;
        let (removed, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|pending| is_similar(&pending.project));
        self.pending = kept;
        for pending in removed {
            let project = pending.project.as_str();
            let subject = format!("Pending trusted publisher for {project} invalidated");
            self.email(pending.user.as_deref(), subject);
        }
    }

    /// Adds a file to a release of a project. `release` is added if the project does not have it yet.
    pub(crate) fn add_file(&mut self, normalized: &str, release: Release, file: File) {
        let mut serial = self.serial;
        let Some(project) = self.projects.get_mut(normalized) else {
            return;
        };
        let (filename, time) = (file.filename.clone(), file.uploaded);
        self.digests
            .insert(file.digests.sha256.clone(), filename.clone());
        self.filenames
            .insert(filename.clone(), normalized.to_owned());
        let mut releases = project.releases.iter_mut();
        match releases.find(|known| known.version == release.version) {
            Some(known) => known.files.push(file),
            None => {
                serial += 1;
                let key = Key::Release(normalized.to_owned(), release.version.to_string());
                self.changes.mark(key);
                project.releases.push(Release {
                    files: vec![file],
                    ..release
                });
            }
        }
        project.last_serial = serial + 1;
        self.serial = serial + 1;
        self.changes.mark(Key::File(filename.clone()));
        self.changes.mark(Key::Project(normalized.to_owned()));
        self.changes.mark(Key::Rest);
        self.record_event(time, normalized, ProjectEventKind::FileAdded { filename });
    }

    /// Adds a release with its files to a project that does not have it.
    #[cfg(feature = "scenario")]
    pub(crate) fn add_release(&mut self, normalized: &str, release: Release) {
        let Some(project) = self.projects.get_mut(normalized) else {
            return;
        };
        // PyPI's journal has an entry for the release and one for each file.
        self.serial += 1 + release.files.len() as u64;
        project.last_serial = self.serial;
        let version = release.version.to_string();
        let files: Vec<(u64, String)> = release
            .files
            .iter()
            .map(|file| (file.uploaded, file.filename.clone()))
            .collect();
        for file in &release.files {
            self.digests
                .insert(file.digests.sha256.clone(), file.filename.clone());
            self.filenames
                .insert(file.filename.clone(), normalized.to_owned());
        }
        project.releases.push(release);
        self.changes
            .mark(Key::Release(normalized.to_owned(), version));
        self.changes.mark(Key::Project(normalized.to_owned()));
        self.changes.mark(Key::Rest);
        for (time, filename) in files {
            self.changes.mark(Key::File(filename.clone()));
            self.record_event(time, normalized, ProjectEventKind::FileAdded { filename });
        }
    }

    /// Deletes a file, whose name cannot be used again. `false` if no file has this name.
    pub(crate) fn delete_file(&mut self, filename: &str, now: u64) -> bool {
        let Some(normalized) = self.filenames.remove(filename) else {
            return false;
        };
        let Some(project) = self.projects.get_mut(&normalized) else {
            return false;
        };
        for release in &mut project.releases {
            release.files.retain(|file| {
                if file.filename == filename {
                    self.digests.remove(&file.digests.sha256);
                }
                file.filename != filename
            });
        }
        self.serial += 1;
        project.last_serial = self.serial;
        self.retire_filename(filename);
        let filename = filename.to_owned();
        self.changes.mark(Key::File(filename.clone()));
        self.changes.mark(Key::Project(normalized.clone()));
        self.changes.mark(Key::Rest);
        self.record_event(now, &normalized, ProjectEventKind::FileRemoved { filename });
        true
    }
}
