//! Strategies of proptest, for property tests of code that works with versions.
//!
//! ```
//! use proptest::{prop_assert, proptest};
//! use pypi_versioning::{Version, testing};
//!
//! /// The rule of a CI script: what goes to the index has no local part.
//! fn uploaded(version: &Version) -> Version {
//!     version.public()
//! }
//!
//! proptest!(|(version in testing::version())| {
//!     prop_assert!(!uploaded(&version).to_string().contains('+'));
//! });
//! ```
//!
//! Outside of semantic versioning: what they generate may change in any release.

use proptest::prelude::*;

use crate::{
    Bump, CommitId, Facts, LocalScheme, Pre, Scheme, SpecifierSet, Tag, Timestamp, Version,
    VersionParts,
};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..4u64, 2 => 0..20u64, 1 => any::<u32>().prop_map(u64::from)]
}

fn pre() -> impl Strategy<Value = Option<(Pre, u64)>> {
    let phase = prop_oneof![Just(Pre::Alpha), Just(Pre::Beta), Just(Pre::Rc)];
    prop::option::of((phase, number()))
}

/// The text of a local part in normal form.
fn local() -> impl Strategy<Value = String> {
    let segment = "[a-z][a-z0-9]{0,5}|0|[1-9][0-9]{0,8}";
    prop::collection::vec(segment, 1..4).prop_map(|segments| segments.join("."))
}

/// The parts of a version, without a local part.
fn public_parts() -> impl Strategy<Value = VersionParts> {
    let epoch = prop_oneof![6 => Just(0), 1 => 1..9u64];
    let release = prop::collection::vec(number(), 1..6);
    let (post, dev) = (prop::option::of(number()), prop::option::of(number()));
    (epoch, release, pre(), post, dev).prop_map(|(epoch, release, pre, post, dev)| {
        VersionParts::new(release)
            .epoch(epoch)
            .pre(pre)
            .post(post)
            .dev(dev)
    })
}

/// Any version, with or without each of the parts.
pub fn version() -> impl Strategy<Value = Version> {
    (public_parts(), prop::option::weighted(0.3, local()))
        .prop_filter_map("a version", |(parts, local)| {
            parts.local(local).build().ok()
        })
}

/// A version without a development and a local part.
pub fn release() -> impl Strategy<Value = Version> {
    public_parts().prop_filter_map("a version", |parts| parts.dev(None).build().ok())
}

/// A version that PyPI accepts.
pub fn public_version() -> impl Strategy<Value = Version> {
    version().prop_map(|version| version.public())
}

/// Another spelling of a version, and the version.
pub fn spelled_version() -> impl Strategy<Value = (String, Version)> {
    let prefix = prop_oneof![Just(""), Just("v"), Just(" V"), Just("\u{a0}")];
    (version(), prefix, any::<bool>()).prop_map(|(version, prefix, upper)| {
        let normal = version.to_string();
        let spelled = normal.replace(".post", "-post").replace("rc", "-C.");
        let spelled = if upper {
            spelled.to_uppercase()
        } else {
            spelled
        };
        (format!("{prefix}{spelled}"), version)
    })
}

/// A set of up to three specifiers.
pub fn specifier_set() -> impl Strategy<Value = SpecifierSet> {
    let operator = prop_oneof!["==", "!=", "<=", ">=", "<", ">", "==="];
    let plain = (operator, public_version()).prop_map(|(op, version)| format!("{op}{version}"));
    let prefix = (prop_oneof!["==", "!="], release())
        .prop_map(|(op, version)| format!("{op}{}.*", version.base()));
    let compatible = (number(), number()).prop_map(|(major, minor)| format!("~={major}.{minor}"));
    let specifier = prop_oneof![4 => plain, 1 => prefix, 1 => compatible];
    prop::collection::vec(specifier, 0..4).prop_filter_map("specifiers", |all| {
        SpecifierSet::parse(&all.join(", ")).ok()
    })
}

/// Any scheme.
pub fn scheme() -> impl Strategy<Value = Scheme> {
    prop_oneof![
        Just(Scheme::GuessNextDev),
        Just(Scheme::NoGuessDev),
        Just(Scheme::PostRelease),
        Just(Scheme::Semver),
        Just(Scheme::ReleaseBranchSemver),
        Just(Scheme::CalverByDate),
        Just(Scheme::Dunamai),
        Just(Scheme::DunamaiBump),
        Just(Scheme::OnlyVersion),
    ]
}

/// Any local scheme.
pub fn local_scheme() -> impl Strategy<Value = LocalScheme> {
    prop_oneof![
        Just(LocalScheme::Node),
        Just(LocalScheme::NodeAndDate),
        Just(LocalScheme::NodeAndTimestamp),
        Just(LocalScheme::DirtyTag),
        Just(LocalScheme::None),
    ]
}

/// The facts of any checkout: with or without a tag, clean or dirty, complete or shallow.
pub fn facts() -> impl Strategy<Value = Facts> {
    let tag = prop::option::weighted(0.9, version());
    let distance = prop_oneof![2 => Just(0), 3 => 1..100u64, 1 => any::<u32>().prop_map(u64::from)];
    let branch = prop::option::of("main|feature/x|release/[0-9]\\.[0-9]|release-24\\.7\\.1");
    let node = "[0-9a-f]{40}";
    let flags = (any::<bool>(), prop::bool::weighted(0.1));
    (tag, distance, branch, node, flags, 0..4_000_000_000u64).prop_filter_map(
        "facts",
        |(tag, distance, branch, node, (dirty, shallow), seconds)| {
            let mut facts = Facts::new()
                .distance(distance)
                .node(CommitId::parse(&node).ok()?)
                .dirty(dirty)
                .shallow(shallow)
                .commit_time(Timestamp::from_unix_seconds(seconds).ok()?);
            facts.tag = tag.map(|version| Tag::new(format!("v{version}"), version));
            facts.branch = branch;
            Some(facts)
        },
    )
}

/// One bump, or two that may be impossible to combine.
pub fn bumps() -> impl Strategy<Value = Vec<Bump>> {
    let name = prop_oneof![
        "major",
        "minor",
        "patch",
        "stable",
        "alpha",
        "beta",
        "rc",
        "post",
        "dev",
        "minor=[0-9]",
        "rc=[0-9]",
    ];
    let named = name.prop_filter_map("a bump", |name| name.parse().ok());
    prop::collection::vec(
        prop_oneof![9 => named, 1 => version().prop_map(Bump::To)],
        1..3,
    )
}
