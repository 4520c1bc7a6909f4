//! The attestations of the files of a run (PEP 740).

pub(crate) mod job;
pub(crate) mod sidecar;

#[cfg(feature = "attestations")]
use std::time::UNIX_EPOCH;
use std::{fmt, sync::Arc};

/// An attestation of a file of a run: one that was stored beside it or given with it, or one that the run made.
///
/// # Examples
///
/// ```no_run
/// # fn example(report: &pypi_publish::Report) {
/// for file in report.files() {
///     for attestation in file.attestations() {
///         println!("{}: entry {:?} of the log", file.filename(), attestation.log_index());
///     }
/// }
/// # }
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct FileAttestation {
    predicate: &'static str,
    log_index: Option<u64>,
    integrated_time: Option<u64>,
    source: Source,
    json: Arc<str>,
}

/// Where an attestation comes from.
///
/// # Examples
///
/// ```
/// use pypi_publish::Source;
///
/// assert_eq!(Source::Sidecar.name(), "sidecar");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// The caller, [with the distribution](crate::DistSource).
    Given,
    /// A file beside the distribution.
    Sidecar,
    /// This run.
    Signed,
}

impl Source {
    /// The stable word for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Sidecar => "sidecar",
            Self::Signed => "signed",
        }
    }
}

impl FileAttestation {
    #[cfg(feature = "attestations")]
    pub(crate) fn new(attestation: &pypi_attestations::Attestation, source: Source) -> Self {
        let entry = attestation.log_entry().ok();
        Self {
            predicate: attestation.predicate_type().uri(),
            log_index: entry.as_ref().map(|entry| entry.log_index()),
            integrated_time: entry.and_then(|entry| {
                let since = entry.integrated_time().duration_since(UNIX_EPOCH).ok()?;
                Some(since.as_secs())
            }),
            source,
            json: attestation.to_json().into(),
        }
    }

    /// Whether it says who published the file.
    #[cfg(feature = "sign")]
    pub(crate) fn is_publish(&self) -> bool {
        self.predicate == pypi_attestations::PredicateType::Publish.uri()
    }

    /// The predicate type, such as `https://docs.pypi.org/attestations/publish/v1`.
    pub fn predicate(&self) -> &'static str {
        self.predicate
    }

    /// Its index in the transparency log, if the entry can be read.
    pub fn log_index(&self) -> Option<u64> {
        self.log_index
    }

    /// When the log recorded it, in seconds since 1970-01-01 UTC, if the entry can be read.
    pub fn integrated_time(&self) -> Option<u64> {
        self.integrated_time
    }

    /// Where it comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The JSON text, for a file beside the distribution.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for FileAttestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileAttestation")
            .field("predicate", &self.predicate)
            .field("log_index", &self.log_index)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The value of the form field `attestations`; `None` without any. Their predicate types differ.
pub(crate) fn form_value<'a>(of: impl IntoIterator<Item = &'a FileAttestation>) -> Option<String> {
    let objects: Vec<&str> = of.into_iter().map(FileAttestation::json).collect();
    (!objects.is_empty()).then(|| format!("[{}]", objects.join(",")))
}
