//! The parts of a version, to build one or to change one.

use pep440_rs::{LocalSegment, Prerelease};

use super::{Pre, Version, VersionError, VersionErrorKind};
use crate::text::is_python_space;

/// The parts of a [`Version`], to build one or to change some of them.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Pre, VersionParts};
///
/// let version = VersionParts::new([1, 2, 0]).pre(Some((Pre::Rc, 1))).dev(Some(4)).build()?;
/// assert_eq!(version.to_string(), "1.2.0rc1.dev4");
/// assert_eq!(version.to_parts().dev(None).build()?.to_string(), "1.2.0rc1");
/// # Ok::<(), pypi_versioning::VersionError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct VersionParts {
    /// The epoch; 0 is not printed.
    pub epoch: u64,
    /// The release numbers; an empty list means `0`.
    pub release: Vec<u64>,
    /// The phase and the number of an alpha, beta or release candidate.
    pub pre: Option<(Pre, u64)>,
    /// The number of the post-release.
    pub post: Option<u64>,
    /// The number of the development release.
    pub dev: Option<u64>,
    /// The local part, without its `+`.
    pub local: Option<String>,
}

impl VersionParts {
    /// Returns the parts of a final release.
    pub fn new(release: impl Into<Vec<u64>>) -> Self {
        Self {
            release: release.into(),
            ..Self::default()
        }
    }

    /// Sets the epoch.
    #[must_use]
    pub fn epoch(mut self, epoch: u64) -> Self {
        self.epoch = epoch;
        self
    }

    /// Sets the release numbers.
    #[must_use]
    pub fn release(mut self, release: impl Into<Vec<u64>>) -> Self {
        self.release = release.into();
        self
    }

    /// Sets the alpha, beta or release candidate.
    #[must_use]
    pub fn pre(mut self, pre: Option<(Pre, u64)>) -> Self {
        self.pre = pre;
        self
    }

    /// Sets the number of the post-release.
    #[must_use]
    pub fn post(mut self, post: Option<u64>) -> Self {
        self.post = post;
        self
    }

    /// Sets the number of the development release.
    #[must_use]
    pub fn dev(mut self, dev: Option<u64>) -> Self {
        self.dev = dev;
        self
    }

    /// Sets the local part, without its `+`.
    #[must_use]
    pub fn local(mut self, local: Option<impl Into<String>>) -> Self {
        self.local = local.map(Into::into);
        self
    }

    /// Returns the version with these parts.
    ///
    /// # Errors
    ///
    /// - [`VersionErrorKind::Invalid`] if the local part is not valid.
    /// - [`VersionErrorKind::NumberTooBig`] and [`VersionErrorKind::TooLong`] if the version
    ///   exceeds the limits of [`Version::parse`].
    pub fn build(self) -> Result<Version, VersionError> {
        let pre = self.pre.map(|(pre, number)| Prerelease {
            kind: pre.to_pep440(),
            number,
        });
        let release = if self.release.is_empty() {
            vec![0]
        } else {
            self.release
        };
        let version = pep440_rs::Version::new(release)
            .with_epoch(self.epoch)
            .with_pre(pre)
            .with_post(self.post)
            .with_dev(self.dev);
        let local = self.local.as_deref().map(local_segments).transpose()?;
        Version::check(version.with_local(local.unwrap_or_default()))
    }
}

impl Version {
    /// Returns the parts of the version, to change some of them.
    pub fn to_parts(&self) -> VersionParts {
        VersionParts {
            epoch: self.epoch(),
            release: self.release().to_vec(),
            pre: self.pre(),
            post: self.post(),
            dev: self.dev(),
            local: self.local(),
        }
    }
}

fn local_segments(text: &str) -> Result<Vec<LocalSegment>, VersionError> {
    // Only a whole version can be parsed. White space may follow a version, but not a local part.
    let version = Version::parse(&format!("0+{text}"))?;
    if text.ends_with(is_python_space) {
        return Err(VersionError::new(VersionErrorKind::Invalid, text));
    }
    Ok(version.as_pep440().local().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_printed_and_read_back() {
        let parts = VersionParts::new([1, 2])
            .epoch(3)
            .pre(Some((Pre::Beta, 4)))
            .post(Some(5))
            .dev(Some(6))
            .local(Some("Ubuntu-7"));
        let version = parts.build().unwrap();
        assert_eq!(version.to_string(), "3!1.2b4.post5.dev6+ubuntu.7");
        assert_eq!(
            version.to_parts().build().unwrap().to_string(),
            version.to_string()
        );
    }

    #[test]
    fn invalid_parts_are_rejected() {
        for local in ["", "a b", "x+y", "é", "a ", "a\u{1c}", "a..b"] {
            let error = VersionParts::new([1])
                .local(Some(local))
                .build()
                .unwrap_err();
            assert_eq!(error.kind(), VersionErrorKind::Invalid, "{local:?}");
        }
        let big = VersionParts::new([1])
            .dev(Some(u64::MAX))
            .build()
            .unwrap_err();
        assert_eq!(big.kind(), VersionErrorKind::NumberTooBig);
        let long = VersionParts::new(vec![1; 200]).build().unwrap_err();
        assert_eq!(long.kind(), VersionErrorKind::TooLong);
        assert_eq!(VersionParts::new([]).build().unwrap().to_string(), "0");
    }
}
