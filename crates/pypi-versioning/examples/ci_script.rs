//! The rules of a release script, tested with the strategies of `pypi_versioning::testing`.
//!
//! The script decides which tags the container image of a version gets. Its rules are properties, and the
//! tests also plant mistakes that such scripts have, to see that the properties notice them:
//! `cargo test -p pypi-versioning --features testing --example ci_script`.

#![allow(clippy::print_stdout, reason = "the script prints the tags")]

use pypi_versioning::{
    CiEvent, CommitId, Facts, RouteSettings, Settings, Tag, Target, Version, route,
};

/// Returns the tags of the image: `edge` for a development version, the version for a release, and
/// `latest` for the highest release that is final.
fn image_tags(target: Target, version: &Version, released: &[Version]) -> Vec<String> {
    if target == Target::TestPyPi {
        return vec!["edge".to_owned()];
    }
    // A tag of an image may contain neither the `!` of an epoch nor a `+`.
    let mut tags = vec![version.to_string().replace(['!', '+'], "-")];
    let is_highest = released
        .iter()
        .all(|other| other.is_prerelease() || other <= version);
    if !version.is_prerelease() && is_highest {
        tags.push("latest".to_owned());
    }
    tags
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A script passes `std::env::vars()` and the facts of `GitCommand`.
    let sha = "a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c";
    let event = CiEvent::from_variables([
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "push"),
        ("GITHUB_REF", "refs/tags/v1.10.0"),
        ("GITHUB_SHA", sha),
    ])?;
    let facts = Facts::new()
        .tag(Tag::parse("v1.10.0", "").ok_or("not a version tag")?)
        .node(CommitId::parse(sha)?);
    let verdict = route(&event, &facts, &Settings::new(), &RouteSettings::new());
    if let (Some(target), Some(version)) = (verdict.target(), verdict.version()) {
        let released = [Version::parse("1.9.0")?, Version::parse("2.0rc1")?];
        println!("{}", image_tags(target, version, &released).join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::{
        prelude::*,
        test_runner::{Config, RngSeed, TestError, TestRunner},
    };
    use pypi_versioning::testing;

    use super::*;

    type Script = fn(Target, &Version, &[Version]) -> Vec<String>;

    /// Runs a script for any run, checkout and settings, and checks its rules.
    fn check(script: Script) -> Result<(), TestError<String>> {
        let mut runner = TestRunner::new(Config {
            cases: 1000,
            failure_persistence: None,
            rng_seed: RngSeed::Fixed(440),
            ..Config::default()
        });
        let released = prop::collection::vec(testing::release(), 0..4);
        let input = (
            testing::event_and_facts(),
            testing::settings(),
            testing::route_settings(),
            released,
        );
        let result = runner.run(&input, |((event, facts), settings, routes, released)| {
            let verdict = route(&event, &facts, &settings, &routes);
            let (Some(target), Some(version)) = (verdict.target(), verdict.version()) else {
                return Ok(());
            };
            let tags = script(target, version, &released);
            rules(target, version, &released, &tags)
        });
        result.map_err(|error| match error {
            TestError::Abort(reason) => TestError::Abort(reason),
            TestError::Fail(reason, ((_, facts), _, _, released)) => {
                let tag = facts.tag.map(|tag| tag.name).unwrap_or_default();
                let released: Vec<String> = released.iter().map(ToString::to_string).collect();
                TestError::Fail(reason, format!("{tag} after {}", released.join(" ")))
            }
        })
    }

    fn rules(
        target: Target,
        version: &Version,
        released: &[Version],
        tags: &[String],
    ) -> Result<(), TestCaseError> {
        for tag in tags {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            prop_assert!(tag.chars().all(is_allowed), "{tag} is not a tag");
        }
        let is_final = !version.is_prerelease();
        let mut finals = released.iter().filter(|other| !other.is_prerelease());
        let is_highest = finals.all(|other| other <= version);
        let is_latest = tags.iter().any(|tag| tag == "latest");
        prop_assert_eq!(
            is_latest,
            target == Target::PyPi && is_final && is_highest,
            "latest is the highest final release"
        );
        Ok(())
    }

    #[test]
    fn the_script_keeps_its_rules() {
        check(image_tags).expect("rules that hold");
    }

    /// Returns a simple case that breaks a rule: the tag, and what was released before.
    fn found(script: Script) -> String {
        match check(script) {
            Err(TestError::Fail(_, case)) => {
                assert!(case.len() <= 24, "{case} is not simple");
                case
            }
            other => panic!("the mistake is not noticed: {other:?}"),
        }
    }

    fn with_latest(version: &Version, is_latest: bool) -> Vec<String> {
        let latest = is_latest.then(|| "latest".to_owned());
        let name = version.to_string().replace(['!', '+'], "-");
        [name].into_iter().chain(latest).collect()
    }

    #[test]
    fn a_release_candidate_that_becomes_the_latest_is_noticed() {
        let case = found(|target, version, released| match target {
            Target::PyPi => {
                let is_highest = released.iter().all(|other| other <= version);
                with_latest(version, !version.is_dev() && is_highest)
            }
            _ => vec!["edge".to_owned()],
        });
        let tag = case.split(' ').next().unwrap_or_default();
        let is_phase = ["a", "b", "rc"].iter().any(|phase| tag.contains(phase));
        assert!(is_phase, "{case} has no phase");
    }

    #[test]
    fn a_backport_that_becomes_the_latest_is_noticed() {
        let case = found(|target, version, _| match target {
            Target::PyPi => with_latest(version, !version.is_prerelease()),
            _ => vec!["edge".to_owned()],
        });
        assert!(!case.ends_with(" after "), "{case} has no later release");
    }

    #[test]
    fn versions_that_are_compared_as_texts_are_noticed() {
        let case = found(|target, version, released| match target {
            Target::PyPi => {
                let text = version.to_string();
                let finals = released.iter().filter(|other| !other.is_prerelease());
                let is_highest = finals.clone().all(|other| other.to_string() <= text);
                with_latest(version, !version.is_prerelease() && is_highest)
            }
            _ => vec!["edge".to_owned()],
        });
        assert!(case.contains(" after "), "{case}");
    }

    #[test]
    fn an_epoch_that_is_not_a_tag_is_noticed() {
        let case = found(|target, version, released| match target {
            Target::PyPi => {
                let mut tags = image_tags(target, version, released);
                tags.push(version.to_string());
                tags
            }
            _ => vec!["edge".to_owned()],
        });
        assert!(case.starts_with("v1!0"), "{case} has no epoch");
    }
}
