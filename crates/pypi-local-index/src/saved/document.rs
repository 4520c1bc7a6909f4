//! The document of a project in the JSON API. Besides what a page has, it has the spelling of the name, the version of
//! each file, releases without files, the other digests, and the owners.

use std::fmt;

use pypi_metadata::{ProjectName, Version};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::filename::Kind;
use super::folder::{Entry, MAX_FILES, quoted};
use super::listing::{Array, Listing, Unchecked, is_hex};
use crate::config::User;
use crate::error::Error;

#[derive(Deserialize)]
struct Document {
    info: Info,
    releases: Releases,
    #[serde(default)]
    ownership: Ownership,
}

#[derive(Deserialize)]
struct Info {
    name: String,
}

#[derive(Default, Deserialize)]
struct Ownership {
    roles: Option<Array<Role>>,
}

#[derive(Deserialize)]
struct Role {
    user: String,
}

/// The files by version. Together with the versions there are at most [`MAX_FILES`], so that no more are read into memory.
struct Releases(Vec<(String, Vec<DocumentFile>)>);

#[derive(Deserialize)]
struct DocumentFile {
    filename: String,
    size: Option<u64>,
    digests: DocumentDigests,
    upload_time_iso_8601: Option<String>,
    #[serde(default)]
    yanked: bool,
    yanked_reason: Option<String>,
    requires_python: Option<String>,
    packagetype: Option<String>,
    comment_text: Option<String>,
}

#[derive(Deserialize)]
struct DocumentDigests {
    #[serde(default)]
    md5: String,
    sha256: Option<String>,
    #[serde(default)]
    blake2b_256: String,
}

const SAVE_AGAIN: &str = "save /pypi/NAME/json of the index again, or remove the file";

/// Adds the document of a project to a listing.
pub(super) fn read(entry: &Entry, listing: &mut Listing) -> Result<(), Error> {
    let document: Document = entry.json("it is not a document of the JSON API", SAVE_AGAIN)?;
    let name = ProjectName::parse(&document.info.name).ok();
    let is_own = |found: &ProjectName| found.normalized() == listing.name.normalized();
    let Some(name) = name.filter(is_own) else {
        let message = format!("it is the document of {}", quoted(&document.info.name));
        return Err(entry.wrong(message, SAVE_AGAIN));
    };
    listing.name = name;
    let roles = document.ownership.roles.into_iter();
    listing.members = roles
        .flat_map(|roles| roles.0)
        .map(|role| role.user)
        // Of a document of a local index.
        .filter(|user| user != User::BUILT_IN)
        .collect();
    for (version, files) in document.releases.0 {
        // Versions from before PEP 440 conflict with no upload.
        let version = Version::parse(&version).ok();
        for file in files {
            file.add_to(listing, version.clone(), entry)?;
        }
        listing.releases.extend(version);
    }
    listing.is_complete = true;
    Ok(())
}

impl DocumentFile {
    fn add_to(
        self,
        listing: &mut Listing,
        version: Option<Version>,
        entry: &Entry,
    ) -> Result<(), Error> {
        let reason = self.yanked_reason.unwrap_or_default();
        let unchecked = Unchecked {
            filename: self.filename,
            size: self.size,
            sha256: self.digests.sha256,
            uploaded: self.upload_time_iso_8601,
            yanked: self.yanked.then_some(reason),
            requires_python: self.requires_python,
        };
        let mut file = unchecked.check(&listing.name, entry, SAVE_AGAIN)?;
        let DocumentDigests {
            md5, blake2b_256, ..
        } = self.digests;
        if is_hex(&md5, 32) && is_hex(&blake2b_256, 64) {
            (file.digests.md5, file.digests.blake2b_256) = (md5, blake2b_256);
        }
        file.kind = match self.packagetype.as_deref() {
            None => file.kind,
            Some("sdist") => Kind::Sdist,
            Some("bdist_wheel") => Kind::Wheel,
            Some(_) => Kind::Other,
        };
        file.version = version;
        file.comment = self.comment_text.filter(|comment| !comment.is_empty());
        listing.add(file, entry)
    }
}

impl<'de> Deserialize<'de> for Releases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReleasesVisitor)
    }
}

struct ReleasesVisitor;

impl<'de> Visitor<'de> for ReleasesVisitor {
    type Value = Releases;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the files of each version")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Releases, A::Error> {
        let (mut releases, mut count) = (Vec::new(), 0);
        while let Some((version, files)) = map.next_entry::<String, Array<DocumentFile>>()? {
            count += 1 + files.0.len();
            if count > MAX_FILES {
                let message = format!("more than {MAX_FILES} releases and files");
                return Err(A::Error::custom(message));
            }
            releases.push((version, files.0));
        }
        Ok(Releases(releases))
    }
}
