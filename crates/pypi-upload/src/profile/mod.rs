//! What is known about each kind of index.

mod pattern;
mod table;

use http::StatusCode;
use pypi_metadata::MetadataVersion;
use url::Url;

pub(crate) use table::{OTHER, PYPI, TEST_PYPI};

/// What is known about a kind of index, with the source. Indexes change: each profile is dated, and says whether it was
/// compared with the real server.
///
/// # Examples
///
/// ```
/// use pypi_upload::{Index, Profile, Proof};
///
/// let index = Index::custom("https://gitlab.example/api/v4/projects/7/packages/pypi")?;
/// assert_eq!(index.profile().name, "gitlab");
/// assert_eq!(index.profile().proof, Proof::Documented);
/// for profile in Profile::all() {
///     println!("{} {}: {}", profile.name, profile.date, profile.source);
/// }
/// # Ok::<(), pypi_upload::IndexError>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Eq, PartialEq)]
pub struct Profile {
    /// The stable word for settings: `pypi`, `gitlab`.
    pub name: &'static str,
    /// The name for people.
    pub label: &'static str,
    /// Whether the facts were compared with the real server.
    pub proof: Proof,
    /// Where the facts come from.
    pub source: &'static str,
    /// When the source was read or the server was run, `YYYY-MM-DD`.
    pub date: &'static str,
    /// The form of the URL that accepts uploads, after the scheme.
    pub upload: &'static str,
    /// The simple API, relative to the URL that accepts uploads; `None` when it does not follow from it.
    pub simple: Option<&'static str>,
    /// The statuses of a file that was stored.
    pub success: &'static [u16],
    /// The replies to a file whose name is taken.
    pub exists: &'static [Answer],
    /// Whether the reply to the same bytes again is a success.
    pub accepts_same: bool,
    /// Part of the body of a success that changed nothing, because the index has the same bytes.
    pub identical: Option<&'static str>,
    /// Whether the page of a project that does not exist may redirect to another index.
    pub redirects_missing: bool,
    /// Whether reading may need the credentials of an upload.
    pub private_reads: bool,
    /// Whether the index shows a warning for a file without `md5_digest`.
    pub md5: bool,
    /// Whether attestations (PEP 740) are stored. Others ignore them.
    pub attestations: bool,
    /// Whether the index exchanges ID tokens.
    pub trusted_publishing: bool,
    /// The audience of ID tokens; `None` for an index that must be asked, or has no exchange.
    pub audience: Option<&'static str>,
    /// The newest metadata version that is accepted; `None` where it is not checked.
    pub newest_metadata: Option<MetadataVersion>,
    /// The size of a file that is accepted; `None` where no limit is known.
    pub file_limit: Option<SizeLimit>,
    /// The size of all files of a project that is accepted; `None` where no limit is known.
    pub project_limit: Option<SizeLimit>,
    /// The URLs by which it is recognized, as `HOST/PATH` where `*` stands for any text and `**` for any folders; at other
    /// URLs it must be named.
    pub patterns: &'static [&'static str],
}

/// Whether the facts of a profile were compared with the real server.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Proof {
    /// From the source code, documentation or issue threads of the index. The server was not run.
    Documented,
    /// The server, or its source code, was run.
    Proved,
}

/// A reply to an upload, by its status and a part of its body in lower case.
#[non_exhaustive]
#[derive(Debug, Eq, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// A part of the body in lower case; empty for any body.
    pub text: &'static str,
}

/// A size that an index accepts.
///
/// # Examples
///
/// ```
/// use pypi_upload::Index;
///
/// let limit = Index::pypi().profile().file_limit.expect("PyPI has one");
/// assert_eq!((limit.mebibytes, limit.is_raised), (100, true));
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SizeLimit {
    /// In 1,048,576 bytes.
    pub mebibytes: u64,
    /// Whether the index raises it for a project on request, so that not every larger size is rejected.
    pub is_raised: bool,
}

/// What a reply says about the name of a file or of its project.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Taken {
    /// The index once had a file of this name.
    Deleted,
    /// The index has a file of this name.
    Exists,
    /// The name of the project is reserved for others.
    Reserved,
}

impl Profile {
    /// All profiles, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        table::ALL.iter().copied()
    }

    /// The profile with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Profile;
    ///
    /// assert_eq!(Profile::named("devpi").and_then(|devpi| devpi.simple), Some("+simple/"));
    /// assert_eq!(Profile::named("Devpi"), None);
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|profile| profile.name == name)
    }

    /// Whether the kind of the index is known. If not, the profile is the union of the others.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_upload::Index;
    ///
    /// assert!(Index::pypi().profile().is_known());
    /// assert!(!Index::custom("https://index.example/legacy/")?.profile().is_known());
    /// # Ok::<(), pypi_upload::IndexError>(())
    /// ```
    pub fn is_known(&self) -> bool {
        *self != OTHER
    }

    /// The profile that is recognized by the URL that accepts uploads.
    pub(crate) fn of(upload_url: &Url) -> Option<&'static Self> {
        Self::all().find(|profile| {
            let mut patterns = profile.patterns.iter();
            patterns.any(|pattern| pattern::matches(pattern, upload_url))
        })
    }

    /// The simple API that belongs to a URL that accepts uploads.
    pub(crate) fn simple_url(&self, upload_url: &Url) -> Option<Url> {
        let mut base = upload_url.clone();
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        base.join(self.simple?).ok()
    }

    /// What a reply of this status with this body, in lower case, says about a name, and the part of the body that says it.
    pub(crate) fn taken(&self, status: StatusCode, body: &str) -> Option<(Taken, &'static str)> {
        let status = status.as_u16();
        let is_one = |answer: &&Answer| answer.status == status && body.contains(answer.text);
        let mut reserved = RESERVED.into_iter().filter(|_| matches!(status, 403 | 409));
        match self.exists.iter().find(is_one) {
            Some(answer) if !answer.text.is_empty() => Some((Taken::Exists, answer.text)),
            _ if status == 400 && body.contains(DELETED) => Some((Taken::Deleted, DELETED)),
            any_body => match reserved.find(|text| body.contains(text)) {
                Some(text) => Some((Taken::Reserved, text)),
                None => any_body.map(|answer| (Taken::Exists, answer.text)),
            },
        }
    }
}

