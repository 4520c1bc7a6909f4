//! What an installer gets of ours: the network, and the credentials of a private index.
//!
//! The credentials are in a netrc file, which pip and uv both read, and not in arguments or URLs. A netrc entry is for a host,
//! whatever the scheme and the port, and what runs in a build can read it. So an installer gets it only when it runs no
//! code of others, for URLs of the index's own origin. What has to be built is downloaded before, with the credentials.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::{
    BlockingClient, Index, RetryPolicy,
    transport::{CancelToken, Redactor, drive_until},
    upload::{Credentials, Download, Served},
    url::{Origin, Url},
};
use tempfile::{NamedTempFile, TempDir};

use super::File;
use crate::{
    context::Context,
    credentials::Found,
    failure::Failure,
    network::{ProgramNetwork, private_file},
    process::Command,
};

/// What an installer gets of ours. Its files last as long as this.
pub(crate) struct Access {
    network: ProgramNetwork,
    private: Option<Private>,
    /// Of the files, for their owner only.
    _folder: TempDir,
}

/// The credentials for an origin.
struct Private {
    index: Index,
    origin: Origin,
    credentials: Credentials,
    redactor: Redactor,
    netrc: NamedTempFile,
    client: BlockingClient,
}

impl Access {
    /// The network of this run, and the credentials for `index`, if it has some.
    pub(crate) fn new(
        index: &Index,
        found: Option<&Found>,
        context: &Context,
    ) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let private = match found {
            Some(found) => {
                let host = index.upload_url().host_str().unwrap_or_default();
                let entry = found.netrc(host.trim_matches(['[', ']']));
                Some(Private {
                    index: index.clone(),
                    origin: index.upload_url().origin(),
                    credentials: found.credentials(),
                    redactor: found.redactor(),
                    netrc: private_file(folder.path(), entry.reveal().as_bytes())?,
                    client: context.client()?,
                })
            }
            None => None,
        };
        Ok(Self {
            network: context.program_network(folder.path())?,
            private,
            _folder: folder,
        })
    }

    /// Gives an installer the network.
    pub(super) fn connect(&self, mut command: Command) -> Command {
        for (name, value) in &self.network.variables {
            command = match value {
                Some(value) => command.variable(name, value),
                None => command.without(name),
            };
        }
        command
    }

    /// The file with the client certificate and its key.
    pub(super) fn client_certificate(&self) -> Option<&Path> {
        let file = self.network.client_certificate.as_ref();
        file.map(NamedTempFile::path)
    }

    /// Gives an installer that runs no code of others the credentials for these URLs, if no other scheme or port of the
    /// same host is among them.
    pub(super) fn unlock<'u>(
        &self,
        command: Command,
        urls: impl IntoIterator<Item = &'u Url>,
    ) -> Command {
        let Some(private) = &self.private else {
            return command;
        };
        let host = private.index.upload_url().host_str();
        let mut urls = urls.into_iter().filter(|url| url.host_str() == host);
        match urls.all(|url| url.origin() == private.origin) {
            true => command.variable("NETRC", &private.netrc.path().to_string_lossy()),
            false => command,
        }
    }

    /// Whether the credentials are for this URL.
    pub(super) fn is_private(&self, url: &Url) -> bool {
        let private = self.private.as_ref();
        private.is_some_and(|private| url.origin() == private.origin)
    }

    /// Downloads a file of the private index to `folder`; its path.
    pub(super) fn download(
        &self,
        file: &File,
        folder: &Path,
        context: &Context,
        cancel: &CancelToken,
    ) -> Result<PathBuf, String> {
        let path = folder.join(file.filename.as_str());
        let Some(private) = &self.private else {
            return Err("no credentials".to_owned());
        };
        #[expect(clippy::disallowed_methods, reason = "a file in a folder of this run")]
        let sink = std::fs::File::create(&path).map_err(|error| error.to_string())?;
        let policy = RetryPolicy::default().clock(context.clock.clone());
        let download = Download::new(&file.url, &file.sha256, None, sink)
            .credentials(&private.credentials, &private.index)
            .retry(policy)
            .clock(context.clock.clone());
        match drive_until(download, &private.client, cancel) {
            Ok(Served::Same) => Ok(path),
            Ok(served) => Err(served.to_string()),
        }
    }

    /// Removes the credentials from what an installer wrote.
    pub(super) fn redact(&self, text: &str) -> String {
        match &self.private {
            Some(private) => {
                let text = private.redactor.redact(text);
                private.credentials.redactor().redact(&text)
            }
            None => text.to_owned(),
        }
    }
}
