//! Versions, and bumps of them.

use proptest::prelude::*;

use crate::{Bump, Pre, Version, VersionParts};

/// A number of a version, mostly a small one.
pub(super) fn number() -> impl Strategy<Value = u64> {
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

/// Any version, with or without each of the parts. It shrinks to `0`.
pub fn version() -> impl Strategy<Value = Version> {
    (public_parts(), prop::option::weighted(0.3, local()))
        .prop_filter_map("a version", |(parts, local)| {
            parts.local(local).build().ok()
        })
        .boxed()
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
