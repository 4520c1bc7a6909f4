//! What was found.

use std::collections::BTreeMap;

use pypi_trusted_upload::{
    Index,
    metadata::{Filename, ProjectName},
    url::Url,
    versioning::Version,
};
use serde_json::{Value, json};

use super::{
    provenance::{ProvenanceReport, State},
    subject::{Release, Wanted},
};
use crate::{
    failure::{self, Exit},
    install::{Installation, Step, StepVerdict},
};

/// What an index shows of releases, and how they install from it.
#[derive(Debug)]
pub(crate) struct Report {
    /// `pypi`, `testpypi`, or the host.
    pub(crate) index: String,
    /// Its name for people.
    pub(crate) label: String,
    pub(crate) simple_url: Option<Url>,
    /// Where the credentials are from that the index was sent.
    pub(crate) credentials: Option<String>,
    pub(crate) projects: Vec<ProjectReport>,
    pub(crate) files: Vec<FileReport>,
    /// `None` if nothing was to be installed.
    pub(crate) installations: Option<Vec<Installation>>,
    /// Whether a file without provenance is an error.
    pub(crate) requires_provenance: bool,
    pub(crate) is_interrupted: bool,
}

/// A project, as the index lists it.
#[derive(Debug)]
pub(crate) struct ProjectReport {
    /// Normalized.
    pub(crate) name: String,
    /// `archived`, `quarantined` or `deprecated`; `None` for an active project.
    pub(crate) status: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A file, as the index lists and serves it.
#[derive(Debug)]
pub(crate) struct FileReport {
    /// Empty for a release of which no file is known.
    pub(crate) filename: String,
    pub(crate) project: ProjectName,
    pub(crate) version: Version,
    pub(crate) sha256: String,
    pub(crate) size: Option<u64>,
    pub(crate) url: Option<Url>,
    /// Why it is yanked, which may be empty; `None` if it is not.
    pub(crate) yanked: Option<String>,
    pub(crate) verdict: Verdict,
    /// The verdict in words. Untrusted text.
    pub(crate) message: String,
    /// `None` if it was not asked.
    pub(crate) provenance: Option<ProvenanceReport>,
}

/// What is known about a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// Listed and served with our sha256.
    Confirmed,
    /// Listed or served with other content.
    Different,
    /// Listed, and not downloaded, because only its provenance is verified.
    NotAsked,
    /// Not listed or not served yet.
    NotShownYet,
    /// It could not be asked.
    Unknown,
}

/// The version of the JSON document.
pub(super) const SCHEMA_VERSION: u32 = 1;

impl Report {
    pub(super) fn new(index: &Index) -> Self {
        Self {
            index: index.name().to_owned(),
            label: index.label().to_owned(),
            simple_url: index.simple_url().cloned(),
            credentials: None,
            projects: Vec::new(),
            files: Vec::new(),
            installations: None,
            requires_provenance: false,
            is_interrupted: false,
        }
    }

    /// Whether every file is confirmed, and every step of an installation passed.
    pub(crate) fn is_success(&self) -> bool {
        self.exit() == Exit::Done
    }

    /// 0 if everything is confirmed and installs, 1 if something is different, is signed by somebody else or does not
    /// install, else 3.
    pub(crate) fn exit(&self) -> Exit {
        let has = |verdict| self.files.iter().any(|file| file.verdict == verdict);
        let provenance = |state| self.provenances().any(|(_, one)| one.state == state);
        let step = |verdict| self.steps().any(|step| step.verdict == verdict);
        if self.is_interrupted {
            Exit::Interrupted
        } else if has(Verdict::Different)
            || step(StepVerdict::Failed)
            || provenance(State::Rejected)
            || (self.requires_provenance && provenance(State::Absent))
        {
            Exit::Refused
        } else if has(Verdict::NotShownYet)
            || has(Verdict::Unknown)
            || step(StepVerdict::NotShownYet)
            || step(StepVerdict::Unknown)
            || (self.requires_provenance && provenance(State::Unknown))
        {
            Exit::Unavailable
        } else {
            Exit::Done
        }
    }

    /// The files whose provenance was asked for.
    pub(super) fn provenances(&self) -> impl Iterator<Item = (&FileReport, &ProvenanceReport)> {
        let files = self.files.iter();
        files.filter_map(|file| Some((file, file.provenance.as_ref()?)))
    }

