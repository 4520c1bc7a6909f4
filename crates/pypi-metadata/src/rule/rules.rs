//! The table of rules: every rule that the crates of this workspace check.
//!
//! `docs/metadata.md` lists them with their ids.

use super::{Rule, Severity};

macro_rules! rules {
    ($($name:ident $severity:ident $id:literal $summary:literal $page:expr;)+) => {
        $(
            #[doc = concat!("`", $id, "`: ", $summary, ".")]
            pub static $name: Rule = Rule {
                id: $id,
                severity: Severity::$severity,
                summary: $summary,
                page: $page,
            };
        )+

        pub(super) static ALL: &[&Rule] = &[$(&$name),+];
    };
}

/// The page of a field in the core metadata specification.
macro_rules! field {
    ($anchor:literal) => {
        concat!(
            "https://packaging.python.org/en/latest/specifications/core-metadata/#",
            $anchor
        )
    };
}

macro_rules! help {
    ($anchor:literal) => {
        concat!("https://pypi.org/help/#", $anchor)
    };
}

const CORE_METADATA: &str = "https://packaging.python.org/en/latest/specifications/core-metadata/";
const PYPROJECT: &str = "https://packaging.python.org/en/latest/specifications/pyproject-toml/";
const SDIST: &str =
    "https://packaging.python.org/en/latest/specifications/source-distribution-format/";
const WHEEL: &str =
    "https://packaging.python.org/en/latest/specifications/binary-distribution-format/";
const ARCHIVES: &str = "https://docs.pypi.org/archives/";
const ATTESTATIONS: &str = "https://docs.pypi.org/attestations/";
const LIMITS: &str = "https://docs.pypi.org/project-management/storage-limits/";
const PUBLISHERS: &str = "https://docs.pypi.org/trusted-publishers/";
const PUBLISHERS_TROUBLE: &str = "https://docs.pypi.org/trusted-publishers/troubleshooting/";
const TAGS: &str =
    "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/";
const UPLOAD: &str = "https://docs.pypi.org/api/upload/";

