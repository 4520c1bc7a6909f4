//! Times as the APIs write them.

use pypi_metadata::versioning::Timestamp;

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss.000000Z`, the form of `upload-time` in the simple API.
pub(super) fn iso_8601(seconds: u64) -> String {
    format!("{}.000000Z", iso_8601_seconds(seconds))
}

/// `seconds` since 1970 as `YYYY-MM-DDThh:mm:ss`, the form of `upload_time` in the JSON API.
pub(super) fn iso_8601_seconds(seconds: u64) -> String {
    // A test may set the clock to any time.
    Timestamp::from_unix_seconds(seconds).map_or_else(
        |_| "9999-12-31T23:59:59".to_owned(),
        |time| time.to_string().trim_end_matches('Z').to_owned(),
    )
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
        assert_eq!(iso_8601(u64::MAX), "9999-12-31T23:59:59.000000Z");
    }
}
