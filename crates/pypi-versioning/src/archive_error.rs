use crate::{VersionError, text::quoted};

/// The reason why an archive gives neither facts nor a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ArchiveError {
    kind: ArchiveErrorKind,
    message: String,
    source: Option<VersionError>,
}

impl ArchiveError {
    pub(crate) fn new(kind: ArchiveErrorKind, found: &str) -> Self {
        let found = quoted(found);
        let message = match kind {
            ArchiveErrorKind::NoNode => format!(
                ".git_archival.txt has no full commit name in {found}: give it the line \
                 `node: $Format:%H$`"
            ),
            ArchiveErrorKind::NoTag => format!(
                ".git_archival.txt names no version tag in {found}: give it the line \
                 `describe-name: $Format:%(describe:tags=true)$`, and archive a commit that has \
                 a version tag in its history"
            ),
            ArchiveErrorKind::NotSubstituted => format!(
                ".git_archival.txt was not filled in by git and has {found}: add \
                 `.git_archival.txt export-subst` to .gitattributes and use git archive 2.32 or \
                 later"
            ),
            ArchiveErrorKind::NoVersion => format!(
                "PKG-INFO has no PEP 440 version in its headers but {found}: build the sdist again"
            ),
            ArchiveErrorKind::TooLong => {
                format!("file {found} has more than 1 MiB: it is not what it should be")
            }
        };
        Self {
            kind,
            message,
            source: None,
        }
    }

    pub(crate) fn version(found: &str, source: VersionError) -> Self {
        Self {
            source: Some(source),
            ..Self::new(ArchiveErrorKind::NoVersion, found)
        }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> ArchiveErrorKind {
        self.kind
    }
}

/// The ways in which an archive fails to say its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArchiveErrorKind {
    /// `.git_archival.txt` has no full commit name.
    NoNode,
    /// `.git_archival.txt` has no version tag, in `describe-name` or `ref-names`.
    NoTag,
    /// `.git_archival.txt` is as it is in the repository: it did not come out of `git archive`.
    NotSubstituted,
    /// `PKG-INFO` has no `Version`, or one that is none.
    NoVersion,
    /// The file has more than 1 MiB.
    TooLong,
}
