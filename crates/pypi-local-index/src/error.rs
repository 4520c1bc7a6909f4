//! Why an index could not be started or changed.

use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use pypi_metadata::NameError;

/// Why an index could not be started or changed. The cause, if any, is behind `source()`.
///
/// # Examples
///
/// ```
/// use pypi_local_index::{ErrorKind, LocalIndex};
///
/// let error = LocalIndex::builder().project("no name").start().expect_err("a space");
/// assert_eq!(error.kind(), ErrorKind::Name);
/// assert_eq!(error.to_string(), "\"no name\" is not a valid project name");
/// assert!(error.help().is_some_and(|help| help.starts_with("use ASCII letters")));
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Problem>);

/// The category of an [`Error`].
///
/// # Examples
///
/// ```
/// use pypi_local_index::{ErrorKind, LocalIndex};
///
/// let index = LocalIndex::start()?;
/// let error = index.add_file("demo-1.0.tar.gz", "not an archive").expect_err("not an sdist");
/// assert_eq!(error.kind(), ErrorKind::File);
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The certificate for HTTPS cannot be made.
    Certificate,
    /// A file is not a valid distribution, or its name is taken.
    File,
    /// The folder of a persistent index cannot be used.
    Folder,
    /// The built-in test keys cannot be read, which is a bug of this crate.
    Key,
    /// The address cannot be listened on.
    Listen,
    /// A project name is invalid.
    Name,
    /// The system provides no random numbers.
    Random,
    /// A trusted root of Sigstore cannot be read.
    Root,
    /// A scenario cannot be read.
    Scenario,
    /// A seed folder, or something in it, cannot be used.
    Seed,
    /// The server's thread cannot be started.
    Thread,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("cannot make the certificate of the index")]
    Certificate { source: Cause },
    #[error("cannot store {filename:?}")]
    File { filename: String, source: Cause },
    #[error("cannot use the folder {path:?}")]
    Folder { path: String, source: Cause },
    #[error("the built-in test keys are not RSA keys in PKCS#8")]
    Key,
    #[error("cannot listen on {address}")]
    Listen { address: SocketAddr, source: Cause },
    #[error("{name:?} is not a valid project name")]
    Name { name: String, source: NameError },
    #[error("the system provides no random numbers")]
    Random,
    #[error("cannot use the trusted root")]
    Root { source: Cause },
    #[error("the scenario cannot be read: line {line}: {message}")]
    Scenario { line: usize, message: String },
    #[error("cannot start from {path:?}: {message}")]
    Seed {
        path: String,
        message: String,
        help: &'static str,
        source: Option<Cause>,
    },
    #[error("cannot start the server's thread")]
    Thread { source: io::Error },
}

pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

impl Error {
    /// The category, for `match`.
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Problem::Certificate { .. } => ErrorKind::Certificate,
            Problem::File { .. } => ErrorKind::File,
            Problem::Folder { .. } => ErrorKind::Folder,
            Problem::Key => ErrorKind::Key,
            Problem::Listen { .. } => ErrorKind::Listen,
            Problem::Name { .. } => ErrorKind::Name,
            Problem::Random => ErrorKind::Random,
            Problem::Root { .. } => ErrorKind::Root,
            Problem::Scenario { .. } => ErrorKind::Scenario,
            Problem::Seed { .. } => ErrorKind::Seed,
            Problem::Thread { .. } => ErrorKind::Thread,
        }
    }

    /// The remedy, if there is one.
    pub fn help(&self) -> Option<&'static str> {
        if let Problem::Seed { help, .. } = &*self.0 {
            return Some(help);
        }
        match self.kind() {
            ErrorKind::Certificate => Some("use host names in ASCII, such as index.example"),
            ErrorKind::File => {
                Some("add a complete wheel or sdist, under a file name that was never used")
            }
            ErrorKind::Folder => {
                Some("choose a folder that is writable and that no other process uses")
            }
            ErrorKind::Listen => Some("choose an address of this machine and a free port"),
            ErrorKind::Name => Some(
                "use ASCII letters, digits, '.', '_' and '-', and start and end with a letter or a digit",
            ),
            ErrorKind::Root => Some("pass the text of a `trusted_root.json`"),
            ErrorKind::Thread => Some("allow this process to start another thread"),
            ErrorKind::Key | ErrorKind::Random | ErrorKind::Scenario | ErrorKind::Seed => None,
        }
    }

    #[cfg_attr(
        not(feature = "tls"),
        expect(dead_code, reason = "only HTTPS has a certificate")
    )]
    pub(crate) fn certificate(cause: Cause) -> Self {
        Self::new(Problem::Certificate { source: cause })
    }

    pub(crate) fn file(filename: &str, cause: impl Into<Cause>) -> Self {
        Self::new(Problem::File {
            filename: filename.to_owned(),
            source: cause.into(),
        })
    }

    #[cfg_attr(
        not(feature = "persistent"),
        expect(dead_code, reason = "only a persistent index has a folder")
    )]
    pub(crate) fn folder(path: &Path, cause: impl Into<Cause>) -> Self {
        Self::new(Problem::Folder {
            path: path.display().to_string(),
            source: cause.into(),
        })
    }

    pub(crate) fn key() -> Self {
        Self::new(Problem::Key)
    }

    pub(crate) fn listen(address: SocketAddr, cause: impl Into<Cause>) -> Self {
        Self::new(Problem::Listen {
            address,
            source: cause.into(),
        })
    }

    pub(crate) fn name(name: &str, cause: NameError) -> Self {
        Self::new(Problem::Name {
            name: name.to_owned(),
            source: cause,
        })
    }

    pub(crate) fn random() -> Self {
        Self::new(Problem::Random)
    }

    #[cfg_attr(
        not(feature = "sigstore"),
        expect(dead_code, reason = "only a Sigstore instance has a root")
    )]
    pub(crate) fn root(cause: impl Into<Cause>) -> Self {
        Self::new(Problem::Root {
            source: cause.into(),
        })
    }

    #[cfg_attr(
        not(feature = "scenario"),
        expect(dead_code, reason = "only a scenario has lines")
    )]
    pub(crate) fn scenario(line: usize, message: String) -> Self {
        Self::new(Problem::Scenario { line, message })
    }

    /// What is wrong with a file of a seed folder, and what to do about it.
    #[cfg_attr(
        not(feature = "scenario"),
        expect(dead_code, reason = "only with scenarios there are seed folders")
    )]
    pub(crate) fn seed(
        path: &Path,
        message: impl Into<String>,
        help: &'static str,
        source: Option<Cause>,
    ) -> Self {
        Self::new(Problem::Seed {
            path: path.display().to_string(),
            message: message.into(),
            help,
            source,
        })
    }

    pub(crate) fn thread(cause: io::Error) -> Self {
        Self::new(Problem::Thread { source: cause })
    }

    fn new(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_and_can_be_sent() {
        fn check<T: Send + Sync + 'static>() -> usize {
            size_of::<T>()
        }
        assert_eq!(check::<Error>(), size_of::<usize>());
    }
}
