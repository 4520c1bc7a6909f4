//! The table of all keys: validation, defaults, the schema and the documentation come from it.

/// A key of `[tool.pypi-release]`, or of `pypi-release.toml`.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its tables and its name, with dots.
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    /// The value that counts if it is not set, as TOML.
    pub(crate) default: Option<&'static str>,
    /// One line that says what it is for.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "a test writes the schema and the documentation from it"
        )
    )]
    pub(crate) help: &'static str,
}

/// The values that a key accepts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// Several of these texts.
    Choices(&'static [&'static str]),
    /// An array of `{ path, search }`.
    Edits,
    Flag,
    /// Tables of indexes, by their names.
    Indexes,
    /// A path below the project, with `/`.
    Path,
    /// An array of such paths, with `*`, `?` and `**`.
    PathGlobs,
    /// The owner and the name of a repository.
    Repository,
    /// A pattern of tags, with `*` and `?`.
    TagGlob,
    Text,
    Texts,
    Time,
    Url,
    /// The name of an environment variable.
    Variable,
    /// A value that `pypi-versioning` reads, and its type.
    Version(&'static str),
}

/// The steps of `release`.
pub(crate) const STEPS: [&str; 9] = [
    "version",
    "route",
    "check",
    "gate",
    "identity",
    "draft",
    "publish",
    "verify",
    "github-release",
];

macro_rules! keys {
    ($($path:literal $kind:expr, $default:expr, $help:literal;)*) => {
        &[$(Key { path: $path, kind: $kind, default: $default, help: $help }),*]
    };
}

/// All keys, ordered by table.
pub(crate) const KEYS: &[Key] = keys! {
    "projects" Kind::PathGlobs, Some("[]"), "the folders of the projects, in a repository with several";
    "index" Kind::Indexes, None, "other indexes, for `--index NAME` (docs/indexes.md)";

    "version.scheme" Kind::Version("string"), Some("'guess-next-dev'"), "how the version of a commit after a tag is made";
    "version.local-scheme" Kind::Version("string"), Some("'node'"), "the content of the local part";
    "version.node-length" Kind::Version("integer"), Some("9"), "the number of digits of the commit in the local part";
    "version.base" Kind::Version("string"), None, "the version to count from without a tag";
    "version.tag-prefix" Kind::Version("string"), None, "the prefix of version tags; of several projects, the name and a dash";
    "version.tag-glob" Kind::Version("string"), None, "a pattern that version tags must also match";
    "version.tag-dot-required" Kind::Version("boolean"), Some("true"), "whether a version tag must contain a dot";
    "version.version-file" Kind::Version("string"), None, "the file that `version --write` writes";
    "version.version-file-template" Kind::Version("string"), None, "the content of that file, with {version}";

    "bump.files" Kind::Edits, Some("[]"), "other files that contain the version: the path, and text with {version} that occurs once";
    "bump.semantic" Kind::Flag, Some("false"), "accept versions of the form x.y.z only";
    "bump.message" Kind::Text, Some("'Release {version}'"), "the message of the commit and of the tag";

    "route.default-branch" Kind::Text, None, "the branch whose development versions go to TestPyPI; main where the CI does not say";
    "route.repository" Kind::Repository, None, "the only repository that publishes";
    "route.release-tags" Kind::TagGlob, None, "the tags that are releases; v* after the tag prefix";
    "route.prereleases" Kind::Choice(&["pypi", "testpypi"]), Some("'pypi'"), "where tagged alphas, betas and release candidates go";

    "gate.after" Kind::Texts, Some("[]"), "the workflows that must have succeeded on this commit";
    "gate.commands" Kind::Texts, Some("[]"), "the shell commands that must succeed before anything is sent";
    "gate.timeout" Kind::Time, Some("'30m'"), "the longest time for the workflows, and for each command";

    "publish.all-versions" Kind::Flag, Some("false"), "accept files of several versions of a project";
    "publish.attest" Kind::Choice(&["required", "best-effort", "off"]), None, "whether files are signed; without it the attestations beside them are sent";
    "publish.skip-private" Kind::Flag, Some("false"), "leave out files with a classifier that begins with `Private ::`";

    "verify.imports" Kind::Texts, None, "the modules to import; the top-level modules of the wheel";
    "verify.commands" Kind::Texts, None, "the shell commands to run; the console scripts with --version or --help";
    "verify.timeout" Kind::Time, Some("'10m'"), "the longest time until the index serves the release";
    "verify.dependencies-index" Kind::Url, None, "the simple API that has the dependencies; that of PyPI";

    "notes.template" Kind::Path, None, "the template of the notes (minijinja)";
    "notes.changelog" Kind::Path, None, "the changelog to keep, or to take the section of the release from";
    "notes.handwritten" Kind::Flag, Some("false"), "use the section of the changelog instead of the history";

    "github.assets" Kind::PathGlobs, Some("[]"), "further files for the GitHub release";
    "github.draft-only" Kind::Flag, Some("false"), "leave the GitHub release a draft for a person to publish";

    "webhook.url-env" Kind::Variable, None, "the environment variable that contains the URL";
    "webhook.on" Kind::Choices(&["success", "failure"]), Some("['success', 'failure']"), "the results to send";
    "webhook.template" Kind::Text, None, "the body: JSON with {{ … }}, or the path of a file with it";

    "release.dist" Kind::Path, Some("'dist'"), "the folder of the distributions";
    "release.skip" Kind::Choices(&STEPS), Some("[]"), "the steps to leave out";
};

/// Returns the key with this path.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

impl Key {
    /// The table of the key, without `tool.pypi-release`; empty for keys at the top.
    pub(crate) fn table(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &'static str {
        self.path
            .rsplit_once('.')
            .map_or(self.path, |(_, name)| name)
    }
}
