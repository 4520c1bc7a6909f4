//! Points in time, and the civil calendar.

use std::{fmt, str::FromStr};

use crate::{Error, ErrorKind, text::quoted};

/// A second in UTC, from 1970 to 9999. Prints as `2024-06-15T12:00:00Z`.
///
/// # Examples
///
/// ```
/// use pypi_versioning::Timestamp;
///
/// let time = Timestamp::parse("2024-06-15T14:00:00+02:00")?;
/// assert_eq!(time.unix_seconds(), 1_718_452_800);
/// assert_eq!((time.year(), time.month(), time.day(), time.hour()), (2024, 6, 15, 12));
/// assert_eq!(time.to_string(), "2024-06-15T12:00:00Z");
/// assert!(Timestamp::parse("2024-02-30T12:00:00Z").is_err());
/// # Ok::<(), pypi_versioning::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp {
    seconds: u64,
}

impl Timestamp {
    /// Returns the time `seconds` after 1970-01-01 UTC.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTime`] if the time is after the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Result<Self, Error> {
        if seconds < END {
            return Ok(Self { seconds });
        }
        let message = format!("{seconds} seconds after 1970 is beyond the year 9999");
        Err(Error::new(ErrorKind::InvalidTime, message).with_help("give seconds, not milliseconds"))
    }

    /// Parses decimal seconds since 1970-01-01 UTC, the value of `SOURCE_DATE_EPOCH`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTime`] if the text is not a number, or beyond the year 9999.
    pub fn parse_unix_seconds(text: &str) -> Result<Self, Error> {
        match text.parse() {
            Ok(seconds) if !text.starts_with('+') => Self::from_unix_seconds(seconds),
            _ => {
                let message = format!("{} is not a number of seconds", quoted(text));
                Err(Error::new(ErrorKind::InvalidTime, message)
                    .with_help("give seconds since 1970-01-01 UTC, as in SOURCE_DATE_EPOCH"))
            }
        }
    }

    /// Parses a date and time of ISO 8601 with an offset: `2024-06-15T14:00:00+02:00`, or `Z`.
    ///
    /// This is the format of `git log --format=%cI`. A leap second, `:60`, is the first second of
    /// the next minute.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidTime`] if the text has another format, or if the day does not exist, or
    /// time between 1970 and 9999.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse(text).ok_or_else(|| {
            let message = format!("{} is not a valid date and time", quoted(text));
            Error::new(ErrorKind::InvalidTime, message)
                .with_help("write it like 2024-06-15T12:00:00Z")
        })
    }

    /// Returns the seconds since 1970-01-01 UTC.
    pub fn unix_seconds(self) -> u64 {
        self.seconds
    }

    /// Returns the year, `1970..=9999`.
    pub fn year(self) -> u16 {
        self.date().0 as u16
    }

    /// Returns the month, `1..=12`.
    pub fn month(self) -> u8 {
        self.date().1 as u8
    }

    /// Returns the day of the month, `1..=31`.
    pub fn day(self) -> u8 {
        self.date().2 as u8
    }

    /// Returns the hour, `0..=23`.
    pub fn hour(self) -> u8 {
        (self.seconds / 3600 % 24) as u8
    }

    /// Returns the minute, `0..=59`.
    pub fn minute(self) -> u8 {
        (self.seconds / 60 % 60) as u8
    }

    /// Returns the second, `0..=59`.
    pub fn second(self) -> u8 {
        (self.seconds % 60) as u8
    }

    /// Returns year, month and day, by Howard Hinnant's `civil_from_days`: its years begin in
    /// March, so that the leap day is the last one.
    pub(crate) fn date(self) -> (u64, u64, u64) {
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
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Seconds per day.
const DAY: u64 = 86_400;

/// The first second after 9999-12-31.
const END: u64 = 253_402_300_800;

fn parse(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, offset) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let (is_west, offset) = match offset {
        "Z" => (false, "00:00"),
        _ => (offset.starts_with('-'), offset.strip_prefix(['+', '-'])?),
    };
    let [offset_hour, offset_minute] = numbers(offset, ':', [2, 2])?;
    let is_valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 61
        && offset_hour < 24
        && offset_minute < 60;
    if !is_valid {
        return None;
    }
    let local = days_since_1970(year, month, day)? * DAY + hour * 3600 + minute * 60 + second;
    let offset = offset_hour * 3600 + offset_minute * 60;
    let seconds = if is_west {
        local + offset
    } else {
        local.checked_sub(offset)?
    };
    Timestamp::from_unix_seconds(seconds).ok()
}

/// Parses numbers of exactly `widths` digits.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[u64; N]> {
    let mut fields = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let field = fields.next().filter(|field| field.len() == width)?;
        let is_number = field.bytes().all(|byte| byte.is_ascii_digit());
        *number = field.parse().ok().filter(|_| is_number)?;
    }
    fields.next().is_none().then_some(numbers)
}

fn days_in_month(year: u64, month: u64) -> u64 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The inverse of [`Timestamp::date`], for years from 1970.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (END - 1, "9999-12-31T23:59:59Z"),
        ] {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            assert_eq!(time.to_string(), text, "{seconds}");
            assert_eq!(Timestamp::parse(text).unwrap(), time);
        }
        let error = Timestamp::from_unix_seconds(END).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidTime);
    }

    #[test]
    fn months_end_where_the_calendar_ends_them() {
        let mut first = 0;
        for (year, month) in (1970..=9999).flat_map(|year| (1..=12).map(move |month| (year, month)))
        {
            let parse = |day: u64| {
                let parsed = Timestamp::parse(&format!("{year}-{month:02}-{day:02}T00:00:00Z"));
                parsed.ok().map(Timestamp::unix_seconds)
            };
            let last = days_in_month(year, month);
            assert_eq!(parse(1), Some(first), "{year}-{month}");
            assert_eq!(
                parse(last),
                Some(first + (last - 1) * DAY),
                "{year}-{month}"
            );
            assert_eq!((parse(0), parse(last + 1)), (None, None), "{year}-{month}");
            first += last * DAY;
        }
        assert_eq!(first, END);
    }

    #[test]
    fn offsets_and_leap_seconds_are_applied() {
        for text in [
            "2024-06-15T14:00:00+02:00",
            "2024-06-15T06:30:00-05:30",
            "2024-06-15T12:00:00Z",
            "2024-06-15T11:59:60Z",
        ] {
            let time = Timestamp::parse(text).unwrap();
            assert_eq!(time.unix_seconds(), 1_718_452_800, "{text}");
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "2024-06-15",
            "2024-13-01T00:00:00Z",
            "2024-06-00T00:00:00Z",
            "2024-06-15T12:00:00",
            "2024-06-15T24:00:00Z",
            "2024-06-15T12:00:61Z",
            "2024-06-15T12:00:00+24:00",
            "2024-6-015T12:00:00Z",
            "2024-06-15 12:00:00Z",
            "1970-01-01T00:00:00+01:00",
            "9999-12-31T23:59:60Z",
            "é024-06-15T12:00:00Z",
        ] {
            let error = Timestamp::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidTime, "{text}");
        }
        for text in ["", "-1", "+1", "1.5", "noon", "253402300800"] {
            let error = Timestamp::parse_unix_seconds(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidTime, "{text}");
        }
        let noon = Timestamp::parse_unix_seconds("1718452800").unwrap();
        assert_eq!(noon.to_string(), "2024-06-15T12:00:00Z");
    }
}
