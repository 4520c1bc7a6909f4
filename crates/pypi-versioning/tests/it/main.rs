//! Tests of the public interface.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bumps;
#[cfg(feature = "git")]
mod checkout;
mod errors;
#[cfg(feature = "git")]
mod history;
#[cfg(all(feature = "git", unix))]
mod hostile;
mod properties;
#[cfg(feature = "pyproject")]
mod pyproject;
mod routes;
mod schemes;
mod setuptools_scm;
mod specifiers;
mod testing;
