//! PEP 440 versions and specifiers, and the version of a git checkout.
//!
//! ```
//! use pypi_versioning::{CommitId, Facts, Settings, Tag, describe};
//!
//! let facts = Facts::new()
//!     .tag(Tag::parse("v0.6.0.dev0", "").ok_or("not a version tag")?)
//!     .distance(23)
//!     .node(CommitId::parse("a0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c")?);
//! let described = describe(facts, &Settings::new())?;
//! assert_eq!(described.full().to_string(), "0.6.0.dev23+ga0eb9acd9");
//! assert_eq!(described.public().to_string(), "0.6.0.dev23");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With feature `git`, `GitCommand::new(root).facts(&TagFilter::new())` reads the [`Facts`] of a
//! checkout.
//!
//! **In scope:** [`Version`] and [`SpecifierSet`]; the [`Facts`] of a checkout, and [`describe()`],
//! which computes a version from them with the [`Scheme`]s of setuptools-scm and dunamai; [`bump()`];
//! [`route()`], which decides where a CI run publishes; templates of version files.
//! **Out of scope:** requirements and markers, and version control systems other than git.
//!
//! # Pitfalls
//!
//! - PyPI and TestPyPI reject local versions such as `0.6.0.dev23+g1a2b3c4d5`. Upload
//!   [`Described::public`].
//! - `1.0` and `1.0.0` are the same version with two spellings: they are equal, but their file names
//!   differ.
//! - A checkout in CI is often shallow or without tags. Other tools then invent `0.1.dev1`.
//!   [`describe()`] returns an error unless a base is set, and the error names the remedy.
//! - Two branches from the same commit have commits at the same distance, and so with the same public
//!   version.
//! - A changed file on a tagged commit makes the *next* development version, not the tagged one.
//!   Release jobs should fail on [`Facts::dirty`].
//!
//! # Crate features
//!
//! All are off by default.
//!
//! - **git** – `GitCommand`, which runs the command `git`, 2.17 or later.
//! - **pyproject** – `PyProject`, which reads and edits the version in `pyproject.toml`, and reads the
//!   configuration of this crate and of four other tools.
//! - **semver** – `Version::from_semver` and `Version::to_semver`.
//! - **serde** – [`Version`] and [`SpecifierSet`] as text.
//! - **testing** – `testing`: strategies of proptest for versions, specifiers, tags, facts and CI events.
//!
//! # Minimum supported Rust version
//!
//! 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
pub use git::{Commit, GitCommand, History, HistoryRange, Person};
pub use local_scheme::LocalScheme;
pub use pretend::pretended_version;
#[cfg(feature = "pyproject")]
pub use pyproject::{
    Config, ConfigTable, Overrides, PretendedFacts, PyProject, Unmapped, VersionFile,
};
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

#[cfg(all(doctest, feature = "git"))]
#[doc = include_str!("../README.md")]
struct Readme;
