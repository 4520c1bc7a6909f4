//! Times as the APIs write them.

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss.000000Z`, the form of `upload-time` in the simple API.
pub(super) fn iso_8601(seconds: u64) -> String {
    format!("{}.000000Z", iso_8601_seconds(seconds))
}

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss`, the form of `upload_time` in the JSON API.
pub(super) fn iso_8601_seconds(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// The proleptic Gregorian date `days` after 1970-01-01, counted in eras of 400 years that begin on 1 March.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_in_the_simple_api() {
        assert_eq!(iso_8601(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(iso_8601(951_782_399), "2000-02-28T23:59:59.000000Z");
        assert_eq!(iso_8601(951_782_400), "2000-02-29T00:00:00.000000Z");
        assert_eq!(iso_8601(1_760_000_000), "2025-10-09T08:53:20.000000Z");
    }
}
