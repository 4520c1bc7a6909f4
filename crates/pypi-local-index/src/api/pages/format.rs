//! Numbers and times as people read them.

use std::time::Duration;

use maud::{Markup, html};

use crate::api::time::iso_8601_seconds;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The day of a time in seconds since 1970, such as `Nov 22, 2026`.
pub(super) fn day(seconds: u64) -> Markup {
    let iso = iso_8601_seconds(seconds);
    html! { time datetime={ (iso) "Z" } { (day_of(&iso)) } }
}

/// A time in seconds since 1970, such as `Nov 22, 2026, 03:37:41 UTC`.
pub(super) fn moment(seconds: u64) -> Markup {
    let iso = iso_8601_seconds(seconds);
    let (_, clock) = iso.split_once('T').unwrap_or_default();
    html! { time datetime={ (iso) "Z" } { (day_of(&iso)) ", " (clock) " UTC" } }
}

fn day_of(iso: &str) -> String {
    let (date, _) = iso.split_once('T').unwrap_or_default();
    let mut parts = date.splitn(3, '-');
    let mut next = || parts.next().unwrap_or_default();
    let (year, month, day) = (next(), next(), next());
    let month = month
        .parse()
        .ok()
        .and_then(|month: usize| MONTHS.get(month.checked_sub(1)?));
    format!(
        "{} {}, {year}",
        month.copied().unwrap_or_default(),
        day.trim_start_matches('0')
    )
}

/// A number of bytes, such as `12.3 kB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut shown = bytes as f64 / 1000.0;
    let mut units = UNITS.into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if shown < 999.95 {
            break;
        }
        shown /= 1000.0;
        unit = larger;
    }
    format!("{shown:.1} {unit}")
}

/// A duration, such as `0.4 ms`, `12 ms` or `3.2 s`.
pub(super) fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    match milliseconds {
        _ if milliseconds < 9.95 => format!("{milliseconds:.1} ms"),
        _ if milliseconds < 999.5 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}

/// A number and a noun, such as `1 file` or `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            day(1_760_000_000).into_string(),
            "<time datetime=\"2025-10-09T08:53:20Z\">Oct 9, 2025</time>"
        );
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(999_960), "1.0 MB");
        assert_eq!(size(104_857_600), "104.9 MB");
        assert_eq!(size(u64::MAX), "18446744.1 TB");
        assert_eq!(duration(Duration::from_micros(420)), "0.4 ms");
        assert_eq!(duration(Duration::from_micros(9960)), "10 ms");
        assert_eq!(duration(Duration::from_micros(999_600)), "1.0 s");
        assert_eq!(
            (count(1, "file"), count(0, "file")),
            ("1 file".to_owned(), "0 files".to_owned())
        );
    }
}
