//! Semantic Versioning orders `-0`, `-dev.1` and `-rc1` otherwise than PEP 440 orders what they
//! would become; only what keeps its order is converted.

use semver::{BuildMetadata, Prerelease};

use super::Version;
use crate::{Parts, Pre, text::quoted};

const PHASES: [(&str, Pre); 3] = [("alpha", Pre::Alpha), ("beta", Pre::Beta), ("rc", Pre::Rc)];

impl TryFrom<&semver::Version> for Version {
    type Error = SemverError;

    /// Converts `1.2.3`, `1.2.3-alpha.4`, `-beta.4`, `-rc.4`, each with or without `+build`:
    /// the forms whose order PEP 440 keeps.
    fn try_from(version: &semver::Version) -> Result<Self, Self::Error> {
        let pre = match version.pre.as_str() {
            "" => None,
            text => Some(phase(text).ok_or_else(|| SemverError::prerelease(version))?),
        };
        let local = Some(version.build.as_str()).filter(|build| !build.is_empty());
        let parts = Parts::new([version.major, version.minor, version.patch]);
        let parts = parts.with_pre(pre).with_local(local);
        parts.build().map_err(|_| SemverError::new(
            SemverErrorKind::DoesNotFit,
            format!(
                "version {} is too long, or has a number or build metadata that PEP 440 does not \
                 take: shorten it",
                quoted(&version.to_string())
            ),
        ))
    }
}

impl TryFrom<&Version> for semver::Version {
    type Error = SemverError;

    /// Converts what has at most three release numbers and neither epoch, post nor dev part.
    fn try_from(version: &Version) -> Result<Self, Self::Error> {
        let (numbers, rest) = version
            .release()
            .split_at_checked(3)
            .unwrap_or_else(|| (version.release(), &[]));
        let own = version.epoch() > 0 || version.is_post() || version.is_dev();
        if own || rest.iter().any(|number| *number > 0) {
            return Err(SemverError::pep440(version));
        }
        let number = |index| numbers.get(index).copied().unwrap_or(0);
        let mut converted = Self::new(number(0), number(1), number(2));
        if let Some((pre, number)) = version.pre() {
            let phase = PHASES
                .iter()
                .find(|(_, phase)| *phase == pre)
                .map_or("", |(name, _)| name);
            converted.pre = Prerelease::new(&format!("{phase}.{number}"))
                .map_err(|_| SemverError::pep440(version))?;
        }
        if let Some(local) = version.local() {
            converted.build =
                BuildMetadata::new(&local).map_err(|_| SemverError::pep440(version))?;
        }
        Ok(converted)
    }
}

fn phase(text: &str) -> Option<(Pre, u64)> {
    let (name, number) = text.split_once('.')?;
    let (_, pre) = PHASES.iter().find(|(known, _)| *known == name)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    Some((*pre, number.parse().ok().filter(|_| digits)?))
}

/// The reason why a version has no counterpart between PEP 440 and Semantic Versioning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SemverError {
    kind: SemverErrorKind,
    message: String,
}

impl SemverError {
    fn new(kind: SemverErrorKind, message: String) -> Self {
        Self { kind, message }
    }

    fn prerelease(version: &semver::Version) -> Self {
        Self::new(
            SemverErrorKind::Order,
            format!(
                "version {} has a pre-release part that PEP 440 would order otherwise: write it \
             -alpha.N, -beta.N or -rc.N",
                quoted(&version.to_string())
            ),
        )
    }

    fn pep440(version: &Version) -> Self {
        Self::new(
            SemverErrorKind::NoCounterpart,
            format!(
                "version {} has parts that Semantic Versioning does not know: use at most three \
             release numbers, and no epoch, post or dev part",
                quoted(&version.to_string())
            ),
        )
    }

    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> SemverErrorKind {
        self.kind
    }
}

/// The ways in which a conversion fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SemverErrorKind {
    /// The version does not fit into a [`Version`].
    DoesNotFit,
    /// The PEP 440 version has a part that Semantic Versioning lacks.
    NoCounterpart,
    /// The pre-release part would be ordered otherwise by PEP 440.
    Order,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(text: &str) -> Result<String, SemverErrorKind> {
        let version = semver::Version::parse(text).unwrap();
        Version::try_from(&version)
            .map(|version| version.to_string())
            .map_err(|error| error.kind())
    }

    #[test]
    fn what_keeps_its_order_is_converted() {
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
            assert_eq!(convert(text), Err(SemverErrorKind::Order), "{text}");
        }
        assert_eq!(convert("1.2.3+a--b"), Err(SemverErrorKind::DoesNotFit));
    }

    #[test]
    fn and_back() {
        let back = |text: &str| {
            semver::Version::try_from(&Version::parse(text).unwrap())
                .map(|version| version.to_string())
        };
        assert_eq!(back("1.2").as_deref(), Ok("1.2.0"));
        assert_eq!(back("1.2.0.0b3+x.1").as_deref(), Ok("1.2.0-beta.3+x.1"));
        for text in ["1!1.0", "1.0.post1", "1.0.dev1", "1.2.3.4"] {
            assert_eq!(
                back(text).unwrap_err().kind(),
                SemverErrorKind::NoCounterpart,
                "{text}"
            );
        }
    }
}
