//! Which index a CI run publishes to.

mod event;
mod settings;
mod verdict;

use crate::{Described, Error, ErrorKind, Facts, Settings, Tag, Version, describe};

pub use event::{CiEvent, CiProvider, GitRef, Trigger};
pub use settings::RouteSettings;
pub use verdict::{RouteCode, Target, Verdict};

/// Decides which index a CI run publishes to, from the event and the facts only.
///
/// The default branch goes to TestPyPI, with its public development version. A tag `v*` goes to PyPI
/// if it is checked out, the tree is clean, and the version is that of the tag, and neither a
/// development version nor a local one. Everything else publishes nothing, or is an error if
/// publishing was intended but would go wrong.
///
/// # Examples
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
///     .tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .node(CommitId::parse(sha)?);
/// let verdict = route(&event, &facts, &Settings::new(), &RouteSettings::new());
/// assert_eq!(verdict.target(), Some(Target::PyPi));
/// assert_eq!(verdict.to_string(), "release-to-pypi: 1.2.3 is tagged, checked out and unchanged");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn route(
    event: &CiEvent,
    facts: &Facts,
    settings: &Settings,
    routes: &RouteSettings,
) -> Verdict {
    let run = Run {
        event,
        facts,
        settings,
        routes,
    };
    run.verdict().with_attempt(event.attempt)
}

/// The arguments of [`route`].
struct Run<'a> {
    event: &'a CiEvent,
    facts: &'a Facts,
    settings: &'a Settings,
    routes: &'a RouteSettings,
}

