//! What each publisher expects of the claims of a token, for people to read.

use serde_json::Value;

use crate::config::Claims;

/// A claim that a publisher checks.
#[derive(Debug)]
pub(crate) struct ExpectedClaim {
    pub(crate) name: &'static str,
    /// The value that it must have, or what that value is made of.
    pub(crate) expected: String,
    test: Test,
}

/// How a claim is compared.
#[derive(Debug)]
pub(super) enum Test {
    /// Every value is allowed.
    Any,
    Exactly(Value),
    InAnyCase(String),
    /// By a function of the provider, which is given this text of the publisher.
    By(fn(&str, &Claims) -> bool, String),
}

impl ExpectedClaim {
    pub(super) fn new(name: &'static str, expected: impl Into<String>, test: Test) -> Self {
        Self {
            name,
            expected: expected.into(),
            test,
        }
    }

    /// A claim that must have exactly this text.
    pub(super) fn exactly(name: &'static str, text: &str) -> Self {
        Self::new(name, text, Test::Exactly(text.into()))
    }

    pub(crate) fn is_met(&self, claims: &Claims) -> bool {
        let text = || {
            claims
                .get(self.name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        match &self.test {
            Test::Any => true,
            Test::Exactly(value) => claims.get(self.name) == Some(value),
            Test::InAnyCase(expected) => text().to_lowercase() == expected.to_lowercase(),
            Test::By(is_met, expected) => is_met(expected, claims),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        RegisteredPublisher, Scope, Token, expected_claims, find_publisher, nearest,
    };
    use crate::{Identity, TrustedPublisher};

    /// The table that people read says what the index does: for every pair of a job and a publisher of its provider.
    #[test]
    fn a_publisher_matches_if_every_expectation_is_met() {
        let jobs = [
            Identity::github("o/r", "release.yml"),
            Identity::github("o/r", "release.yml").environment("PyPI"),
            Identity::github("o/r", "other.yml"),
            Identity::github("o/R", "release.yml"),
            Identity::github("p/r", "release.yml").owner_id("7"),
            Identity::github("o/r", "release.yml").claim(
                "job_workflow_ref",
                "p/q/.github/workflows/release.yml@refs/heads/main",
            ),
            Identity::gitlab("group/demo", ".gitlab-ci.yml"),
            Identity::gitlab("group/demo", ".gitlab-ci.yml").environment("pypi"),
            Identity::gitlab("group/demo", "ci/release.yml"),
            Identity::gitlab("group/demo", ".gitlab-ci.yml")
                .claim("sub", "project_path:x/y:ref:main"),
            Identity::google("robot@example.com"),
            Identity::google("robot@example.com").claim("sub", "2"),
            Identity::google("robot@example.com").claim("email_verified", false),
            Identity::activestate("org", "demo", "7"),
            Identity::activestate("org", "demo", "8"),
            Identity::activestate("org", "demo", "7").claim("builder", "someone"),
        ];
        let publishers = [
            TrustedPublisher::github("o/r", "release.yml"),
            TrustedPublisher::github("o/r", "release.yml").environment("pypi"),
            TrustedPublisher::github("p/r", "release.yml").owner_id("7"),
            TrustedPublisher::gitlab("group/demo", ".gitlab-ci.yml"),
            TrustedPublisher::gitlab("Group/demo", ".gitlab-ci.yml"),
            TrustedPublisher::gitlab("group/demo", ".gitlab-ci.yml").environment("pypi"),
            TrustedPublisher::google("robot@example.com"),
            TrustedPublisher::google("robot@example.com").subject("2"),
            TrustedPublisher::activestate("org", "demo", "7"),
        ];
        let mut matches = 0;
        for (job, publisher) in jobs
            .iter()
            .flat_map(|job| publishers.iter().map(move |own| (job, own)))
        {
            let claims = job.claims("pypi", "1", 0);
            if job.issuer() != publisher.issuer() {
                continue;
            }
            let token = Token {
                issuer: job.issuer(),
                claims: &claims,
                is_used: &|_| false,
            };
            let found = find_publisher([publisher].into_iter(), &token);
            let unmet: Vec<&str> = expected_claims(publisher)
                .iter()
                .filter(|claim| !claim.is_met(&claims))
                .map(|claim| claim.name)
                .collect();
            assert_eq!(
                found.is_ok(),
                unmet.is_empty(),
                "{publisher}: {unmet:?}, {found:?}, {claims:?}"
            );
            matches += usize::from(found.is_ok());
        }
        assert_eq!(matches, 11);
    }

    #[test]
    fn the_nearest_publisher_differs_in_the_fewest_claims() {
        let registered = [
            TrustedPublisher::github("o/other", "ci.yml"),
            TrustedPublisher::github("o/r", "release.yml").environment("pypi"),
            TrustedPublisher::gitlab("o/r", ".gitlab-ci.yml"),
        ]
        .map(|publisher| RegisteredPublisher {
            publisher,
            scope: Scope::Any,
        });
        let job = Identity::github("o/r", "release.yml").environment("test");
        let found =
            nearest(&registered, job.issuer(), &job.claims("pypi", "1", 0)).expect("a publisher");
        assert_eq!(
            found.publisher.to_string(),
            "o/r, release.yml, environment pypi"
        );
    }
}
