mod event;
mod verdict;

pub use event::{CiEvent, CiProvider, EventError, EventErrorKind, GitRef, Trigger};
pub use verdict::{RouteCode, Target, Verdict};

use crate::{DescribeErrorKind, Described, Facts, Settings, Tag, TagFilter, Version, describe};

/// Decides which index a CI run should publish to, from the event and the facts alone.
///
/// The default branch goes to TestPyPI with the public development version; a tag `v*` to PyPI,
/// only when the checkout is that tag, the tree is clean, the version is the one in the tag and
/// is neither a development nor a local version. All else publishes nothing, or is an error
/// where publishing was meant and would go wrong.
///
/// ```
/// use pypi_versioning::{CiEvent, CommitId, Facts, RouteSettings, Settings, Tag, Target, route};
///
/// let sha = "a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c";
/// let event = CiEvent::from_variables([
///     ("GITHUB_ACTIONS", "true"),
///     ("GITHUB_EVENT_NAME", "push"),
///     ("GITHUB_REF", "refs/tags/v1.2.3"),
///     ("GITHUB_SHA", sha),
/// ])?;
/// let facts = Facts::new()
///     .with_tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .with_node(CommitId::parse(sha)?);
/// let verdict = route(&event, &facts, &Settings::new(), &RouteSettings::new());
/// assert_eq!(verdict.target(), Some(Target::PyPi));
/// assert_eq!(verdict.code().as_str(), "release-to-pypi");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn route(
    event: &CiEvent,
    facts: &Facts,
    settings: &Settings,
    routes: &RouteSettings,
) -> Verdict {
    let verdict = match &event.trigger {
        Trigger::Push | Trigger::Manual | Trigger::Release => match &event.git_ref {
            _ if routes.is_fork(event) => Verdict::new(RouteCode::Fork, routes.fork_reason(event)),
            GitRef::Tag(name) => tagged(name, event, facts, settings, routes),
            GitRef::Branch(name) => branch(name, event, facts, settings, routes),
            GitRef::Other(name) => Verdict::new(
                RouteCode::OtherRef,
                format!("{name} is neither a branch nor a tag: nothing is published from it"),
            ),
        },
        Trigger::PullRequest => Verdict::new(
            RouteCode::PullRequest,
            "changes that are only proposed are not published".to_owned(),
        ),
        Trigger::Other(name) => Verdict::new(
            RouteCode::OtherEvent,
            format!("event {name} publishes nothing: push, release and manual runs do"),
        ),
    };
    verdict.with_attempt(event.attempt)
}

/// The choices a project makes about where its versions go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteSettings {
    default_branch: Option<String>,
    repository: Option<String>,
    release_tags: TagFilter,
    prereleases: Target,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self {
            default_branch: None,
            repository: None,
            release_tags: TagFilter::new().with_glob("v*"),
            prereleases: Target::PyPi,
        }
    }
}

impl RouteSettings {
    /// Makes the default settings: tags `v*`, pre-releases to PyPI, and the default branch as
    /// the event says, `main` where it does not.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the branch whose development versions go to TestPyPI.
    #[must_use]
    pub fn with_default_branch(mut self, branch: impl Into<String>) -> Self {
        self.default_branch = Some(branch.into());
        self
    }

    /// Sets the one repository that publishes, such as `owner/name`; without, forks that run
    /// the workflow are not told apart.
    #[must_use]
    pub fn with_repository(mut self, repository: impl Into<String>) -> Self {
        self.repository = Some(repository.into());
        self
    }

    /// Sets which tags are releases, in place of `v*`.
    #[must_use]
    pub fn with_release_tags(mut self, release_tags: TagFilter) -> Self {
        self.release_tags = release_tags;
        self
    }

    /// Sets where tagged alphas, betas and release candidates go.
    #[must_use]
    pub fn with_prereleases(mut self, target: Target) -> Self {
        self.prereleases = target;
        self
    }

