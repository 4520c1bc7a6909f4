//! No variables of a CI run make the router panic; only a push, a release or a manual run of a clean tag on its commit goes to PyPI, and what is
//! said about it is one line. An input is `dirty` or anything else on a line, and variables as `NAME=VALUE`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{
    CiEvent, CommitId, Facts, GitRef, RouteSettings, Settings, Tag, Target, Trigger,
    pretended_version, route,
};

fuzz_target!(|input: &str| {
    let (first, variables) = input.split_once('\n').unwrap_or((input, ""));
    let variables: Vec<(&str, &str)> = variables
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    if let Err(error) = pretended_version(variables.iter().copied(), Some("demo")) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let event = match CiEvent::from_variables(variables.iter().copied()) {
        Ok(event) => event,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    let commit = CommitId::parse("a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c").expect("a commit");
    let tag = Tag::parse("v1.2.3", "").expect("a tag");
    for distance in [0, 3] {
        let facts = Facts::new()
            .tag(tag.clone())
            .distance(distance)
            .dirty(first == "dirty")
            .node(commit.clone());
        let routes = RouteSettings::new().repository("octo-org/demo");
        let verdict = route(&event, &facts, &Settings::new(), &routes);
        let shown = verdict.to_string();
        let is_line = !shown.contains('\n') || input.contains(['\r', '\u{b}', '\u{c}', '\u{85}']);
        assert!(is_line, "{shown:?}");
        let Some(target) = verdict.target() else {
            continue;
        };
        assert!(
            first != "dirty" && verdict.version().is_some(),
            "{verdict:?}"
        );
        assert!(!verdict.version().is_some_and(|version| version.has_local()));
        assert!(matches!(
            event.trigger,
            Trigger::Manual | Trigger::Push | Trigger::Release
        ));
        assert!(
            event.sha.as_ref().is_none_or(|sha| *sha == commit),
            "{event:?}"
        );
        assert!(
            event
                .repository
                .as_deref()
                .is_none_or(|name| name.eq_ignore_ascii_case("octo-org/demo"))
        );
        if target == Target::PyPi {
            assert!(
                matches!(&event.git_ref, GitRef::Tag(name) if name == "v1.2.3") && distance == 0
            );
        }
    }
});
