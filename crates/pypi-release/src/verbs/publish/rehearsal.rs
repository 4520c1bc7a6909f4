//! What a publication changes on an index that was seeded with a project's state, compared with a first upload.

use std::collections::BTreeSet;

use pypi_local_index::{LocalIndex, StoredFile, StoredProject, StoredRelease};
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
    /// `None` if the index does not have it.
    stored: Option<StoredProject>,
    releases: usize,
    files: usize,
}

struct ReleaseBefore {
    project: String,
    version: String,
    /// `None` if the index does not have it.
    stored: Option<StoredRelease>,
    files: usize,
    sdist: Option<String>,
}

struct FileBefore {
    name: String,
    path: String,
    state: FileState,
}

/// What the index has of a file. The SHA-256 is that of the file with this name, and the name that of the file with the
/// same bytes.
enum FileState {
    Deleted,
    Different { sha256: String },
    Duplicate { filename: String },
    New,
    Same { sha256: String },
}

impl Rehearsal {
    /// Compares the files of a plan with those of the index.
    pub(super) fn new(local: &LocalIndex, plan: &Report) -> Self {
        let before = local.files();
        let releases: BTreeSet<(String, &str)> = plan
            .files()
            .iter()
            .map(|file| (project(file), file.version()))
            .collect();
        let projects: BTreeSet<&str> = releases.iter().map(|(name, _)| name.as_str()).collect();
        let files = plan.files().iter();
        Self {
            projects: projects
                .into_iter()
                .map(|name| ProjectBefore::new(local, name, &before))
                .collect(),
            releases: releases
                .iter()
                .map(|(name, version)| ReleaseBefore::new(local, name, version, &before))
                .collect(),
            files: files
                .map(|file| FileBefore::new(local, file, &before))
                .collect(),
        }
    }

    /// The value of the key `rehearsal` in the document of `publish`, which `docs/report.schema.json` describes.
    pub(super) fn json(&self) -> Value {
        let projects = self.projects.iter().map(ProjectBefore::json);
        let releases = self.releases.iter().map(ReleaseBefore::json);
        let files = self.files.iter().map(FileBefore::json);
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
    fn new(local: &LocalIndex, name: &str, before: &[StoredFile]) -> Self {
        let files = before.iter().filter(|file| file.project == name);
        let versions: BTreeSet<&str> = files.clone().map(|file| file.version.as_str()).collect();
        Self {
            name: name.to_owned(),
            stored: local.project(name),
            releases: versions.len(),
            files: files.count(),
        }
    }

    fn json(&self) -> Value {
        let stored = self.stored.as_ref();
        json!({
            "name": self.name,
            "exists": stored.is_some(),
            "status": stored.map(|stored| stored.status),
            "members": stored.map(|stored| &stored.members),
            "releases": self.releases,
            "files": self.files,
            "bytes": stored.map_or(0, |stored| stored.size),
            "file_limit": stored.map(|stored| stored.file_limit),
            "total_limit": stored.map(|stored| stored.total_limit),
        })
    }

    fn line(&self) -> String {
        let mut line = format!("project {}: ", self.name);
        let Some(stored) = &self.stored else {
            return line + "new";
        };
        line += "exists, ";
        line += &match self.files {
            0 => "without files".to_owned(),
            files => format!(
                "with {} and {} ({} of {})",
                count(self.releases, "release"),
                count(files, "file"),
                size(stored.size),
                size(stored.total_limit)
            ),
        };
        if !stored.members.is_empty() {
            line += &format!(", of {}", stored.members.join(", "));
        }
        match stored.status {
            "active" => {}
            "quarantined" => line += "; it is quarantined, so that its page hides its files",
            status => line += &format!("; it is {status}"),
        }
        line
    }
}

impl ReleaseBefore {
    fn new(local: &LocalIndex, project: &str, version: &str, before: &[StoredFile]) -> Self {
        // 1.0 and 1.0.0 are the same release.
        let parsed = Version::parse(version).ok();
        let files = before
            .iter()
            .filter(|file| file.project == project && Version::parse(&file.version).ok() == parsed);
        let sdist = files.clone().find(|file| {
            // An index stores nothing else. Old sdists may be a .zip.
            !file.filename.ends_with(".whl")
        });
        Self {
            project: project.to_owned(),
            version: version.to_owned(),
            stored: local.release(project, version),
            sdist: sdist.map(|file| file.filename.clone()),
            files: files.count(),
        }
    }

