//! The strategies of `testing`: what they reach, and what they shrink to.

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngSeed, TestRunner},
};
use pypi_versioning::{
    CiEvent, CiProvider, GitRef, Prereleases, RouteCode, RouteSettings, Settings, TagFilter,
    Target, Trigger, route, testing,
};

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(440),
        ..ProptestConfig::default()
    })
}

/// The simplest value that one of the first values shrinks to.
fn simplest<S: Strategy>(strategy: S) -> S::Value {
    let mut tree = strategy.new_tree(&mut runner()).expect("a value");
    while tree.simplify() {}
    tree.current()
}

fn values<S: Strategy>(strategy: S, count: usize) -> Vec<S::Value> {
    let mut runner = runner();
    let value = |_| strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(value).collect()
}

#[test]
fn values_shrink_to_simple_ones() {
    assert_eq!(simplest(testing::version()).to_string(), "0");
    assert_eq!(simplest(testing::specifier()).to_string(), ">=0");
    assert_eq!(simplest(testing::specifier_set()).to_string(), "");
    assert_eq!(simplest(testing::tag()).name, "v0");
    assert_eq!(simplest(testing::tag_name()), "v0");
    let facts = simplest(testing::facts());
    assert_eq!((facts.tag, facts.distance, facts.dirty), (None, 0, false));
    assert_eq!((facts.branch, facts.shallow), (None, false));
    assert_eq!(simplest(testing::route_settings()), RouteSettings::new());
    let settings = simplest(testing::settings());
    assert_eq!(settings.scheme, Settings::new().scheme);
    let event = simplest(testing::event());
    assert_eq!(event.provider, CiProvider::GitHub);
    assert_eq!(event.trigger, Trigger::Push);
    assert_eq!(event.git_ref, GitRef::Branch("main".to_owned()));
}

#[test]
fn every_route_is_reached() {
    let strategy = (
        testing::event_and_facts(),
        testing::settings(),
        testing::route_settings(),
    );
    let mut codes: Vec<RouteCode> = Vec::new();
    let mut published = (0, 0);
    for ((event, facts), settings, routes) in values(strategy, 4000) {
        let verdict = route(&event, &facts, &settings, &routes);
        match verdict.target() {
            Some(Target::PyPi) => published.0 += 1,
            Some(_) => published.1 += 1,
            None => {}
        }
        if !codes.contains(&verdict.code()) {
            codes.push(verdict.code());
        }
    }
    assert_eq!(codes.len(), 20, "{codes:?}");
    assert!(published.0 > 200, "releases: {published:?}");
    assert!(published.1 > 100, "development versions: {published:?}");
}

#[test]
fn specifiers_are_met_at_their_limits() {
    let both = values(testing::specifier_set_and_version(), 2000);
    let contained = both
        .iter()
        .filter(|(set, version)| set.contains(version, Prereleases::Allow));
    let at_limit = both.iter().filter(|(set, version)| {
        let mut versions = set.iter().filter_map(|specifier| specifier.version());
        versions.any(|limit| limit == version)
    });
    let (contained, at_limit) = (contained.count(), at_limit.count());
    assert!(
        (300..1600).contains(&contained),
        "{contained} of 2000 contain it"
    );
    assert!(at_limit > 300, "{at_limit} of 2000 are at a limit");
}

#[test]
fn tag_names_are_versions_or_not() {
    let names = values(testing::tag_name(), 1000);
    let filter = TagFilter::new();
    let versions = names.iter().filter(|name| filter.parse_tag(name).is_some());
    let count = versions.count();
    assert!((300..800).contains(&count), "{count} of 1000");
}

#[test]
fn variables_are_those_of_an_event() {
    for variables in values(testing::event_variables(), 1000) {
        CiEvent::from_variables(variables).expect("an event");
    }
}
