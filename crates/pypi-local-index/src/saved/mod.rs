//! A folder with saved pages and files of projects, from which an index starts for a rehearsal.
//!
//! A project is a folder `NAME/` with its page `simple.json`, its document `pypi.json`, or both, and files in `NAME/files/`;
//! or files alone, there or at the top. `scenario.toml` is optional. Everything is checked before the index starts: a page
//! that is cut short or of another project would make the rehearsal worthless.

mod document;
mod filename;
mod folder;
mod listing;
mod page;
mod store;

use std::collections::BTreeMap;
use std::path::Path;

use pypi_metadata::{Filename, ProjectName};

use self::folder::{Entry, EntryKind, MAX_FILES, shortened};
use self::listing::{Listed, Listing};
use crate::config::Fragment;
use crate::error::Error;
use crate::store::Blob;

/// What a folder contains.
#[derive(Debug)]
pub(crate) struct Saved {
    pub(crate) projects: Vec<SavedProject>,
    pub(crate) fragment: Option<Fragment>,
}

#[derive(Debug)]
pub(crate) struct SavedProject(Listing);

const LAYOUT: &str = "save the page of each project as NAME/simple.json, its files in NAME/files, and all else elsewhere";
const FEWER: &str = "save only the projects that the rehearsal is about";

impl Saved {
    /// Reads the folder.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let (mut listings, mut fragment) = (BTreeMap::new(), None);
        let (mut files, mut count) = (Vec::new(), 0);
        for entry in folder::entries(path)? {
            match (entry.name.as_str(), entry.kind) {
                ("scenario.toml", EntryKind::File) => fragment = Some(read_fragment(&entry)?),
                (_, EntryKind::Folder) => {
                    let listing = read_project(&entry)?;
                    count += listing.files.len();
                    if count > MAX_FILES {
                        let message = format!("the pages list more than {MAX_FILES} files");
                        return Err(entry.wrong(message, FEWER));
                    }
                    let name = listing.name.normalized().to_owned();
                    if listings.insert(name, listing).is_some() {
                        let message = "another folder has the same project under another spelling";
                        return Err(entry.wrong(message, "keep one of them"));
                    }
                }
                (_, EntryKind::Other) => return Err(entry.irregular()),
                (name, EntryKind::File) => match Filename::parse(name) {
                    Ok(filename) => files.push((filename.name().clone(), entry)),
                    Err(_) => {
                        let message = "it is neither the folder of a project nor scenario.toml nor a wheel or sdist";
                        return Err(entry.wrong(message, LAYOUT));
                    }
                },
            }
        }
        for (name, entry) in files {
            let listing = listings.entry(name.normalized().to_owned());
            add_bytes(listing.or_insert_with(|| Listing::new(name)), &entry)?;
        }
        if listings.is_empty() && fragment.is_none() {
            let message = "it contains no project";
            return Err(Error::seed(path, message, LAYOUT, None));
        }
        Ok(Self {
            projects: listings.into_values().map(SavedProject).collect(),
            fragment,
        })
    }
}

fn read_fragment(entry: &Entry) -> Result<Fragment, Error> {
    Fragment::parse(&entry.text()?).map_err(|(line, message)| {
        let help = "use the keys of a scenario for publishers, limits, accounts and names only";
        entry.wrong(format!("line {line}: {}", shortened(&message)), help)
    })
}

/// The project of a folder.
fn read_project(folder: &Entry) -> Result<Listing, Error> {
    let name = ProjectName::parse(&folder.name).map_err(|_| {
        let message = "the name of the folder is not a valid project name";
        folder.wrong(message, LAYOUT)
    })?;
    let (mut page, mut document, mut files) = (None, None, None);
    for entry in folder::entries(&folder.path)? {
        match (entry.name.as_str(), entry.kind) {
            ("simple.json", EntryKind::File) => page = Some(entry),
            ("pypi.json", EntryKind::File) => document = Some(entry),
            ("files", EntryKind::Folder) => files = Some(folder::entries(&entry.path)?),
            (_, EntryKind::Other) => return Err(entry.irregular()),
            _ => {
                let message = "it is neither simple.json nor pypi.json nor the folder files";
                return Err(entry.wrong(message, LAYOUT));
            }
        }
    }
    let mut listing = Listing::new(name);
    if let Some(page) = &page {
        page::read(page, &mut listing)?;
    }
    if let Some(document) = &document {
        document::read(document, &mut listing)?;
    }
    if !listing.is_complete && files.as_ref().is_none_or(Vec::is_empty) {
        let help =
            "save its page as simple.json, or remove the folder of a project that the index lacks";
        return Err(folder.wrong("it has no simple.json, no pypi.json and no files", help));
    }
    for entry in files.iter().flatten() {
        add_bytes(&mut listing, entry)?;
    }
    Ok(listing)
}

/// Adds the saved bytes of a file. Without a page or a document, the file was uploaded when it was modified.
fn add_bytes(listing: &mut Listing, entry: &Entry) -> Result<(), Error> {
    if let Some(file) = listing.files.get_mut(&entry.name) {
        let (size, digests) = entry.digests(file.size)?;
        if (size, &digests.sha256) != (file.size, &file.digests.sha256) {
            let message = format!(
                "it has {size} bytes with the SHA-256 {}, but the index lists {} with {}",
                digests.sha256, file.size, file.digests.sha256
            );
            return Err(entry.wrong(message, "download the file again, or remove it"));
        }
        file.digests = digests;
        file.blob = Some(Blob::Disk(entry.path.clone()));
        return Ok(());
    }
    if listing.is_complete {
        let message = "the saved page lists no file of this name";
        return Err(entry.wrong(message, "save the page again, or remove the file"));
    }
    let filename = Filename::parse(&entry.name).ok();
    let is_own = |filename: &Filename| filename.name().normalized() == listing.name.normalized();
    let Some(filename) = filename.filter(is_own) else {
        let message = "it is not a wheel or sdist of the project";
        return Err(entry.wrong(message, LAYOUT));
    };
    let (size, digests) = entry.digests(u64::MAX)?;
    let mut file = Listed::new(filename.as_str(), &listing.name, size, digests);
    file.uploaded = entry.modified()?;
    file.blob = Some(Blob::Disk(entry.path.clone()));
    listing.add(file, entry)
}
