//! The commit and the tag, made by plain git: its configuration signs them, and its hooks run.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    failure::{Exit, Failure},
    git,
    settings::shown,
};

/// The git repository that contains a folder.
pub(super) struct Git<'a> {
    folder: &'a Path,
}

/// The maximum number of characters of git's own message that a failure repeats.
const MAX_MESSAGE: usize = 2_000;

impl<'a> Git<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// Fails if tracked files have changes.
    pub(super) fn check_clean(&self) -> Result<(), Failure> {
        let status = self.run(&["status", "--porcelain", "--untracked-files=no"])?;
        match status.lines().next() {
            None => Ok(()),
            Some(first) => {
                let (count, path) = (status.lines().count(), first.get(3..).unwrap_or_default());
                let more = match count {
                    1 => String::new(),
                    _ => format!(" and {} more", count - 1),
                };
                let message = format!(
                    "the working tree has uncommitted changes ({path}{more}): commit or stash them first"
                );
                Err(Failure::new(Exit::Refused, message))
            }
        }
    }

    /// Fails if HEAD is not a branch.
    pub(super) fn check_branch(&self) -> Result<(), Failure> {
        match self.run(&["symbolic-ref", "--quiet", "HEAD"]) {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::new(
                Exit::Refused,
                "HEAD is not a branch, so a commit would be lost: git switch to the branch first",
            )),
        }
    }

    /// Fails if the tag exists.
    pub(super) fn check_no_tag(&self, tag: &str) -> Result<(), Failure> {
        let name = format!("refs/tags/{tag}");
        if self.run(&["check-ref-format", &name]).is_err() {
            let message =
                format!("{tag:?} is not a valid name of a tag: change version.tag-prefix");
            return Err(Failure::new(Exit::Refused, message));
        }
        let found = self.run(&["for-each-ref", "--format=%(objectname)", &name])?;
        match found.trim() {
            "" => Ok(()),
            object => {
                let message = format!(
                    "the tag {tag} exists ({object}): bump to a higher version, or delete the tag if it was never pushed"
                );
                Err(Failure::new(Exit::Refused, message))
            }
        }
    }

    /// The commit that is checked out.
    pub(super) fn head(&self) -> Result<String, Failure> {
        let head = self.run(&["rev-parse", "--verify", "HEAD"])?;
        Ok(head.trim().to_owned())
    }

    /// Fails if git does not track a file that contains the version. A lock file may be ignored.
    pub(super) fn check_tracked(&self, paths: &[PathBuf]) -> Result<(), Failure> {
        let mut paths = paths.iter().filter(|path| !path.ends_with("uv.lock"));
        match paths.find(|path| self.tracked(path).is_none()) {
            None => Ok(()),
            Some(path) => {
                let message = format!(
                    "git does not track {}, so the commit would not contain the new version: git add it first",
                    shown(path)
                );
                Err(Failure::new(Exit::Refused, message))
            }
        }
    }

    /// Commits these files, in a tree without other changes. Files that git does not track are left out.
    ///
    /// The files are added first: if git commits paths, what a hook adds is in the commit and not in the index.
    pub(super) fn commit(&self, message: &str, paths: &[PathBuf]) -> Result<(), Failure> {
        let paths: Vec<String> = paths.iter().filter_map(|path| self.tracked(path)).collect();
        let with_paths = |verb: &[&str]| {
            let paths = paths.iter().map(String::as_str);
            let arguments: Vec<&str> = verb.iter().copied().chain(["--"]).chain(paths).collect();
            self.run(&arguments)
        };
        let committed = with_paths(&["add"])
            .and_then(|_| self.run(&["commit", "--quiet", "--message", message]));
        if committed.is_err() {
            // There is nobody else to tell: the failure that led here is reported.
            let _ = with_paths(&["reset", "--quiet"]);
        }
        committed.map(drop)
    }

    /// Makes an annotated tag of HEAD, signed if git is configured so.
    pub(super) fn tag(&self, tag: &str, message: &str) -> Result<(), Failure> {
        self.run(&["tag", "--annotate", "--message", message, "--", tag])
            .map(drop)
    }

    /// Takes back the commit that was made after `before`; returns whether that succeeded.
    pub(super) fn undo_commit(&self, before: &str) -> bool {
        self.run(&["reset", "--quiet", "--keep", before]).is_ok()
    }

    /// The whole path of a file that git tracks. On Windows, git does not know the form of `canonicalize`.
    fn tracked(&self, path: &Path) -> Option<String> {
        let path = std::path::absolute(path).ok()?.to_str()?.to_owned();
        let listed = self.run(&["ls-files", "--error-unmatch", "--", &path]);
        listed.is_ok().then_some(path)
    }

    /// Runs git; returns its output.
    fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = git::command(self.folder);
        command.args(arguments);
        let output = command.stdin(Stdio::inherit()).output().map_err(|error| {
            Failure::new(Exit::Refused, format!("git could not be run: {error}"))
        })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let verb = arguments.first().copied().unwrap_or_default();
        // Hooks print to either.
        let said = format!("{} {}", text(&output.stderr), text(&output.stdout));
        let said: Vec<&str> = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let said: String = said.join("; ").chars().take(MAX_MESSAGE).collect();
        let message = format!("git {verb} failed ({}): {said}", output.status);
        Err(Failure::new(Exit::Refused, message))
    }
}
