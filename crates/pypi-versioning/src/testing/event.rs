//! Events of CI runs, and the checkouts that belong to them.

use proptest::prelude::*;

use super::{
    checkout::{branch, commit_id, facts, tag_name},
    version::release,
};
use crate::{CiEvent, CommitId, Facts, GitRef, RouteSettings, Tag, TagFilter, Target};

/// What started a run, and on which ref: the input of [`variables`].
#[derive(Clone, Debug)]
struct Run {
    is_gitlab: bool,
    trigger: &'static str,
    git_ref: GitRef,
    sha: Option<CommitId>,
    is_fork: bool,
    attempt: u64,
}

fn git_ref() -> impl Strategy<Value = GitRef> {
    prop_oneof![
        4 => branch().prop_map(GitRef::Branch),
        4 => tag_name().prop_map(GitRef::Tag),
        1 => "refs/pull/[1-9][0-9]{0,2}/merge".prop_map(GitRef::Other),
    ]
}

fn run(
    git_ref: impl Strategy<Value = GitRef>,
    sha: impl Strategy<Value = Option<CommitId>>,
) -> impl Strategy<Value = Run> {
    let trigger = prop_oneof![
        6 => Just("push"),
        2 => Just("release"),
        2 => Just("workflow_dispatch"),
        2 => Just("pull_request"),
        1 => Just("schedule"),
    ];
    let attempt = prop_oneof![4 => Just(1u64), 1 => 2..5u64];
    let flags = (prop::bool::weighted(0.3), prop::bool::weighted(0.2));
    (flags, trigger, git_ref, sha, attempt).prop_map(
        |((is_gitlab, is_fork), trigger, git_ref, sha, attempt)| Run {
            is_gitlab,
            trigger,
            git_ref,
            sha,
            is_fork,
            attempt,
        },
    )
}

/// Writes the variables that the provider would set.
fn variables(run: &Run) -> Vec<(String, String)> {
    let repository = match run.is_fork {
        true => "fork/demo",
        false => "owner/demo",
    };
    let sha = run.sha.as_ref().map(ToString::to_string);
    let mut variables: Vec<(&str, String)> = match run.is_gitlab {
        false => vec![
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_EVENT_NAME", run.trigger.to_owned()),
            ("GITHUB_REPOSITORY", repository.to_owned()),
            ("GITHUB_RUN_ATTEMPT", run.attempt.to_string()),
            (
                "GITHUB_REF",
                match &run.git_ref {
                    GitRef::Branch(name) => format!("refs/heads/{name}"),
                    GitRef::Tag(name) => format!("refs/tags/{name}"),
                    GitRef::Other(name) => name.clone(),
                },
            ),
        ],
        true => vec![
            ("GITLAB_CI", "true".to_owned()),
            (
                "CI_PIPELINE_SOURCE",
                match run.trigger {
                    "workflow_dispatch" => "web",
                    "pull_request" => "merge_request_event",
                    "release" => "api",
                    other => other,
                }
                .to_owned(),
            ),
            ("CI_PROJECT_PATH", repository.to_owned()),
            ("CI_DEFAULT_BRANCH", "main".to_owned()),
            match &run.git_ref {
                GitRef::Branch(name) => ("CI_COMMIT_BRANCH", name.clone()),
                GitRef::Tag(name) => ("CI_COMMIT_TAG", name.clone()),
                GitRef::Other(name) => ("CI_COMMIT_REF_NAME", name.clone()),
            },
        ],
    };
    let sha_name = match run.is_gitlab {
        true => "CI_COMMIT_SHA",
        false => "GITHUB_SHA",
    };
    variables.extend(sha.map(|sha| (sha_name, sha)));
    let variables = variables.into_iter();
    variables
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The variables of any run of GitHub Actions or GitLab CI/CD: pushes of branches and tags, releases,
/// manual runs, pull requests, schedules, reruns and forks. They shrink to a push of `main` on GitHub.
pub fn event_variables() -> impl Strategy<Value = Vec<(String, String)>> {
    let sha = prop::option::weighted(0.9, commit_id());
    run(git_ref(), sha).prop_map(|run| variables(&run))
}

/// The event of any run; see [`event_variables`].
pub fn event() -> impl Strategy<Value = CiEvent> {
    event_variables().prop_filter_map("an event", |variables| {
        CiEvent::from_variables(variables).ok()
    })
}

/// An event, and the facts of a checkout that mostly belongs to it.
///
/// The commit of the event is mostly the one that is checked out, and a pushed tag mostly the one on it:
/// independent values would hardly ever make a release. Half of the checkouts are clean and on a tag,
/// mostly that of a release.
pub fn event_and_facts() -> impl Strategy<Value = (CiEvent, Facts)> {
    let run = run(git_ref(), prop::option::weighted(0.7, commit_id())).boxed();
    // Flags instead of strategies that depend on the facts, which would not shrink well.
    let is_exact = prop::bool::weighted(0.5);
    let (has_own_ref, has_own_commit) = (prop::bool::weighted(0.6), prop::bool::weighted(0.9));
    let released = prop::option::weighted(0.6, release());
    let exact = (is_exact, released);
    let both = (facts(), run, exact, has_own_ref, has_own_commit);
    both.prop_filter_map(
        "an event",
        |(mut facts, mut run, (is_exact, released), has_own_ref, has_own_commit)| {
            if is_exact && facts.tag.is_some() {
                (facts.distance, facts.dirty) = (0, false);
                let tag = released.map(|version| Tag::new(format!("v{version}"), version));
                facts.tag = tag.or(facts.tag);
            }
            if has_own_ref {
                let tag = facts.tag.as_ref().filter(|_| facts.distance == 0);
                run.git_ref = match tag {
                    Some(tag) => GitRef::Tag(tag.name.clone()),
                    None => GitRef::Branch("main".to_owned()),
                };
            }
            if has_own_commit {
                run.sha.clone_from(&facts.node);
            }
            let event = CiEvent::from_variables(variables(&run)).ok()?;
            Some((event, facts))
        },
    )
}

/// Any settings of routes. They shrink to the defaults.
pub fn route_settings() -> impl Strategy<Value = RouteSettings> {
    let branch = prop::option::weighted(0.3, branch());
    let repository = prop::option::weighted(0.3, Just("owner/demo".to_owned()));
    let tags = prop_oneof![
        4 => Just(TagFilter::new().glob("v*")),
        1 => Just(TagFilter::new()),
        1 => Just(TagFilter::new().prefix("demo-")),
    ];
    let prereleases = prop_oneof![2 => Just(Target::PyPi), 1 => Just(Target::TestPyPi)];
    (branch, repository, tags, prereleases).prop_map(|(branch, repository, tags, prereleases)| {
        let mut settings = RouteSettings::new()
            .release_tags(tags)
            .prereleases(prereleases);
        (settings.default_branch, settings.repository) = (branch, repository);
        settings
    })
}
