//! Strategies of proptest, for property tests of code that works with versions, specifiers, tags,
//! checkouts and CI events.
//!
//! A script of a release pipeline has rules of its own: which versions get the tag `latest`, which
//! Python versions a job needs, what may be uploaded. These strategies make the cases that its author
//! did not think of, more often than chance would, and shrink to the simplest case that breaks the rule.
//!
//! ```
//! use proptest::{prop_assert, proptest};
//! use pypi_versioning::{RouteSettings, Settings, Target, route, testing};
//!
//! proptest!(|((event, facts) in testing::event_and_facts(), settings in testing::settings())| {
//!     let verdict = route(&event, &facts, &settings, &RouteSettings::new());
//!     if verdict.target() == Some(Target::PyPi) {
//!         prop_assert!(facts.is_exact(), "releases are clean checkouts of a tag");
//!     }
//! });
//! ```
//!
//! | of | strategies |
//! | --- | --- |
//! | versions | [`version()`], [`release`], [`public_version`], [`spelled_version`], [`bumps`] |
//! | specifiers | [`specifier()`], [`specifier_set`], [`specifier_set_and_version`] |
//! | tags and checkouts | [`tag`], [`tag_name`], [`branch`], [`commit_id`], [`facts`] |
//! | CI events | [`event()`], [`event_variables`], [`event_and_facts`] |
//! | settings | [`settings`], [`scheme`], [`local_scheme`], [`route_settings`] |
//!
//! The example `ci_script` of this crate tests the rules of such a script, and that the tests notice
//! mistakes.
//!
//! Outside of semantic versioning: what they generate may change in any release.

mod checkout;
mod event;
mod specifier;
mod version;

pub use checkout::{branch, commit_id, facts, local_scheme, scheme, settings, tag, tag_name};
pub use event::{event, event_and_facts, event_variables, route_settings};
pub use specifier::{specifier, specifier_set, specifier_set_and_version};
pub use version::{bumps, public_version, release, spelled_version, version};
