//! Limits, permissions, tags, names, and what is said of a release.

use super::*;
use crate::verbs::github_release::append;

#[test]
fn limits_are_waited_for_up_to_five_minutes() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "rate-limit", "seconds": 7 }),
    );
    fault(
        &shared,
        json!({ "method": "POST", "path": "/releases", "kind": "secondary-limit" }),
    );
    let memory = Memory::new(&shared);
    release(&memory, &wanted(&FILES)).expect("a release");
    let seconds: Vec<u64> = memory
        .waited
        .borrow()
        .iter()
        .map(Duration::as_secs)
        .collect();
    assert_eq!(seconds, [60, 7]);

    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/releases", "kind": "rate-limit", "seconds": 3600 }),
    );
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("Unavailable") && failure.contains("run again in 60 min"),
        "{failure}"
    );
}

#[test]
fn a_token_that_may_not_write_is_told_what_it_needs() {
    let shared = Shared::new();
    fault(&shared, json!({ "method": "POST", "kind": "forbidden" }));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("contents=write") && failure.contains("permissions of the job"),
        "{failure}"
    );
    fault(&shared, json!({ "kind": "unauthorized" }));
    assert!(fails(&shared, &wanted(&FILES)).contains("GITHUB_TOKEN is not valid"));
}

#[test]
fn the_tag_must_name_the_commit() {
    let shared = Shared::new();
    let other = Wanted {
        commit: "a".repeat(40),
        ..wanted(&FILES)
    };
    assert!(fails(&shared, &other).contains("release the commit of the tag"));
    let missing = Wanted {
        tag: "v2.0.0".to_owned(),
        ..wanted(&FILES)
    };
    assert!(fails(&shared, &missing).contains("git push origin v2.0.0"));
    assert_eq!(writes(&shared.state()), 0);
}

#[test]
fn renamed_assets_are_recognised() {
    let files = ["demo-1!2.0-py3-none-any.whl", "demo-1!2.0+local.tar.gz"];
    let shared = Shared::new();
    run(&shared, &wanted(&files)).expect("a release");
    is_complete(&shared.state(), &wanted(&files));
    let names: Vec<(String, Option<String>)> = shared.state().releases[0]
        .assets
        .iter()
        .map(|asset| (asset.name.clone(), asset.label.clone()))
        .collect();
    assert_eq!(
        names[0],
        (
            "demo-1.2.0-py3-none-any.whl".to_owned(),
            Some(files[0].to_owned())
        )
    );
    let before = writes(&shared.state());
    assert!(!run(&shared, &wanted(&files)).expect("a release").changed);
    assert_eq!(writes(&shared.state()), before);
}

#[test]
fn a_prerelease_and_an_older_version_are_not_the_latest() {
    for (tag, version, published, expected) in [
        ("v1.0.0", "1.0.0rc1", None, "false"),
        ("v1.0.0", "1.0.0", Some("v1.1.0"), "false"),
        ("v1.0.0", "1.0.0", Some("v0.9.0"), "true"),
        ("v1.0.0", "1.0.0", Some("other-v2.0.0"), "true"),
    ] {
        let shared = Shared::new();
        if let Some(tag) = published {
            shared.state().add(tag, false, "");
        }
        let version = Version::parse(version).expect("a version");
        let wanted = Wanted {
            tag: tag.to_owned(),
            version: version.clone(),
            ..wanted(&FILES)
        };
        run(&shared, &wanted).expect("a release");
        let state = shared.state();
        let release = state.releases.last().expect("a release");
        assert_eq!(
            (release.make_latest.as_str(), release.prerelease),
            (expected, version.is_prerelease())
        );
    }
}

#[test]
fn instructions_are_appended_to_any_release_once() {
    for (draft, immutable) in [(true, false), (false, false), (false, true)] {
        for fault_of in [None, Some(false), Some(true)] {
            let shared = Shared::new();
            shared.state().immutable = immutable;
            shared.state().add("v1.0.0", draft, "By hand.");
            if let Some(done) = fault_of {
                fault(
                    &shared,
                    json!({ "method": "PATCH", "kind": "lost", "done": done }),
                );
            }
            let memory = Memory::new(&shared);
            let install =
                || append::install(&github(&memory), &wanted(&[]), "pip install demo==1.0.0");
            assert!(install().expect("a release").changed);
            let once = shared.state().releases[0].body.clone();
            assert!(
                once.starts_with("By hand.\n\n<!-- pypi-release") && once.contains("pip install"),
                "{once}"
            );
            assert!(!install().expect("a release").changed);
            assert_eq!(shared.state().releases[0].body, once);
        }
    }
    let memory = Memory::new(&Shared::new());
    assert!(append::install(&github(&memory), &wanted(&[]), "x").is_err());
}

#[test]
fn runs_of_a_workflow_are_those_of_the_commit() {
    let shared = Shared::new();
    let run = |event: &str, sha: &str, states: &[&str]| {
        shared.state().add_run(
            &json!({ "workflow": "ci.yml", "head_sha": sha, "event": event, "states": states }),
        );
    };
    run("push", COMMIT, &["queued", "in_progress", "success"]);
    run("pull_request", COMMIT, &["success"]);
    run("push", &"a".repeat(40), &["failure"]);
    let memory = Memory::new(&shared);
    let github = github(&memory);
    let push = || github.runs("ci.yml", COMMIT, Some("push")).expect("runs");
    assert_eq!(push().len(), 1);
    assert_eq!(push()[0].status.as_deref(), Some("in_progress"));
    assert!(push()[0].is_success());
    assert!(push()[0].is_completed());
    assert!(
        github.runs("ci.yml", "0123456", None).is_err(),
        "a shortened commit finds nothing"
    );
    assert!(
        github
            .runs("other.yml", COMMIT, None)
            .expect("none")
            .is_empty()
    );
}