impl Run<'_> {
    fn verdict(&self) -> Verdict {
        match &self.event.trigger {
            Trigger::Manual | Trigger::Push | Trigger::Release => {}
            Trigger::PullRequest => {
                let message = "pull requests and merge requests publish nothing";
                return Verdict::new(RouteCode::PullRequest, message);
            }
            Trigger::Other(name) => {
                let message =
                    format!("event {name} publishes nothing: push, release and manual runs do");
                return Verdict::new(RouteCode::OtherEvent, message);
            }
        }
        if let Some(message) = self.routes.fork(self.event) {
            return Verdict::new(RouteCode::Fork, message);
        }
        match &self.event.git_ref {
            GitRef::Branch(name) => self.branch(name),
            GitRef::Tag(name) => self.tag(name),
            GitRef::Other(name) => {
                let message = format!("{name} is neither a branch nor a tag: nothing is published");
                Verdict::new(RouteCode::OtherRef, message)
            }
        }
    }

    fn branch(&self, name: &str) -> Verdict {
        let configured = self.routes.default_branch.as_deref();
        let default = configured.or(self.event.default_branch.as_deref());
        let default = default.unwrap_or("main");
        if name != default {
            let message = format!("branch {name} is not the default branch {default}");
            return Verdict::new(RouteCode::OtherBranch, message);
        }
        if let Some(verdict) = self.other_commit() {
            return verdict;
        }
        if self.facts.dirty {
            let message = "tracked files differ from the commit, so the version would not identify \
                           the build: find the earlier step that changes them (git status)";
            return Verdict::new(RouteCode::Dirty, message);
        }
        match describe(self.facts.clone(), self.settings) {
            Ok(described) => self.development(&described),
            Err(error) if error.kind() == ErrorKind::Shallow => {
                Verdict::new(RouteCode::Shallow, with_help(&error))
            }
            Err(error) => Verdict::new(RouteCode::NoVersion, with_help(&error)),
        }
    }

    fn development(&self, described: &Described) -> Verdict {
        let version = described.public();
        if version.is_dev() {
            let message = format!("{version} is the development version of the default branch");
            let note = "two commits at the same distance from a tag have the same version: after a \
                        force push or a merge of equal length, TestPyPI may already have other files \
                        with these names";
            return Verdict::new(RouteCode::DevelopmentToTestPyPi, message)
                .with_version(version.clone())
                .with_note(note);
        }
        if self.facts.is_exact() {
            let message =
                format!("the commit is release {version}, which the run of its tag publishes");
            return Verdict::new(RouteCode::OnReleaseTag, message);
        }
        let message = format!(
            "scheme {} makes {version}, which is not a development version: choose a scheme such as \
             guess-next-dev",
            self.settings.scheme
        );
        Verdict::new(RouteCode::NotDevelopment, message)
    }

    fn tag(&self, name: &str) -> Verdict {
        let release_tags = &self.routes.release_tags;
        if !release_tags.matches(name) {
            let message = format!("tag {name} is not a release tag");
            return Verdict::new(RouteCode::OtherTag, message);
        }
        let Some(tag) = release_tags.parse_tag(name) else {
            let message =
                format!("tag {name} does not name a version such as v1.2.3: nothing is published");
            return Verdict::new(RouteCode::TagNotVersion, message);
        };
        if let Some(verdict) = self.other_commit() {
            return verdict;
        }
        let version = match self.exact_version(&tag) {
            Ok(version) => version,
            Err(verdict) => return verdict,
        };
        let (code, message) =
            if version.is_prerelease() && self.routes.prereleases == Target::TestPyPi {
                let message = format!("{version} is a tagged pre-release, which goes to TestPyPI");
                (RouteCode::PrereleaseToTestPyPi, message)
            } else {
                let message = format!("{version} is tagged, checked out and unchanged");
                (RouteCode::ReleaseToPyPi, message)
            };
        Verdict::new(code, message).with_version(version)
    }

    /// Returns the version to release, or the error.
    fn exact_version(&self, tag: &Tag) -> Result<Version, Verdict> {
        let (name, version, facts) = (&tag.name, &tag.version, self.facts);
        let fail = |code, message: String| Err(Verdict::new(code, message));
        if version.is_dev() {
            let message = format!("tag {name} is a development version: tag a release");
            return fail(RouteCode::DevelopmentTag, message);
        }
        if version.has_local() {
            let message = format!(
                "tag {name} has a local part, which PyPI rejects: tag the version without it"
            );
            return fail(RouteCode::LocalVersion, message);
        }
        if facts.dirty {
            let message = format!(
                "tracked files differ from tag {name}, so the build would not match the tag: find \
                 the earlier step that changes them (git status)"
            );
            return fail(RouteCode::Dirty, message);
        }
        if facts.tag.is_none() || facts.distance > 0 {
            let remedy = if facts.shallow {
                "the clone is shallow: fetch the tag (git fetch --depth 1 origin tag NAME)"
            } else {
                "the tag was moved, or another commit is checked out: check out the tag"
            };
            let message =
                format!("the commit that is checked out does not have tag {name}: {remedy}");
            return fail(RouteCode::TagNotOnHead, message);
        }
        let described = describe(facts.clone(), self.settings)
            .map_err(|error| Verdict::new(RouteCode::NoVersion, with_help(&error)))?;
        let computed = described.full();
        if computed.to_string() != version.to_string() {
            let message = format!(
                "the computed version is {computed}, but the tag is {name}: the commit has another \
                 version tag, or the settings interpret tags differently; remove the wrong tag and \
                 push the right one"
            );
            return fail(RouteCode::VersionNotTag, message);
        }
        Ok(computed.clone())
    }

    /// Returns the error if the commit of the event is not checked out.
    fn other_commit(&self) -> Option<Verdict> {
        let Some(expected) = &self.event.sha else {
            let message = "the event does not name a commit, so the checkout cannot be compared with \
                           it: set GITHUB_SHA or CI_COMMIT_SHA";
            return Some(Verdict::new(RouteCode::NotHead, message));
        };
        let found = self.facts.node.as_ref();
        if found == Some(expected) {
            return None;
        }
        let found = found.map_or("an unknown commit", |found| found.as_str());
        let message = format!(
            "{found} is checked out, but the event is for {expected}: check out the commit of the \
             event; after a force push, let the newer run publish"
        );
        Some(Verdict::new(RouteCode::NotHead, message))
    }
}

/// An error and its remedy in one line.
fn with_help(error: &Error) -> String {
    match error.help() {
        Some(help) => format!("{error}: {help}"),
        None => error.to_string(),
    }
}
