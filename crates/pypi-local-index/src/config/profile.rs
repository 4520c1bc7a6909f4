//! The kind of index that the local index imitates.

use serde::{Deserialize, Serialize};

/// The kind of index that the upload API imitates.
///
/// Every profile except those of PyPI and TestPyPI accepts the form with few checks. They differ in the status of a
/// success, in the response to a file that exists, and in the fields that they require. They are approximations, based on
/// the source code and issue threads of each server (November 2026). The read APIs are always PyPI's.
///
/// | profile | stored | same file again | same name, other bytes |
/// |---|---|---|---|
/// | `PyPi`, `TestPyPi` | 200 | 200 | 400 `File already exists (…)` |
/// | `PypiServer` | 200 | 409; 400 if `User-Agent` contains `twine` | the same, `Package '…' already exists!` |
/// | `Devpi` | 200 | 200 `Upload of identical file to non volatile index.` | 409 `… already exists in non-volatile index` |
/// | `GitLab` | 201 | 400 | 400 `… File name has already been taken` |
/// | `Gitea` | 201, requires `sha256_digest` | 400 | 400 `package file already exists` |
/// | `Forgejo` | 201, requires `sha256_digest` | 409 | 409 |
/// | `Artifactory` | 200 | 403 | 403 `Not enough permissions to delete/overwrite artifact '…' (…)` |
/// | `Nexus` | 200 | 400 | 400 `… cannot be updated`, as an HTML page |
/// | `CodeArtifact` | 200 | 409 | 409 |
/// | `GoogleArtifactRegistry` | 200 | 400 | 400, with `Requested entity already exists` in the body only |
/// | `Azure` | 202 | 409 | 409, JSON with `PackageAlreadyExistsException` |
///
/// # Examples
///
/// ```
/// use pypi_local_index::{LocalIndex, Profile};
///
/// let index = LocalIndex::builder().profile(Profile::GitLab).start()?;
/// // A tool under test that uploads to this index gets 201 for a new file, and 400 for one that exists.
/// # Ok::<(), pypi_local_index::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// JFrog Artifactory.
    Artifactory,
    /// Azure Artifacts.
    Azure,
    /// AWS CodeArtifact.
    CodeArtifact,
    /// devpi, with an index that is not volatile.
    Devpi,
    /// Forgejo.
    Forgejo,
    /// Gitea, before it adopted Forgejo's status.
    Gitea,
    /// GitLab's package registry.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Google Artifact Registry.
    GoogleArtifactRegistry,
    /// Sonatype Nexus 3.
    Nexus,
    /// PyPI.
    #[default]
    #[serde(rename = "pypi")]
    PyPi,
    /// pypiserver.
    #[serde(rename = "pypiserver")]
    PypiServer,
    /// TestPyPI: PyPI with another audience.
    #[serde(rename = "testpypi")]
    TestPyPi,
}

impl Profile {
    /// The audience that ID tokens must have.
    pub(crate) fn audience(self) -> &'static str {
        match self {
            Self::TestPyPi => "testpypi",
            _ => "pypi",
        }
    }

    /// The host that API tokens name.
    pub(crate) fn domain(self) -> &'static str {
        match self {
            Self::TestPyPi => "test.pypi.org",
            _ => "pypi.org",
        }
    }

    /// Whether the index runs Warehouse.
    pub(crate) fn is_warehouse(self) -> bool {
        matches!(self, Self::PyPi | Self::TestPyPi)
    }
}
