//! The headers `Accept` (RFC 9110, section 12.5.1) and `Accept-Encoding` (12.5.3), as WebOb 1.8 reads them.

/// The acceptable offer with the highest quality, the first of them if there are several. `None` if none is acceptable.
///
/// Without a header, or with an invalid one, every offer is acceptable.
pub(crate) fn best<'o>(header: Option<&str>, offers: &[&'o str]) -> Option<&'o str> {
    let Some(ranges) = header.and_then(media_ranges) else {
        return offers.first().copied();
    };
    let mut best = None;
    let mut highest = 0;
    for offer in offers {
        let quality = quality(&ranges, offer);
        if quality > highest {
            highest = quality;
            best = Some(*offer);
        }
    }
    best
}

/// Whether a response is compressed for a client that sent the header `Accept-Encoding`.
pub(crate) fn prefers_gzip(header: Option<&str>) -> bool {
    let Some(codings) = header.and_then(codings) else {
        return false;
    };
    // WebOb's own order: of codings with one quality, the offer that is named wins over the one that `*` matches.
    let mut best = (0, "*", false);
    for (offer, is_gzip) in [("identity", false), ("gzip", true)] {
        for (coding, quality) in codings.iter().filter(|(_, quality)| *quality > 0) {
            let is_match = *coding == "*" || coding.eq_ignore_ascii_case(offer);
            let is_better =
                *quality > best.0 || (*quality == best.0 && best.1 == "*" && *coding != "*");
            if is_match && is_better {
                best = (*quality, coding, is_gzip);
            }
        }
    }
    best.2
}

/// An item of `Accept`.
struct MediaRange<'h> {
    family: &'h str,
    subtype: &'h str,
    has_parameters: bool,
    /// In thousandths.
    quality: u16,
}

/// The quality of `offer` in thousandths, from the most specific range that matches it.
fn quality(ranges: &[MediaRange<'_>], offer: &str) -> u16 {
    let (family, subtype) = offer.split_once('/').unwrap_or((offer, ""));
    let (mut quality, mut precedence) = (0, 0);
    for range in ranges {
        let is_family = range.family.eq_ignore_ascii_case(family);
        let precedence_here = if is_family && range.subtype.eq_ignore_ascii_case(subtype) {
            // No offer has parameters.
            if range.has_parameters {
                continue;
            }
            3
        } else if is_family && range.subtype == "*" {
            2
        } else if (range.family, range.subtype) == ("*", "*") {
            1
        } else {
            continue;
        };
        if precedence_here > precedence {
            (quality, precedence) = (range.quality, precedence_here);
        }
    }
    quality
}

/// The items of an `Accept` header. `None` if it is invalid.
fn media_ranges(header: &str) -> Option<Vec<MediaRange<'_>>> {
    items(header).map(media_range).collect()
}

fn media_range(item: &str) -> Option<MediaRange<'_>> {
    let mut parts = split(item, b';').map(trim);
    let (family, subtype) = parts.next()?.split_once('/')?;
    let mut range = MediaRange {
        family,
        subtype,
        has_parameters: false,
        quality: 1000,
    };
    let mut has_quality = false;
    for part in parts {
        match part.get(..2) {
            Some("q=" | "Q=") if !has_quality => {
                has_quality = true;
                range.quality = thousandths(part.get(2..)?)?;
            }
            _ => {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                let is_extension = has_quality && name.len() == part.len();
                if !is_token(name) || !(is_extension || is_token(value) || is_quoted(value)) {
                    return None;
                }
                range.has_parameters |= !has_quality;
            }
        }
    }
    (is_token(family) && is_token(subtype)).then_some(range)
}

/// The items of an `Accept-Encoding` header with their qualities. `None` if it is invalid.
fn codings(header: &str) -> Option<Vec<(&str, u16)>> {
    items(header)
        .map(|item| {
            let mut parts = item.split(';').map(trim);
            let coding = parts.next().filter(|coding| is_token(coding))?;
            let quality = match (parts.next(), parts.next()) {
                (None, _) => 1000,
                (Some(weight), None) => {
                    let number = weight
                        .strip_prefix("q=")
                        .or_else(|| weight.strip_prefix("Q="));
                    thousandths(number?)?
                }
                _ => return None,
            };
            Some((coding, quality))
        })
        .collect()
}

/// The items of a list that are not empty.
fn items(header: &str) -> impl Iterator<Item = &str> {
    split(header, b',')
        .map(trim)
        .filter(|item| !item.is_empty())
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The parts between separators that are not in a quoted string.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = text.bytes().position(|byte| {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                _ if was_escaped => {}
                b'\\' if is_quoted => is_escaped = true,
                b'"' => is_quoted = !is_quoted,
                _ => return byte == separator && !is_quoted,
            }
            false
        });
        let (part, others) = match end.and_then(|end| text.split_at_checked(end)) {
            Some((part, others)) => (part, others.get(1..)),
            None => (text, None),
        };
        rest = others;
        Some(part)
    })
}

fn is_token(text: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

fn is_quoted(text: &str) -> bool {
    text.len() >= 2 && text.starts_with('"') && text.ends_with('"')
}

/// A `qvalue`: up to three digits after the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_short = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) if is_short => Some(fraction),
        ("1", 0) if is_short => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 2] = ["text/html", "application/json"];

    #[test]
    fn the_highest_quality_wins_and_the_first_offer_breaks_ties() {
        for (header, offer) in [
            ("*/*", "text/html"),
            (
                "application/json;q=0.9, text/html;q=0.8, text/plain;q=0.7",
                "application/json",
            ),
            ("application/*, text/html;q=0", "application/json"),
            (
                "text/html;level=1, application/json;q=0.1",
                "application/json",
            ),
            ("text/html;title=\"a,b;c\", */*;q=0.1", "text/html"),
        ] {
            assert_eq!(best(Some(header), &OFFERS), Some(offer), "{header}");
        }
    }

    #[test]
    fn nothing_acceptable_is_none() {
        for header in ["", "text/plain", "text/html;q=0", "text/html;q=0.000"] {
            assert_eq!(best(Some(header), &OFFERS), None, "{header}");
        }
    }

    #[test]
    fn an_invalid_header_accepts_everything() {
        for header in [
            "text",
            "*",
            "text/html;q=2",
            "text/html;q=0.0001",
            "text/ html",
            "a/b;c",
        ] {
            assert_eq!(best(Some(header), &OFFERS), Some("text/html"), "{header}");
        }
        assert_eq!(best(None, &OFFERS), Some("text/html"));
    }

    #[test]
    fn a_response_is_compressed_if_gzip_is_preferred() {
        for header in [
            "gzip",
            "gzip, deflate, br",
            "GZIP;q=0.1",
            "*;q=0.5, gzip;q=0.5",
            "identity;q=0.5, gzip",
        ] {
            assert!(prefers_gzip(Some(header)), "{header}");
        }
        for header in [
            "",
            "*",
            "identity, gzip",
            "gzip;q=0",
            "gzip;q=0.5, identity;q=0.9",
            "gzip;x=1",
            "br",
        ] {
            assert!(!prefers_gzip(Some(header)), "{header}");
        }
        assert!(!prefers_gzip(None));
    }
}
