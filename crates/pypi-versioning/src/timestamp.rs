use std::fmt;

use crate::{FactError, FactErrorKind, text::quoted};

/// A second in UTC, from 1970 to 9999. Prints as `2024-06-15T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: u64,
}

const DAY: u64 = 86_400;

impl Timestamp {
    /// The first second after 9999-12-31.
    const END: u64 = 253_402_300_800;

    /// Returns the time so many seconds after 1970-01-01 UTC, such as `SOURCE_DATE_EPOCH`.
    ///
    /// ```
    /// let time = pypi_versioning::Timestamp::from_unix_seconds(1_718_452_800)?;
    /// assert_eq!(time.to_string(), "2024-06-15T12:00:00Z");
    /// # Ok::<(), pypi_versioning::FactError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Says [`FactErrorKind::Time`] for a time after the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Result<Self, FactError> {
        if seconds < Self::END {
            return Ok(Self { seconds });
        }
        Err(FactError::new(
            FactErrorKind::Time,
            format!(
                "time {seconds} is after the year 9999: give seconds since 1970-01-01 UTC, \
                 not milliseconds"
            ),
        ))
    }

    /// Reads the value of `SOURCE_DATE_EPOCH`: decimal seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// Says [`FactErrorKind::Time`] for anything else.
    pub fn parse_seconds(text: &str) -> Result<Self, FactError> {
        match text.parse() {
            Ok(seconds) if !text.starts_with('+') => Self::from_unix_seconds(seconds),
            _ => Err(FactError::new(
                FactErrorKind::Time,
                format!(
                    "time {} is not a number: give seconds since 1970-01-01 UTC, as in \
                     SOURCE_DATE_EPOCH",
                    quoted(text)
                ),
            )),
        }
    }

    /// Reads what git writes for `%cI`: `2024-06-15T14:00:00+02:00`.
    pub(crate) fn parse_iso(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let (time, offset) = rest.strip_prefix('T')?.split_at_checked(8)?;
        let [year, month, day] = numbers(date, '-')?;
        let [hour, minute, second] = numbers(time, ':')?;
        let (west, offset) = match offset {
            "Z" => (false, "00:00"),
            _ => (offset.starts_with('-'), offset.strip_prefix(['+', '-'])?),
        };
        let [hours, minutes] = numbers(offset, ':')?;
        let in_range = (1970..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61
            && hours < 24
            && minutes < 60;
        if !in_range {
            return None;
        }
        let local = days_since_1970(year, month, day)? * DAY + hour * 3600 + minute * 60 + second;
        let offset = hours * 3600 + minutes * 60;
        let seconds = if west {
            local + offset
        } else {
            local.checked_sub(offset)?
        };
        Self::from_unix_seconds(seconds).ok()
    }

    /// Returns the seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        self.seconds
    }

    /// Returns year, month and day, by Howard Hinnant's `civil_from_days`: its years begin in
    /// March, so that the leap day is last.
    pub(crate) fn civil(self) -> (u64, u64, u64) {
        let days = self.seconds / DAY + 719_468;
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
        (year_of_era + era * 400 + u64::from(month <= 2), month, day)
    }

    fn clock(self) -> (u64, u64, u64) {
        let second = self.seconds % DAY;
        (second / 3600, second / 60 % 60, second % 60)
    }

    /// `20240615`.
    pub(crate) fn compact_date(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}{month:02}{day:02}")
    }

    /// `20240615120000`.
    pub(crate) fn compact(self) -> String {
        let (hour, minute, second) = self.clock();
        format!("{}{hour:02}{minute:02}{second:02}", self.compact_date())
    }
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u64; N]> {
    let parts = text.split(separator).map(|part| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| digits)
    });
    let numbers: Option<Vec<u64>> = parts.collect();
    numbers?.try_into().ok()
}

/// The inverse of `civil`, for years from 1970.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.civil(), self.clock());
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
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
            (Timestamp::END - 1, "99991231"),
        ] {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            assert_eq!(time.compact_date(), day, "{seconds}");
            assert_eq!(Timestamp::parse_iso(&time.to_string()), Some(time));
        }
        let error = Timestamp::from_unix_seconds(Timestamp::END).unwrap_err();
        assert_eq!(error.kind(), FactErrorKind::Time);
    }

    #[test]
    fn times_are_read_with_their_offset() {
        let noon = Timestamp::from_unix_seconds(1_718_452_800).unwrap();
        for text in [
            "2024-06-15T14:00:00+02:00",
            "2024-06-15T06:30:00-05:30",
            "2024-06-15T12:00:00Z",
        ] {
            assert_eq!(Timestamp::parse_iso(text), Some(noon), "{text}");
        }
        assert_eq!(noon.compact(), "20240615120000");
        assert_eq!(Timestamp::parse_seconds("1718452800"), Ok(noon));
        for text in [
            "",
            "2024-06-15",
            "2024-13-01T00:00:00Z",
            "2024-06-15T12:00:00",
            "é024-06-15T12:00:00Z",
        ] {
            assert_eq!(Timestamp::parse_iso(text), None, "{text}");
        }
        for text in ["", "-1", "+1", "1.5", "noon"] {
            assert_eq!(
                Timestamp::parse_seconds(text).unwrap_err().kind(),
                FactErrorKind::Time
            );
        }
    }
}
