//! The table of routes.

use pypi_versioning::{
    CiEvent, CommitId, ErrorKind, Facts, RouteCode, RouteSettings, Scheme, Settings, Tag,
    TagFilter, Target, route,
};

const SHA: &str = "a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c";

fn github(event: &str, name: &str) -> CiEvent {
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_REF", name),
        ("GITHUB_SHA", SHA),
        ("GITHUB_REPOSITORY", "owner/name"),
        ("HOME", "/"),
    ];
    CiEvent::from_variables(variables).expect("an event")
}

fn gitlab(source: &str, name: (&str, &str)) -> CiEvent {
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", source),
        ("CI_COMMIT_SHA", SHA),
        ("CI_DEFAULT_BRANCH", "trunk"),
        ("CI_PROJECT_PATH", "group/name"),
        ("CI_COMMIT_REF_NAME", name.1),
        name,
    ];
    CiEvent::from_variables(variables).expect("an event")
}

fn after(tag: &str, distance: u64) -> Facts {
    Facts::new()
        .tag(Tag::parse(tag, "").expect("a version tag"))
        .distance(distance)
        .node(CommitId::parse(SHA).expect("a commit"))
}

#[track_caller]
fn check(event: &CiEvent, facts: &Facts, code: RouteCode, version: Option<&str>) {
    let verdict = route(event, facts, &Settings::new(), &RouteSettings::new());
    assert_eq!(verdict.code(), code, "{}", verdict.message());
    assert_eq!(
        verdict.version().map(ToString::to_string).as_deref(),
        version
    );
    assert_eq!(verdict.target().is_some(), version.is_some());
    assert!(!verdict.message().contains('\n'));
    assert!(!(code.is_error() && verdict.target().is_some()));
}

#[test]
fn the_default_branch_goes_to_testpypi() {
    let main = github("push", "refs/heads/main");
    let to_test = RouteCode::DevelopmentToTestPyPi;
    check(&main, &after("v1.2.3", 4), to_test, Some("1.2.4.dev4"));
    check(&main, &after("v2.0.dev0", 0), to_test, Some("2.0.dev0"));
    check(&main, &after("v1.2.3", 0), RouteCode::OnReleaseTag, None);
    check(&main, &after("v1.2.3rc1", 0), RouteCode::OnReleaseTag, None);
    check(
        &main,
        &after("v1.2.3", 4).dirty(true),
        RouteCode::Dirty,
        None,
    );
    check(
        &main,
        &after("v1.2.3", 0).dirty(true),
        RouteCode::Dirty,
        None,
    );
    check(
        &main,
        &after("v1.2.3", 4).shallow(true),
        RouteCode::Shallow,
        None,
    );
    let untagged = Facts::new().node(CommitId::parse(SHA).expect("a commit"));
    check(&main, &untagged, RouteCode::NoVersion, None);
    let elsewhere = CommitId::parse(&"0".repeat(40)).expect("a commit");
    check(
        &main,
        &after("v1.2.3", 4).node(elsewhere),
        RouteCode::NotHead,
        None,
    );
    check(
        &github("push", "refs/heads/next"),
        &after("v1.2.3", 4),
        RouteCode::OtherBranch,
        None,
    );
    check(
        &gitlab("push", ("CI_COMMIT_BRANCH", "trunk")),
        &after("v1.2.3", 4),
        to_test,
        Some("1.2.4.dev4"),
    );
    check(
        &gitlab("push", ("CI_COMMIT_BRANCH", "main")),
        &after("v1.2.3", 4),
        RouteCode::OtherBranch,
        None,
    );
}

#[test]
fn a_tag_goes_to_pypi_only_if_it_is_checked_out() {
    let tag = github("push", "refs/tags/v1.2.3");
    check(
        &tag,
        &after("v1.2.3", 0),
        RouteCode::ReleaseToPyPi,
        Some("1.2.3"),
    );
    check(
        &tag,
        &after("v1.2.3", 0).shallow(true),
        RouteCode::ReleaseToPyPi,
        Some("1.2.3"),
    );
    check(
        &tag,
        &after("v1.2.3", 0).dirty(true),
        RouteCode::Dirty,
        None,
    );
    check(&tag, &after("v1.2.3", 1), RouteCode::TagNotOnHead, None);
    check(
        &tag,
        &after("v1.2.2", 1).shallow(true),
        RouteCode::TagNotOnHead,
        None,
    );
    check(&tag, &after("v1.2.4", 0), RouteCode::VersionNotTag, None);
    check(&tag, &after("v1.2.3.0", 0), RouteCode::VersionNotTag, None);
    let elsewhere = CommitId::parse(&"0".repeat(40)).expect("a commit");
    check(
        &tag,
        &after("v1.2.3", 0).node(elsewhere),
        RouteCode::NotHead,
        None,
    );
    let with = |name: &str| github("push", &format!("refs/tags/{name}"));
    check(
        &with("v1.0.0-rc.1"),
        &after("v1.0.0-rc.1", 0),
        RouteCode::ReleaseToPyPi,
        Some("1.0.0rc1"),
    );
    check(
        &with("v1.0.dev3"),
        &after("v1.0.dev3", 0),
        RouteCode::DevelopmentTag,
        None,
    );
    check(
        &with("v1.0+x"),
        &after("v1.0+x", 0),
        RouteCode::LocalVersion,
        None,
    );
    check(
        &with("vendor-1"),
        &after("v1.0", 0),
        RouteCode::TagNotVersion,
        None,
    );
    check(
        &with("v1"),
        &after("v1.0", 0),
        RouteCode::TagNotVersion,
        None,
    );
    check(&with("1.0"), &after("1.0", 0), RouteCode::OtherTag, None);
    check(
        &gitlab("push", ("CI_COMMIT_TAG", "v1.2.3")),
        &after("v1.2.3", 0),
        RouteCode::ReleaseToPyPi,
        Some("1.2.3"),
    );
}

