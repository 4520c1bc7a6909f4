//! The profiles. Each fact is from the source that the profile names, or was seen when the server was run.

use pypi_metadata::MetadataVersion;

use super::{Answer, Profile, Proof, SizeLimit};

/// In the order of the documentation: those that were run, then the others by name.
pub(super) static ALL: [&Profile; 15] = [
    &PYPI,
    &TEST_PYPI,
    &LOCAL,
    &LOCAL_PRIVATE,
    &PYPISERVER,
    &DEVPI,
    &ARTIFACTORY,
    &AZURE,
    &CLOUDSMITH,
    &CODE_ARTIFACT,
    &FORGEJO,
    &GITEA,
    &GITLAB,
    &GOOGLE,
    &NEXUS,
];

pub(crate) static PYPI: Profile = Profile {
    name: "pypi",
    label: "PyPI",
    audience: Some("pypi"),
    ..WAREHOUSE
};

pub(crate) static TEST_PYPI: Profile = Profile {
    name: "testpypi",
    label: "TestPyPI",
    audience: Some("testpypi"),
    ..WAREHOUSE
};

static LOCAL: Profile = Profile {
    name: "local",
    label: "local index",
    source: "pypi-local-index of this repository, which compares itself with Warehouse's source code",
    date: "2026-11-21",
    ..WAREHOUSE
};

/// An index like PyPI whose pages are for those who may upload.
static LOCAL_PRIVATE: Profile = Profile {
    name: "local-private",
    label: "local index, private",
    source: "pypi-local-index of this repository, with `private_reads`",
    date: "2026-11-22",
    private_reads: true,
    ..WAREHOUSE
};

/// The software of PyPI.
const WAREHOUSE: Profile = Profile {
    name: "",
    label: "",
    proof: Proof::Proved,
    source: "Warehouse's source code: forklift/legacy.py, oidc/views.py, forklift/metadata.py",
    date: "2026-08-21",
    upload: "HOST/legacy/",
    simple: Some("../simple/"),
    success: &[200],
    exists: &[answer(400, "file already exists")],
    accepts_same: true,
    identical: None,
    redirects_missing: false,
    private_reads: false,
    md5: false,
    attestations: true,
    trusted_publishing: true,
    audience: None,
    newest_metadata: Some(MetadataVersion::V2_5),
    file_limit: Some(SizeLimit {
        mebibytes: 100,
        is_raised: true,
    }),
    project_limit: Some(SizeLimit {
        mebibytes: 10 * 1024,
        is_raised: true,
    }),
    patterns: &[],
};

static PYPISERVER: Profile = Profile {
    name: "pypiserver",
    label: "pypiserver",
    proof: Proof::Proved,
    source: "pypiserver 2.4.2, run on loopback",
    date: "2026-11-22",
    upload: "HOST/",
    simple: Some("simple/"),
    success: &[200],
    // A client with `twine` in its user agent gets 400.
    exists: &[answer(409, "already exists"), answer(400, "already exists")],
    // `--fallback-url`, on by default.
    redirects_missing: true,
    ..OWN_SERVER
};

static DEVPI: Profile = Profile {
    name: "devpi",
    label: "devpi",
    proof: Proof::Proved,
    source: "devpi-server 6.20.3, run on loopback",
    date: "2026-11-22",
    upload: "HOST/USER/INDEX/",
    simple: Some("+simple/"),
    success: &[200],
    exists: &[answer(409, "already exists in non-volatile index")],
    accepts_same: true,
    identical: Some("upload of identical file to non volatile index"),
    ..OWN_SERVER
};

static ARTIFACTORY: Profile = Profile {
    name: "artifactory",
    label: "Artifactory",
    source: "jfrog.com/help, PyPI Repositories; pypa/twine 6.1 upload.py; astral-sh/uv#7917, #10202, #16073",
    upload: "HOST/artifactory/api/pypi/REPOSITORY",
    // Who may delete artifacts overwrites them silently.
    exists: &[
        answer(403, "overwrite artifact"),
        answer(403, "overwrite all artifacts"),
    ],
    md5: true,
    patterns: &["*/**/api/pypi/*"],
    ..OWN_SERVER
};

static AZURE: Profile = Profile {
    name: "azure",
    label: "Azure Artifacts",
    source: "learn.microsoft.com, Azure Artifacts, Python packages; astral-sh/uv#8817; pypa/twine 6.1 upload.py",
    upload: "pkgs.dev.azure.com/ORGANIZATION/PROJECT/_packaging/FEED/pypi/upload/",
    simple: Some("../simple/"),
    exists: &[
        answer(409, "already contains file"),
        answer(409, "packagealreadyexistsexception"),
    ],
    // The documentation says 500 MB, which may be less: of a file between the two nothing is said.
    file_limit: Some(SizeLimit {
        mebibytes: 500,
        is_raised: false,
    }),
    patterns: &[
        "pkgs.dev.azure.com/**/_packaging/*/pypi/upload",
        "*.pkgs.visualstudio.com/**/_packaging/*/pypi/upload",
    ],
    ..OWN_SERVER
};

