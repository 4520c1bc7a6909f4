//! The files that contain the version, before and after.

use std::path::{Path, PathBuf};

use pypi_trusted_upload::versioning::{PyProject, Version};

use super::lock::own_version;
use crate::{
    failure::{Exit, Failure},
    files,
    settings::{Edit, Settings, VERSION, shown},
};

/// The changes of files, computed and not yet written.
pub(super) struct Edits(Vec<Change>);

struct Change {
    path: PathBuf,
    /// The path that all spellings of it have in common.
    whole: PathBuf,
    /// The folder and the path below it, if the path comes from the checkout.
    below: Option<(PathBuf, PathBuf)>,
    before: String,
    after: String,
}

/// The maximum number of folders above a project that are searched for its lock file.
const MAX_DEPTH: usize = 32;

impl Edits {
    /// Computes all changes; `is_dynamic` if `pyproject.toml` and the lock file do not contain the version.
    pub(super) fn compute(
        settings: &Settings,
        path: &Path,
        is_dynamic: bool,
        old: &Version,
        new: &Version,
    ) -> Result<Self, Failure> {
        let mut edits = Self(Vec::new());
        if let Some(project) = settings.project.as_ref().filter(|_| !is_dynamic) {
            edits.add(path, files::toml(path)?, project.with_version(new)?);
            edits.lock(settings, project, new)?;
        }
        for edit in &settings.bump.files {
            edits.replace(&settings.folder, edit, old, new)?;
        }
        Ok(edits)
    }

    /// The files that change.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.0.iter().map(|change| change.path.clone()).collect()
    }

    /// Writes all files, or none.
    pub(super) fn write(&self) -> Result<(), Failure> {
        for (at, change) in self.0.iter().enumerate() {
            if let Err(failure) = change.write(&change.after) {
                self.0.iter().take(at).for_each(Change::restore);
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Writes back what was there before.
    pub(super) fn restore(&self) {
        self.0.iter().for_each(Change::restore);
    }

    /// The change of a file, whatever its path is spelled like.
    fn of(&mut self, path: &Path) -> Option<&mut Change> {
        let whole = whole(path);
        self.0.iter_mut().find(|change| change.whole == whole)
    }

    fn add(&mut self, path: &Path, before: String, after: String) {
        match self.of(path) {
            Some(change) => change.after = after,
            None => self.0.push(Change {
                path: path.to_owned(),
                whole: whole(path),
                below: None,
                before,
                after,
            }),
        }
    }

    /// Changes the project's own entry in the `uv.lock` beside it or above.
    fn lock(
        &mut self,
        settings: &Settings,
        project: &PyProject,
        new: &Version,
    ) -> Result<(), Failure> {
        let (Some(name), Some((path, folder))) = (project.name(), lock_of(&settings.folder)) else {
            return Ok(());
        };
        let text = files::read(&path, files::MAX_TEXT)?;
        let found = own_version(&text, name, &folder).map_err(|what| {
            let message = format!("{} {what}: make it again with uv lock", shown(&path));
            Failure::new(Exit::Refused, message)
        })?;
        if let Some((place, _)) = found {
            let mut after = text.clone();
            after.replace_range(place, &format!("\"{new}\""));
            self.add(&path, text, after);
        }
        Ok(())
    }

    /// Changes the only occurrence of a text in a file.
    fn replace(
        &mut self,
        folder: &Path,
        edit: &Edit,
        old: &Version,
        new: &Version,
    ) -> Result<(), Failure> {
        let path = folder.join(&edit.path);
        let text = match self.of(&path) {
            Some(change) => change.after.clone(),
            None => files::read(&path, files::MAX_TEXT)?,
        };
        let search = edit.search.replace(VERSION, &old.to_string());
        let found = text.matches(&search).count();
        if found != 1 {
            let message = format!(
                "{} contains {search:?} {found} times, expected once: change bump.files or the file",
                shown(&path)
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        let after = text.replacen(&search, &edit.search.replace(VERSION, &new.to_string()), 1);
        self.add(&path, text, after);
        if let Some(change) = self.of(&path) {
            change.below = Some((folder.to_owned(), PathBuf::from(&edit.path)));
        }
        Ok(())
    }
}

impl Change {
    fn write(&self, text: &str) -> Result<bool, Failure> {
        match &self.below {
            Some((folder, below)) => files::write_below(folder, below, text),
            None => files::write(&self.path, text),
        }
    }

    fn restore(&self) {
        // There is nobody else to tell: the failure that led here is reported.
        let _ = self.write(&self.before);
    }
}

fn whole(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The lock file of the project, and the folder of the project relative to it.
fn lock_of(folder: &Path) -> Option<(PathBuf, String)> {
    let beside = folder.join("uv.lock");
    if beside.exists() {
        return Some((beside, ".".to_owned()));
    }
    let folder = folder.canonicalize().ok()?;
    let above: Vec<&Path> = folder.ancestors().take(MAX_DEPTH).collect();
    let top = above.iter().position(|path| path.join(".git").exists())?;
    let root = above
        .into_iter()
        .take(top + 1)
        .find(|path| path.join("uv.lock").exists())?;
    let below = folder.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
    Some((root.join("uv.lock"), parts?.join("/")))
}
