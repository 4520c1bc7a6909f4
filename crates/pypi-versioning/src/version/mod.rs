//! PEP 440 versions.

mod error;
mod parts;
mod pre;
#[cfg(feature = "semver")]
mod semver;

use std::{fmt, str::FromStr};

use pep440_rs::LocalSegment;

use crate::text::trim_python;

pub use error::{VersionError, VersionErrorKind};
pub use parts::VersionParts;
pub use pre::Pre;

/// A version of a Python distribution.
///
/// [`Display`](fmt::Display) prints the normal form, which PyPI and file names use:
/// `v1.0.0-RC.1` prints as `1.0.0rc1`.
///
/// `Eq`, `Ord` and `Hash` follow PEP 440: missing release numbers count as zero, so `1.0` and
/// `1.0.0` are equal although they print differently.
///
/// # Examples
///
/// ```
/// use pypi_versioning::Version;
///
/// let version: Version = "v1.0.0-rc.1+Ubuntu.1".parse()?;
/// assert_eq!(version.to_string(), "1.0.0rc1+ubuntu.1");
/// assert_eq!(version.public().to_string(), "1.0.0rc1");
/// assert!(version < Version::parse("1.0.0")?);
/// # Ok::<(), pypi_versioning::VersionError>(())
/// ```
///
/// # Source
///
/// [Version specifiers](https://packaging.python.org/en/latest/specifications/version-specifiers/)
/// (the living text of PEP 440), read 2026-11-21
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Version(pep440_rs::Version);

impl Version {
    /// The maximum number of bytes, both as written and in normal form.
    ///
    /// A version is part of file names, which most file systems limit to 255 bytes.
    pub const MAX_LENGTH: usize = 255;

    /// Parses any spelling that PEP 440 accepts, with or without white space around it.
    ///
    /// # Errors
    ///
    /// - [`VersionErrorKind::Invalid`] if the text is not a PEP 440 version.
    /// - [`VersionErrorKind::NumberTooBig`] if a number is above [`u64::MAX`], or the number of a
    ///   development release is [`u64::MAX`]. PyPI and `packaging` accept numbers of any size.
    /// - [`VersionErrorKind::TooLong`] if it has more than [`Self::MAX_LENGTH`] bytes.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let fail = |kind| Err(VersionError::new(kind, text));
        if text.len() > Self::MAX_LENGTH {
            return fail(VersionErrorKind::TooLong);
        }
        let trimmed = trim_python(text);
        match pep440_rs::Version::from_str(trimmed) {
            // Printing costs as much as parsing, and a short text has a short normal form.
            Ok(version) if trimmed.len() + MAX_GROWTH <= Self::MAX_LENGTH => {
                Self::check_numbers(version)
            }
            Ok(version) => Self::check(version),
            Err(_) if Self::with_zeros(text).is_some() => fail(VersionErrorKind::NumberTooBig),
            Err(_) => fail(VersionErrorKind::Invalid),
        }
    }

    /// Returns the version without its local part: the only form that PyPI accepts.
    #[must_use]
    pub fn public(&self) -> Self {
        Self(self.0.clone().without_local())
    }

    /// Returns the epoch and the release numbers only: `1!2.0` for `1!2.0rc1.post2.dev3+x`.
    #[must_use]
    pub fn base(&self) -> Self {
        Self(self.0.only_release().with_epoch(self.0.epoch()))
    }

    /// Returns the epoch, 0 by default.
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Returns the release numbers as written, at least one: `[1, 2, 0]` for `1.2.0rc1`.
    pub fn release(&self) -> &[u64] {
        self.0.release()
    }

    /// Returns the phase and the number of an alpha, beta or release candidate.
    pub fn pre(&self) -> Option<(Pre, u64)> {
        let pre = self.0.pre()?;
        Some((Pre::from_pep440(pre.kind), pre.number))
    }

    /// Returns the number of the post-release.
    pub fn post(&self) -> Option<u64> {
        self.0.post()
    }

    /// Returns the number of the development release.
    pub fn dev(&self) -> Option<u64> {
        self.0.dev()
    }

    /// Returns the local part without its `+`, in normal form: `ubuntu.1` for `1.0+Ubuntu-1`.
    pub fn local(&self) -> Option<String> {
        self.has_local().then(|| {
            let segments: Vec<String> = self.0.local().iter().map(ToString::to_string).collect();
            segments.join(".")
        })
    }

    /// Returns whether this is an alpha, a beta, a release candidate or a development release.
    ///
    /// Installers skip these unless asked for them. The property is called `is_prerelease` in
    /// Python's `packaging`, too.
    pub fn is_prerelease(&self) -> bool {
        self.0.any_prerelease()
    }

    /// Returns whether this is a post-release.
    pub fn is_post(&self) -> bool {
        self.0.is_post()
    }

    /// Returns whether this is a development release.
    pub fn is_dev(&self) -> bool {
        self.0.is_dev()
    }

    /// Returns whether the version has a local part, which PyPI and TestPyPI reject.
    pub fn has_local(&self) -> bool {
        self.0.is_local()
    }

    /// Accepts only versions whose normal form [`Self::parse`] reads back unchanged.
    pub(crate) fn check(version: pep440_rs::Version) -> Result<Self, VersionError> {
        let normal = version.to_string();
        if normal.len() > Self::MAX_LENGTH {
            return Err(VersionError::new(VersionErrorKind::TooLong, &normal));
        }
        Self::check_numbers(version)
    }

    fn check_numbers(version: pep440_rs::Version) -> Result<Self, VersionError> {
        // pep440_rs compares a missing development number as `u64::MAX`, and stores a local
        // number above `u64::MAX` as text, which sorts wrongly.
        if version.dev() == Some(u64::MAX) || version.local().iter().any(is_number_as_text) {
            let normal = version.to_string();
            return Err(VersionError::new(VersionErrorKind::NumberTooBig, &normal));
        }
        Ok(Self(version))
    }

    /// Parses `text` with each of its numbers replaced by 0, whatever its length.
    ///
    /// The result shows whether the text follows the grammar. pep440_rs does not distinguish a
    /// number that is too big from other errors.
    pub(crate) fn with_zeros(text: &str) -> Option<Self> {
        let mut zeros = String::with_capacity(text.len());
        for run in trim_python(text).split_inclusive(|c: char| !c.is_ascii_digit()) {
            let rest = run.trim_start_matches(|c: char| c.is_ascii_digit());
            zeros.push_str(if rest.len() < run.len() { "0" } else { "" });
            zeros.push_str(rest);
        }
        pep440_rs::Version::from_str(&zeros).ok().map(Self)
    }

    pub(crate) fn as_pep440(&self) -> &pep440_rs::Version {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.0)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The maximum number of bytes by which a normal form exceeds the text: `1crdev` becomes