    /// The steps of all installations.
    fn steps(&self) -> impl Iterator<Item = &Step> {
        let installations = self.installations.iter().flatten();
        installations.flat_map(|installation| &installation.steps)
    }

    /// What differs between the publishers of the files of one release.
    pub(super) fn publishers(&self) -> Vec<String> {
        let mut releases: BTreeMap<_, BTreeMap<_, usize>> = BTreeMap::new();
        for (file, provenance) in self.provenances() {
            let publisher = match provenance.state {
                State::Absent => "nobody",
                _ => provenance
                    .publisher
                    .as_deref()
                    .unwrap_or("an unknown publisher"),
            };
            let release = (file.project.normalized(), &file.version);
            *releases
                .entry(release)
                .or_default()
                .entry(publisher)
                .or_default() += 1;
        }
        let differ = releases.into_iter().filter(|(_, found)| found.len() > 1);
        let texts = differ.map(|((name, version), publishers)| {
            let publishers = publishers.iter();
            let publishers = publishers.map(|(publisher, count)| format!("{count} by {publisher}"));
            let publishers = publishers.collect::<Vec<_>>().join(", ");
            format!("the files of {name} {version} are not all signed by the same publisher: {publishers}")
        });
        texts.collect()
    }

    pub(crate) fn json(&self) -> Value {
        let installations = self.installations.as_ref();
        let projects = self.projects.iter().map(|project| {
            json!({
                "name": project.name,
                "status": project.status.as_deref().unwrap_or("active"),
                "reason": project.reason,
            })
        });
        json!({
            "schema_version": SCHEMA_VERSION,
            "success": self.is_success(),
            "index": self.index,
            "simple_url": self.simple_url.as_ref().map(Url::as_str),
            "credentials": self.credentials,
            "projects": projects.collect::<Value>(),
            "files": self.files.iter().map(FileReport::json).collect::<Value>(),
            "installations": installations.map(|all| {
                all.iter().map(Installation::json).collect::<Value>()
            }),
            "error": self.is_interrupted.then(|| {
                failure::error("the run was interrupted", Exit::Interrupted)
            }),
        })
    }
}

impl FileReport {
    pub(super) fn new(wanted: Wanted, release: &Release) -> Self {
        let Wanted {
            filename,
            sha256,
            size,
        } = wanted;
        Self {
            filename: Filename::as_str(&filename).to_owned(),
            sha256,
            size,
            ..Self::of_release(release, Verdict::Unknown, "not verified".to_owned())
        }
    }

    /// Stands for the files of a release that are not known.
    pub(super) fn of_release(release: &Release, verdict: Verdict, message: String) -> Self {
        Self {
            filename: String::new(),
            project: release.name.clone(),
            version: release.version.clone(),
            sha256: String::new(),
            size: None,
            url: None,
            yanked: None,
            verdict,
            message,
            provenance: None,
        }
    }

    /// Whether the file may be installed: it is confirmed, and nothing is wrong with its provenance.
    pub(super) fn is_sound(&self, requires_provenance: bool) -> bool {
        let provenance = self.provenance.as_ref();
        self.verdict == Verdict::Confirmed
            && provenance.is_none_or(|one| !one.is_wrong(requires_provenance))
    }

    /// The file name, or the release if none is known.
    pub(crate) fn shown(&self) -> String {
        match self.filename.as_str() {
            "" => format!("{}=={}", self.project.normalized(), self.version),
            name => name.to_owned(),
        }
    }

    fn json(&self) -> Value {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({
            "filename": some(&self.filename),
            "project": self.project.normalized(),
            "version": self.version.to_string(),
            "sha256": some(&self.sha256),
            "size": self.size,
            "url": self.url.as_ref().map(Url::as_str),
            "yanked": self.yanked.is_some(),
            "yanked_reason": self.yanked.as_deref().and_then(some),
            "verification": self.verdict.name(),
            "message": self.message,
            "provenance": self.provenance.as_ref().map(ProvenanceReport::json),
        })
    }
}

impl Verdict {
    /// The stable word for reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Different => "different",
            Self::NotAsked => "not_asked",
            Self::NotShownYet => "not_shown_yet",
            Self::Unknown => "unknown",
        }
    }
}