    fn is_fork(&self, event: &CiEvent) -> bool {
        match (&self.repository, &event.repository) {
            (Some(expected), Some(found)) => !expected.eq_ignore_ascii_case(found),
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    fn fork_reason(&self, event: &CiEvent) -> String {
        let found = event
            .repository
            .as_deref()
            .unwrap_or("an unnamed repository");
        let expected = self.repository.as_deref().unwrap_or_default();
        format!("the run is of {found}, and only {expected} publishes")
    }
}

fn tagged(
    name: &str,
    event: &CiEvent,
    facts: &Facts,
    settings: &Settings,
    routes: &RouteSettings,
) -> Verdict {
    let refuse = |code, reason: String| Verdict::new(code, reason);
    if !routes.release_tags.has_shape(name) {
        return refuse(
            RouteCode::OtherTag,
            format!("tag {name} is not a release tag"),
        );
    }
    let Some(tag) = routes.release_tags.tag(name) else {
        return refuse(
            RouteCode::TagNotVersion,
            format!("tag {name} names no version such as v1.2.3: nothing is published from it"),
        );
    };
    if let Some(refusal) = not_the_commit(event, facts) {
        return refusal;
    }
    let (code, reason) = match exact_version(&tag, facts, settings) {
        Ok(version) if version.is_prerelease() && routes.prereleases == Target::TestPyPi => {
            let reason = format!("{version} is tagged and a pre-release, which goes to TestPyPI");
            return refuse(RouteCode::PrereleaseToTestPyPi, reason).with_version(version);
        }
        Ok(version) => {
            let reason = format!("{version} is tagged, checked out and unchanged");
            return refuse(RouteCode::ReleaseToPyPi, reason).with_version(version);
        }
        Err(refusal) => refusal,
    };
    refuse(code, reason)
}

/// Returns the version that may be released, or why none may.
fn exact_version(
    tag: &Tag,
    facts: &Facts,
    settings: &Settings,
) -> Result<Version, (RouteCode, String)> {
    let (name, version) = (&tag.name, &tag.version);
    if version.is_dev() {
        let reason = format!("tag {name} is a development version: tag a release");
        return Err((RouteCode::DevelopmentTag, reason));
    }
    if version.has_local() {
        let reason = format!(
            "tag {name} has a local part, which no index takes: tag the version without it"
        );
        return Err((RouteCode::LocalVersion, reason));
    }
    if facts.dirty {
        let reason = format!(
            "tracked files differ from tag {name}, so what would be built is not what was \
             tagged: find what changes them before this step (git status)"
        );
        return Err((RouteCode::Dirty, reason));
    }
    if facts.tag.is_none() || facts.distance > 0 {
        let remedy = if facts.shallow {
            "the clone is shallow: fetch the tag (git fetch --depth 1 origin tag NAME)"
        } else {
            "the tag was moved, or another commit is checked out: check out the tag"
        };
        let reason = format!("the commit checked out does not have tag {name}: {remedy}");
        return Err((RouteCode::TagNotOnHead, reason));
    }
    let described = describe(facts.clone(), settings)
        .map_err(|error| (RouteCode::NoVersion, error.to_string()))?;
    if described.full().to_string() != version.to_string() {
        let reason = format!(
            "version {} was computed and the tag is {name}: the commit has another version tag, \
             or the settings read tags otherwise; remove the wrong tag and push the right one",
            described.full()
        );
        return Err((RouteCode::VersionNotTag, reason));
    }
    Ok(described.full().clone())
}

fn branch(
    name: &str,
    event: &CiEvent,
    facts: &Facts,
    settings: &Settings,
    routes: &RouteSettings,
) -> Verdict {
    let default = routes
        .default_branch
        .as_deref()
        .or(event.default_branch.as_deref());
    let default = default.unwrap_or("main");
    if name != default {
        let reason = format!("branch {name} is not the default branch {default}");
        return Verdict::new(RouteCode::OtherBranch, reason);
    }
    if let Some(refusal) = not_the_commit(event, facts) {
        return refusal;
    }
    if facts.dirty {
        let reason = "tracked files differ from the commit, so that the version would not say \
                      what is built: find what changes them before this step (git status)";
        return Verdict::new(RouteCode::Dirty, reason.to_owned());
    }
    match describe(facts.clone(), settings) {
        Ok(described) => development(&described),
        Err(error) if error.kind() == DescribeErrorKind::Shallow => {
            Verdict::new(RouteCode::Shallow, error.to_string())
        }
        Err(error) => Verdict::new(RouteCode::NoVersion, error.to_string()),
    }
}

fn development(described: &Described) -> Verdict {
    let version = described.public();
    if version.is_dev() {
        let reason = format!("{version} is the development version of the default branch");
        let note = "two commits as far from one tag have one version: after a force push or a \
                    merge of equal length, TestPyPI may have other files of that name already";
        return Verdict::new(RouteCode::DevelopmentToTestPyPi, reason)
            .with_version(version.clone())
            .with_note(note.to_owned());
    }
    if described.facts().is_exact() {
        let reason = format!("the commit is release {version}, which the run of its tag publishes");
        return Verdict::new(RouteCode::OnReleaseTag, reason);
    }
    let scheme = described.scheme();
    let reason = format!(
        "scheme {scheme} makes {version}, which is no development version: choose a scheme such \
         as guess-next-dev"
    );
    Verdict::new(RouteCode::NotDevelopment, reason)
}

/// Tells of a checkout that is not the commit of the event.
fn not_the_commit(event: &CiEvent, facts: &Facts) -> Option<Verdict> {
    let (Some(wanted), found) = (&event.sha, &facts.node) else {
        let reason = "the event names no commit, so that the checkout cannot be compared: set \
                      GITHUB_SHA or CI_COMMIT_SHA";
        return Some(Verdict::new(RouteCode::NotHead, reason.to_owned()));
    };
    if found.as_ref() == Some(wanted) {
        return None;
    }
    let found = found
        .as_ref()
        .map_or("an unknown commit", |found| found.as_str());
    let reason = format!(
        "{found} is checked out and the event is of {wanted}: check out the commit of the event; \
         after a force push, let the newer run publish"
    );
    Some(Verdict::new(RouteCode::NotHead, reason))
}
