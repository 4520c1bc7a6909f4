//! Conversion between PEP 440 and Semantic Versioning, for versions that both put in the same order.
//!
//! Semantic Versioning orders `-0`, `-dev.1` and `-rc1` differently from the PEP 440 versions that
//! they resemble. These are errors.

use semver::{BuildMetadata, Prerelease};

use super::{Pre, Version, VersionParts};
use crate::{Error, ErrorKind, text::quoted};

const PHASES: [(&str, Pre); 3] = [("alpha", Pre::Alpha), ("beta", Pre::Beta), ("rc", Pre::Rc)];

impl Version {
    /// Converts from Semantic Versioning: `1.2.3`, `1.2.3-alpha.4`, `-beta.4` and `-rc.4`, each with
    /// or without `+build`.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidVersion`] if the text does not follow Semantic Versioning 2.0.0.
    /// - [`ErrorKind::NoCounterpart`] for any other pre-release, because PEP 440 would put it in a
    ///   different place, and for numbers and build metadata that PEP 440 does not allow.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::Version;
    ///
    /// assert_eq!(Version::from_semver("1.2.3-rc.1+build.5")?.to_string(), "1.2.3rc1+build.5");
    /// assert!(Version::from_semver("1.2.3-dev.1").is_err());
    /// # Ok::<(), pypi_versioning::Error>(())
    /// ```
    pub fn from_semver(text: &str) -> Result<Self, Error> {
        let version = semver::Version::parse(text).map_err(|error| {
            let message = format!("{} is not a Semantic Versioning version", quoted(text));
            Error::new(ErrorKind::InvalidVersion, message).with_source(error.to_string())
        })?;
        let pre = match version.pre.as_str() {
            "" => None,
            pre => Some(phase(pre).ok_or_else(|| {
                let message = format!(
                    "version {} has a pre-release that PEP 440 orders differently",
                    quoted(text)
                );
                Error::new(ErrorKind::NoCounterpart, message)
                    .with_help("write the pre-release as -alpha.N, -beta.N or -rc.N")
            })?),
        };
        let local = Some(version.build.as_str()).filter(|build| !build.is_empty());
        let parts = VersionParts::new([version.major, version.minor, version.patch]);
        parts.pre(pre).local(local).build().map_err(|error| {
            let message = format!("version {} has no PEP 440 equivalent", quoted(text));
            Error::new(ErrorKind::NoCounterpart, message).with_source(error)
        })
    }

    /// Converts to Semantic Versioning: `1.2rc1` becomes `1.2.0-rc.1`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoCounterpart`] for an epoch, a post-release, a development release and a fourth
    /// release number other than 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_versioning::Version;
    ///
    /// assert_eq!(Version::parse("1.2rc1")?.to_semver()?, "1.2.0-rc.1");
    /// assert!(Version::parse("1.2.post1")?.to_semver().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_semver(&self) -> Result<String, Error> {
        let (major, minor, patch) = match self.release() {
            [major] => (*major, 0, 0),
            [major, minor] => (*major, *minor, 0),
            [major, minor, patch, rest @ ..] if rest.iter().all(|number| *number == 0) => {
                (*major, *minor, *patch)
            }
            _ => return Err(self.no_semver()),
        };
        if self.epoch() > 0 || self.is_post() || self.is_dev() {
            return Err(self.no_semver());
        }
        let mut converted = semver::Version::new(major, minor, patch);
        if let Some((pre, number)) = self.pre() {
            let phase = PHASES.iter().find(|(_, phase)| *phase == pre);
            let phase = phase.map_or("", |(name, _)| name);
            converted.pre =
                Prerelease::new(&format!("{phase}.{number}")).map_err(|_| self.no_semver())?;
        }
        if let Some(local) = self.local() {
            converted.build = BuildMetadata::new(&local).map_err(|_| self.no_semver())?;
        }
        Ok(converted.to_string())
    }

    fn no_semver(&self) -> Error {
        let message = format!("version {self} has no equivalent in Semantic Versioning");
        Error::new(ErrorKind::NoCounterpart, message).with_help(
            "use at most three release numbers, without an epoch, a post-release or a development release",
        )
    }
}

/// Parses `rc.4`.
fn phase(text: &str) -> Option<(Pre, u64)> {
    let (name, number) = text.split_once('.')?;
    let (_, pre) = PHASES.iter().find(|(known, _)| *known == name)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((*pre, number.parse().ok().filter(|_| digits)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_same_order_are_converted() {
        let convert = |text: &str| {
            let converted = Version::from_semver(text).map(|version| version.to_string());
            converted.map_err(|error| error.kind())
        };
        assert_eq!(convert("1.2.3").as_deref(), Ok("1.2.3"));
        assert_eq!(
            convert("1.2.3-rc.10+Build.7").as_deref(),
            Ok("1.2.3rc10+build.7")
        );
        for text in [
            "1.2.3-0",
            "1.2.3-1",
            "1.2.3-alpha",
            "1.2.3-rc1",
            "1.2.3-dev.1",
            "1.2.3-rc.1.2",
            "1.2.3-post.1",
        ] {
            assert_eq!(convert(text), Err(ErrorKind::NoCounterpart), "{text}");
            let error = Version::from_semver(text).unwrap_err();
            assert!(error.to_string().ends_with("orders differently"), "{error}");
        }
        let error = Version::from_semver("1.2.3+a--b").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoCounterpart);
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(convert("1.2"), Err(ErrorKind::InvalidVersion));
    }

    #[test]
    fn and_back() {
        let back = |text: &str| Version::parse(text).unwrap().to_semver();
        assert_eq!(back("1.2").unwrap(), "1.2.0");
        assert_eq!(back("1.2.0.0b3+x.1").unwrap(), "1.2.0-beta.3+x.1");
        for text in ["1!1.0", "1.0.post1", "1.0.dev1", "1.2.3.4"] {
            assert_eq!(
                back(text).unwrap_err().kind(),
                ErrorKind::NoCounterpart,
                "{text}"
            );
        }
    }
}
