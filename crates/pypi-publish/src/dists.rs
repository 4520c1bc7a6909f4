//! The distributions to publish.

use std::{
    error::Error as _,
    io::{self, Read, Seek},
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use pypi_http::{FileStamp, Part, open_file};
use pypi_metadata::{Distribution, Finding, Kind, rules};
use pypi_upload::{Digests, Index};

use crate::{
    DistSource, Event, FileAttestation, Observer, Problem, attestation::sidecar, disk::entries,
    dist_source::Content,
};

/// Distributions that were read, each with its metadata and digests, and the problems of those that could not be read.
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
    /// As the caller wrote it, if it is a file.
    pub(crate) path: Option<PathBuf>,
    pub(crate) distribution: Distribution,
    pub(crate) digests: Digests,
    /// What is sent: the bytes that were digested, or an error.
    pub(crate) content: Part,
    /// The attestations that are stored beside it or were given with it, or why they cannot be sent.
    pub(crate) attestations: Result<Vec<FileAttestation>, String>,
}

impl Dists {
    /// Reads the wheels and sdists of a folder. Hidden files and attestations are not distributions. A link to nothing is a
    /// file that cannot be read.
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
            if !hidden && !path.is_dir() {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(Self::read(paths))
    }

    /// Reads the given files or other [sources](DistSource), each once from beginning to end, several at a time.
    /// Attestations among the files (`*.attestation`) are not distributions; each belongs to the distribution beside it.
    pub fn read(sources: impl IntoIterator<Item = impl Into<DistSource>>) -> Self {
        Self::read_observed(sources, &|_: &Event<'_>| {})
    }

    /// As [`read`](Self::read), and reports [`Event::Reading`] and [`Event::BytesHashed`].
    pub fn read_observed(
        sources: impl IntoIterator<Item = impl Into<DistSource>>,
        observer: &dyn Observer,
    ) -> Self {
        Self::read_with(sources, observer, false)
    }

    /// As [`read_observed`](Self::read_observed), and computes in the same pass what `index` wants besides: the MD5 of each
    /// file, if its [profile](pypi_upload::Profile::md5) says so.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_publish::{Dists, Event, Publisher};
    /// use pypi_upload::Index;
    ///
    /// let index = Index::custom("https://repo.example/artifactory/api/pypi/pypi-local")?;
    /// let dists = Dists::read_for(&index, ["no-such-file.whl"], &|_: &Event<'_>| {});
    /// assert!(!Publisher::index(index).plan(dists).is_publishable());
    /// # Ok::<(), pypi_upload::IndexError>(())
    /// ```
    pub fn read_for(
        index: &Index,
        sources: impl IntoIterator<Item = impl Into<DistSource>>,
        observer: &dyn Observer,
    ) -> Self {
        Self::read_with(sources, observer, index.profile().md5)
    }

    fn read_with(
        sources: impl IntoIterator<Item = impl Into<DistSource>>,
        observer: &dyn Observer,
        with_md5: bool,
    ) -> Self {
        let sources = sources.into_iter().map(Into::into);
        let sources: Vec<DistSource> = sources.filter(|source| !source.is_attestation()).collect();
        let next = AtomicUsize::new(0);
        let read = || {
            let mut results = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = sources.get(place) else {
                    return results;
                };
                results.push((place, Dist::read(source, observer, with_md5)));
            }
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut results = thread::scope(|scope| {
            let others: Vec<_> = (1..threads.min(sources.len()))
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
    fn read(
        source: &DistSource,
        observer: &dyn Observer,
        with_md5: bool,
    ) -> Result<Self, Box<Problem>> {
        let reading = Reading {
            source,
            observer,
            with_md5,
        };
        let (distribution, digests, content) = match &source.content {
            Content::Bytes(bytes) => {
                let (distribution, digests) = reading.read(io::Cursor::new(bytes))?;
                (distribution, digests, Part::Bytes(Arc::clone(bytes)))
            }
            Content::Path(path) => reading.file(path)?,
            Content::Reader(open) => {
                let reader = open().map_err(|error| reading.failed(&error))?;
                let (distribution, digests) = reading.read(reader)?;
                let open = Arc::clone(open);
                let content = digests.part(move || open());
                (distribution, digests, content)
            }
        };
        let attestations = sidecar::read(source, distribution.filename(), &digests);
        Ok(Self {
            path: source.as_path().map(Path::to_owned),
            distribution,
            digests,
            content,
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

    /// Its valid attestations.
    pub(crate) fn attestations(&self) -> &[FileAttestation] {
        self.attestations.as_deref().unwrap_or_default()
    }

    pub(crate) fn problem(&self, finding: Finding) -> Problem {
        Problem::new(self.filename(), finding).at(self.path.as_deref())
    }

    pub(crate) fn problems(&self) -> impl Iterator<Item = Problem> {
        let invalid = self.attestations.as_ref().err();
        let invalid = invalid.map(|text| Finding::new(&rules::ATTESTATION, text));
        let findings = self.distribution.check().into_iter().chain(invalid);
        findings.map(|finding| self.problem(finding))
    }
}

/// One source that is being read.
struct Reading<'a> {
    source: &'a DistSource,
    observer: &'a dyn Observer,
    with_md5: bool,
}

impl Reading<'_> {
    fn file(&self, path: &Path) -> Result<(Distribution, Digests, Part), Box<Problem>> {
        let failed = |error: io::Error| self.failed(&error);
        let file = open_file(path).map_err(failed)?;
        let stamp = FileStamp::of(&file).map_err(failed)?;
        let (distribution, digests) = self.read(&file)?;
        if FileStamp::of(&file).map_err(failed)? != stamp || digests.size() != stamp.size() {
            return Err(self.changed());
        }
        Ok((distribution, digests, Part::file(path, stamp)))
    }

    /// Reads the metadata, and then everything from the first byte to the last.
    fn read(&self, mut reader: impl Read + Seek) -> Result<(Distribution, Digests), Box<Problem>> {
        let filename = self.source.filename.as_str();
        let distribution = Distribution::read(filename, &mut reader).map_err(|error| {
            let message = match error.source() {
                Some(cause) => format!("{}: {cause}", error.message()),
                None => error.message().to_owned(),
            };
            self.unreadable(message, error.help())
        })?;
        let failed = |error: io::Error| self.failed(&error);
        self.observer.event(&Event::Reading {
            filename,
            size: distribution.size(),
        });
        reader.rewind().map_err(failed)?;
        let counted = Counted {
            reader: &mut reader,
            filename,
            observer: self.observer,
        };
        let digests = match self.with_md5 {
            true => Digests::read_with_md5(counted),
            false => Digests::read(counted),
        };
        let digests = digests.map_err(failed)?;
        match digests.size() == distribution.size() {
            true => Ok((distribution, digests)),
            false => Err(self.changed()),
        }
    }

    fn changed(&self) -> Box<Problem> {
        let message = "the file changed while it was being read".to_owned();
        self.unreadable(message, Some("publish files that nothing writes to"))
    }

    fn failed(&self, error: &io::Error) -> Box<Problem> {
        self.unreadable(format!("the file cannot be read: {error}"), None)
    }

    fn unreadable(&self, message: String, help: Option<&str>) -> Box<Problem> {
        let finding = Finding::new(&rules::UNREADABLE, message).with_help_if(help);
        Box::new(Problem::new(&self.source.filename, finding).at(self.source.as_path()))
    }
}

/// Reports the bytes that are read of a file.
struct Counted<'a, R> {
    reader: R,
    filename: &'a str,
    observer: &'a dyn Observer,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.observer.event(&Event::BytesHashed {
            filename: self.filename,
            count: count as u64,
        });
        Ok(count)
    }
}
