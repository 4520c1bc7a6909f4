//! The publishers of an index, and which of them the claims of a token belong to.

mod activestate;
mod claims;
mod expected;
mod github;
mod gitlab;
mod google;

use std::collections::BTreeSet;

pub(crate) use expected::ExpectedClaim;

use pypi_metadata::ProjectName;
use serde::{Deserialize, Serialize};

use super::principal::Scope;
use super::{State, text};
use crate::config::{Claims, Issuer, PublisherKind, TrustedPublisher};

/// A publisher, and what it may publish.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct RegisteredPublisher {
    pub(crate) publisher: TrustedPublisher,
    pub(crate) scope: Scope,
}

/// A publisher that creates its project when it first exchanges an ID token.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PendingPublisher {
    pub(crate) publisher: TrustedPublisher,
    #[serde(with = "text::name")]
    pub(crate) project: ProjectName,
    /// The account that registered it and will own the project; `None` for the built-in one.
    pub(crate) user: Option<String>,
    pub(crate) registered: u64,
}

/// How long a pending publisher waits for its first exchange, in seconds.
const PENDING_LIFETIME: u64 = 30 * 86_400;

impl State {
    /// Whether a trusted publisher is registered for the project.
    pub(crate) fn has_publisher(&self, normalized: &str) -> bool {
        self.publishers.iter().any(|registered| {
            matches!(&registered.scope, Scope::Projects(projects) if projects.contains(normalized))
        })
    }

    /// What `publisher` may publish, if it is registered.
    pub(crate) fn scope_of(&self, publisher: &TrustedPublisher) -> Option<&Scope> {
        let mut publishers = self.publishers.iter();
        let registered = publishers.find(|registered| registered.publisher == *publisher);
        registered.map(|registered| &registered.scope)
    }

    /// Adds `project` to what `publisher` may publish.
    pub(crate) fn add_publisher(&mut self, publisher: TrustedPublisher, project: &ProjectName) {
        self.mark_rest_dirty();
        let normalized = project.normalized().to_owned();
        let mut publishers = self.publishers.iter_mut();
        let known = publishers.find(|known| known.publisher == publisher);
        match known.map(|known| &mut known.scope) {
            Some(Scope::Projects(projects)) => {
                projects.insert(normalized);
            }
            Some(Scope::Any) => {}
            None => self.publishers.push(RegisteredPublisher {
                publisher,
                scope: Scope::Projects(BTreeSet::from([normalized])),
            }),
        }
    }

    /// The position of the pending publisher that the token belongs to.
    pub(crate) fn find_pending(&mut self, token: &Token<'_>, now: u64) -> Result<usize, Mismatch> {
        self.expire_pending(now);
        let publishers = self.pending.iter().map(|pending| &pending.publisher);
        find_publisher(publishers, token)
    }

    /// Removes the pending publisher at this position.
    pub(crate) fn remove_pending(&mut self, position: usize) -> PendingPublisher {
        self.mark_rest_dirty();
        self.pending.remove(position)
    }

    fn expire_pending(&mut self, now: u64) {
        let (expired, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|pending| now.saturating_sub(pending.registered) > PENDING_LIFETIME);
        self.pending = kept;
        for pending in expired {
            let project = pending.project.as_str();
            let subject = format!("Pending trusted publisher for {project} expired");
            self.email(pending.user.as_deref(), subject);
        }
    }
}

/// An ID token whose signature is valid.
pub(crate) struct Token<'t> {
    pub(crate) issuer: Issuer,
    pub(crate) claims: &'t Claims,
    /// Whether a token of the issuer with this `jti` was exchanged.
    pub(crate) is_used: &'t dyn Fn(&str) -> bool,
}

/// Why a token belongs to no publisher.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Mismatch {
    /// Warehouse's text.
    Claims(String),
    /// A publisher matches, but the `jti` was used before.
    Reused,
}

