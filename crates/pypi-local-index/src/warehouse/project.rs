//! Projects, releases and files.

use std::collections::BTreeSet;
use std::io;

use bytes::Bytes;
use pypi_metadata::{ProjectName, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Project {
    /// As the last upload spelled it.
    #[serde(with = "name")]
    pub(crate) name: ProjectName,
    pub(crate) last_serial: u64,
    pub(crate) created: u64,
    pub(crate) status: Status,
    /// The accounts that may upload; the index's own account may always.
    pub(crate) members: BTreeSet<String>,
    pub(crate) has_active_organization: bool,
    /// In bytes; only a limit above the index's own counts, as on PyPI.
    pub(crate) file_limit: Option<u64>,
    pub(crate) total_limit: Option<u64>,
    /// Bytes that count as stored beside those of the files.
    pub(crate) ballast: u64,
    #[serde(skip)]
    pub(crate) releases: Vec<Release>,
}

/// The status of a project (PEP 792).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    Active,
    Archived,
    Quarantined,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Release {
    #[serde(with = "version")]
    pub(crate) version: Version,
    pub(crate) created: u64,
    /// The core metadata of the first file, by form key: it is frozen by it.
    pub(crate) metadata: Vec<(String, String)>,
    /// The reason, which may be empty, when it is yanked (PEP 592).
    pub(crate) yanked: Option<String>,
    #[serde(skip)]
    pub(crate) files: Vec<File>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct File {
    pub(crate) filename: String,
    pub(crate) is_sdist: bool,
    /// What the form said.
    pub(crate) python_version: String,
    pub(crate) size: u64,
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) blake2b_256: String,
    pub(crate) uploaded: u64,
    /// The SHA-256 of a wheel's `METADATA`, which is served beside it (PEP 658).
    pub(crate) metadata_sha256: Option<String>,
    /// The PEP 740 provenance object.
    pub(crate) provenance: Option<Value>,
    #[serde(skip)]
    pub(crate) blob: Blob,
}

/// The bytes of a file, or where they are.
#[derive(Clone, Debug)]
pub(crate) enum Blob {
    Memory(Bytes),
    #[cfg(feature = "persistent")]
    Disk(std::path::PathBuf),
}

impl Project {
    pub(crate) fn new(name: ProjectName, last_serial: u64, created: u64) -> Self {
        Self {
            name,
            last_serial,
            created,
            status: Status::Active,
            members: BTreeSet::new(),
            has_active_organization: true,
            file_limit: None,
            total_limit: None,
            ballast: 0,
            releases: Vec::new(),
        }
    }

    pub(crate) fn release(&self, version: &Version) -> Option<&Release> {
        self.releases
            .iter()
            .find(|release| release.version == *version)
    }

    /// Releases that have files, the oldest version first.
    pub(crate) fn shown_releases(&self) -> Vec<&Release> {
        let mut releases: Vec<&Release> = self
            .releases
            .iter()
            .filter(|release| !release.files.is_empty())
            .collect();
        releases.sort_by(|a, b| a.version.cmp(&b.version));
        releases
    }

    /// The bytes that count against the project's limit.
    pub(crate) fn total_size(&self) -> u64 {
        let files = self.releases.iter().flat_map(|release| &release.files);
        files
            .map(|file| file.size)
            .sum::<u64>()
            .saturating_add(self.ballast)
    }
}

impl Release {
    /// The first value of a form key.
    pub(crate) fn field(&self, key: &str) -> Option<&str> {
        let mut pairs = self.metadata.iter();
        pairs
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a form key.
    pub(crate) fn fields<'r>(&'r self, key: &'r str) -> impl Iterator<Item = &'r str> {
        let pairs = self.metadata.iter().filter(move |(name, _)| name == key);
        pairs.map(|(_, value)| value.as_str())
    }
}

impl File {
    /// The path below `/files/`: PyPI names a folder by the digest, so that a link never leads to other bytes.
    pub(crate) fn path(&self) -> String {
        let part = |range| self.blake2b_256.get(range).unwrap_or_default();
        format!(
            "{}/{}/{}/{}",
            part(0..2),
            part(2..4),
            part(4..64),
            self.filename
        )
    }
}

impl Blob {
    /// The bytes.
    #[cfg_attr(
        feature = "persistent",
        expect(
            clippy::disallowed_methods,
            reason = "the door to the files of a persistent index"
        )
    )]
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            #[cfg(feature = "persistent")]
            Self::Disk(path) => std::fs::read(path).map(Bytes::from),
        }
    }
}

impl Default for Blob {
    fn default() -> Self {
        Self::Memory(Bytes::new())
    }
}

pub(crate) mod name {
    use pypi_metadata::ProjectName;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(name: &ProjectName, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(name.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ProjectName, D::Error> {
        let text = String::deserialize(from)?;
        ProjectName::parse(&text).map_err(D::Error::custom)
    }
}

mod version {
    use pypi_metadata::Version;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(version: &Version, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(version)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Version, D::Error> {
        let text = String::deserialize(from)?;
        Version::parse(&text).map_err(D::Error::custom)
    }
}
