//! A folder with saved pages of projects, from which an index starts for a rehearsal.
//!
//! `NAME/simple.json` is required for each project. `NAME/pypi.json`, files below `NAME/files/` and `scenario.toml` are
//! optional. Everything is checked before the index starts: a page that is cut short or of another project would make the
//! rehearsal worthless.

mod document;
mod folder;
mod page;
mod store;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use pypi_metadata::{Filename, ProjectName};

use self::document::Document;
use self::folder::{Entry, EntryKind};
use self::page::Page;
use crate::config::{Fragment, Status};
use crate::error::Error;
use crate::store::Blob;
use crate::warehouse::Digests;

/// What a folder contains.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) projects: Vec<SavedProject>,
    pub(crate) fragment: Option<Fragment>,
}

#[derive(Debug)]
pub(crate) struct SavedProject {
    name: ProjectName,
    status: Status,
    /// Wheels and sdists.
    files: Vec<SavedFile>,
    /// The bytes of the other files, such as eggs. Only their size matters: no upload can have such a name.
    other_bytes: u64,
}

#[derive(Debug)]
struct SavedFile {
    filename: Filename,
    size: u64,
    digests: Digests,
    /// In seconds since 1970.
    uploaded: u64,
    yanked: Option<String>,
    requires_python: Option<String>,
    comment: Option<String>,
    /// `None` if the bytes are not saved.
    blob: Option<Blob>,
}

/// The largest number of files in all pages.
const MAX_FILES: usize = 100_000;

impl Saved {
    /// Reads the folder.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let mut saved = Self {
            projects: Vec::new(),
            fragment: None,
        };
        let (mut names, mut rest) = (BTreeSet::new(), MAX_FILES);
        for entry in folder::entries(path)? {
            match (entry.name.as_str(), entry.kind) {
                ("scenario.toml", EntryKind::File) => saved.fragment = Some(fragment(&entry)?),
                (_, EntryKind::Folder) => {
                    let project = project(&entry, &mut rest)?;
                    if !names.insert(project.name.normalized().to_owned()) {
                        let message = "another folder has the same project under another spelling";
                        return Err(entry.wrong(message, "keep one of them"));
                    }
                    saved.projects.push(project);
                }
                (_, EntryKind::Other) => return Err(entry.irregular()),
                (_, EntryKind::File) => {
                    let message = "it is neither the folder of a project nor scenario.toml";
                    return Err(entry.wrong(message, LAYOUT));
                }
            }
        }
        if saved.projects.is_empty() && saved.fragment.is_none() {
            let message = "it contains no project";
            return Err(Error::seed(path, message, LAYOUT, None));
        }
        Ok(saved)
    }
}

const LAYOUT: &str = "save the page of each project as NAME/simple.json, and all else elsewhere";

fn fragment(entry: &Entry) -> Result<Fragment, Error> {
    Fragment::parse(&entry.text()?).map_err(|(line, message)| {
        let help = "use the keys of a scenario for publishers, limits, accounts and names only";
        entry.wrong(format!("line {line}: {message}"), help)
    })
}

/// The project of a folder. `rest` counts down the files that may follow.
fn project(entry: &Entry, rest: &mut usize) -> Result<SavedProject, Error> {
    let name = ProjectName::parse(&entry.name).map_err(|_| {
        let message = "the name of the folder is not a valid project name";
        entry.wrong(message, LAYOUT)
    })?;
    let (mut page, mut document, mut files) = (None, None, Vec::new());
    for entry in folder::entries(&entry.path)? {
        match (entry.name.as_str(), entry.kind) {
            ("simple.json", EntryKind::File) => page = Some(entry),
            ("pypi.json", EntryKind::File) => document = Some(entry),
            ("files", EntryKind::Folder) => files = folder::entries(&entry.path)?,
            (_, EntryKind::Other) => return Err(entry.irregular()),
            _ => {
                let message = "it is neither simple.json nor pypi.json nor the folder files";
                return Err(entry.wrong(message, LAYOUT));
            }
        }
    }
    let Some(page) = page else {
        let help =
            "save its page as simple.json, or remove the folder of a project that the index lacks";
        return Err(entry.wrong("it has no simple.json", help));
    };
    let mut project = Page::read(&page, &name, rest)?;
    if let Some(document) = document {
        Document::read(&document, &name)?.complete(&mut project);
    }
    add_bytes(&mut project, &files)?;
    Ok(project)
}

/// Adds the saved bytes to the files of a project.
fn add_bytes(project: &mut SavedProject, entries: &[Entry]) -> Result<(), Error> {
    let files = project.files.iter_mut();
    let mut files: HashMap<String, &mut SavedFile> = files
        .map(|file| (file.filename.as_str().to_owned(), file))
        .collect();
    for entry in entries {
        let Some(file) = files.get_mut(&entry.name) else {
            let message = "simple.json lists no wheel or sdist of this name";
            return Err(entry.wrong(message, "save the page again, or remove the file"));
        };
        let (size, digests) = entry.digests(file.size)?;
        if (size, &digests.sha256) != (file.size, &file.digests.sha256) {
            let message = format!(
                "it has {size} bytes with the SHA-256 {}, but simple.json lists {} with {}",
                digests.sha256, file.size, file.digests.sha256
            );
            return Err(entry.wrong(message, "download the file again, or remove it"));
        }
        file.digests = digests;
        file.blob = Some(Blob::Disk(entry.path.clone()));
    }
    Ok(())
}
