//! Why an index could not be started.

use std::error::Error;
use std::fmt;

/// Why an index could not be started.
#[derive(Debug)]
pub struct StartError {
    kind: StartErrorKind,
    /// What it is about.
    subject: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The category of a [`StartError`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// The folder of a persistent index cannot be used.
    Folder,
    /// The test keys cannot be read: the crate is broken.
    Key,
    /// No port can be listened on.
    Listen,
    /// A project's name is not one.
    Name,
    /// The system gives no random numbers.
    Random,
    /// A scenario cannot be read.
    Scenario,
    /// A file that is there from the start is none.
    Seed,
    /// The server's thread or runtime cannot be started.
    Thread,
}

impl StartError {
    pub(crate) fn new(kind: StartErrorKind, subject: &str) -> Self {
        let subject = subject.to_owned();
        Self {
            kind,
            subject,
            source: None,
        }
    }

    pub(crate) fn caused_by(mut self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(error.into());
        self
    }

    /// The category, for `match`.
    pub fn kind(&self) -> StartErrorKind {
        self.kind
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.subject;
        match self.kind {
            StartErrorKind::Folder => write!(
                f,
                "the folder {subject:?} cannot hold the index: name one that is writable and that no other process uses"
            ),
            StartErrorKind::Key => write!(f, "{subject} are no RSA keys in PKCS#8: report it"),
            StartErrorKind::Listen => {
                write!(
                    f,
                    "{subject} cannot be listened on: choose an address of this machine and a free port"
                )
            }
            StartErrorKind::Name => {
                write!(
                    f,
                    "{subject:?} is no project name: use ASCII letters, digits, '.', '_' and '-'"
                )
            }
            StartErrorKind::Random => write!(f, "{subject} gives no random numbers for tokens"),
            StartErrorKind::Scenario => write!(f, "the scenario cannot be read: {subject}"),
            StartErrorKind::Seed => write!(f, "a file cannot be there from the start: {subject}"),
            StartErrorKind::Thread => write!(
                f,
                "the thread {subject:?} cannot be started: allow more threads"
            ),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|error| error as &(dyn Error + 'static))
    }
}
