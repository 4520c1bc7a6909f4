use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use pypi_versioning::{CommitId, Described, Facts, LocalScheme, Settings, Tag, Version, describe};

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(440),
        ..ProptestConfig::default()
    }
}

/// A version in normal form without development and local part.
fn release() -> impl Strategy<Value = String> {
    let number = || prop_oneof![0..20u64, any::<u32>().prop_map(u64::from)];
    let epoch = prop_oneof![3 => Just(String::new()), 1 => (1..9u8).prop_map(|n| format!("{n}!"))];
    let numbers = prop::collection::vec(number(), 1..6).prop_map(|numbers| {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        numbers.join(".")
    });
    let pre = prop::option::of((prop_oneof!["a", "b", "rc"], number()));
    let post = prop::option::of(number());
    (epoch, numbers, pre, post).prop_map(|(epoch, numbers, pre, post)| {
        let pre = pre.map(|(kind, number)| format!("{kind}{number}"));
        let post = post.map(|number| format!(".post{number}"));
        format!(
            "{epoch}{numbers}{}{}",
            pre.unwrap_or_default(),
            post.unwrap_or_default()
        )
    })
}

/// Any version in normal form.
fn normal_form() -> impl Strategy<Value = String> {
    let dev = prop::option::of(0..u64::MAX);
    let segment = "[a-z][a-z0-9]{0,5}|0|[1-9][0-9]{0,8}";
    let local = prop::option::of(prop::collection::vec(segment, 1..4));
    (release(), dev, local).prop_map(|(release, dev, local)| {
        let dev = dev.map(|number| format!(".dev{number}"));
        let local = local.map(|segments| format!("+{}", segments.join(".")));
        format!(
            "{release}{}{}",
            dev.unwrap_or_default(),
            local.unwrap_or_default()
        )
    })
}

/// The version of a tag that can be counted on from.
fn tagged() -> impl Strategy<Value = Version> {
    (
        release(),
        prop_oneof![Just(""), Just(".dev0"), Just("+build.1")],
    )
        .prop_map(|(release, end)| Version::parse(&format!("{release}{end}")).expect("a version"))
}

fn local_scheme() -> impl Strategy<Value = LocalScheme> {
    prop_oneof![
        Just(LocalScheme::Node),
        Just(LocalScheme::DirtyTag),
        Just(LocalScheme::None),
    ]
}

fn described(tag: &Version, distance: u64, dirty: bool, local_scheme: LocalScheme) -> Described {
    let facts = Facts::new()
        .with_tag(Tag::new("the-tag", tag.clone()))
        .with_distance(distance)
        .with_dirty(dirty)
        .with_node(CommitId::parse(&"0123456789".repeat(4)).expect("a commit"));
    let settings = Settings::new().with_local_scheme(local_scheme);
    describe(facts, &settings).expect("a version")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn normal_forms_are_read_and_printed_unchanged(text in normal_form()) {
        prop_assert_eq!(Version::parse(&text).expect("a version").to_string(), text);
    }

    #[test]
    fn a_version_is_read_back_from_its_text(text in "[v ]?[0-9]{1,3}[0-9a-c.+!_rpostdev-]{0,20}") {
        if let Ok(version) = Version::parse(&text) {
            let again = Version::parse(&version.to_string()).expect("a normal form");
            prop_assert_eq!(again.to_string(), version.to_string());
            prop_assert_eq!(again, version);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in prop_oneof![any::<String>(), "[0-9a-z.+!_-]{0,300}"]) {
        if let Err(error) = Version::parse(&text) {
            prop_assert!(!error.to_string().contains('\n'));
        }
        prop_assert!(Tag::parse(&text, "").is_none_or(|tag| tag.name == text));
    }

    #[test]
    fn a_public_version_has_no_local_part(text in normal_form()) {
        let version = Version::parse(&text).expect("a version");
        prop_assert!(!version.public().has_local());
        prop_assert_eq!(version.public().to_string(), text.split('+').next().unwrap_or_default());
        prop_assert!(version.public() <= version);
    }

    #[test]
    fn a_development_version_sorts_between_its_tag_and_the_next_release(
        tag in tagged(),
        distance in 1..1_000_000u64,
        dirty: bool,
        local in local_scheme(),
    ) {
        let described = described(&tag, distance, dirty, local);
        let text = described.public().to_string();
        let (next, number) = text.rsplit_once(".dev").expect("a development version");
        prop_assert_eq!(number, distance.to_string());
        prop_assert!(*described.public() > tag, "{} > {}", text, tag);
        prop_assert!(*described.full() >= *described.public());
        prop_assert!(*described.full() < Version::parse(next).expect("a version"));
    }

    #[test]
    fn later_commits_have_higher_versions(
        tag in tagged(),
        distance in 0..1_000_000u64,
        further in 1..1_000u64,
        local in local_scheme(),
    ) {
        let earlier = described(&tag, distance, false, local);
        let later = described(&tag, distance + further, false, local);
        prop_assert!(earlier.public() < later.public());
        prop_assert!(earlier.full() < later.full());
    }

    #[test]
    fn the_same_facts_give_the_same_version(
        tag in tagged(),
        distance in 0..100u64,
        dirty: bool,
        local in local_scheme(),
    ) {
        let once = described(&tag, distance, dirty, local);
        let facts = once.facts().clone();
        let again = describe(facts, &Settings::new().with_local_scheme(local)).expect("a version");
        prop_assert_eq!(again.full().to_string(), once.full().to_string());
    }

    #[test]
    fn a_clean_tag_is_its_version(tag in normal_form(), local in local_scheme()) {
        let version = Version::parse(&tag).expect("a version");
        let described = described(&version, 0, false, local);
        prop_assert_eq!(described.full().to_string(), tag);
        prop_assert!(!described.public().has_local());
    }
}