impl From<String> for Mismatch {
    fn from(text: String) -> Self {
        Self::Claims(text)
    }
}

impl From<&str> for Mismatch {
    fn from(text: &str) -> Self {
        Self::Claims(text.to_owned())
    }
}

/// The position of the publisher that a token belongs to. Checks the claims in Warehouse's order.
pub(crate) fn find_publisher<'p>(
    publishers: impl Iterator<Item = &'p TrustedPublisher>,
    token: &Token<'_>,
) -> Result<usize, Mismatch> {
    let all: Vec<Candidate<'p, PublisherKind>> = publishers
        .enumerate()
        .map(|(position, publisher)| Candidate {
            position,
            fields: publisher.kind(),
        })
        .collect();
    match token.issuer {
        Issuer::ActiveState => activestate::find(
            &of_issuer(&all, |kind| match kind {
                PublisherKind::ActiveState(fields) => Some(fields),
                _ => None,
            }),
            token,
        ),
        Issuer::GitHub => github::find(
            &of_issuer(&all, |kind| match kind {
                PublisherKind::GitHub(fields) => Some(fields),
                _ => None,
            }),
            token,
        ),
        Issuer::GitLab => gitlab::find(
            &of_issuer(&all, |kind| match kind {
                PublisherKind::GitLab(fields) => Some(fields),
                _ => None,
            }),
            token,
        ),
        Issuer::Google => google::find(
            &of_issuer(&all, |kind| match kind {
                PublisherKind::Google(fields) => Some(fields),
                _ => None,
            }),
            token,
        ),
    }
}

/// The claims that a publisher checks, the most telling ones first.
pub(crate) fn expected_claims(publisher: &TrustedPublisher) -> Vec<ExpectedClaim> {
    match publisher.kind() {
        PublisherKind::ActiveState(fields) => activestate::expected(fields),
        PublisherKind::GitHub(fields) => github::expected(fields),
        PublisherKind::GitLab(fields) => gitlab::expected(fields),
        PublisherKind::Google(fields) => google::expected(fields),
    }
}

/// The publisher of `issuer` whose expectations the claims meet most of.
pub(crate) fn nearest<'p>(
    publishers: &'p [RegisteredPublisher],
    issuer: Issuer,
    claims: &Claims,
) -> Option<&'p RegisteredPublisher> {
    let own = publishers
        .iter()
        .filter(|registered| registered.publisher.issuer() == issuer);
    own.min_by_key(|registered| {
        let expected = expected_claims(&registered.publisher);
        expected
            .iter()
            .filter(|claim| !claim.is_met(claims))
            .count()
    })
}

/// A publisher that may match.
struct Candidate<'p, T> {
    /// Its position among all publishers.
    position: usize,
    fields: &'p T,
}

fn of_issuer<'p, T>(
    all: &[Candidate<'p, PublisherKind>],
    pick: impl Fn(&'p PublisherKind) -> Option<&'p T>,
) -> Vec<Candidate<'p, T>> {
    let picked = all.iter().filter_map(|candidate| {
        Some(Candidate {
            position: candidate.position,
            fields: pick(candidate.fields)?,
        })
    });
    picked.collect()
}

#[cfg(test)]
mod tests {
    use super::claims::{NOT_FOUND, failed};
    use super::*;
    use crate::Identity;

    fn found(publishers: &[TrustedPublisher], job: impl Into<Identity>) -> Result<usize, Mismatch> {
        let job = job.into();
        let token = Token {
            issuer: job.issuer(),
            claims: &job.claims("pypi", "1", 0),
            is_used: &|_| false,
        };
        find_publisher(publishers.iter(), &token)
    }