/// In Warehouse's reply to the name of a file that was deleted.
const DELETED: &str = "this filename was previously used";

/// In replies about the name of a project: PEP 752 has 409 for a reserved prefix (403 in its drafts), and Warehouse for a name
/// that conflicts with another one.
const RESERVED: [&str; 4] = [
    "is reserved",
    "reserved namespace",
    "reserved prefix",
    "conflicts with an existing project",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_complete() {
        for profile in Profile::all().chain([&OTHER]) {
            let name = profile.name;
            assert!(!profile.source.is_empty(), "{name}");
            let date: Vec<usize> = profile.date.split('-').map(str::len).collect();
            assert_eq!(date, [4, 2, 2], "{name}");
            for answer in profile.exists {
                assert_eq!(answer.text, answer.text.to_lowercase(), "{name}");
            }
            assert!(profile.success.iter().all(|status| status / 100 == 2));
            assert_eq!(Profile::named(name), Some(profile).filter(|p| *p != &OTHER));
        }
    }

    #[test]
    fn an_index_is_recognized_and_its_simple_api_follows() {
        for (upload, name, simple) in [
            (
                "https://gitlab.example/api/v4/projects/group%2Fname/packages/pypi",
                "gitlab",
                "https://gitlab.example/api/v4/projects/group%2Fname/packages/pypi/simple/",
            ),
            (
                "https://git.example/gitlab/api/v4/projects/7/packages/pypi/",
                "gitlab",
                "https://git.example/gitlab/api/v4/projects/7/packages/pypi/simple/",
            ),
            (
                "https://codeberg.org/api/packages/me/pypi",
                "forgejo",
                "https://codeberg.org/api/packages/me/pypi/simple/",
            ),
            (
                "https://gitea.com/api/packages/me/pypi",
                "gitea",
                "https://gitea.com/api/packages/me/pypi/simple/",
            ),
            (
                "https://acme.jfrog.io/artifactory/api/pypi/pypi-local",
                "artifactory",
                "https://acme.jfrog.io/artifactory/api/pypi/pypi-local/simple/",
            ),
            (
                "https://acme-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/repo/",
                "codeartifact",
                "https://acme-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/repo/simple/",
            ),
            (
                "https://europe-west1-python.pkg.dev/project/repo/",
                "google",
                "https://europe-west1-python.pkg.dev/project/repo/simple/",
            ),
            (
                "https://pkgs.dev.azure.com/org/project/_packaging/feed/pypi/upload/",
                "azure",
                "https://pkgs.dev.azure.com/org/project/_packaging/feed/pypi/simple/",
            ),
        ] {
            let url: Url = upload.parse().expect("a URL");
            let profile = Profile::of(&url).expect(upload);
            assert_eq!(profile.name, name);
            let found = profile.simple_url(&url).expect("a simple API");
            assert_eq!(found.as_str(), simple);
        }
        for upload in [
            "https://index.example/legacy/",
            "https://gitlab.example/api/v4/projects/7/packages",
            "https://pkg.dev/project/repo/",
            "https://git.example/api/packages/me/pypi",
        ] {
            let url: Url = upload.parse().expect("a URL");
            assert_eq!(Profile::of(&url), None, "{upload}");
        }
    }

    #[test]
    fn the_body_of_a_conflict_decides() {
        let forgejo = Profile::named("forgejo").expect("a profile");
        for (profile, status, body, expected) in [
            (forgejo, 409, "", Some(Taken::Exists)),
            (
                forgejo,
                409,
                "the prefix acme- is reserved",
                Some(Taken::Reserved),
            ),
            (&PYPI, 409, "", None),
            (
                &PYPI,
                409,
                "the name 'demo' conflicts with an existing project. see",
                Some(Taken::Reserved),
            ),
            (
                &PYPI,
                403,
                "acme- is a reserved namespace",
                Some(Taken::Reserved),
            ),
            (
                &PYPI,
                400,
                "this filename was previously used by a file that has since been deleted.",
                Some(Taken::Deleted),
            ),
            (
                &PYPI,
                400,
                "file already exists ('is reserved')",
                Some(Taken::Exists),
            ),
            (&PYPI, 403, "file already exists", None),
            (&OTHER, 409, "conflict", Some(Taken::Exists)),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let found = profile.taken(status, body).map(|(taken, _)| taken);
            assert_eq!(found, expected, "{status} {body}");
        }
    }
}
