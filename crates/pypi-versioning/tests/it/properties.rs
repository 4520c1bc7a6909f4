//! Properties of versions, specifiers, schemes and routes.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use pypi_versioning::{
    CiEvent, CommitId, Described, Facts, LocalScheme, Prereleases, RouteSettings, Scheme, Settings,
    SpecifierSet, Tag, Target, Timestamp, Version, bump, describe, pkg_info_version, route,
    testing::{
        bumps, facts, local_scheme, public_version, release, scheme, specifier_set,
        spelled_version, version,
    },
};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(440),
        ..ProptestConfig::default()
    }
}

fn settings(scheme: Scheme, local: LocalScheme) -> Settings {
    let base = Version::parse("0.0").expect("a version");
    Settings::new()
        .scheme(scheme)
        .local_scheme(local)
        .base(base)
}

fn after(tag: &Version, distance: u64) -> Facts {
    Facts::new()
        .tag(Tag::new("the-tag", tag.clone()))
        .distance(distance)
        .node(CommitId::parse(&"0123456789".repeat(4)).expect("a commit"))
        .commit_time(Timestamp::from_unix_seconds(1_718_452_800).expect("a time"))
}

/// Schemes whose versions are that of the next release with `.devN`.
fn announcing() -> impl Strategy<Value = Scheme> {
    prop_oneof![
        Just(Scheme::GuessNextDev),
        Just(Scheme::Semver),
        Just(Scheme::ReleaseBranchSemver),
        Just(Scheme::DunamaiBump),
    ]
}