    #[test]
    fn the_publisher_with_the_environment_wins() {
        let publishers = [
            TrustedPublisher::google("o/r"),
            TrustedPublisher::github("o/r", "release.yml"),
            TrustedPublisher::github("o/r", "release.yml").environment("PyPI"),
        ];
        let job = || Identity::github("o/r", "release.yml");
        assert_eq!(found(&publishers, job()), Ok(1));
        assert_eq!(found(&publishers, job().environment("pypi")), Ok(2));
        assert_eq!(found(&publishers, job().environment("test")), Ok(1));
    }

    #[test]
    fn a_workflow_for_foreign_pull_requests_is_rejected() {
        let job = Identity::github("o/r", "release.yml").claim("event_name", "pull_request_target");
        let text = "Publishing from a workflow invoked via 'pull_request_target' is not supported.";
        assert_eq!(found(&[job.publisher()], job), Err(text.into()));
    }

    #[test]
    fn gitlab_ignores_the_case_of_the_project_only() {
        let own = [TrustedPublisher::gitlab("Group/Demo", ".gitlab-ci.yml").environment("Pypi")];
        let job = |path: &str, config: &str, environment: &str| {
            Identity::gitlab(path, config).environment(environment)
        };
        assert_eq!(
            found(&own, job("group/demo", ".gitlab-ci.yml", "Pypi")),
            Err("The ci_config_ref_uri claim does not match, expecting one of \
                 ['gitlab.com/Group/Demo//.gitlab-ci.yml@0123456789abcdef0123456789abcdef01234567', \
                 'gitlab.com/Group/Demo//.gitlab-ci.yml@refs/heads/main'], \
                 got 'gitlab.com/group/demo//.gitlab-ci.yml@refs/heads/main'"
                .into())
        );
        assert_eq!(
            found(&own, job("Group/Demo", ".gitlab-ci.yml", "Pypi")),
            Ok(0)
        );
        let other_case =
            job("Group/Demo", ".gitlab-ci.yml", "Pypi").claim("project_path", "GROUP/demo");
        assert_eq!(found(&own, other_case), Ok(0));
        for wrong in [
            job("Group/Demo", ".gitlab-ci.yml", "pypi"),
            job("Group/Demo", "ci/release.yml", "Pypi"),
            job("Group/Other", ".gitlab-ci.yml", "Pypi"),
        ] {
            assert_eq!(found(&own, wrong), Err(NOT_FOUND.into()));
        }
        let subject =
            job("Group/Demo", ".gitlab-ci.yml", "Pypi").claim("sub", "project_path:x/y:ref:main");
        assert_eq!(found(&own, subject), Err(failed("sub")));
    }

    #[test]
    fn google_and_activestate_match_exactly() {
        let own = [
            TrustedPublisher::google("robot@example.com"),
            TrustedPublisher::google("robot@example.com").subject("111260650121185072906"),
            TrustedPublisher::activestate("org", "demo", "7"),
        ];
        assert_eq!(found(&own, Identity::google("robot@example.com")), Ok(1));
        assert_eq!(
            found(
                &own,
                Identity::google("robot@example.com").claim("sub", "2")
            ),
            Ok(0)
        );
        assert_eq!(
            found(&own, Identity::google("Robot@example.com")),
            Err(NOT_FOUND.into())
        );
        let unverified = Identity::google("robot@example.com").claim("email_verified", false);
        assert_eq!(found(&own, unverified), Err(failed("email_verified")));

        let build = || Identity::activestate("org", "demo", "7");
        assert_eq!(found(&own, build()), Ok(2));
        for (wrong, reason) in [
            (build().claim("builder", "someone"), failed("builder")),
            (
                build().claim("sub", "org:org"),
                "Invalid 'subject' claim. Wrong format".into(),
            ),
            (
                build().claim("sub", "org:org:project:x"),
                "Invalid 'subject' claim".into(),
            ),
            (build().without_claim("sub"), "Missing claim 'sub'".into()),
            (build().claim("actor_id", "8"), NOT_FOUND.into()),
        ] {
            assert_eq!(found(&own, wrong), Err(reason));
        }
    }
}
