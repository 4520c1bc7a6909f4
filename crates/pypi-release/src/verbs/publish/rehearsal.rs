//! What a publication changes on an index that was seeded with a project's state, compared with a first upload.

use std::collections::{BTreeMap, BTreeSet};

use pypi_local_index::{LocalIndex, StoredFile};
use pypi_trusted_upload::{
    FileReport, Report,
    metadata::{ProjectName, Version},
    versioning::Timestamp,
};
use serde_json::{Value, json};

use crate::console::{Console, size};

/// The projects, releases and files of a publication, as the index had them before.
pub(super) struct Rehearsal {
    projects: Vec<ProjectBefore>,
    releases: Vec<ReleaseBefore>,
    files: Vec<FileBefore>,
}

struct ProjectBefore {
    name: String,
    exists: bool,
    releases: usize,
    files: usize,
    bytes: u64,
}

struct ReleaseBefore {
    project: String,
    version: String,
    files: usize,
    /// In seconds since 1970.
    since: Option<u64>,
    yanked: Option<String>,
    is_closed: bool,
}

struct FileBefore {
    name: String,
    path: String,
    /// The SHA-256 of the file with this name on the index.
    sha256: Option<String>,
    is_same: bool,
}

impl Rehearsal {
    /// Compares the files of a plan with those of the index.
    pub(super) fn new(local: &LocalIndex, plan: &Report) -> Self {
        let (existing, before) = (local.projects(), local.files());
        let mut by_project: BTreeMap<&str, Vec<&StoredFile>> = BTreeMap::new();
        for file in &before {
            by_project.entry(&file.project).or_default().push(file);
        }
        let releases: BTreeSet<(String, &str)> = plan
            .files()
            .iter()
            .map(|file| (project(file), file.version()))
            .collect();
        let projects: BTreeSet<&str> = releases.iter().map(|(name, _)| name.as_str()).collect();
        let of_project = |name: &str| by_project.get(name).map_or(&[][..], Vec::as_slice);
        Self {
            projects: projects
                .into_iter()
                .map(|name| {
                    let exists = existing.iter().any(|project| project == name);
                    ProjectBefore::new(name, exists, of_project(name))
                })
                .collect(),
            releases: releases
                .iter()
                .map(|(name, version)| ReleaseBefore::new(local, name, version, of_project(name)))
                .collect(),
            files: plan
                .files()
                .iter()
                .map(|file| {
                    let stored = before
                        .iter()
                        .find(|stored| stored.filename == file.filename());
                    FileBefore::new(file, stored)
                })
                .collect(),
        }
    }

    /// The value of the key `rehearsal` in the document of `publish`.
    pub(super) fn json(&self) -> Value {
        let projects = self.projects.iter().map(|project| {
            json!({
                "name": project.name,
                "exists": project.exists,
                "releases": project.releases,
                "files": project.files,
                "bytes": project.bytes,
            })
        });
        let releases = self.releases.iter().map(|release| {
            json!({
                "project": release.project,
                "version": release.version,
                "exists": release.files > 0,
                "files": release.files,
                "since": release.since.and_then(time),
                "yanked": release.yanked,
                "closed": release.is_closed,
            })
        });
        let files = self.files.iter().map(|file| {
            json!({
                "filename": file.name,
                "state": file.state(),
                "sha256_on_index": file.sha256,
            })
        });
        json!({
            "projects": projects.collect::<Vec<_>>(),
            "releases": releases.collect::<Vec<_>>(),
            "files": files.collect::<Vec<_>>(),
        })
    }

    /// Prints a line for each project, release and file, and says what no saved page shows.
    pub(super) fn show(&self, is_result: bool, console: &Console) {
        if console.json {
            return;
        }
        let projects = self.projects.iter().map(ProjectBefore::line);
        let releases = self.releases.iter().map(ReleaseBefore::line);
        let files = self.files.iter().map(FileBefore::line);
        for line in projects.chain(releases).chain(files) {
            match is_result {
                true => console.line(line),
                false => console.note(line),
            }
        }
        console.note(
            "a saved page shows no names of deleted files, no other projects, and no publishers or limits: \
             scenario.toml in the seed folder may name them",
        );
    }
}

impl ProjectBefore {
    fn new(name: &str, exists: bool, files: &[&StoredFile]) -> Self {
        let versions: BTreeSet<&str> = files.iter().map(|file| file.version.as_str()).collect();
        Self {
            name: name.to_owned(),
            exists,
            releases: versions.len(),
            files: files.len(),
            bytes: files
                .iter()
                .fold(0, |sum, file| u64::saturating_add(sum, file.size)),
        }
    }

    fn line(&self) -> String {
        match self.files {
            _ if !self.exists => format!("project {}: new", self.name),
            0 => format!("project {}: exists, without files", self.name),
            files => format!(
                "project {}: exists, with {} and {} ({})",
                self.name,
                count(self.releases, "release"),
                count(files, "file"),
                size(self.bytes)
            ),
        }
    }
}

impl ReleaseBefore {
    fn new(local: &LocalIndex, project: &str, version: &str, files: &[&StoredFile]) -> Self {
        // 1.0 and 1.0.0 are the same release.
        let parsed = Version::parse(version).ok();
        let files = files
            .iter()
            .filter(|file| Version::parse(&file.version).ok() == parsed);
        Self {
            project: project.to_owned(),
            version: version.to_owned(),
            files: files.clone().count(),
            since: files.clone().map(|file| file.uploaded).min(),
            yanked: files.clone().find_map(|file| file.yanked.clone()),
            is_closed: local.is_closed(project, version),
        }
    }

    fn line(&self) -> String {
        let mut line = format!("release {} {}: ", self.project, self.version);
        if self.files == 0 {
            return line + "new";
        }
        line += &format!("exists, with {}", count(self.files, "file"));
        if let Some(time) = self.since.and_then(time) {
            line += &format!(", since {time}");
        }
        match self.yanked.as_deref() {
            None => {}
            Some("") => line += "; it is yanked",
            Some(reason) => line += &format!("; it is yanked: {reason}"),
        }
        if self.is_closed {
            line += "; it is too old for new files";
        }
        line
    }
}

impl FileBefore {
    fn new(file: &FileReport, stored: Option<&StoredFile>) -> Self {
        let path = file.path().map(|path| path.display().to_string());
        Self {
            name: file.filename().to_owned(),
            path: path.unwrap_or_else(|| file.filename().to_owned()),
            sha256: stored.map(|stored| stored.sha256.clone()),
            is_same: stored.is_some_and(|stored| stored.sha256 == file.sha256()),
        }
    }

    fn state(&self) -> &'static str {
        match (&self.sha256, self.is_same) {
            (None, _) => "new",
            (Some(_), true) => "same",
            (Some(_), false) => "different",
        }
    }

    fn line(&self) -> String {
        let path = &self.path;
        match &self.sha256 {
            None => format!("file {path}: new"),
            Some(_) if self.is_same => format!("file {path}: exists, with the same bytes"),
            Some(sha256) => format!("file {path}: exists, with other bytes (sha256 {sha256})"),
        }
    }
}

/// The normalized name of a file's project.
fn project(file: &FileReport) -> String {
    let name = ProjectName::parse(file.project());
    name.map_or_else(
        |_| file.project().to_owned(),
        |name| name.normalized().to_owned(),
    )
}

fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

fn time(seconds: u64) -> Option<String> {
    Some(Timestamp::from_unix_seconds(seconds).ok()?.to_string())
}