static CLOUDSMITH: Profile = Profile {
    name: "cloudsmith",
    label: "Cloudsmith",
    source: "docs.cloudsmith.com/formats/python-repository",
    upload: "python.cloudsmith.io/OWNER/REPOSITORY/",
    // Reads go to another host, by a token or without.
    simple: None,
    exists: &[answer(409, "")],
    patterns: &["python.cloudsmith.io/*/*"],
    ..OWN_SERVER
};

static CODE_ARTIFACT: Profile = Profile {
    name: "codeartifact",
    label: "AWS CodeArtifact",
    source: "docs.aws.amazon.com/codeartifact, Using CodeArtifact with Python; pypa/twine 6.1 upload.py",
    upload: "DOMAIN-ACCOUNT.d.codeartifact.REGION.amazonaws.com/pypi/REPOSITORY/",
    exists: &[answer(409, "")],
    patterns: &["*.d.codeartifact.*.amazonaws.com/pypi/*"],
    ..OWN_SERVER
};

static FORGEJO: Profile = Profile {
    name: "forgejo",
    label: "Forgejo",
    source: "Forgejo's source code: routers/api/packages/pypi/pypi.go",
    upload: "HOST/api/packages/OWNER/pypi",
    success: &[201],
    exists: &[answer(409, "")],
    patterns: &["codeberg.org/api/packages/*/pypi"],
    ..OWN_SERVER
};

static GITEA: Profile = Profile {
    name: "gitea",
    label: "Gitea",
    source: "Gitea's source code: routers/api/packages/pypi/pypi.go",
    upload: "HOST/api/packages/OWNER/pypi",
    success: &[201],
    exists: &[answer(400, "already exist"), answer(409, "")],
    patterns: &["gitea.com/api/packages/*/pypi"],
    ..OWN_SERVER
};

static GITLAB: Profile = Profile {
    name: "gitlab",
    label: "GitLab",
    source: "docs.gitlab.com/api/packages/pypi; GitLab's source code: package_file.rb; astral-sh/uv#8531, #9195",
    upload: "HOST/api/v4/projects/ID/packages/pypi",
    success: &[201],
    exists: &[answer(400, "already been taken")],
    // Request forwarding to PyPI, on by default.
    redirects_missing: true,
    patterns: &["*/**/api/v4/projects/*/packages/pypi"],
    ..OWN_SERVER
};

static GOOGLE: Profile = Profile {
    name: "google",
    label: "Google Artifact Registry",
    source: "cloud.google.com/artifact-registry/docs/python; pypa/twine 6.1 upload.py",
    upload: "LOCATION-python.pkg.dev/PROJECT/REPOSITORY/",
    exists: &[answer(400, "already exist"), answer(409, "already exist")],
    patterns: &["*-python.pkg.dev/*/*"],
    ..OWN_SERVER
};

static NEXUS: Profile = Profile {
    name: "nexus",
    label: "Nexus Repository",
    source: "help.sonatype.com, PyPI Repositories; pypa/twine 6.1 upload.py and #1221",
    upload: "HOST/repository/REPOSITORY/",
    exists: &[
        answer(400, "updating asset"),
        answer(400, "cannot be updated"),
    ],
    ..OWN_SERVER
};

/// What the indexes that people run for themselves have in common.
const OWN_SERVER: Profile = Profile {
    proof: Proof::Documented,
    date: "2026-11-21",
    simple: Some("simple/"),
    // Where the documentation does not say which.
    success: &[200, 201, 202],
    exists: &[],
    accepts_same: false,
    private_reads: true,
    attestations: false,
    trusted_publishing: false,
    newest_metadata: None,
    file_limit: None,
    project_limit: None,
    ..WAREHOUSE
};

/// Any other index: what one of the others would mean.
pub(crate) static OTHER: Profile = Profile {
    name: "other",
    label: "another index",
    source: "the union of the others, and pypa/twine 6.1 upload.py",
    upload: "any",
    simple: None,
    exists: &[
        answer(400, "already exist"),
        answer(400, "already been taken"),
        answer(400, "updating asset"),
        answer(400, "cannot be updated"),
        answer(403, "overwrite artifact"),
        answer(409, "already exist"),
        answer(409, "already contains"),
        answer(409, ""),
    ],
    private_reads: false,
    attestations: true,
    trusted_publishing: true,
    ..OWN_SERVER
};

const fn answer(status: u16, text: &'static str) -> Answer {
    Answer { status, text }
}
