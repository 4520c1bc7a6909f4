//! The files of a release: completed, compared, and sent again.

use super::*;

#[test]
fn a_draft_gets_its_files_before_it_is_published() {
    let shared = Shared::new();
    shared.state().immutable = true;
    shared.state().annotated.insert("v1.0.0".to_owned());
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(!report.is_draft && report.is_immutable && report.changed);
    assert_eq!(report.latest, Some(true));
    assert!(
        report.url.ends_with("/o/r/releases/tag/v1.0.0"),
        "{}",
        report.url
    );
    let state = shared.state();
    is_complete(&state, &wanted(&FILES));
    assert_eq!(state.releases[0].body, "The notes.\n");
    let writes: Vec<&String> = state
        .log
        .iter()
        .filter(|line| !line.starts_with("GET "))
        .collect();
    assert_eq!(writes.len(), 5);
    assert!(writes[4].starts_with("PATCH "), "{writes:?}");
}

#[test]
fn a_second_run_changes_nothing() {
    let shared = Shared::new();
    shared.state().immutable = true;
    run(&shared, &wanted(&FILES)).expect("a release");
    let before = writes(&shared.state());
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(!report.changed && !report.is_draft);
    assert_eq!(writes(&shared.state()), before);
}

#[test]
fn a_run_that_was_killed_anywhere_is_continued() {
    let shared = Shared::new();
    run(&shared, &wanted(&FILES)).expect("a release");
    let requests = shared.state().log.len();
    assert!(requests > 12, "{requests}");
    for left in 0..requests {
        for arrives in [false, true] {
            let shared = Shared::new();
            shared.state().immutable = true;
            let mut memory = Memory::new(&shared);
            memory.left = Cell::new(left);
            memory.arrives = arrives;
            assert!(
                release(&memory, &wanted(&FILES)).is_err(),
                "killed after {left}"
            );
            run(&shared, &wanted(&FILES))
                .unwrap_or_else(|failure| panic!("{left} {arrives}: {failure:?}"));
            is_complete(&shared.state(), &wanted(&FILES));
        }
    }
}

#[test]
fn a_failed_request_is_not_repeated_blindly() {
    for (method, path) in [
        ("POST", "/releases"),
        ("POST", "/assets"),
        ("PATCH", ""),
        ("GET", "/assets"),
        ("GET", "/releases"),
    ] {
        for kind in ["bad-gateway", "lost"] {
            for done in [false, true] {
                let shared = Shared::new();
                shared.state().immutable = true;
                fault(
                    &shared,
                    json!({ "method": method, "path": path, "kind": kind, "done": done }),
                );
                let memory = Memory::new(&shared);
                let result = release(&memory, &wanted(&FILES));
                result
                    .unwrap_or_else(|failure| panic!("{method} {path} {kind} {done}: {failure:?}"));
                is_complete(&shared.state(), &wanted(&FILES));
                assert_eq!(
                    memory.waited.borrow().len(),
                    1,
                    "{method} {path} {kind} {done}"
                );
            }
        }
    }
}

#[test]
fn an_unfinished_asset_is_deleted_and_sent_again() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "by hand");
    shared.state().add_asset(draft, FILES[1], None);
    run(&shared, &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
    assert_eq!(
        shared.state().releases[0].body,
        "by hand",
        "the notes of a draft stay"
    );
}

#[test]
fn an_asset_with_other_bytes_stops_the_run() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "");
    shared.state().add_asset(draft, FILES[0], Some(b"other"));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("other bytes") && failure.contains("--replace"),
        "{failure}"
    );
    assert!(shared.state().releases[0].draft);

    let replace = Wanted {
        replace: true,
        ..wanted(&FILES)
    };
    run(&shared, &replace).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
}

#[test]
fn bytes_that_github_stores_wrong_are_sent_again() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "corrupt" }),
    );
    run(&shared, &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));

    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "corrupt", "times": 9 }),
    );
    let failure = fails(&shared, &wanted(&FILES));
    assert!(failure.contains("sent 4 times"), "{failure}");
    assert!(shared.state().releases[0].draft);
}

#[test]
fn an_asset_without_a_digest_is_a_warning() {
    let shared = Shared::new();
    fault(
        &shared,
        json!({ "method": "POST", "path": "/assets", "kind": "no-digest" }),
    );
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert!(
        report
            .warnings
            .iter()
            .any(|text| text.contains("no digest")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn other_assets_are_not_published_unless_asked_for() {
    let shared = Shared::new();
    let draft = shared.state().add("v1.0.0", true, "");
    shared.state().add_asset(draft, "installer.exe", Some(b"x"));
    let failure = fails(&shared, &wanted(&FILES));
    assert!(
        failure.contains("installer.exe") && failure.contains("--allow-other-assets"),
        "{failure}"
    );
    let allowed = Wanted {
        allow_other_assets: true,
        ..wanted(&FILES)
    };
    assert!(!run(&shared, &allowed).expect("a release").is_draft);
}

#[test]
fn a_published_release_is_left_alone() {
    for immutable in [true, false] {
        let shared = Shared::new();
        shared.state().immutable = immutable;
        let published = shared.state().add("v1.0.0", false, "");
        shared
            .state()
            .add_asset(published, FILES[0], Some(b"other"));
        let failure = fails(&shared, &wanted(&FILES));
        let remedy = if immutable {
            "new version"
        } else {
            "--add-to-published"
        };
        assert!(
            failure.contains(remedy) && failure.contains(FILES[1]),
            "{failure}"
        );
        assert_eq!(writes(&shared.state()), 0);
    }
    let shared = Shared::new();
    shared.state().add("v1.0.0", false, "");
    let add = Wanted {
        add_to_published: true,
        ..wanted(&FILES)
    };
    let report = run(&shared, &add).expect("a release");
    assert!(report.changed);
    is_complete(&shared.state(), &wanted(&FILES));
}

#[test]
fn of_several_drafts_the_first_is_used() {
    let shared = Shared::new();
    let first = shared.state().add("v1.0.0", true, "");
    let second = shared.state().add("v1.0.0", true, "");
    for _ in 0..250 {
        shared.state().add("v0.9.0", true, "");
    }
    let report = run(&shared, &wanted(&FILES)).expect("a release");
    assert_eq!(report.id, first);
    assert!(
        report.warnings[0].contains(&format!("delete {second}")),
        "{:?}",
        report.warnings
    );
}

#[test]
fn a_new_draft_that_is_not_listed_yet_is_used_later() {
    let shared = Shared::new();
    shared.state().lag = 1;
    release::draft(&github(&Memory::new(&shared)), &wanted(&FILES)).expect("a draft");
    let failure =
        release::publish(&github(&Memory::new(&shared)), &wanted(&FILES)).expect_err("not listed");
    assert!(format!("{failure:?}").contains("has no draft"));
    release::publish(&github(&Memory::new(&shared)), &wanted(&FILES)).expect("a release");
    is_complete(&shared.state(), &wanted(&FILES));
}
