//! Durations on the command line.

use std::time::Duration;

/// Parses `90`, `90s`, `15m` or `1h`; a number alone is of seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (text.get(..at), 1),
        Some((at, 'm')) => (text.get(..at), 60),
        Some((at, 'h')) => (text.get(..at), 3600),
        _ => (Some(text), 1),
    };
    let seconds = number
        .and_then(|number| number.parse::<u64>().ok())
        .and_then(|number| number.checked_mul(unit))
        .filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a time from 1s to 24h, such as 90s, 15m or 1h".to_owned())
}

/// One day, in seconds.
const LONGEST: u64 = 24 * 60 * 60;

/// A duration for a person: `4.2 s`, `12 s`, `3 min`.
pub(crate) fn text(duration: Duration) -> String {
    match duration.as_secs() {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        seconds @ 10..100 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_seconds_minutes_and_hours() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("24h", LONGEST)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "0",
            "s",
            "1.5",
            "-1",
            "+1x",
            "25h",
            "1d",
            "99999999999999999999",
            "1ü",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_duration_is_shown_with_two_digits() {
        for (millis, shown) in [
            (0, "0.0 s"),
            (1250, "1.2 s"),
            (42_000, "42 s"),
            (101_000, "2 min"),
        ] {
            assert_eq!(text(Duration::from_millis(millis)), shown);
        }
    }
}