fn described(tag: &Version, distance: u64, scheme: Scheme) -> Described {
    describe(after(tag, distance), &settings(scheme, LocalScheme::Node)).expect("a version")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_version_is_read_back_from_its_text(version in version()) {
        let text = version.to_string();
        let again = Version::parse(&text).expect("a normal form");
        prop_assert_eq!(again.to_string(), text);
        prop_assert_eq!(&again, &version);
        prop_assert_eq!(version.to_parts().build().expect("parts").to_string(), again.to_string());
    }

    #[test]
    fn every_spelling_has_one_normal_form((text, version) in spelled_version()) {
        let parsed = Version::parse(&text);
        prop_assert_eq!(parsed.map(|parsed| parsed.to_string()), Ok(version.to_string()), "{}", text);
    }

    #[test]
    fn versions_have_a_total_order(a in version(), b in version(), c in version()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        let mut sorted = [&a, &b, &c];
        sorted.sort();
        prop_assert!(sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2]);
    }

    #[test]
    fn parsers_do_not_panic(text in prop_oneof![any::<String>(), "[0-9a-z.+!_=<>~*, -]{0,300}"]) {
        if let Err(error) = Version::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
        if let Err(error) = SpecifierSet::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
        prop_assert!(Tag::parse(&text, "").is_none_or(|tag| tag.name == text));
        prop_assert!(pkg_info_version(&text).is_err());
    }

    #[test]
    fn a_time_is_read_back_from_its_text(seconds in 0..253_402_300_800u64, offset in -1439..1440i64) {
        let time = Timestamp::from_unix_seconds(seconds).expect("a time");
        prop_assert_eq!(Timestamp::parse(&time.to_string()).expect("a time"), time);
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        let text = time.to_string().replace('Z', &format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
        let moved = i64::try_from(seconds).expect("a number") - offset * 60;
        let expected = u64::try_from(moved).ok().and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok());
        prop_assert_eq!(Timestamp::parse(&text).ok(), expected, "{}", text);
    }

    #[test]
    fn days_beyond_the_end_of_a_month_are_errors(year in 1970..10_000u64, month in 1..13u64, day in 29..33u64) {
        let day_is_valid = match month {
            2 => day == 29 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)),
            4 | 6 | 9 | 11 => day <= 30,
            _ => day <= 31,
        };
        let text = format!("{year}-{month:02}-{day:02}T00:00:00Z");
        prop_assert_eq!(Timestamp::parse(&text).is_ok(), day_is_valid, "{}", text);
    }

    #[test]
    fn a_public_version_has_no_local_part(version in version()) {
        prop_assert!(!version.public().has_local());
        prop_assert!(version.public() <= version);
        prop_assert_eq!(version.has_local(), version.local().is_some());
    }

    #[test]
    fn a_set_contains_what_all_of_its_specifiers_contain(
        a in specifier_set(),
        b in specifier_set(),
        version in version(),
    ) {
        let both = SpecifierSet::parse(&format!("{a},{b}")).expect("specifiers");
        let contains = |set: &SpecifierSet| set.contains(&version, Prereleases::Allow);
        prop_assert_eq!(contains(&both), contains(&a) && contains(&b));
        let again = SpecifierSet::parse(&a.to_string()).expect("specifiers");
        prop_assert_eq!(contains(&again), contains(&a));
    }

    #[test]
    fn comparisons_complement_each_other(bound in public_version(), version in version()) {
        let contains = |operator: &str| {
            let set = SpecifierSet::parse(&format!("{operator}{bound}")).expect("specifiers");
            set.contains(&version, Prereleases::Allow)
        };
        prop_assert_ne!(contains("=="), contains("!="));
        prop_assert!(!(contains("<") && contains(">=")));
        prop_assert!(!(contains(">") && contains("<=")));
        prop_assert!(!contains("<") || contains("<="));
        prop_assert!(!contains(">") || contains(">="));
    }

    #[test]
    fn filters_keep_the_order_and_apply_the_rule(
        set in specifier_set(),
        versions in prop::collection::vec(version(), 0..6),
    ) {
        let filter = |prereleases| set.filter(&versions, |version| version, prereleases);
        let strict = filter(Prereleases::Deny);
        let all = filter(Prereleases::Allow);
        let default = filter(Prereleases::Default);
        prop_assert!(strict.iter().all(|version| !version.is_prerelease()));
        prop_assert!(strict.iter().all(|version| default.contains(version)));
        prop_assert!(default.iter().all(|version| all.contains(version)));
        prop_assert_eq!(default.is_empty(), all.is_empty());
    }

    #[test]
    fn a_development_version_is_between_its_tag_and_the_release_it_announces(
        tag in release(),
        marked: bool,
        distance in 1..1_000_000u64,
        scheme in announcing(),
    ) {
        let dev = marked.then_some(0);
        let tag = tag.to_parts().dev(dev).build().expect("a version");
        let described = described(&tag, distance, scheme);
        let text = described.public().to_string();
        let (announced, _) = text.rsplit_once(".dev").expect("a development version");
        prop_assert!(*described.public() > tag, "{} > {}", text, tag);
        prop_assert!(*described.full() < Version::parse(announced).expect("a version"));
        prop_assert!(*described.full() >= *described.public());
    }

    #[test]
    fn every_result_is_valid_and_higher_than_the_tag(
        facts in facts(),
        scheme in scheme(),
        local in local_scheme(),
    ) {
        let exact = facts.is_exact();
        let start = facts.tag.as_ref().map(|tag| tag.version.clone());
        if let Ok(described) = describe(facts, &settings(scheme, local)) {
            let text = described.full().to_string();
            prop_assert_eq!(Version::parse(&text).expect("a version").to_string(), text);
            prop_assert!(!described.public().has_local());
            match start {
                Some(start) if exact || scheme == Scheme::OnlyVersion => {
                    prop_assert_eq!(described.public(), &start.public());
                }
                Some(start) => prop_assert!(*described.public() > start.public()),
                None => {}
            }
        }
    }

    #[test]
    fn later_commits_have_higher_versions(
        tag in release(),
        distance in 0..1_000_000u64,
        further in 1..1_000u64,
        scheme in announcing(),
    ) {
        // From the tag on: an exact version is lower than all that follow.
        let earlier = described(&tag, distance, scheme);
        let later = described(&tag, distance + further, scheme);
        prop_assert!(earlier.public() < later.public());
        prop_assert!(earlier.full() < later.full());
    }

    #[test]
    fn the_same_facts_have_the_same_version(
        facts in facts(),
        scheme in scheme(),
        local in local_scheme(),
    ) {
        let settings = settings(scheme, local);
        let outcome = |facts| {
            describe(facts, &settings).map_err(|error| (error.kind(), error.to_string()))
        };
        prop_assert_eq!(outcome(facts.clone()), outcome(facts));
    }

    #[test]
    fn a_clean_tagged_commit_has_the_version_of_its_tag(tag in version(), scheme in scheme(), local in local_scheme()) {
        let described = describe(after(&tag, 0), &settings(scheme, local)).expect("a version");
        prop_assert_eq!(described.full().to_string(), tag.to_string());
    }

    #[test]
    fn a_bump_is_higher_or_an_error(version in version(), bumps in bumps()) {
        if let Ok(bumped) = bump(&version, &bumps) {
            prop_assert!(bumped > version, "{} > {}", bumped, version);
            let reversed: Vec<_> = bumps.into_iter().rev().collect();
            prop_assert_eq!(bump(&version, &reversed).expect("a version"), bumped);
        }
    }

    #[test]
    fn only_clean_releases_go_to_pypi(
        facts in facts(),
        scheme in scheme(),
        event in "push|release|workflow_dispatch|schedule|pull_request",
        name in "refs/heads/(main|next)|refs/tags/v[12]\\.[0-9](rc1|\\.dev1|\\+x)?|own",
        same_commit in prop::bool::weighted(0.9),
        to_test: bool,
    ) {
        let node = facts.node.as_ref().map(|node| node.to_string()).unwrap_or_default();
        let own = facts.tag.as_ref().map(|tag| format!("refs/tags/{}", tag.name));
        let name = if name == "own" { own.unwrap_or_default() } else { name };
        prop_assume!(!name.is_empty());
        let event = CiEvent::from_variables([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event.as_str()),
            ("GITHUB_REF", name.as_str()),
            ("GITHUB_SHA", if same_commit { node.as_str() } else { "" }),
        ]).expect("an event");
        let target = if to_test { Target::TestPyPi } else { Target::PyPi };
        let routes = RouteSettings::new().prereleases(target);
        let verdict = route(&event, &facts, &settings(scheme, LocalScheme::Node), &routes);
        prop_assert_eq!(verdict.target().is_some(), verdict.version().is_some());
        if let Some(version) = verdict.version() {
            prop_assert!(!version.has_local() && !facts.dirty && same_commit);
            if verdict.target() == Some(Target::PyPi) {
                prop_assert!(!version.is_dev() && facts.is_exact());
                let tag = facts.tag.as_ref().expect("a tag");
                prop_assert_eq!(&tag.version, version);
                prop_assert!(name.starts_with("refs/tags/v"));
            }
        }
    }
}

#[cfg(feature = "semver")]
mod semver_order {
    use super::config;
    use proptest::prelude::*;
    use pypi_versioning::Version;

    fn semver() -> impl Strategy<Value = semver::Version> {
        let pre =
            "|-(alpha|beta|rc)\\.(0|[1-9][0-9]?)|-(rc[12]|alpha|dev\\.1|[01]|rc\\.1\\.2|post\\.1)";
        let text = (0..3u64, 0..3u64, 0..3u64, pre);
        text.prop_map(|(major, minor, patch, pre)| {
            semver::Version::parse(&format!("{major}.{minor}.{patch}{pre}")).expect("a version")
        })
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn conversion_keeps_the_order(a in semver(), b in semver()) {
            let convert = |version: &semver::Version| Version::from_semver(&version.to_string());
            if let (Ok(x), Ok(y)) = (convert(&a), convert(&b)) {
                prop_assert_eq!(a.cmp(&b), x.cmp(&y), "{} {} {} {}", a, b, x, y);
                prop_assert_eq!(x.to_semver().expect("a version"), a.to_string());
            }
        }
    }
}
