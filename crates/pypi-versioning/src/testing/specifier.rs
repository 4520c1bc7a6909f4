//! Specifiers, and versions near their limits.

use proptest::prelude::*;

use super::version::{number, public_version, release, version};
use crate::{Specifier, SpecifierSet, Version};

/// The text of one specifier, with any operator: `>=1.0`, `==1.2.*`, `~=2.1`, `===1.0rc1`.
fn specifier_text() -> impl Strategy<Value = String> {
    let operator = prop_oneof![">=", "<", "==", "!=", "<=", ">", "==="];
    let plain = (operator, public_version()).prop_map(|(op, version)| format!("{op}{version}"));
    let exact =
        (prop_oneof!["==", "!="], version()).prop_map(|(op, version)| format!("{op}{version}"));
    let prefix = (prop_oneof!["==", "!="], release())
        .prop_map(|(op, version)| format!("{op}{}.*", version.base()));
    let compatible = (number(), number()).prop_map(|(major, minor)| format!("~={major}.{minor}"));
    prop_oneof![4 => plain, 1 => exact, 1 => prefix, 1 => compatible]
}

/// A set of one specifier. It shrinks to `>=0`.
pub fn specifier() -> impl Strategy<Value = SpecifierSet> {
    specifier_text().prop_filter_map("a specifier", |text| SpecifierSet::parse(&text).ok())
}

/// A set of up to three specifiers, as in `Requires-Python`. It shrinks to the empty set.
pub fn specifier_set() -> impl Strategy<Value = SpecifierSet> {
    prop::collection::vec(specifier_text(), 0..4).prop_filter_map("specifiers", |all| {
        SpecifierSet::parse(&all.join(", ")).ok()
    })
}

/// A set of up to three specifiers, and a version that is mostly one of theirs, or close to it.
///
/// Rules about specifiers are wrong at the limits, which two independent values rarely meet.
pub fn specifier_set_and_version() -> impl Strategy<Value = (SpecifierSet, Version)> {
    let end = prop_oneof![
        4 => "|\\.0|\\.1",
        2 => "a1|rc1|\\.post1|\\.dev0|\\.dev1",
        1 => "\\.post1\\.dev0|\\+local",
    ];
    let near = (specifier_set(), any::<prop::sample::Index>(), end);
    let near = near.prop_filter_map("a version near a limit", |(set, index, end)| {
        let named: Vec<_> = set.iter().filter_map(Specifier::version).collect();
        let stem = named.get(index.index(named.len().max(1)))?;
        let version = Version::parse(&format!("{stem}{end}"));
        let version = version.or_else(|_| Version::parse(&format!("{}{end}", stem.base())));
        Some((set.clone(), version.ok()?))
    });
    prop_oneof![3 => near, 1 => (specifier_set(), version())]
}
