/// The reason why a text or number was not accepted as a fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FactError {
    kind: FactErrorKind,
    message: String,
}

impl FactError {
    pub(crate) fn new(kind: FactErrorKind, message: String) -> Self {
        Self { kind, message }
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> FactErrorKind {
        self.kind
    }
}

/// The facts that can be wrong by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FactErrorKind {
    /// A commit name that is not a full one.
    CommitId,
    /// A variable that pretends a version has none in it.
    PretendedVersion,
    /// A time that is no second between 1970 and 9999.
    Time,
}
