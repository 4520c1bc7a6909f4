//! The tables, typed.

use std::time::Duration;

use super::{
    Values,
    value::{Edit, Value},
};

/// `[bump]`.
#[derive(Clone, Debug)]
pub(crate) struct Bump {
    pub(crate) files: Vec<Edit>,
    pub(crate) semantic: bool,
    /// With `{version}`.
    pub(crate) message: String,
}

/// `[route]`.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) default_branch: Option<String>,
    pub(crate) repository: Option<String>,
    /// If not set, `v*` after the tag prefix.
    pub(crate) release_tags: Option<String>,
    /// `pypi` or `testpypi`.
    pub(crate) prereleases: String,
}

/// `[gate]`.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) after: Vec<String>,
    pub(crate) commands: Vec<String>,
    pub(crate) timeout: Duration,
}

/// `[publish]`.
#[derive(Clone, Debug)]
pub(crate) struct Publish {
    /// `required`, `best-effort` or `off`.
    pub(crate) attest: Option<String>,
    pub(crate) all_versions: bool,
    pub(crate) skip_private: bool,
}

/// `[verify]`.
#[derive(Clone, Debug)]
pub(crate) struct Verify {
    /// If not set, the top-level modules of the wheel.
    pub(crate) imports: Option<Vec<String>>,
    /// If not set, the console scripts.
    pub(crate) commands: Option<Vec<String>>,
    pub(crate) timeout: Duration,
    /// The URL of a simple API.
    pub(crate) dependencies_index: Option<String>,
}

/// `[notes]`.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    pub(crate) template: Option<String>,
    pub(crate) changelog: Option<String>,
    pub(crate) handwritten: bool,
}

/// `[github]`.
#[derive(Clone, Debug)]
pub(crate) struct GitHub {
    /// Patterns for [`Glob`](crate::glob::Glob).
    pub(crate) assets: Vec<String>,
    pub(crate) draft_only: bool,
}

/// `[webhook]`.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    pub(crate) url_env: Option<String>,
    /// `success`, `failure`.
    pub(crate) on: Vec<String>,
    pub(crate) template: Option<String>,
}

/// `[release]`.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) dist: String,
    pub(crate) skip: Vec<String>,
}

impl Bump {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            files: match values.get("bump.files") {
                Some(Value::Edits(edits)) => edits,
                _ => Vec::new(),
            },
            semantic: values.flag("bump.semantic"),
            message: values.text("bump.message").unwrap_or_default(),
        }
    }
}

impl Route {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            default_branch: values.text("route.default-branch"),
            repository: values.text("route.repository"),
            release_tags: values.text("route.release-tags"),
            prereleases: values.text("route.prereleases").unwrap_or_default(),
        }
    }
}

impl Gate {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            after: values.texts("gate.after"),
            commands: values.texts("gate.commands"),
            timeout: values.time("gate.timeout"),
        }
    }
}

impl Publish {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            attest: values.text("publish.attest"),
            all_versions: values.flag("publish.all-versions"),
            skip_private: values.flag("publish.skip-private"),
        }
    }
}

impl Verify {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            imports: values.optional_texts("verify.imports"),
            commands: values.optional_texts("verify.commands"),
            timeout: values.time("verify.timeout"),
            dependencies_index: values.text("verify.dependencies-index"),
        }
    }
}

impl Notes {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            template: values.text("notes.template"),
            changelog: values.text("notes.changelog"),
            handwritten: values.flag("notes.handwritten"),
        }
    }
}

impl GitHub {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            assets: values.texts("github.assets"),
            draft_only: values.flag("github.draft-only"),
        }
    }
}

impl Webhook {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            url_env: values.text("webhook.url-env"),
            on: values.texts("webhook.on"),
            template: values.text("webhook.template"),
        }
    }
}

impl Release {
    pub(super) fn new(values: &Values) -> Self {
        Self {
            dist: values.text("release.dist").unwrap_or_default(),
            skip: values.texts("release.skip"),
        }
    }
}
