//! The ActiveState Platform.

use super::{BoxFlow, Detected, Provider, ready};
use crate::{Environment, Error, ErrorKind, IdToken};

/// The ActiveState Platform, which cannot be detected.
///
/// It publishes by `pypi_publisher` of its build scripts and hands out no ID token, so this provider is there for those
/// who ask for it, and always says so.
///
/// # Source
///
/// [PyPI, "Publishing with a Trusted Publisher"](https://docs.pypi.org/trusted-publishers/using-a-publisher/), 2026-11.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActiveState;

impl Provider for ActiveState {
    fn slug(&self) -> &str {
        "activestate"
    }

    fn detect(&self, _: &Environment, _: Option<&str>) -> Result<Detected, Error> {
        Err(missing())
    }

    fn id_token(&self, _: &Environment, _: &str) -> BoxFlow<IdToken> {
        ready(Err(missing()))
    }
}

fn missing() -> Error {
    let message = "the ActiveState Platform gives no ID token to a command";
    Error::new(ErrorKind::MissingPermission, message).with_help(
        "publish with `pypi_publisher` of its build script, or supply an ID token of your own",
    )
}
