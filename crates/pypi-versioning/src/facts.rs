use std::fmt;

use crate::text::quoted;
use crate::version::Version;

/// What is known of a checkout: the only input of [`describe`](crate::describe()).
///
/// `read_git` (feature `git`) fills it from a git checkout; a caller with another source of
/// facts fills it by hand.
///
/// ```
/// use pypi_versioning::{CommitId, Facts, Tag};
///
/// let facts = Facts::new()
///     .with_tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .with_distance(4)
///     .with_node(CommitId::parse("ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2")?);
/// assert!(!facts.is_exact());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The nearest version tag that the commit is, or descends from.
    pub tag: Option<Tag>,
    /// The number of commits since the tag; since the beginning where there is no tag.
    pub distance: u64,
    /// The commit that is checked out.
    pub node: Option<CommitId>,
    /// Whether tracked files differ from the commit. Untracked files do not count.
    pub dirty: bool,
    /// The branch that is checked out, none for a detached head.
    pub branch: Option<String>,
    /// Whether the history is cut off, so that tags and commits may be missing.
    pub shallow: bool,
    /// The day the version is made for, as [`LocalScheme::NodeAndDate`](crate::LocalScheme)
    /// prints it.
    pub date: Option<Date>,
}

impl Facts {
    /// Makes the facts of a clean checkout without tag, commit or date.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the nearest version tag.
    #[must_use]
    pub fn with_tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// Sets the number of commits since the tag.
    #[must_use]
    pub fn with_distance(mut self, distance: u64) -> Self {
        self.distance = distance;
        self
    }

    /// Sets the commit.
    #[must_use]
    pub fn with_node(mut self, node: CommitId) -> Self {
        self.node = Some(node);
        self
    }

    /// Sets whether tracked files differ from the commit.
    #[must_use]
    pub fn with_dirty(mut self, dirty: bool) -> Self {
        self.dirty = dirty;
        self
    }

    /// Sets the branch.
    #[must_use]
    pub fn with_branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Sets whether the history is cut off.
    #[must_use]
    pub fn with_shallow(mut self, shallow: bool) -> Self {
        self.shallow = shallow;
        self
    }

    /// Sets the day.
    #[must_use]
    pub fn with_date(mut self, date: Date) -> Self {
        self.date = Some(date);
        self
    }

    /// Tells whether the checkout is what was tagged: on the tag, and clean.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.tag.is_some() && self.distance == 0 && !self.dirty
    }
}

/// A tag that names a version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tag {
    /// The full name of the tag, without `refs/tags/`.
    pub name: String,
    /// The version it names.
    pub version: Version,
}

impl Tag {
    /// Joins a name and the version it stands for, for tags that [`Self::parse`] cannot read.
    #[must_use]
    pub fn new(name: impl Into<String>, version: Version) -> Self {
        Self {
            name: name.into(),
            version,
        }
    }

    /// Reads a tag name: the prefix, an optional `v`, then a PEP 440 version with a dot in it.
    ///
    /// `v1`, `build-5` and `2024-01-15` are none, although PEP 440 accepts the first and
    /// last: such names are used for moving tags and for dates.
    ///
    /// ```
    /// use pypi_versioning::Tag;
    ///
    /// let version = |name, prefix| Tag::parse(name, prefix).map(|tag| tag.version.to_string());
    /// assert_eq!(version("v1.0-rc1", ""), Some("1.0rc1".to_owned()));
    /// assert_eq!(version("client-v2.1", "client-"), Some("2.1".to_owned()));
    /// assert_eq!(version("client-v2.1", ""), None);
    /// assert_eq!(version("v1", ""), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str, prefix: &str) -> Option<Self> {
        let text = name.strip_prefix(prefix)?;
        if !text.contains('.') {
            return None;
        }
        let version = Version::parse(text).ok()?;
        Some(Self::new(name, version))
    }
}

/// The full name of a commit: 40 (SHA-1) or 64 (SHA-256) lower case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(String);

