//! Why a version was not bumped.

use super::{Bump, BumpPart};
use crate::{Error, ErrorKind, Version, VersionError, text::quoted};

pub(super) fn unknown(text: &str) -> Error {
    let message = format!(
        "unknown bump {}: expected major, minor, patch (or micro), stable, alpha, beta, rc, post, \
         dev, or a version",
        quoted(text)
    );
    Error::new(ErrorKind::InvalidBump, message)
        .with_help("to set a number, as in rc=2, use any of these but stable")
}

pub(super) fn combination(bumps: &[Bump]) -> Error {
    let names: Vec<String> = bumps.iter().map(ToString::to_string).collect();
    let message = match names.as_slice() {
        [] => "no bump was given".to_owned(),
        names => format!("bumps {} cannot be combined", quoted(&names.join(", "))),
    };
    Error::new(ErrorKind::InvalidBump, message).with_help(
        "give one of major, minor and patch, one of alpha, beta, rc and dev, or one of each; \
         stable, post and a version cannot be combined",
    )
}

pub(super) fn not_higher(version: &Version, bumped: &Version, bumps: &[Bump]) -> Error {
    let help = match bumps {
        [Bump::Part(BumpPart::Alpha | BumpPart::Beta | BumpPart::Rc | BumpPart::Dev, _)] => {
            "add major, minor or patch"
        }
        [Bump::Part(BumpPart::Stable, _)] => "it is stable already: give major, minor or patch",
        _ => "give a higher part or number",
    };
    let message = format!("version {bumped} is not higher than {version}");
    Error::new(ErrorKind::NotHigher, message).with_help(help)
}

pub(super) fn out_of_range(version: &Version, source: VersionError) -> Error {
    let message = format!("the version after {version} is out of range");
    Error::new(ErrorKind::OutOfRange, message)
        .with_help("give a version instead")
        .with_source(source)
}
