//! Email addresses, in `Author-email` and `Maintainer-email`.

use crate::python_repr;

/// The first address of a list, as Python's `email.utils.parseaddr` finds it. PyPI checks no other.
pub(crate) fn first_address(value: &str) -> String {
    let mut plain = String::new();
    let mut angle: Option<String> = None;
    let (mut in_quotes, mut depth) = (false, 0_usize);
    for c in value.chars() {
        match c {
            '"' if depth == 0 => {
                in_quotes = !in_quotes;
                angle.as_mut().unwrap_or(&mut plain).push(c);
            }
            _ if in_quotes => angle.as_mut().unwrap_or(&mut plain).push(c),
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            '<' if angle.is_none() => angle = Some(String::new()),
            '>' if angle.is_some() => break,
            ',' | ';' if angle.is_none() => break,
            _ => angle.as_mut().unwrap_or(&mut plain).push(c),
        }
    }
    let address = angle.unwrap_or(plain);
    // Blanks next to the `@` are not part of an address.
    let parts: Vec<&str> = address.split('@').map(str::trim).collect();
    parts.join("@")
}

const SPECIAL: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

const MAX_DOMAIN: usize = 253;
const MAX_DOMAIN_LABEL: usize = 63;

/// What is wrong with an address, in the index's words; `None` also if the domain is not ASCII, which is not checked.
///
/// # Source
///
/// `email_validator` 2.3, which Warehouse of 2026-08-21 runs without deliverability checks.
pub(crate) fn problem(address: &str) -> Option<String> {
    let Some((local, domain)) = address.split_once('@') else {
        return Some("An email address must have an @-sign.".to_owned());
    };
    if local.starts_with('"') {
        return Some("Quoting the part before the @-sign is not allowed here.".to_owned());
    }
    local_part(local).or_else(|| domain_part(domain))
}

fn local_part(local: &str) -> Option<String> {
    if local.is_empty() {
        return Some("There must be something before the @-sign.".to_owned());
    }
    let odd = odd_characters(local, |c| {
        c.is_ascii_alphanumeric() || "_!#$%&'*+-/=?^`{|}~.".contains(c) || !c.is_ascii()
    });
    if let Some(odd) = odd {
        return Some(format!(
            "The email address contains invalid characters before the @-sign: {odd}."
        ));
    }
    dots(
        local,
        "An email address cannot start with a period.",
        "An email address cannot have a period immediately before the @-sign.",
    )
}

fn domain_part(domain: &str) -> Option<String> {
    if domain.is_empty() {
        return Some("There must be something after the @-sign.".to_owned());
    }
    if domain.starts_with('[') && domain.ends_with(']') {
        return Some("A bracketed IP address after the @-sign is not allowed here.".to_owned());
    }
    let length = domain.chars().count();
    if length > MAX_DOMAIN {
        let reason = too_many(length - MAX_DOMAIN);
        return Some(format!(
            "The email address is too long after the @-sign {reason}."
        ));
    }
    let odd = odd_characters(domain, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii()
    });
    if let Some(odd) = odd {
        return Some(format!(
            "The part after the @-sign contains invalid characters: {odd}."
        ));
    }
    if !domain.is_ascii() {
        return None; // IDNA is not checked
    }
    let begin = "An email address cannot have a period immediately after the @-sign.";
    dots(domain, begin, "An email address cannot end with a period.")
        .or_else(|| hyphens(domain))
        .or_else(|| labels(domain))
        .or_else(|| top_level(&domain.to_ascii_lowercase()))
}

/// The characters that are not allowed, as the validator lists them.
fn odd_characters(text: &str, is_allowed: impl Fn(char) -> bool) -> Option<String> {
    let mut odd: Vec<String> = text
        .chars()
        .filter(|c| !is_allowed(*c))
        .map(|c| match c {
            ' ' => "SPACE".to_owned(),
            '\\' => "\"\\\"".to_owned(),
            _ if c.is_control() => format!("U+{:04X}", u32::from(c)),
            _ => python_repr(&c.to_string()),
        })
        .collect();
    odd.sort();
    odd.dedup();
    (!odd.is_empty()).then(|| odd.join(", "))
}

