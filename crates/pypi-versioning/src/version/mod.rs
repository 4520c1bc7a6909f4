mod error;
mod parts;
mod pre;
#[cfg(feature = "semver")]
mod semver;

use std::{fmt, str::FromStr};

use pep440_rs::LocalSegment;

use crate::text::trim_python;

pub use error::{VersionError, VersionErrorKind};
pub use parts::Parts;
pub use pre::Pre;
#[cfg(feature = "semver")]
pub use semver::{SemverError, SemverErrorKind};

/// A version of a Python distribution, as PEP 440 defines it.
///
/// [`Display`](fmt::Display) writes the normal form, the one PyPI and file names use:
/// `v1.0.0-RC.1` prints as `1.0.0rc1`.
///
/// `Eq`, `Ord` and `Hash` follow PEP 440: missing release numbers count as zero, so `1.0` and
/// `1.0.0` are equal although they print differently.
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
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pep440_rs::Version);

impl Version {
    /// The most bytes a version may have, as written and in its normal form.
    ///
    /// A version is part of a file name, and common file systems end those at 255 bytes.
    pub const MAX_LENGTH: usize = 255;

    /// Parses any spelling PEP 440 accepts, white space around it included.
    ///
    /// # Errors
    ///
    /// Says [`VersionErrorKind::Invalid`] for text that is no PEP 440 version,
    /// [`VersionErrorKind::TooLong`] for more than [`Self::MAX_LENGTH`] bytes and
    /// [`VersionErrorKind::NumberTooBig`] for a number this library cannot hold or compare.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        let fail = |kind| Err(VersionError::new(kind, text));
        if text.len() > Self::MAX_LENGTH {
            return fail(VersionErrorKind::TooLong);
        }
        let text = trim_python(text);
        match pep440_rs::Version::from_str(text) {
            // Printing costs as much as parsing, and a short text has a short normal form.
            Ok(version) if text.len() + LONGEST_GROWTH <= Self::MAX_LENGTH => Self::sound(version),
            Ok(version) => Self::checked(version),
            Err(_) if is_valid_with_smaller_numbers(text) => fail(VersionErrorKind::NumberTooBig),
            Err(_) => fail(VersionErrorKind::Invalid),
        }
    }

    /// Returns the version without its local part: the form an index takes.
    #[must_use]
    pub fn public(&self) -> Self {
        Self(self.0.clone().without_local())
    }

    /// Returns the epoch and the release numbers alone: `1!2.0` of `1!2.0rc1.post2.dev3+x`.
    #[must_use]
    pub fn base(&self) -> Self {
        Self(self.0.only_release().with_epoch(self.0.epoch()))
    }

    /// Returns the epoch, 0 where none is written.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Returns the release numbers as written, at least one: `[1, 2, 0]` of `1.2.0rc1`.
    #[must_use]
    pub fn release(&self) -> &[u64] {
        self.0.release()
    }

    /// Returns the alpha, beta or release candidate part and its number.
    #[must_use]
    pub fn pre(&self) -> Option<(Pre, u64)> {
        let pre = self.0.pre()?;
        Some((pre.kind.into(), pre.number))
    }

    /// Returns the number of the post-release.
    #[must_use]
    pub fn post(&self) -> Option<u64> {
        self.0.post()
    }

    /// Returns the number of the development release.
    #[must_use]
    pub fn dev(&self) -> Option<u64> {
        self.0.dev()
    }

    /// Tells whether the version has an alpha, beta or release candidate part.
    ///
    /// `1.0.dev1` has none: see [`Self::is_prerelease`] for what installers hide.
    #[must_use]
    pub fn is_pre(&self) -> bool {
        self.0.is_pre()
    }

    /// Tells whether the version has a post-release part.
    #[must_use]
    pub fn is_post(&self) -> bool {
        self.0.is_post()
    }

    /// Tells whether the version has a development release part.
    #[must_use]
    pub fn is_dev(&self) -> bool {
        self.0.is_dev()
    }

    /// Tells whether installers pass over the version unless asked: an alpha, beta, release
    /// candidate or development release (`is_prerelease` of Python's `packaging`).
    #[must_use]
    pub fn is_prerelease(&self) -> bool {
        self.0.any_prerelease()
    }

    /// Tells whether the version has a local part, which PyPI and TestPyPI refuse.
    #[must_use]
    pub fn has_local(&self) -> bool {
        self.0.is_local()
    }

    /// Returns the local part without its `+`, in normal form: `ubuntu.1` of `1.0+Ubuntu-1`.
    #[must_use]
    pub fn local(&self) -> Option<String> {
        self.has_local().then(|| {
            let segments: Vec<String> = self.0.local().iter().map(ToString::to_string).collect();
            segments.join(".")
        })
    }

    /// Accepts only what prints to something [`Self::parse`] reads back as the same version.
    pub(crate) fn checked(version: pep440_rs::Version) -> Result<Self, VersionError> {
        let normal = version.to_string();
        if normal.len() > Self::MAX_LENGTH {
            return Err(VersionError::new(VersionErrorKind::TooLong, &normal));
        }
        Self::sound(version)
    }

    fn sound(version: pep440_rs::Version) -> Result<Self, VersionError> {
        // pep440_rs compares a missing development number as `u64::MAX`, and keeps a local
        // number beyond `u64` as text, which sorts wrongly.
        if version.dev() == Some(u64::MAX) || version.local().iter().any(is_number_kept_as_text) {
            let normal = version.to_string();
            return Err(VersionError::new(VersionErrorKind::NumberTooBig, &normal));
        }
        Ok(Self(version))
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

impl TryFrom<&str> for Version {
    type Error = VersionError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

/// By how many bytes a normal form may be longer than what was parsed: `1crdev` is `1rc0.post0.dev0`.
const LONGEST_GROWTH: usize = 16;

/// pep440_rs does not tell a number that does not fit from other mistakes: this does, by
/// asking whether the text would be a version with small numbers in it.
fn is_valid_with_smaller_numbers(text: &str) -> bool {
    let mut smaller = String::with_capacity(text.len());
    for run in text.split_inclusive(|character: char| !character.is_ascii_digit()) {
        let digits = run.trim_end_matches(|character: char| !character.is_ascii_digit());
        let rest = run.get(digits.len()..).unwrap_or_default();
        smaller.push_str(if digits.is_empty() { "" } else { "0" });
        smaller.push_str(rest);
    }
    pep440_rs::Version::from_str(&smaller).is_ok()
}

fn is_number_kept_as_text(segment: &LocalSegment) -> bool {
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
    fn a_normal_form_grows_by_less_than_it_may() {
        let spelled = "1crdev";
        let normal = Version::parse(spelled).expect("a version").to_string();
        assert_eq!(normal, "1rc0.post0.dev0");
        assert!(normal.len() - spelled.len() <= LONGEST_GROWTH);
        let long = format!("1{}crdev", ".1".repeat(124));
        assert!(long.len() <= Version::MAX_LENGTH);
        let error = Version::parse(&long).expect_err("its normal form is too long");
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
    fn parts_are_told_apart() {
        let full = version("1!2.0rc1.post2.dev3+local.4");
        assert_eq!(full.base().to_string(), "1!2.0");
        assert_eq!(full.public().to_string(), "1!2.0rc1.post2.dev3");
        assert_eq!((full.epoch(), full.release()), (1, &[2, 0][..]));
        assert_eq!(full.local().as_deref(), Some("local.4"));
        assert!(full.is_pre() && full.is_post() && full.is_dev());
        assert_eq!(full.public().local(), None);
        assert!(version("1.0.dev1").is_prerelease() && !version("1.0.dev1").is_pre());
        assert!(!version("1.0.post1").is_prerelease());
    }

    #[test]
    fn missing_release_numbers_count_as_zero() {
        assert_eq!(version("1.0"), version("1.0.0"));
        assert_ne!(version("1.0").to_string(), version("1.0.0").to_string());
    }

    #[test]
    fn mistakes_have_a_kind() {
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
        assert_eq!(kind(&"1".repeat(256)), VersionErrorKind::TooLong);
        // 253 bytes as written, 257 in normal form.
        let grows = format!("1.{}-1", "0.".repeat(124) + "0");
        assert_eq!(kind(&grows), VersionErrorKind::TooLong, "{}", grows.len());
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