impl CommitId {
    /// Reads a full commit name; an abbreviated one would make versions differ by checkout.
    ///
    /// # Errors
    ///
    /// Says [`FactErrorKind::CommitId`] for anything but 40 or 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, FactError> {
        let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hexadecimal && matches!(text.len(), 40 | 64) {
            return Ok(Self(text.to_ascii_lowercase()));
        }
        Err(FactError {
            kind: FactErrorKind::CommitId,
            message: format!(
                "commit {} is not a full commit name: give all of its 40 or 64 hexadecimal digits",
                quoted(text)
            ),
        })
    }

    /// Returns the digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A day in UTC, from 1970-01-01 to 9999-12-31. Prints as `YYYYMMDD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The first second after 9999-12-31.
    const END: u64 = 253_402_300_800;

    /// Returns the day of a time in seconds since 1970-01-01 UTC, such as `SOURCE_DATE_EPOCH`.
    ///
    /// ```
    /// let date = pypi_versioning::Date::from_unix_seconds(1_718_452_800)?;
    /// assert_eq!(date.to_string(), "20240615");
    /// # Ok::<(), pypi_versioning::FactError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says [`FactErrorKind::Date`] for a time after the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Result<Self, FactError> {
        let fail = || FactError {
            kind: FactErrorKind::Date,
            message: format!(
                "time {seconds} is after the year 9999: give seconds since 1970-01-01 UTC, \
                 not milliseconds"
            ),
        };
        if seconds >= Self::END {
            return Err(fail());
        }
        // Howard Hinnant's civil_from_days: years begin in March, so that the leap day is last.
        let days = seconds / 86_400 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        Ok(Self {
            year: u16::try_from(year).map_err(|_| fail())?,
            month: u8::try_from(month).map_err(|_| fail())?,
            day: u8::try_from(day).map_err(|_| fail())?,
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(formatter, "{year:04}{month:02}{day:02}")
    }
}

/// The reason why a text or number was not accepted as a fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FactError {
    kind: FactErrorKind,
    message: String,
}

impl FactError {
    /// Returns what was wrong, to branch on.
    #[must_use]
    pub fn kind(&self) -> FactErrorKind {
        self.kind
    }
}

/// The facts that can be wrong by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FactErrorKind {
    /// A commit name that is not a full one.
    CommitId,
    /// A time that is no day between 1970 and 9999.
    Date,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_calendar() {
        for (seconds, day) in [
            (0, "19700101"),
            (951_782_399, "20000228"),
            (951_782_400, "20000229"),
            (951_868_800, "20000301"),
            (4_107_542_399, "21000228"),
            (4_107_542_400, "21000301"),
            (Date::END - 1, "99991231"),
        ] {
            let date = Date::from_unix_seconds(seconds).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Ok(day), "{seconds}");
        }
        let error = Date::from_unix_seconds(Date::END).unwrap_err();
        assert_eq!(error.kind(), FactErrorKind::Date);
    }

    #[test]
    fn only_full_commit_names_are_taken() {
        let full = "EA48643D95B2C4F2F5C3B3B0A3E3D5C5B8A1F0E2";
        assert_eq!(
            CommitId::parse(full).map(|id| id.to_string()),
            Ok(full.to_lowercase())
        );
        for text in ["", "ea48643d9", &"g".repeat(40), &"é".repeat(20)] {
            let error = CommitId::parse(text).unwrap_err();
            assert_eq!(error.kind(), FactErrorKind::CommitId, "{text}");
        }
    }

    #[test]
    fn tags_that_name_no_version_are_told_apart() {
        for name in [
            "v1",
            "deploy-2024-01-15",
            "2024-01-15",
            "build-5",
            "latest",
            "vv1.0",
            "v1.0-foo",
            "release/1.0",
            "v",
            "",
        ] {
            assert_eq!(Tag::parse(name, ""), None, "{name}");
        }
        for name in ["1.0", "V1.0", "v1!2.0.0", "v1.0.0+build.1", "2024.01.15"] {
            assert!(Tag::parse(name, "").is_some(), "{name}");
        }
    }
}
