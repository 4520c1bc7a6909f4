//! Python core metadata: wheels and sdists read safely, and checked for what an index refuses.
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
//! [`Inspection`] looks at a whole file, [`check_release`] at the files of a release together, [`UploadForm`] at what a
//! client sends; `check_pyproject` at what comes before a build. [`readme`] is `pypi-readme`.
//!
//! **In scope:** file names, core metadata 1.0 to 2.5, classifiers, archives, `pyproject.toml`, and the rules by which
//! PyPI refuses a file, with its own sentences. **Out of scope:** the network, accounts, installing and building.
//!
//! Traps of the standards: the index stores what the upload form says and never compares it with the file's metadata;
//! form keys are partly singular and partly plural, and a wrong one is lost without a word; a wheel's folder of metadata
//! is named by the literal parts of the file name; the name in a file name must be the normalized one, with `_` for `-`.
//!
//! Every reader takes hostile input: sizes are bounded by constants ([`MAX_METADATA`], [`MAX_MEMBERS`], [`MAX_UNPACKED`],
//! [`MAX_NAME`]), nothing is written to disk, and nothing panics.
//!
//! # Crate features
//!
//! - **digests** – compares the hashes in a wheel's `RECORD`.
//! - **licenses** – `LicenseExpression`, and the check of `License-Expression`.
//! - **pyproject** – `check_pyproject`.
//! - **readme** – `readme::render`.
//! - **requirements** – `Requirement::normalized_marker`, by `pep508_rs`.
//! - **testing** – `testing`: small wheels and sdists made in memory, for the tests of other crates.

mod archive;
mod check;
mod classifier;
mod classifier_table;
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
mod release;
mod repr;
mod requirement;
mod stdlib_table;
#[cfg(feature = "testing")]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
pub mod testing;
mod typed;

pub use archive::{MAX_MEMBERS, MAX_UNPACKED};
pub use classifier::Classifier;
pub use classifier_table::CLASSIFIERS_VERSION;
pub use distribution::Distribution;
pub use error::{Error, ErrorKind};
pub use field::{Field, MetadataVersion};
pub use filename::{Filename, FilenameError, FilenameErrorKind, Kind};
pub use finding::{Finding, Position, Severity};
pub use inspect::{Inspection, UploadForm};
#[cfg(feature = "licenses")]
pub use license_expression::{LicenseError, LicenseErrorKind, LicenseExpression};
pub use metadata::{MAX_METADATA, Metadata, MetadataError, MetadataErrorKind};
pub use project_name::{MAX_NAME, NameError, ProjectName};
pub use pypi_readme as readme;
pub use pypi_versioning::Version;
#[cfg(feature = "pyproject")]
pub use pyproject::check_pyproject;
pub use release::check_release;
pub use repr::python_repr;
pub use requirement::{Requirement, RequirementError};
pub use stdlib_table::STDLIB_VERSION;
pub use typed::{ContentType, Markup};
