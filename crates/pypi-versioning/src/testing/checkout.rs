//! Tags, facts of checkouts, and settings.

use proptest::prelude::*;

use super::version::version;
use crate::{CommitId, Facts, LocalScheme, Scheme, Settings, Tag, Timestamp};

/// A tag that names a version: `v1.2.3`, also without the `v`, and as people spell versions:
/// `v1.0.0-rc.1`. It shrinks to `v0`.
pub fn tag() -> impl Strategy<Value = Tag> {
    (
        version(),
        prop_oneof![4 => Just("v"), 1 => Just("")],
        any::<bool>(),
    )
        .prop_map(|(version, v, is_spelled)| {
            let text = version.to_string();
            let text = if is_spelled {
                text.replace("rc", "-rc.").replace(".post", "-post")
            } else {
                text
            };
            Tag::new(format!("{v}{text}"), version)
        })
}

/// The name of any tag: of a version, of a package of a repository with several, a moving tag, a
/// date, or none of these. It shrinks to `v0`.
pub fn tag_name() -> impl Strategy<Value = String> {
    let version = tag().prop_map(|tag| tag.name).boxed();
    let package = (prop_oneof!["demo-", "demo/", "my-pkg-"], version.clone());
    let package = package.prop_map(|(prefix, name)| format!("{prefix}{name}"));
    let other = prop_oneof![
        "v[0-9]{1,2}",
        "latest|stable|nightly|v",
        "20[0-9]{2}-(0[1-9]|1[0-2])-[0-2][1-9]",
        "build-[0-9]{1,4}|v1\\.0-final|1\\.0\\.x|v1\\.2\\.3-4-gabcdef0",
        "[a-zA-Z0-9._/+!-]{1,12}",
    ];
    prop_oneof![4 => version, 1 => package, 2 => other]
}

/// A full commit ID.
pub fn commit_id() -> impl Strategy<Value = CommitId> {
    "[0-9a-f]{40}".prop_filter_map("a commit ID", |text| CommitId::parse(&text).ok())
}

/// The name of a branch: a default branch, one for features, for releases, or any other.
pub fn branch() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "main|master",
        2 => "feature/x|next|dependabot/pip/foo-1\\.2\\.9",
        2 => "release/[0-9]\\.[0-9]|[0-9]\\.[0-9]\\.x|release-24\\.7\\.1",
        1 => "[a-zA-Z0-9_-]{1,12}(/[a-z0-9.-]{1,8}[a-z0-9])?",
    ]
}

/// The facts of any checkout: with or without a tag, on it or after it, clean or dirty, complete or
/// shallow. They shrink to a clean checkout without commits or a tag.
pub fn facts() -> impl Strategy<Value = Facts> {
    let tag = prop::option::weighted(0.9, tag());
    let distance = prop_oneof![2 => Just(0), 3 => 1..100u64, 1 => any::<u32>().prop_map(u64::from)];
    let branch = prop::option::of(branch());
    let flags = (any::<bool>(), prop::bool::weighted(0.1));
    (
        tag,
        distance,
        branch,
        commit_id(),
        flags,
        0..4_000_000_000u64,
    )
        .prop_filter_map(
            "facts",
            |(tag, distance, branch, node, (dirty, shallow), seconds)| {
                let mut facts = Facts::new()
                    .distance(distance)
                    .node(node)
                    .dirty(dirty)
                    .shallow(shallow)
                    .commit_time(Timestamp::from_unix_seconds(seconds).ok()?);
                facts.tag = tag;
                facts.branch = branch;
                Some(facts)
            },
        )
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

/// Any settings: schemes, the length of commits, and sometimes a base. They shrink to the defaults.
pub fn settings() -> impl Strategy<Value = Settings> {
    let base = prop::option::weighted(0.3, super::version::release());
    (scheme(), local_scheme(), 4..=40usize, base).prop_map(|(scheme, local, length, base)| {
        let mut settings = Settings::new()
            .scheme(scheme)
            .local_scheme(local)
            .node_length(length);
        settings.base = base;
        settings
    })
}
