//! The `Accept` header (RFC 9110, section 12.5.1).

/// The offer with the highest quality in `header`, the first of them if there are several. `None` if none is acceptable.
pub(crate) fn best<'o>(header: &str, offers: &[&'o str]) -> Option<&'o str> {
    let mut best = None;
    let mut highest = 0;
    for offer in offers {
        let quality = quality(header, offer);
        if quality > highest {
            highest = quality;
            best = Some(*offer);
        }
    }
    best
}

/// The quality of `offer` in thousandths, from the most specific range that matches it.
fn quality(header: &str, offer: &str) -> u16 {
    let family = offer.split_once('/').map_or(offer, |(family, _)| family);
    let (mut quality, mut precedence) = (0, 0);
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let precedence_here = if media.eq_ignore_ascii_case(offer) {
            3
        } else if media
            .strip_suffix("/*")
            .is_some_and(|other| other.eq_ignore_ascii_case(family))
        {
            2
        } else if media == "*/*" {
            1
        } else {
            continue;
        };
        if precedence_here > precedence {
            precedence = precedence_here;
            quality = parts.find_map(thousandths).unwrap_or(1000);
        }
    }
    quality
}

fn thousandths(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value: f32 = value.trim().parse().ok()?;
    // The cast saturates, so no value of a client overflows it.
    Some((value.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 2] = ["text/html", "application/json"];

    #[test]
    fn the_highest_quality_wins_and_the_first_offer_breaks_ties() {
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