/// `1rc0.post0.dev0`.
const MAX_GROWTH: usize = 16;

fn is_number_as_text(segment: &LocalSegment) -> bool {
    match segment {
        LocalSegment::String(text) => text.bytes().all(|byte| byte.is_ascii_digit()),
        LocalSegment::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn kind(text: &str) -> VersionErrorKind {
        Version::parse(text).unwrap_err().kind()
    }

    #[test]
    fn a_normal_form_grows_by_at_most_the_constant() {
        let spelled = "1crdev";
        let normal = Version::parse(spelled).expect("a version").to_string();
        assert_eq!(normal, "1rc0.post0.dev0");
        assert!(normal.len() - spelled.len() <= MAX_GROWTH);
        let long = format!("1{}crdev", ".1".repeat(124));
        assert!(long.len() <= Version::MAX_LENGTH);
        let error = Version::parse(&long).expect_err("the normal form is too long");
        assert_eq!(error.kind(), VersionErrorKind::TooLong);
    }

    #[test]
    fn spellings_print_in_normal_form() {
        for (text, normal) in [
            ("v1.0.0-rc.1", "1.0.0rc1"),
            ("1.0-1", "1.0.post1"),
            ("1.0ALPHA", "1.0a0"),
            (" 01.002 ", "1.2"),
            ("1!2.0_dev3", "1!2.0.dev3"),
            ("1.0+Ubuntu-007_x", "1.0+ubuntu.7.x"),
        ] {
            assert_eq!(version(text).to_string(), normal);
        }
    }

    #[test]
    fn accessors_return_the_parts() {
        let full = version("1!2.0rc1.post2.dev3+local.4");
        assert_eq!(full.base().to_string(), "1!2.0");
        assert_eq!(full.public().to_string(), "1!2.0rc1.post2.dev3");
        assert_eq!((full.epoch(), full.release()), (1, &[2, 0][..]));
        assert_eq!(full.local().as_deref(), Some("local.4"));
        assert!(full.pre().is_some() && full.is_post() && full.is_dev());
        assert_eq!(full.public().local(), None);
        assert!(version("1.0.dev1").is_prerelease() && version("1.0.dev1").pre().is_none());
        assert!(!version("1.0.post1").is_prerelease());
    }

    #[test]
    fn missing_release_numbers_count_as_zero() {
        assert_eq!(version("1.0"), version("1.0.0"));
        assert_ne!(version("1.0").to_string(), version("1.0.0").to_string());
    }

    #[test]
    fn errors_have_a_kind() {
        for text in [
            "",
            "one",
            "1.0.*",
            "1.0+",
            "1.0-foo",
            "build99999999999999999999",
        ] {
            assert_eq!(kind(text), VersionErrorKind::Invalid, "{text}");
        }
        for text in [
            "1.18446744073709551616",
            "99999999999999999999!1.0rc1",
            "1.0.dev18446744073709551615",
            "1.0+99999999999999999999",
        ] {
            assert_eq!(kind(text), VersionErrorKind::NumberTooBig, "{text}");
        }
        for text in [
            "18446744073709551615!18446744073709551615rc18446744073709551615",
            "1.post18446744073709551615.dev18446744073709551614+18446744073709551615",
        ] {
            assert_eq!(version(text).to_string(), text, "the limit is 64 bits");
        }
        assert_eq!(kind(&"1".repeat(256)), VersionErrorKind::TooLong);
        // 253 bytes as written, 257 in normal form.
        let grows = format!("1.{}-1", "0.".repeat(124) + "0");
        assert_eq!(kind(&grows), VersionErrorKind::TooLong, "{}", grows.len());
    }

    #[test]
    fn the_message_about_a_big_number_names_the_limit_that_applies() {
        for (text, limit) in [
            ("1.18446744073709551616", "18446744073709551615"),
            ("1.0+99999999999999999999", "18446744073709551615"),
            ("1.0.dev18446744073709551616", "18446744073709551615"),
            ("1.0.dev18446744073709551615", "18446744073709551614"),
            (
                "1.0.dev18446744073709551615+g99999999999999999999",
                "18446744073709551614",
            ),
        ] {
            let message = Version::parse(text).unwrap_err().to_string();
            assert!(
                message.ends_with(&format!("expected at most {limit}")),
                "{message}"
            );
        }
    }

    #[test]
    fn messages_are_one_short_line() {
        let error = Version::parse(&format!("1.0\n\u{1b}[31m{}", "x".repeat(200))).unwrap_err();
        let message = error.to_string();
        assert!(
            message.len() < 250 && !message.contains(['\n', '\u{1b}']),
            "{message}"
        );
    }
}