#[test]
fn other_events_follow_their_ref_or_publish_nothing() {
    let facts = after("v1.2.3", 0);
    for event in ["release", "workflow_dispatch"] {
        check(
            &github(event, "refs/tags/v1.2.3"),
            &facts,
            RouteCode::ReleaseToPyPi,
            Some("1.2.3"),
        );
        check(
            &github(event, "refs/heads/next"),
            &facts,
            RouteCode::OtherBranch,
            None,
        );
    }
    check(
        &gitlab("web", ("CI_COMMIT_TAG", "v1.2.3")),
        &facts,
        RouteCode::ReleaseToPyPi,
        Some("1.2.3"),
    );
    for event in ["pull_request", "pull_request_target", "merge_group"] {
        check(
            &github(event, "refs/tags/v1.2.3"),
            &facts,
            RouteCode::PullRequest,
            None,
        );
    }
    for event in ["schedule", "workflow_run", "create", "repository_dispatch"] {
        check(
            &github(event, "refs/tags/v1.2.3"),
            &facts,
            RouteCode::OtherEvent,
            None,
        );
    }
    check(
        &github("push", "refs/notes/x"),
        &facts,
        RouteCode::OtherRef,
        None,
    );
    let request = ("CI_COMMIT_REF_NAME", "feature");
    check(
        &gitlab("merge_request_event", request),
        &facts,
        RouteCode::PullRequest,
        None,
    );
    check(
        &gitlab("schedule", ("CI_COMMIT_TAG", "v1.2.3")),
        &facts,
        RouteCode::OtherEvent,
        None,
    );
}

#[test]
fn settings_change_the_table() {
    let code = |event: &CiEvent, facts: &Facts, routes: &RouteSettings| {
        route(event, facts, &Settings::new(), routes).code()
    };
    let tests = RouteSettings::new().prereleases(Target::TestPyPi);
    let rc = github("push", "refs/tags/v1.0rc1");
    assert_eq!(
        code(&rc, &after("v1.0rc1", 0), &tests),
        RouteCode::PrereleaseToTestPyPi
    );
    let own = RouteSettings::new().repository("other/name");
    assert_eq!(code(&rc, &after("v1.0rc1", 0), &own), RouteCode::Fork);
    let own = RouteSettings::new().repository("Owner/Name");
    assert_eq!(
        code(&rc, &after("v1.0rc1", 0), &own),
        RouteCode::ReleaseToPyPi
    );
    let master = RouteSettings::new().default_branch("master");
    let push = github("push", "refs/heads/master");
    assert_eq!(
        code(&push, &after("v1.0", 2), &master),
        RouteCode::DevelopmentToTestPyPi
    );
    let plain = RouteSettings::new().release_tags(TagFilter::new());
    let tag = github("push", "refs/tags/1.0");
    assert_eq!(
        code(&tag, &after("1.0", 0), &plain),
        RouteCode::ReleaseToPyPi
    );

    let only = Settings::new().scheme(Scheme::OnlyVersion);
    let main = github("push", "refs/heads/main");
    let verdict = route(&main, &after("v1.0", 2), &only, &RouteSettings::new());
    assert_eq!(verdict.code(), RouteCode::NotDevelopment);
}

#[test]
fn a_rerun_is_explained() {
    let mut event = github("push", "refs/tags/v1.2.3");
    let notes = |event: &CiEvent| {
        let routes = RouteSettings::new();
        route(event, &after("v1.2.3", 0), &Settings::new(), &routes)
            .notes()
            .to_vec()
    };
    assert_eq!(notes(&event), Vec::<String>::new());
    event.attempt = 2;
    assert!(notes(&event)[0].starts_with("this is attempt 2"));
}

#[test]
fn incomplete_variables_are_errors() {
    let kind = |variables: &[(&str, &str)]| {
        CiEvent::from_variables(variables.iter().copied())
            .expect_err("no event")
            .kind()
    };
    assert_eq!(kind(&[]), ErrorKind::NoCi);
    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", "push")];
    assert_eq!(kind(&github), ErrorKind::MissingVariable);
    let sha = [("GITHUB_REF", "refs/heads/main"), ("GITHUB_SHA", "abc")];
    assert_eq!(kind(&[github, sha].concat()), ErrorKind::InvalidCommitId);
    let unknown = [("GITHUB_REF", "refs/heads/main"), ("GITHUB_SHA", "")];
    let event = CiEvent::from_variables([github, unknown].concat()).expect("an event");
    check(&event, &after("v1.2.3", 4), RouteCode::NotHead, None);
}