fn dots(text: &str, begin: &str, end: &str) -> Option<String> {
    if text.ends_with('.') {
        Some(end.to_owned())
    } else if text.starts_with('.') {
        Some(begin.to_owned())
    } else {
        text.contains("..")
            .then(|| "An email address cannot have two periods in a row.".to_owned())
    }
}

fn hyphens(domain: &str) -> Option<String> {
    let text = if domain.ends_with('-') {
        "An email address cannot end with a hyphen."
    } else if domain.starts_with('-') {
        "An email address cannot have a hyphen immediately after the @-sign."
    } else if domain.contains(".-") || domain.contains("-.") {
        "An email address cannot have a period and a hyphen next to each other."
    } else {
        return None;
    };
    Some(text.to_owned())
}

fn labels(domain: &str) -> Option<String> {
    let dashes = |label: &&str| {
        label.get(2..4) == Some("--")
            && !label
                .get(..2)
                .is_some_and(|two| two.eq_ignore_ascii_case("xn"))
    };
    if domain.split('.').any(|label| dashes(&label)) {
        return Some("An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.".to_owned());
    }
    let long = domain
        .split('.')
        .find(|label| label.len() > MAX_DOMAIN_LABEL)?;
    let reason = too_many(long.len() - MAX_DOMAIN_LABEL);
    Some(format!(
        "After the @-sign, periods cannot be separated by so many characters {reason}."
    ))
}

fn top_level(domain: &str) -> Option<String> {
    let text = if !domain.contains('.') {
        "The part after the @-sign is not valid. It should have a period."
    } else if !domain.ends_with(|c: char| c.is_ascii_alphabetic()) {
        "The part after the @-sign is not valid. It is not within a valid top-level domain."
    } else if SPECIAL.iter().any(|name| {
        domain
            .strip_suffix(name)
            .is_some_and(|rest| rest.ends_with('.'))
    }) {
        "The part after the @-sign is a special-use or reserved name that cannot be used with email."
    } else {
        return None;
    };
    Some(text.to_owned())
}

fn too_many(count: usize) -> String {
    let plural = if count > 1 { "s" } else { "" };
    format!("({count} character{plural} too many)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_is_found_as_python_finds_it() {
        for (value, address) in [
            ("nobody", "nobody"),
            ("Some One <a@b.org>", "a@b.org"),
            ("\"x, y\" <a@b.org>, z", "a@b.org"),
            ("a@b.org (comment), c", "a@b.org"),
            ("(c) a@b.org", "a@b.org"),
            ("Name <>", ""),
            ("", ""),
        ] {
            assert_eq!(first_address(value), address, "{value}");
        }
    }

    // The results of `email_validator` 2.3.
    #[test]
    fn addresses_are_judged_as_the_index_judges_them() {
        for (address, reason) in [
            ("nobody", "must have an @-sign"),
            ("@b.org", "something before"),
            ("a@", "something after"),
            ("a..b@example.org", "two periods in a row"),
            (".a@b.org", "start with a period"),
            ("a b@c.org", "invalid characters before the @-sign: SPACE"),
            ("a@localhost", "should have a period"),
            ("a@x.test", "special-use"),
            ("a@1.2.3.4", "top-level domain"),
            ("a@-b.org", "a hyphen immediately after"),
            ("a@b_c.org", "invalid characters: '_'"),
        ] {
            assert!(
                problem(address).is_some_and(|text| text.contains(reason)),
                "{address}: {:?}",
                problem(address)
            );
        }
        for address in [
            "a@example.com",
            "a.b+c@x-y.co.uk",
            "jürgen@example.de",
            "a@bücher.de",
        ] {
            assert_eq!(problem(address), None, "{address}");
        }
    }
}
