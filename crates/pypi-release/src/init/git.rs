//! What git says of a checkout: where it is, where it comes from, and its default branch.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    failure::{Exit, Failure},
    git,
};

/// A checkout.
pub(super) struct Git {
    folder: PathBuf,
}

/// Where a checkout comes from.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Remote {
    pub(super) host: String,
    /// The path of the repository, such as `owner/name`.
    pub(super) path: String,
}

impl Git {
    /// The checkout that contains `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The folder at the top of the checkout.
    pub(super) fn top(&self) -> Result<PathBuf, Failure> {
        let top = self.line(&["rev-parse", "--show-toplevel"]);
        top.map(PathBuf::from).ok_or_else(|| {
            let folder = self.folder.display();
            let message = format!(
                "folder {folder} is not in a git checkout that this user may read: run `git init` in it, or name another with --root"
            );
            Failure::new(Exit::Refused, message)
        })
    }

    /// The path of the folder below the top, with slashes; empty at the top.
    pub(super) fn prefix(&self) -> String {
        let prefix = self.line(&["rev-parse", "--show-prefix"]);
        prefix.unwrap_or_default().trim_end_matches('/').to_owned()
    }

    /// Where `origin`, or else the first remote, is.
    pub(super) fn remote(&self) -> Option<Remote> {
        let url = |name: &str| self.line(&["remote", "get-url", "--", name]);
        let first = || url(&self.line(&["remote"])?);
        Remote::parse(&url("origin").or_else(first)?)
    }

    /// The branch that `origin` has checked out, or else the current branch, or else the configured name of new ones.
    pub(super) fn default_branch(&self) -> Option<String> {
        let symbolic = |name: &str| self.line(&["symbolic-ref", "--quiet", "--short", name]);
        let origin = symbolic("refs/remotes/origin/HEAD");
        let origin = origin.and_then(|name| name.strip_prefix("origin/").map(str::to_owned));
        origin
            .or_else(|| symbolic("HEAD"))
            .or_else(|| self.line(&["config", "init.defaultBranch"]))
    }

    /// The first line that git prints; `None` if it fails or prints nothing.
    fn line(&self, arguments: &[&str]) -> Option<String> {
        let mut command = git::command(&self.folder);
        command.env("LC_ALL", "C").stdin(Stdio::null());
        let output = command.args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let line = text.lines().next().unwrap_or_default();
        (output.status.success() && !line.is_empty()).then(|| line.to_owned())
    }
}

impl Remote {
    /// Parses `https://host/path`, `ssh://git@host:22/path` and `git@host:path`.
    fn parse(url: &str) -> Option<Self> {
        let (host, path) = match url.split_once("://") {
            Some(("file", _)) => return None,
            Some((_, rest)) => rest.split_once('/')?,
            // A path of this machine has a slash before any colon.
            None => url
                .split_once(':')
                .filter(|(host, _)| !host.contains('/'))?,
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host).to_lowercase();
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let host = match host.as_str() {
            "ssh.github.com" => "github.com".to_owned(),
            _ => host,
        };
        (!host.is_empty() && path.contains('/')).then(|| Self {
            host,
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remotes_are_read_in_every_spelling() {
        for (url, expected) in [
            ("https://github.com/o/r.git", Some(("github.com", "o/r"))),
            (
                "https://user:key@GitHub.com/o/r",
                Some(("github.com", "o/r")),
            ),
            ("git@github.com:o/r.git", Some(("github.com", "o/r"))),
            (
                "ssh://git@ssh.github.com:443/o/r.git",
                Some(("github.com", "o/r")),
            ),
            (
                "git@gitlab.com:group/sub/r.git",
                Some(("gitlab.com", "group/sub/r")),
            ),
            ("/srv/git/r.git", None),
            ("../r:x/y", None),
            ("file:///srv/git/r.git", None),
            ("https://github.com/r", None),
        ] {
            let remote = Remote::parse(url);
            let found = remote
                .as_ref()
                .map(|it| (it.host.as_str(), it.path.as_str()));
            assert_eq!(found, expected, "{url}");
        }
    }
}
