//! Why a text is not a version.

use super::Version;
use crate::text::quoted;

/// Why a text is not a [`Version`].
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Version, VersionErrorKind};
///
/// let Err(error) = Version::parse("1.0.x") else {
///     return Err("not a version".into());
/// };
/// assert_eq!(error.kind(), VersionErrorKind::Invalid);
/// assert_eq!(error.to_string(), "\"1.0.x\" is not a PEP 440 version");
/// assert_eq!(error.help(), Some("write it like 1.2.3, 1.2.3rc1, 1.2.3.post1 or 1.2.3.dev4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[error("{}", message(*.kind, .input))]
pub struct VersionError {
    kind: VersionErrorKind,
    input: String,
}

impl VersionError {
    pub(crate) fn new(kind: VersionErrorKind, input: &str) -> Self {
        let input = input.chars().take(Version::MAX_LENGTH).collect();
        Self { kind, input }
    }

    /// Returns the category, for `match`.
    pub fn kind(&self) -> VersionErrorKind {
        self.kind
    }

    /// Returns the text that is not a version, or its first [`Version::MAX_LENGTH`] characters.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Returns what to do about it, in one line.
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            VersionErrorKind::Invalid => {
                Some("write it like 1.2.3, 1.2.3rc1, 1.2.3.post1 or 1.2.3.dev4")
            }
            VersionErrorKind::NumberTooBig => Some(
                "use smaller numbers: PyPI and packaging accept this one, but tools with 64-bit \
                 numbers, such as uv, reject it too",
            ),
            VersionErrorKind::TooLong => Some("shorten the version"),
        }
    }
}

fn message(kind: VersionErrorKind, input: &str) -> String {
    let is_above = exceeds_64_bits(input);
    let input = quoted(input);
    match kind {
        VersionErrorKind::Invalid => format!("{input} is not a PEP 440 version"),
        VersionErrorKind::NumberTooBig if is_above => format!(
            "version {input} has a number that does not fit into 64 bits: expected at most {}",
            u64::MAX
        ),
        VersionErrorKind::NumberTooBig => format!(
            "version {input} has a development number that is too big: expected at most {}",
            u64::MAX - 1
        ),
        VersionErrorKind::TooLong => format!(
            "version {input} is too long: expected at most {} bytes",
            Version::MAX_LENGTH
        ),
    }
}

/// Returns whether a number of the version is above [`u64::MAX`], and not only its development number is equal to it.
fn exceeds_64_bits(input: &str) -> bool {
    let (public, local) = input.split_once('+').unwrap_or((input, ""));
    let mut public = public.split(|c: char| !c.is_ascii_digit());
    let mut local = local.split(['.', '-', '_']);
    let exceeds = |run: &str| {
        let is_number = !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_digit());
        is_number && run.parse::<u64>().is_err()
    };
    public.any(exceeds) || local.any(exceeds)
}

/// The category of a [`VersionError`]. Alphabetical; a new kind is a minor release.
///
/// # Examples
///
/// See [`VersionError`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum VersionErrorKind {
    /// The text does not follow the grammar of PEP 440.
    Invalid,
    /// The text follows the grammar of PEP 440, but a number is above [`u64::MAX`], or the number of a
    /// development release is [`u64::MAX`]. PyPI and `packaging` accept numbers of any size.
    NumberTooBig,
    /// The text or its normal form has more than [`Version::MAX_LENGTH`] bytes.
    TooLong,
}
