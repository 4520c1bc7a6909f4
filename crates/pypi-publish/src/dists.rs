//! The distributions to publish, read from disk.

use std::{
    error::Error as _,
    fs,
    io::{self, Read, Seek as _},
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use pypi_http::FileStamp;
use pypi_metadata::{Distribution, Finding, Kind, rules};
use pypi_upload::Digests;

use crate::{
    Event, FileAttestation, Observer, Problem,
    attestation::sidecar,
    disk::{entries, open},
};

/// Distributions read from disk, each with its metadata and digests, and the problems of those that could not be read.
///
/// Reading does not stop at the first problem; [`Publisher::plan`](crate::Publisher::plan) reports them all.
///
/// # Examples
///
/// ```
/// use pypi_publish::{Dists, Publisher};
///
/// let dists = Dists::read(["no-such-file.whl"]);
/// assert_eq!(Publisher::pypi().plan(dists).files().len(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dists {
    pub(crate) files: Vec<Dist>,
    pub(crate) problems: Vec<Problem>,
}

/// One distribution.
#[derive(Clone, Debug)]
pub(crate) struct Dist {
    pub(crate) path: PathBuf,
    pub(crate) distribution: Distribution,
    pub(crate) digests: Digests,
    /// The file as it was when it was digested.
    pub(crate) stamp: FileStamp,
    /// The attestations that are stored beside it, or why they cannot be sent.
    pub(crate) attestations: Result<Vec<FileAttestation>, String>,
}

impl Dists {
    /// Reads the wheels and sdists of a folder. Hidden files and attestations are not distributions.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn read_dir(folder: impl AsRef<Path>) -> io::Result<Self> {
        let mut paths = Vec::new();
        for entry in entries(folder.as_ref())? {
            let path = entry?.path();
            let hidden = path
                .file_name()
                .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
            if !hidden && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(Self::read(paths))
    }

    /// Reads the given files, each once from beginning to end, several at a time. Attestations among them
    /// (`*.attestation`) are not distributions; each belongs to the distribution beside it.
    pub fn read(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self::read_observed(paths, &|_: &Event<'_>| {})
    }

    /// As [`read`](Self::read), and reports [`Event::Reading`] and [`Event::BytesHashed`].
    pub fn read_observed(
        paths: impl IntoIterator<Item = impl Into<PathBuf>>,
        observer: &dyn Observer,
    ) -> Self {
        let is_dist = |path: &PathBuf| {
            path.extension()
                .is_none_or(|extension| extension != "attestation")
        };
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).filter(is_dist).collect();
        let next = AtomicUsize::new(0);
        let read = || {
            let mut results = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(path) = paths.get(place) else {
                    return results;
                };
                results.push((place, Dist::read(path, observer)));
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut results = thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(paths.len()))
                .filter_map(|_| thread::Builder::new().spawn_scoped(scope, read).ok())
                .collect();
            let mut results = read();
            for other in others {
                results.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            results
        });
        results.sort_by_key(|(place, _)| *place);
        let mut dists = Self::default();
        for (_, result) in results {
            match result {
                Ok(dist) => dists.files.push(dist),
                Err(problem) => dists.problems.push(*problem),
            }
        }
        dists
    }
}

impl Dist {
    fn read(path: &Path, observer: &dyn Observer) -> Result<Self, Box<Problem>> {
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let unreadable = |message: String, help: Option<&str>| {
            let finding = Finding::new(&rules::UNREADABLE, message);
            Box::new(Problem::new(&name, finding.with_help_if(help)))
        };
        let failed =
            |error: io::Error| unreadable(format!("the file cannot be read: {error}"), None);
        let mut file = open(path).map_err(failed)?;
        let stamp = FileStamp::of(&file).map_err(failed)?;
        let distribution = Distribution::read(&name, &file).map_err(|error| {
            let message = match error.source() {
                Some(cause) => format!("{}: {cause}", error.message()),
                None => error.message().to_owned(),
            };
            unreadable(message, error.help())
        })?;
        observer.event(&Event::Reading {
            filename: &name,
            size: stamp.size(),
        });
        file.rewind().map_err(failed)?;
        let counted = Counted {
            file: &file,
            filename: &name,
            observer,
        };
        let digests = Digests::read(counted).map_err(failed)?;
        if FileStamp::of(&file).map_err(failed)? != stamp || digests.size() != stamp.size() {
            return Err(unreadable(
                "the file changed while it was being read".to_owned(),
                Some("publish files that nothing writes to"),
            ));
        }
        let attestations = sidecar::read(path, distribution.filename(), &digests);
        Ok(Self {
            path: path.to_owned(),
            distribution,
            digests,
            stamp,
            attestations,
        })
    }

    pub(crate) fn filename(&self) -> &str {
        self.distribution.filename().as_str()
    }

    /// The normalized name of the project.
    pub(crate) fn project(&self) -> &str {
        self.distribution.filename().name().normalized()
    }

    pub(crate) fn is_sdist(&self) -> bool {
        self.distribution.filename().kind() == Kind::Sdist
    }

    /// Wheels before sdists, so that nobody builds from source what has a wheel; then by name.
    pub(crate) fn order(&self) -> (bool, &str) {
        (self.is_sdist(), self.filename())
    }

    /// The valid attestations beside it.
    pub(crate) fn attestations(&self) -> &[FileAttestation] {
        self.attestations.as_deref().unwrap_or_default()
    }

    pub(crate) fn problems(&self) -> impl Iterator<Item = Problem> {
        let invalid = self.attestations.as_ref().err();
        let invalid = invalid.map(|text| Finding::new(&rules::ATTESTATION, text));
        let findings = self.distribution.check().into_iter().chain(invalid);
        findings.map(|finding| Problem::new(self.filename(), finding))
    }
}

/// Reports the bytes that are read of a file.
struct Counted<'a> {
    file: &'a fs::File,
    filename: &'a str,
    observer: &'a dyn Observer,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.observer.event(&Event::BytesHashed {
            filename: self.filename,
            count: count as u64,
        });
        Ok(count)
    }
}
