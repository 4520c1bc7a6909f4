//! What happened on the index.

use serde::Serialize;

use super::State;
use crate::config::User;

/// An email that PyPI would send.
///
/// # Examples
///
/// ```
/// use pypi_local_index::LocalIndex;
///
/// let index = LocalIndex::start()?;
/// // After the tool under test has run:
/// for email in index.emails() {
///     println!("to {}: {}", email.to, email.subject);
/// }
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Email {
    /// The name of the account.
    pub to: String,
    /// What the email is about, in this crate's words.
    pub subject: String,
}

/// A change of a project.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, ProjectEventKind};
///
/// let index = LocalIndex::builder().project("Demo").start()?;
/// index.archive("demo");
/// let events = index.events();
/// assert!(events.iter().all(|event| event.project == "demo"));
/// assert_eq!(events[1].kind, ProjectEventKind::StatusChanged);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
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
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, ProjectEventKind};
///
/// let index = LocalIndex::builder().project("demo").start()?;
/// // After the tool under test has run, count the files that it stored:
/// let events = index.events();
/// let is_file = |kind: &ProjectEventKind| matches!(kind, ProjectEventKind::FileAdded { .. });
/// assert_eq!(events.iter().filter(|event| is_file(&event.kind)).count(), 0);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum ProjectEventKind {
    /// A file was stored.
    #[non_exhaustive]
    FileAdded {
        /// The name of the file.
        filename: String,
    },
    /// A file was deleted. Its name cannot be used again.
    #[non_exhaustive]
    FileRemoved {
        /// The name of the file.
        filename: String,
    },
    /// The project was created.
    ProjectCreated,
    /// The project was archived, quarantined or reactivated.
    StatusChanged,
    /// An API token was minted for the project.
    TokenMinted,
    /// A release was yanked or unyanked.
    Yanked,
}

impl State {
    pub(crate) fn record_event(&mut self, time: u64, project: &str, kind: ProjectEventKind) {
        self.events.push(ProjectEvent {
            time,
            project: project.to_owned(),
            kind,
        });
    }

    /// Records an email to an account; `None` is the built-in one.
    pub(crate) fn email(&mut self, user: Option<&str>, subject: String) {
        let to = user.unwrap_or(User::BUILT_IN).to_owned();
        self.emails.push(Email { to, subject });
    }

    /// Records an email to each member of the project.
    pub(crate) fn email_members(&mut self, normalized: &str, subject: &str) {
        let project = self.projects.get(normalized);
        let mut members: Vec<String> = project.map_or_else(Vec::new, |project| {
            project.members.iter().cloned().collect()
        });
        if members.is_empty() {
            members.push(User::BUILT_IN.to_owned());
        }
        for member in members {
            self.email(Some(&member), subject.to_owned());
        }
    }
}