    /// When the release was created, which its files say.
    fn since(&self) -> Option<String> {
        let stored = self.stored.as_ref().filter(|_| self.files > 0)?;
        let time = Timestamp::from_unix_seconds(stored.created).ok()?;
        Some(time.to_string())
    }

    fn json(&self) -> Value {
        let stored = self.stored.as_ref();
        json!({
            "project": self.project,
            "version": self.version,
            "exists": stored.is_some(),
            "files": self.files,
            "sdist": self.sdist,
            "since": self.since(),
            "yanked": stored.and_then(|stored| stored.yanked.as_deref()),
            "closed": stored.is_some_and(|stored| stored.is_closed),
        })
    }

    fn line(&self) -> String {
        let mut line = format!("release {} {}: ", self.project, self.version);
        let Some(stored) = &self.stored else {
            return line + "new";
        };
        line += &match self.files {
            0 => "exists, without wheels and sdists".to_owned(),
            files => format!("exists, with {}", count(files, "file")),
        };
        if let Some(time) = self.since() {
            line += &format!(", since {time}");
        }
        if let Some(sdist) = &self.sdist {
            line += &format!("; its sdist is {sdist}");
        }
        match stored.yanked.as_deref() {
            None => {}
            Some("") => line += "; it is yanked",
            Some(reason) => line += &format!("; it is yanked: {reason}"),
        }
        if stored.is_closed {
            line += "; it is too old for new files";
        }
        line
    }
}

impl FileBefore {
    fn new(local: &LocalIndex, file: &FileReport, before: &[StoredFile]) -> Self {
        let path = file.path().map(|path| path.display().to_string());
        let named = before
            .iter()
            .find(|stored| stored.filename == file.filename());
        let same_bytes = before.iter().find(|stored| stored.sha256 == file.sha256());
        Self {
            name: file.filename().to_owned(),
            path: path.unwrap_or_else(|| file.filename().to_owned()),
            state: match (named, same_bytes) {
                (Some(named), _) => {
                    let sha256 = named.sha256.clone();
                    match sha256 == file.sha256() {
                        true => FileState::Same { sha256 },
                        false => FileState::Different { sha256 },
                    }
                }
                (None, Some(other)) => FileState::Duplicate {
                    filename: other.filename.clone(),
                },
                (None, None) if local.is_deleted(file.filename()) => FileState::Deleted,
                (None, None) => FileState::New,
            },
        }
    }

    fn json(&self) -> Value {
        let (sha256, same_as) = match &self.state {
            FileState::Same { sha256 } | FileState::Different { sha256 } => (Some(sha256), None),
            FileState::Duplicate { filename } => (None, Some(filename)),
            FileState::Deleted | FileState::New => (None, None),
        };
        json!({
            "filename": self.name,
            "state": self.state.name(),
            "sha256_on_index": sha256,
            "same_bytes_as": same_as,
        })
    }

    fn line(&self) -> String {
        let state = match &self.state {
            FileState::Deleted => "a file with this name was deleted".to_owned(),
            FileState::Different { sha256 } => {
                format!("exists, with other bytes (sha256 {sha256})")
            }
            FileState::Duplicate { filename } => format!("its bytes exist as {filename}"),
            FileState::New => "new".to_owned(),
            FileState::Same { .. } => "exists, with the same bytes".to_owned(),
        };
        format!("file {}: {state}", self.path)
    }
}

impl FileState {
    fn name(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Different { .. } => "different",
            Self::Duplicate { .. } => "duplicate",
            Self::New => "new",
            Self::Same { .. } => "same",
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
