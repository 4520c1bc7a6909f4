//! PEP 440 versions, and the version of a checkout from what git knows of it.
//!
//! ```
//! use pypi_versioning::{CommitId, Facts, Settings, Tag, describe};
//!
//! let facts = Facts::new()
//!     .with_tag(Tag::parse("v0.6.0.dev0", "").ok_or("not a version tag")?)
//!     .with_distance(23)
//!     .with_node(CommitId::parse("a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c")?);
//! let described = describe(facts, &Settings::new())?;
//! assert_eq!(described.full().to_string(), "0.6.0.dev23+ga0eb9acd9");
//! assert_eq!(described.public().to_string(), "0.6.0.dev23");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the feature `git`, `GitCommand::new(root).facts(&TagFilter::new())` reads the
//! [`Facts`] of a checkout.
//!
//! **In scope:** [`Version`] and [`SpecifierSet`]; the [`Facts`] of a checkout, and
//! [`describe()`], which makes a version of them by the [`Scheme`]s of setuptools-scm and dunamai;
//! [`bump()`], which counts up; [`route()`], which says where a CI run publishes; version files.
//! **Out of scope:** requirements and markers, and version control systems other than git.
//!
//! Traps of the matter:
//!
//! - PyPI and TestPyPI refuse local versions, `+g1a2b3c4d5` included: upload
//!   [`Described::public`].
//! - `1.0` and `1.0.0` are one version with two spellings; file names differ, comparison
//!   does not.
//! - A checkout in CI is often shallow or without tags. Other tools then make up `0.1.dev1`;
//!   [`describe()`] refuses unless a base is set, and names the remedy.
//! - Two branches with one base have commits of equal distance, hence of one public version.
//! - A changed file on a tagged commit makes the *next* development version, not the tagged one:
//!   a release job should stop on [`Facts::dirty`].
//!
//! # Features
//!
//! All are off by default.
//!
//! - `git`: `GitCommand`, which runs the `git` command, 2.17 or later.
//! - `pyproject`: `PyProject`, which reads and edits versions in `pyproject.toml` by `toml_edit`,
//!   and reads the configuration of this crate and of four other tools.
//! - `semver`: conversion from and to `semver::Version` of what keeps its order.
//! - `serde`: [`Version`] and [`SpecifierSet`] as text.
//! - `testing`: strategies of `proptest`, outside of semantic versioning.

mod archive;
mod bump;
mod commit_id;
mod describe;
mod error;
mod facts;
#[cfg(feature = "git")]
mod git;
mod local_scheme;
mod pretend;
#[cfg(feature = "pyproject")]
mod pyproject;
mod route;
mod scheme;
#[cfg(feature = "serde")]
mod serde;
mod settings;
mod specifier;
mod tag;
mod tag_filter;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod timestamp;
mod version;

pub use archive::{git_archival_facts, pkg_info_version};
pub use bump::{Bump, BumpPart, bump};
pub use commit_id::CommitId;
pub use describe::{Described, Warning, WarningKind, describe};
pub use error::{Error, ErrorKind};
pub use facts::Facts;
#[cfg(feature = "git")]
pub use git::GitCommand;
pub use local_scheme::LocalScheme;
pub use pretend::pretended_version;
#[cfg(feature = "pyproject")]
pub use pyproject::{Config, ConfigTable, PyProject, Unmapped, VersionFile};
pub use route::{
    CiEvent, CiProvider, GitRef, RouteCode, RouteSettings, Target, Trigger, Verdict, route,
};
pub use scheme::Scheme;
pub use settings::Settings;
pub use specifier::{
    Operator, Prereleases, Specifier, SpecifierError, SpecifierErrorKind, SpecifierSet,
};
pub use tag::Tag;
pub use tag_filter::TagFilter;
pub use template::VersionTemplate;
pub use timestamp::Timestamp;
pub use version::{Pre, Version, VersionError, VersionErrorKind, VersionParts};
