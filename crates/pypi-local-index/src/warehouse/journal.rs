//! What happened on the index, beside its answers.

/// An ID token that was exchanged.
#[derive(Clone, Debug)]
pub(crate) struct Minted {
    pub(crate) time: u64,
    pub(crate) publisher: String,
    pub(crate) claims: serde_json::Map<String, serde_json::Value>,
}

/// A email that PyPI would send.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Email {
    /// The name of the account.
    pub to: String,
    /// What it is about, in this crate's words.
    pub subject: String,
}

/// A change of a project.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ProjectEvent {
    /// The time in seconds since 1970 in UTC.
    pub time: u64,
    /// The normalized name of the project.
    pub project: String,
    /// What happened.
    pub kind: ProjectEventKind,
}

/// What happened to a project.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProjectEventKind {
    /// A file was stored.
    #[non_exhaustive]
    FileAdded {
        /// Its name.
        filename: String,
    },
    /// A file was deleted; its name stays taken.
    #[non_exhaustive]
    FileRemoved {
        /// Its name.
        filename: String,
    },
    /// The project was created.
    ProjectCreated,
    /// The project was archived, quarantined or made active again.
    StatusChanged,
    /// A token was minted for the project.
    TokenMinted,
    /// A release was yanked, or is no longer.
    Yanked,
}