rules! {
    // Core metadata.
    METADATA_VERSION Error "metadata-version" "Metadata-Version is missing, or is not a version that PyPI accepts" field!("metadata-version");
    METADATA_UNREADABLE Error "metadata-unreadable" "the core metadata cannot be parsed, or is too large" CORE_METADATA;
    FIELD_REPEATED Error "field-repeated" "a field that may appear once is given several times" CORE_METADATA;
    FIELD_TOO_NEW Error "field-too-new" "a field is newer than Metadata-Version" CORE_METADATA;
    FIELD_UNKNOWN Warning "field-unknown" "a header is not a core metadata field" CORE_METADATA;
    NAME_INVALID Error "name-invalid" "the name is missing, or is not a valid project name" field!("name");
    NAME_STDLIB Warning "name-stdlib" "the name is that of a module in Python's standard library" help!("project-name");
    VERSION_INVALID Error "version-invalid" "the version is missing, or is not a PEP 440 version" field!("version");
    VERSION_LOCAL Error "version-local" "the version has a local part" field!("version");
    DYNAMIC Error "dynamic" "Dynamic names something that is not a field, or that cannot be dynamic" field!("dynamic");
    SUMMARY_LENGTH Error "summary-length" "the summary is too long" field!("summary");
    SUMMARY_LINES Error "summary-lines" "the summary has more than one line" field!("summary");
    SUMMARY_NONE Hint "summary-none" "the summary is missing" field!("summary");
    CONTENT_TYPE Error "content-type" "the content type of the description is not one that PyPI accepts" field!("description-content-type");
    DESCRIPTION_EMPTY Warning "description-empty" "the description is missing" help!("description-content-type");
    DESCRIPTION_NOT_JUDGED Hint "description-not-judged" "a part of the description could not be checked" help!("description-content-type");
    DESCRIPTION_RST Error "description-rst" "PyPI cannot render the description, which is reStructuredText" help!("description-content-type");
    DESCRIPTION_TYPE Warning "description-type" "the description has no content type" help!("description-content-type");
    EMAIL_INVALID Error "email-invalid" "an email address is invalid" field!("author-email");
    URL_INVALID Error "url-invalid" "Home-page or Download-URL is not an http or https URL" field!("home-page");
    PROJECT_URL Error "project-url" "a project URL has no valid label or URL" field!("project-url");
    PROJECT_URL_REPEATED Error "project-url-repeated" "two project URLs have the same label" field!("project-url");
    LICENSE_CLASSIFIER Warning "license-classifier" "a License classifier is set together with a license expression" field!("license-expression");
    LICENSE_EXPRESSION Error "license-expression" "the license expression is not valid SPDX" field!("license-expression");
    LICENSE_FILE_MISSING Error "license-file-missing" "a license file is not in the distribution" field!("license-file");
    LICENSE_FILE_PATH Error "license-file-path" "the path of a license file is not one that PyPI accepts" field!("license-file");
    LICENSE_NONE Hint "license-none" "the license is missing" field!("license-expression");
    LICENSE_TWICE Error "license-twice" "License is set together with License-Expression" field!("license");
    CLASSIFIER_CONTRADICTS Warning "classifier-contradicts" "a classifier names a version of Python that Requires-Python excludes" field!("classifier");
    CLASSIFIER_DEPRECATED Error "classifier-deprecated" "a classifier is deprecated" field!("classifier");
    CLASSIFIER_UNKNOWN Error "classifier-unknown" "a classifier is not on PyPI's list" field!("classifier");
    REQUIRES_PYTHON Error "requires-python" "Requires-Python is not a set of version specifiers" field!("requires-python");
    REQUIRES_PYTHON_MISSING Warning "requires-python-missing" "Requires-Python is missing" field!("requires-python");
    REQUIRES_DIST Error "requires-dist" "a requirement is not a valid dependency specifier" field!("requires-dist");
    REQUIRES_DIST_URL Error "requires-dist-url" "a requirement is a direct reference by URL" field!("requires-dist");
    REQUIREMENT_LEGACY Error "requirement-legacy" "Provides-Dist or Obsoletes-Dist is not a valid dependency specifier" field!("provides-dist");
    EXTRA_NAME Error "extra-name" "the name of an extra is invalid" field!("provides-extra");
    IMPORT_NAME Error "import-name" "an import name is not a dotted Python identifier" field!("import-name");
    IMPORT_NAME_ABSENT Warning "import-name-absent" "a wheel for any platform does not contain an import name" field!("import-name");
    IMPORT_NAME_BOTH Warning "import-name-both" "a name is in Import-Name and in Import-Namespace" field!("import-namespace");
    IMPORT_NAME_PARENT Hint "import-name-parent" "the parent of an import name is not listed" field!("import-namespace");
    IMPORT_NAME_UNLISTED Hint "import-name-unlisted" "a wheel installs a top-level module that its import names do not list" field!("import-name");

    // File names.
    FILENAME_CHARACTER Error "filename-character" "the file name has a character that is not allowed" WHEEL;
    FILENAME_EXTENSION Error "filename-extension" "the extension is not that of a wheel or sdist, or does not fit the file type" SDIST;
    FILENAME_LONG Error "filename-long" "the file name is too long" WHEEL;
    FILENAME_NAME Error "filename-name" "the file name is for a different project than the metadata" WHEEL;
    FILENAME_NOT_NORMALIZED Error "filename-not-normalized" "the file name does not have the normalized name or version" WHEEL;
    FILENAME_PARTS Error "filename-parts" "the file name does not have the parts of a wheel or sdist" WHEEL;
    FILENAME_VERSION Error "filename-version" "the file name is for a different version than the metadata" WHEEL;
    FILE_SIZE Error "file-size" "the file is larger than PyPI accepts; up to 1 GiB a warning, because PyPI raises the limit for a project on request" LIMITS;
    TAG_ODD Warning "tag-odd" "PyPI accepts a tag, but no installer selects it" TAGS;
    TAG_PLATFORM Error "tag-platform" "a platform tag is not one that PyPI accepts; a warning for a newer macOS" TAGS;
    TAG_PYTHON2 Warning "tag-python2" "a universal wheel claims to support Python 2" WHEEL;
    TAG_UNIVERSAL_NATIVE Warning "tag-universal-native" "a wheel for any platform contains native code" WHEEL;

    // Archives.
    ARCHIVE_BOTH Error "archive-both" "the file is a zip and a tar archive at once" ARCHIVES;
    ARCHIVE_ENCRYPTED Error "archive-encrypted" "a source file is encrypted" ARCHIVES;
    ARCHIVE_ODD_MEMBER Warning "archive-odd-member" "a member is not a file, folder or link" ARCHIVES;
    ARCHIVE_READ Error "archive-read" "the archive cannot be read from disk" ARCHIVES;
    ARCHIVE_UNSAFE Warning "archive-unsafe" "a member would be unpacked outside the target folder" ARCHIVES;
    ZIP_COMPRESSION Error "zip-compression" "a member of the zip archive uses an unsupported compression method" ARCHIVES;
    ZIP_DAMAGED Error "zip-damaged" "the zip archive is damaged" ARCHIVES;
    ZIP_NOT Error "zip-not" "the file is not a zip archive" ARCHIVES;
    ZIP_RATIO Error "zip-ratio" "the zip archive unpacks to more than 50 times its size" ARCHIVES;
    ZIP_RECORDS Error "zip-records" "the records of the zip archive do not match its central directory" ARCHIVES;
    TAR_DAMAGED Error "tar-damaged" "the tar archive is damaged" ARCHIVES;
    TAR_LARGE Warning "tar-large" "the tar archive exceeds a limit of this library" ARCHIVES;
    TAR_NOT Error "tar-not" "the file is not a .tar.gz archive" ARCHIVES;
    TAR_NOT_GZIP Error "tar-not-gzip" "the tar archive is not compressed with gzip" ARCHIVES;
    TAR_SPARSE Error "tar-sparse" "the tar archive has a sparse member" ARCHIVES;
    TAR_TRAILER Warning "tar-trailer" "the tar archive is damaged after its last member" ARCHIVES;
    SDIST_NO_PKG_INFO Error "sdist-no-pkg-info" "the sdist has no PKG-INFO in its top folder" SDIST;
    SDIST_NO_PYPROJECT Warning "sdist-no-pyproject" "the sdist has no pyproject.toml" SDIST;
    SDIST_TOP_LEVEL Error "sdist-top-level" "the sdist does not have exactly one top folder" SDIST;
    SDIST_TOP_NAME Warning "sdist-top-name" "the top folder of the sdist is not named like the file" SDIST;
    WHEEL_COMMON_NAME Warning "wheel-common-name" "the wheel installs a top-level package that other projects install too, such as tests" WHEEL;
    WHEEL_EMPTY Warning "wheel-empty" "the wheel installs nothing" WHEEL;
    WHEEL_JUNK Warning "wheel-junk" "the wheel contains files that nobody imports" WHEEL;
    WHEEL_NO_METADATA Error "wheel-no-metadata" "the wheel has no METADATA" WHEEL;
    WHEEL_NO_WHEEL Error "wheel-no-wheel" "the wheel has no WHEEL file" WHEEL;
    WHEEL_PARTS Error "wheel-parts" "the name of the wheel has no name, version and tags" WHEEL;
    WHEEL_SECOND_DIST_INFO Warning "wheel-second-dist-info" "the wheel has two metadata folders" WHEEL;
    WHEEL_TOP_INIT Warning "wheel-top-init" "the wheel installs __init__.py into site-packages itself" WHEEL;
    WHEEL_VARIANT Error "wheel-variant" "the wheel is a variant, which PyPI does not accept yet" "https://peps.python.org/pep-0825/#variant-label";
    RECORD_ABSENT Warning "record-absent" "RECORD lists a file that is not in the wheel" WHEEL;
    RECORD_HASH Warning "record-hash" "a file does not match its size or hash in RECORD" WHEEL;
    RECORD_MISSING Error "record-missing" "the wheel has no RECORD, or it is not valid CSV" WHEEL;
    RECORD_NOT_JUDGED Warning "record-not-judged" "the wheel is too large to compare all of it with RECORD" WHEEL;
    RECORD_UNLISTED Warning "record-unlisted" "a file of the wheel is not listed in RECORD" WHEEL;
    ENTRY_POINTS Error "entry-points" "the entry points are invalid" "https://packaging.python.org/en/latest/specifications/entry-points/";

    // Files of a release.
    FILE_TWICE Error "file-twice" "two files have the same name" UPLOAD;
    FILE_IDENTICAL Error "file-identical" "two files have the same bytes under different names" UPLOAD;
    RELEASE_TWO_SDISTS Error "release-two-sdists" "a release has two sdists" UPLOAD;
    RELEASE_FIELDS Warning "release-fields" "the metadata of two files of a release differs" CORE_METADATA;
    RELEASE_SPELLING Warning "release-spelling" "the files spell the name of the project differently" field!("name");
    RELEASE_STATIC Warning "release-static" "a wheel does not have a value that is not dynamic in its sdist" field!("dynamic");
    RELEASE_VERSIONS Error "release-versions" "the files of a project have different versions; a warning if that is allowed" field!("version");

    // Upload forms.
    FORM_CONTENT_TYPE Error "form-content-type" "the media type of the file part is not that of a distribution" UPLOAD;
    FORM_DIGEST Error "form-digest" "the form has no digest, or one that does not match the file" UPLOAD;
    FORM_FIELD Error "form-field" "a form field about the file is missing or invalid" UPLOAD;
    FORM_FILE Error "form-file" "the form has no file" UPLOAD;
    FORM_FILE_PART Error "form-file-part" "a text field is sent as a file" UPLOAD;
    FORM_PROTOCOL Error "form-protocol" "the protocol version is not 1" UPLOAD;

    // pyproject.toml.
    PYPROJECT_BUILD_SYSTEM Error "pyproject-build-system" "build-system has no requires" PYPROJECT;
    PYPROJECT_DYNAMIC Error "pyproject-dynamic" "dynamic names a key that is unknown, set, or cannot be dynamic; a list or table that is set is a warning" PYPROJECT;
    PYPROJECT_EMPTY Error "pyproject-empty" "a value is empty" PYPROJECT;
    PYPROJECT_ENTRY_POINTS Error "pyproject-entry-points" "a script is declared in entry-points" PYPROJECT;
    PYPROJECT_LICENSE Error "pyproject-license" "the license keys contradict each other" PYPROJECT;
    PYPROJECT_LICENSE_TABLE Warning "pyproject-license-table" "license is a table, which is deprecated" PYPROJECT;
    PYPROJECT_NAME Error "pyproject-name" "the project name is missing" PYPROJECT;
    PYPROJECT_NO_BUILD_SYSTEM Warning "pyproject-no-build-system" "the build-system table is missing" PYPROJECT;
    PYPROJECT_NO_PROJECT Warning "pyproject-no-project" "the project table is missing" PYPROJECT;
    PYPROJECT_PERSON Error "pyproject-person" "an author or maintainer has neither name nor email; a comma in a name is a warning" PYPROJECT;
    PYPROJECT_POETRY Warning "pyproject-poetry" "tool.poetry contains project metadata" PYPROJECT;
    PYPROJECT_README Error "pyproject-readme" "the readme has no file or text, or no known content type" PYPROJECT;
    PYPROJECT_TOML Error "pyproject-toml" "the file is not valid TOML, or is too large" PYPROJECT;
    PYPROJECT_TYPE Error "pyproject-type" "a value has the wrong type" PYPROJECT;
    PYPROJECT_UNKNOWN Error "pyproject-unknown" "a key is unknown" PYPROJECT;
    PYPROJECT_VERSION Error "pyproject-version" "the version is neither set nor dynamic" PYPROJECT;

    // Publication plans.
    ATTESTATION Error "attestation" "an attestation is invalid, or is not for its file" ATTESTATIONS;
    ATTESTATION_LOGGED Warning "attestation-logged" "a signature is, or may be, in the transparency log although the file was not published with it" ATTESTATIONS;
    ATTESTATION_NOT_SIGNED Error "attestation-not-signed" "a file cannot be signed; a warning if it may be published without an attestation" ATTESTATIONS;
    ATTESTATION_PRIVATE Error "attestation-private" "a signature shows a repository that is not public in a public log; a warning if that is allowed or not known" ATTESTATIONS;
    ATTESTATION_PUBLISHER Error "attestation-publisher" "an attestation is not signed by the repository and workflow that PyPI requires; a warning if the index may accept it" ATTESTATIONS;
    ATTESTATIONS_NOT_SENT Warning "attestations-not-sent" "attestations are not sent, because the index does not accept them with these credentials, or stores none" ATTESTATIONS;
    CREDENTIALS_CONFLICT Error "credentials-conflict" "several sources give different credentials for the index" UPLOAD;
    CREDENTIALS_INVALID Error "credentials-invalid" "the credentials cannot be those of an account or token of the index" help!("apitoken");
    IDENTITY_CLAIMS Warning "identity-claims" "the index may reject the ID token of the job because of a claim" PUBLISHERS;
    IDENTITY_ONCE Hint "identity-once" "the CI service issues one ID token per job, so there is no second API token" PUBLISHERS;
    INSECURE_INDEX Error "insecure-index" "the URL of the index is not https" UPLOAD;
    MD5_MISSING Hint "md5-missing" "the index wants an MD5 digest, which was not computed" UPLOAD;
    NO_AUTHENTICATION Warning "no-authentication" "credentials for the index are missing" UPLOAD;
    NO_IDENTITY Error "no-identity" "the environment has no CI identity for trusted publishing" PUBLISHERS;
    NO_TRUSTED_PUBLISHING Error "no-trusted-publishing" "the index has no trusted publishing" PUBLISHERS;
    NOTHING_TO_PUBLISH Error "nothing-to-publish" "nothing to publish was found" UPLOAD;
    PRIVATE_SKIPPED Hint "private-skipped" "a file with a classifier that begins with Private :: is left out" UPLOAD;
    PROJECT_NEW Hint "project-new" "the index lists no files of the project, so trusted publishing may need a pending publisher" PUBLISHERS;
    UNREADABLE Error "unreadable" "a file cannot be read as a distribution" UPLOAD;
    FINDINGS_LIMIT Error "findings-limit" "there are more findings than are kept; a warning if none of the others is an error" UPLOAD;

    // What only an index can know.
    AUTHENTICATION Error "authentication" "the credentials are missing or unknown" help!("invalid-auth");
    PASSWORD Error "password" "the credentials are a user name and password, not an API token" help!("apitoken");
    TOKEN_EXPIRED Error "token-expired" "the API token has expired" help!("apitoken");
    TOKEN_SCOPE Error "token-scope" "the API token is not valid for the project" help!("apitoken");
    NOT_ALLOWED Error "not-allowed" "the account or publisher may not upload to the project" help!("project-name");
    EMAIL_UNVERIFIED Error "email-unverified" "the account has no verified email address" help!("verified-email");
    NO_SECOND_FACTOR Error "no-second-factor" "the account has no two-factor authentication" help!("two-factor-authentication");
    ORGANIZATION_INACTIVE Error "organization-inactive" "the organization that owns the project is inactive" "https://docs.pypi.org/organization-accounts/";
    PUBLISHER_CREATES_PROJECT Error "publisher-creates-project" "a trusted publisher uploads to a project that does not exist" PUBLISHERS_TROUBLE;
    NAME_PROHIBITED Error "name-prohibited" "the name is prohibited on the index" help!("project-name");
    NAME_SIMILAR Error "name-similar" "the name is too similar to that of another project" help!("project-name");
    NEW_PROJECT_RATE Error "new-project-rate" "too many projects were created in the last hour" UPLOAD;
    PROJECT_SIZE Error "project-size" "the files of the project exceed its total size limit; a warning for a plan if the index may have raised the limit" LIMITS;
    FILE_EXISTS Error "file-exists" "the index has a different file of this name, or these bytes under another name" help!("file-name-reuse");
    FILENAME_DELETED Error "filename-deleted" "a file of this name was deleted" help!("file-name-reuse");
    RELEASE_AGE Error "release-age" "the release is too old for new files" UPLOAD;
    SWITCHED_OFF Error "switched-off" "an administrator has disabled the function" help!("admin-intervention");
    BODY Error "body" "the request body cannot be read" UPLOAD;
    STORAGE Error "storage" "the index cannot store the file" UPLOAD;
    FAULT Error "fault" "the response is an injected fault" UPLOAD;
    INVALID_PAYLOAD Error "invalid-payload" "the exchange request has no usable ID token" PUBLISHERS_TROUBLE;
    INVALID_TOKEN Error "invalid-token" "the ID token is not valid" PUBLISHERS_TROUBLE;
    INVALID_REUSE_TOKEN Error "invalid-reuse-token" "the ID token has been used before" PUBLISHERS_TROUBLE;
    INVALID_PUBLISHER Error "invalid-publisher" "no trusted publisher matches the ID token" PUBLISHERS_TROUBLE;
    INVALID_PENDING_PUBLISHER Error "invalid-pending-publisher" "the pending publisher cannot create its project" PUBLISHERS_TROUBLE;
    NOT_ENABLED Error "not-enabled" "trusted publishing is disabled on the index" PUBLISHERS_TROUBLE;
}
