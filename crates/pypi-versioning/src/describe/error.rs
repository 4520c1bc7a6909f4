//! Why facts and settings do not determine a version.

use crate::{Error, ErrorKind, Scheme, Version, VersionError};

pub(super) fn no_tag() -> Error {
    let message = "no version tag such as v1.2.3 was found in the history of the commit";
    Error::new(ErrorKind::NoTag, message).with_help(
        "fetch the tags (git fetch --tags, or `fetch-depth: 0` for actions/checkout), create a \
         first tag, or configure a base version",
    )
}

pub(super) fn shallow() -> Error {
    let message = "the clone is shallow and its commit has no version tag, so the commits since \
                   the last tag cannot be counted";
    Error::new(ErrorKind::Shallow, message).with_help(
        "fetch the whole history (git fetch --unshallow --tags, or `fetch-depth: 0` for \
         actions/checkout)",
    )
}

pub(super) fn development_tag(tagged: &Version) -> Error {
    let message = format!("commits cannot be counted from the tagged development version {tagged}");
    Error::new(ErrorKind::UnsupportedTag, message)
        .with_help("tag a release, or the next version with .dev0")
}

pub(super) fn post_tag(tagged: &Version, scheme: Scheme) -> Error {
    let message = format!("scheme {scheme} has no version after the tagged post-release {tagged}");
    Error::new(ErrorKind::UnsupportedTag, message)
        .with_help("choose scheme guess-next-dev or dunamai-bump")
}

pub(super) fn not_higher(version: &Version, tagged: &Version, scheme: Scheme) -> Error {
    let version = version.public();
    let message = format!(
        "version {version} of scheme {scheme} is not higher than the tagged version {tagged}"
    );
    Error::new(ErrorKind::NotHigher, message).with_help("choose another scheme, or correct the tag")
}

pub(super) fn no_time(scheme: &str) -> Error {
    let message = format!("{scheme} needs a time, but none is known");
    Error::new(ErrorKind::NoTime, message)
        .with_help("set SOURCE_DATE_EPOCH to seconds since 1970, or choose another scheme")
}

pub(super) fn last_number(tagged: &Version) -> Error {
    let message = format!("version {tagged} cannot be incremented: its last number is the maximum");
    Error::new(ErrorKind::OutOfRange, message)
}

pub(super) fn out_of_range(source: VersionError) -> Error {
    Error::new(
        ErrorKind::OutOfRange,
        "the development version is out of range",
    )
    .with_help("tag a shorter version")
    .with_source(source)
}
