use pep440_rs::{LocalSegment, Prerelease};

use super::Version;
use crate::{Pre, VersionError, VersionErrorKind};

/// The parts of a [`Version`], to make one of or to change one.
///
/// ```
/// use pypi_versioning::{Parts, Pre};
///
/// let parts = Parts::new([1, 2, 0]).with_pre(Some((Pre::Rc, 1))).with_dev(Some(4));
/// let version = parts.build()?;
/// assert_eq!(version.to_string(), "1.2.0rc1.dev4");
/// assert_eq!(version.to_parts().with_dev(None).build()?.to_string(), "1.2.0rc1");
/// # Ok::<(), pypi_versioning::VersionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Parts {
    epoch: u64,
    release: Vec<u64>,
    pre: Option<(Pre, u64)>,
    post: Option<u64>,
    dev: Option<u64>,
    local: Option<String>,
}

impl Parts {
    /// Makes the parts of a final release; no number counts as `0`.
    #[must_use]
    pub fn new(release: impl Into<Vec<u64>>) -> Self {
        let mut release = release.into();
        if release.is_empty() {
            release.push(0);
        }
        Self {
            epoch: 0,
            release,
            pre: None,
            post: None,
            dev: None,
            local: None,
        }
    }

    /// Sets the release numbers; none counts as `0`.
    #[must_use]
    pub fn with_release(mut self, release: impl Into<Vec<u64>>) -> Self {
        self.release = Self::new(release).release;
        self
    }

    /// Sets the epoch; 0 is not written.
    #[must_use]
    pub fn with_epoch(mut self, epoch: u64) -> Self {
        self.epoch = epoch;
        self
    }

    /// Sets the alpha, beta or release candidate part.
    #[must_use]
    pub fn with_pre(mut self, pre: Option<(Pre, u64)>) -> Self {
        self.pre = pre;
        self
    }

    /// Sets the number of the post-release.
    #[must_use]
    pub fn with_post(mut self, post: Option<u64>) -> Self {
        self.post = post;
        self
    }

    /// Sets the number of the development release.
    #[must_use]
    pub fn with_dev(mut self, dev: Option<u64>) -> Self {
        self.dev = dev;
        self
    }

    /// Sets the local part, without its `+`.
    #[must_use]
    pub fn with_local(mut self, local: Option<impl Into<String>>) -> Self {
        self.local = local.map(Into::into);
        self
    }

    /// Makes the version.
    ///
    /// # Errors
    ///
    /// Says [`VersionErrorKind::Invalid`] for a local part that is none, and the other kinds
    /// for what is too long or too big for a [`Version`].
    pub fn build(self) -> Result<Version, VersionError> {
        let pre = self.pre.map(|(kind, number)| Prerelease {
            kind: kind.into(),
            number,
        });
        let version = pep440_rs::Version::new(self.release)
            .with_epoch(self.epoch)
            .with_pre(pre)
            .with_post(self.post)
            .with_dev(self.dev);
        let local = self.local.as_deref().map(local_segments).transpose()?;
        Version::checked(version.with_local(local.unwrap_or_default()))
    }
}

fn local_segments(text: &str) -> Result<Vec<LocalSegment>, VersionError> {
    // A local part is parsed as that of a version; nothing else may be in the text.
    match Version::parse(&format!("0+{text}")) {
        Ok(version) if !text.ends_with(char::is_whitespace) => {
            Ok(version.as_pep440().local().to_vec())
        }
        Ok(_) => Err(VersionError::new(VersionErrorKind::Invalid, text)),
        Err(error) => Err(error),
    }
}

impl Version {
    /// Returns the parts, to change some of them.
    #[must_use]
    pub fn to_parts(&self) -> Parts {
        Parts {
            epoch: self.epoch(),
            release: self.release().to_vec(),
            pre: self.pre(),
            post: self.post(),
            dev: self.dev(),
            local: self.local(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts_are_written_and_read_back() {
        let parts = Parts::new([1, 2])
            .with_epoch(3)
            .with_pre(Some((Pre::Beta, 4)))
            .with_post(Some(5))
            .with_dev(Some(6))
            .with_local(Some("Ubuntu-7"));
        let version = parts.build().unwrap();
        assert_eq!(version.to_string(), "3!1.2b4.post5.dev6+ubuntu.7");
        assert_eq!(
            version.to_parts().build().unwrap().to_string(),
            version.to_string()
        );
    }

    #[test]
    fn parts_that_make_no_version_are_refused() {
        for local in ["", "a b", "x+y", "é", "a ", "a..b"] {
            let error = Parts::new([1]).with_local(Some(local)).build().unwrap_err();
            assert_eq!(error.kind(), VersionErrorKind::Invalid, "{local:?}");
        }
        let big = Parts::new([1])
            .with_dev(Some(u64::MAX))
            .build()
            .unwrap_err();
        assert_eq!(big.kind(), VersionErrorKind::NumberTooBig);
        let long = Parts::new(vec![1; 200]).build().unwrap_err();
        assert_eq!(long.kind(), VersionErrorKind::TooLong);
        assert_eq!(Parts::new([]).build().unwrap().to_string(), "0");
    }
}
