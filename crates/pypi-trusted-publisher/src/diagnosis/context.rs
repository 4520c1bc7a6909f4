//! What is known besides the token.

use url::Url;

/// What a [`Diagnosis`](crate::Diagnosis) takes into account besides the token and the index's answer. All of it but the
/// name of the index is optional.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::Context;
///
/// let context = Context::new("TestPyPI")
///     .web_root("https://index.example/".parse()?)
///     .audience("testpypi")
///     .now(1_760_000_000)
///     .project("demo", Some(true))
///     .project("demo-core", Some(false));
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Context {
    pub(super) index: String,
    pub(super) web_root: Option<Url>,
    pub(super) audience: Option<String>,
    pub(super) now: Option<u64>,
    pub(super) projects: Vec<Project>,
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) name: String,
    pub(super) exists: Option<bool>,
}

impl Context {
    /// A context with the index's name for people, such as `PyPI`.
    pub fn new(index: impl Into<String>) -> Self {
        Self {
            index: index.into(),
            web_root: None,
            audience: None,
            now: None,
            projects: Vec::new(),
        }
    }

    /// Sets the root of the index's web site, for links.
    #[must_use]
    pub fn web_root(mut self, url: Url) -> Self {
        self.web_root = Some(url);
        self
    }

    /// Sets the audience that the index announces.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the time of the refusal, in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(mut self, seconds: u64) -> Self {
        self.now = Some(seconds);
        self
    }

    /// Adds a project that the token is for, and whether the index has it: `None` if that is not known.
    #[must_use]
    pub fn project(mut self, name: impl Into<String>, exists: Option<bool>) -> Self {
        let name = name.into();
        self.projects.push(Project { name, exists });
        self
    }
}
