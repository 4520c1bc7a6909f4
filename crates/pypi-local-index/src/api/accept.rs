//! What a client accepts (RFC 9110, section 12.5.1).

/// The offer with the highest quality in `header`; among equals the earlier offer. `None` when none is acceptable.
pub(crate) fn best<'o>(header: &str, offers: &[&'o str]) -> Option<&'o str> {
    let mut best: Option<(&'o str, u16)> = None;
    for offer in offers {
        let quality = quality_of(header, offer);
        if quality > best.map_or(0, |(_, quality)| quality) {
            best = Some((offer, quality));
        }
    }
    best.map(|(offer, _)| offer)
}

/// The quality of `offer` in thousandths, by the most specific range that matches it.
fn quality_of(header: &str, offer: &str) -> u16 {
    let family = offer.split_once('/').map_or(offer, |(family, _)| family);
    let mut found = (0, 0);
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let precedence = if media.eq_ignore_ascii_case(offer) {
            3
        } else if media
            .strip_suffix("/*")
            .is_some_and(|of| of.eq_ignore_ascii_case(family))
        {
            2
        } else if media == "*/*" {
            1
        } else {
            continue;
        };
        if precedence > found.0 {
            found = (precedence, parts.find_map(thousandths).unwrap_or(1000));
        }
    }
    found.1
}

fn thousandths(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value: f32 = value.trim().parse().ok()?;
    // The cast saturates, so no value of a client can overflow it.
    Some((value.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 2] = ["text/html", "application/json"];

    #[test]
    fn the_highest_quality_wins_and_ties_go_to_the_first_offer() {
        assert_eq!(best("*/*", &OFFERS), Some("text/html"));
        assert_eq!(
            best(
                "application/json;q=0.9, text/html;q=0.8, text/plain;q=0.7",
                &OFFERS
            ),
            Some("application/json")
        );
        assert_eq!(
            best("application/*, text/html;q=0", &OFFERS),
            Some("application/json")
        );
    }

    #[test]
    fn nothing_acceptable_is_none() {
        assert_eq!(best("", &OFFERS), None);
        assert_eq!(best("text/plain", &OFFERS), None);
        assert_eq!(best("text/html;q=0", &OFFERS), None);
    }
}
