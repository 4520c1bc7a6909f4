//! Python core metadata: reads wheels and sdists safely, and reports what PyPI would reject.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use pypi_metadata::{Distribution, Field, testing};
//! # use std::io::Cursor;
//!
//! let wheel = testing::wheel("demo", "1.0");
//! let distribution = Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes))?;
//! assert_eq!(distribution.metadata().get(Field::Summary), Some("A test"));
//! for finding in distribution.check() {
//!     println!("{} {}: {finding}", finding.severity(), finding.rule());
//! }
//! # Ok::<(), pypi_metadata::Error>(())
//! ```
//!
//! [`Inspection`] checks a whole file, [`check_release`] the files of a release together, [`UploadForm`] what a client
//! sends, and `check_pyproject` what comes before a build. Every [`Finding`] has a [`Rule`] of the table [`rules`].
//!
//! **In scope:** file names, core metadata 1.0 to 2.6, classifiers, requirements, license expressions, archives,
//! `pyproject.toml`, and the rules by which PyPI rejects a file, with its own sentences. **Out of scope:** the network,
//! accounts, installing and building.
//!
//! Pitfalls:
//!
//! - An index stores what the upload form says and never compares it with the metadata in the file.
//! - Some form keys are singular and some plural, and the index silently ignores a wrong one.
//! - The metadata folder of a wheel is named after the literal parts of the file name.
//! - The name in a file name must be the normalized one, with `_` instead of `-`.
//!
//! Every parser accepts hostile input: constants limit all sizes ([`MAX_METADATA`], [`MAX_MEMBERS`], [`MAX_UNPACKED`],
//! [`MAX_NAME`]), nothing is written to disk, and nothing panics.
//!
//! # Crate features
//!
//! None is enabled by default.
//!
//! - **digests** – compares the hashes in the `RECORD` of a wheel.
//! - **licenses** – `LicenseExpression`, and the check of `License-Expression`.
//! - **pyproject** – `check_pyproject`.
//! - **readme** – `readme::render`.
//! - **requirements** – `Requirement::normalized_marker`, by `pep508_rs`.
//! - **testing** – `testing`: small wheels and sdists built in memory, for the tests of other crates.
//!
//! The minimum supported Rust version is 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
mod archive;
mod check;
mod classifier;
mod classifier_table;
mod disk;
mod distribution;
mod error;
mod field;
mod filename;
mod finding;
mod inspect;
#[cfg(feature = "licenses")]
mod license_expression;
mod metadata;
mod project_name;
#[cfg(feature = "pyproject")]
mod pyproject;
mod python;
mod release;
mod repr;
mod requirement;
mod rule;
mod stdlib_table;
#[cfg(feature = "testing")]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
pub mod testing;
mod upload_form;

pub use accept::content_type::{ContentType, Markup};
pub use archive::{MAX_MEMBERS, MAX_UNPACKED};
pub use classifier::Classifier;
pub use classifier_table::CLASSIFIERS_VERSION;
pub use distribution::Distribution;
pub use error::{Error, ErrorKind};
pub use field::{Field, MetadataVersion};
pub use filename::{Filename, FilenameError, FilenameErrorKind, Kind};
pub use finding::{Finding, Position};
pub use inspect::Inspection;
#[cfg(feature = "licenses")]
pub use license_expression::{LicenseError, LicenseErrorKind, LicenseExpression};
pub use metadata::{MAX_METADATA, Metadata, MetadataError, MetadataErrorKind};
pub use project_name::{MAX_NAME, NameError, ProjectName};
pub use pypi_readme as readme;
pub use pypi_versioning as versioning;
pub use pypi_versioning::Version;
#[cfg(feature = "pyproject")]
pub use pyproject::check_pyproject;
pub use release::check_release;
pub use repr::python_repr;
pub use requirement::{Requirement, RequirementError};
pub use rule::{Rule, Severity, rules};
pub use stdlib_table::STDLIB_VERSION;
pub use upload_form::UploadForm;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
