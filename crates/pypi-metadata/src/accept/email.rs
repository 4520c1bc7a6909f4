//! Email addresses, in `Author-email` and `Maintainer-email`.

use std::collections::BTreeSet;

use super::address_list::split_unescaped;
use crate::{
    python::is_blank,
    python_repr,
    repr::{is_mark, is_printable},
};

const SPECIAL: [&str; 6] = ["arpa", "invalid", "local", "localhost", "onion", "test"];

const MAX_ADDRESS: usize = 254;
const MAX_DOMAIN: usize = 253;
const MAX_DOMAIN_LABEL: usize = 63;

/// What is wrong with an address, in the index's words. Of a domain that is not ASCII, only its characters, periods and
/// hyphens are checked.
///
/// # Source
///
/// `email_validator` 2.3, which Warehouse of 2026-08-21 runs without deliverability checks.
pub(crate) fn problem(address: &str) -> Option<String> {
    let Some((before, rest)) = split_unquoted(address, &['@', '<']) else {
        return Some(no_at_sign(address));
    };
    let Some(enclosed) = rest.strip_prefix('<') else {
        return spec(before, rest);
    };
    let name = before.trim_end_matches(is_blank);
    let odd = odd_characters(name, |c| c == ' ' || is_atom(c));
    if let Some(odd) = odd.filter(|_| !name.starts_with('"')) {
        return Some(format!(
            "The display name contains invalid characters when not quoted: {odd}."
        ));
    }
    let text = if !enclosed.contains('>') {
        "An open angle bracket at the start of the email address has to be followed by a close angle bracket at the end."
    } else if !enclosed.trim_end_matches(' ').ends_with('>') {
        "There can't be anything after the email address."
    } else {
        "A display name and angle brackets around the email address are not permitted here."
    };
    let enclosed = enclosed.trim_end_matches(' ').trim_end_matches('>');
    let problem = match split_unquoted(enclosed, &['@']) {
        _ if !text.starts_with("A display") => None,
        Some((local, rest)) => spec(local, rest),
        None => Some(no_at_sign(enclosed)),
    };
    Some(problem.unwrap_or_else(|| text.to_owned()))
}

/// Splits a text before one of the characters, outside of quoted parts.
fn split_unquoted<'a>(text: &'a str, at: &[char]) -> Option<(&'a str, &'a str)> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let place = text.find(|c| {
        let found = !is_quoted && at.contains(&c);
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = is_quoted && c == '\\' && !is_escaped;
        found
    })?;
    text.split_at_checked(place)
}

fn no_at_sign(address: &str) -> String {
    let text = match () {
        () if address.contains('\u{ff20}') => {
            "The email address has the \"full-width\" at-sign (@) character instead of a regular at-sign."
        }
        () if address.contains('\u{fe6b}') => {
            "The email address has the \"small commercial at\" character instead of a regular at-sign."
        }
        () => "An email address must have an @-sign.",
    };
    text.to_owned()
}

/// The part before the at-sign, and the rest with it.
fn spec(local: &str, rest: &str) -> Option<String> {
    let domain = rest.strip_prefix('@').unwrap_or(rest);
    let problem = match local.strip_prefix('"') {
        Some(quoted) => quoted_part(quoted),
        None => local_part(local),
    };
    problem
        .or_else(|| domain_part(domain))
        .or_else(|| length(local.len() + rest.len(), local.chars().chain(rest.chars())))
}

/// Without the period.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_!#$%&'*+-/=?^`{|}~".contains(c)
}

fn quoted_part(quoted: &str) -> Option<String> {
    let after = split_unescaped(quoted, '"').map_or("", |(_, after)| after);
    if !after.is_empty() {
        let shown: Vec<String> = after.chars().map(shown).collect();
        return Some(format!(
            "Extra character(s) found after close quote: {}",
            shown.join(", ")
        ));
    }
    if quoted == "\"" {
        return Some("There must be something before the @-sign.".to_owned());
    }
    let odd = odd_characters(quoted, |c| c >= ' ' && c != '\x7f');
    if let Some(odd) = odd {
        return Some(format!(
            "The email address contains invalid characters in quotes before the @-sign: {odd}."
        ));
    }
    Some("Quoting the part before the @-sign is not allowed here.".to_owned())
}

fn local_part(local: &str) -> Option<String> {
    if local.is_empty() {
        return Some("There must be something before the @-sign.".to_owned());
    }
    let odd = odd_characters(local, |c| is_atom(c) || c == '.' || !c.is_ascii());
    if let Some(odd) = odd {
        return Some(format!(
            "The email address contains invalid characters before the @-sign: {odd}."
        ));
    }
    let begin = "An email address cannot start with a period.";
    let end = "An email address cannot have a period immediately before the @-sign.";
    dots(local, begin, end).or_else(|| unsafe_characters(local))
}

fn domain_part(domain: &str) -> Option<String> {
    if domain.is_empty() {
        return Some("There must be something after the @-sign.".to_owned());
    }
    let odd = odd_characters(domain, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || !c.is_ascii()
    });
    if let Some(odd) = odd {
        return Some(format!(
            "The part after the @-sign contains invalid characters: {odd}."
        ));
    }
    let begin = "An email address cannot have a period immediately after the @-sign.";
    let problem = unsafe_characters(domain)
        .or_else(|| dots(domain, begin, "An email address cannot end with a period."))
        .or_else(|| hyphens(domain))
        .or_else(|| dashes(domain));
    if problem.is_some() || !domain.is_ascii() {
        return problem; // IDNA is not checked
    }
    domain_length(domain).or_else(|| top_level(&domain.to_ascii_lowercase()))
}

/// The characters that are not allowed, as the validator lists them.
fn odd_characters(text: &str, is_allowed: impl Fn(char) -> bool) -> Option<String> {
    let odd = text.chars().filter(|c| !is_allowed(*c)).map(shown);
    let odd: BTreeSet<String> = odd.collect();
    let odd: Vec<String> = odd.into_iter().collect();
    (!odd.is_empty()).then(|| odd.join(", "))
}

/// Characters that cannot be seen, and a mark that extends nothing.
fn unsafe_characters(text: &str) -> Option<String> {
    let is_unsafe = |c: &char| !c.is_ascii() && !is_printable(*c);
    let mark = text.chars().next().filter(|c| is_mark(*c));
    let odd: BTreeSet<char> = text.chars().filter(is_unsafe).chain(mark).collect();
    let shown: Vec<String> = odd.into_iter().map(shown).collect();
    let text = shown.join(", ");
    (!shown.is_empty()).then(|| format!("The email address contains unsafe characters: {text}."))
}

/// A character as the validator shows it: by its name if it cannot be seen. Of the names, only those of blanks are known.
fn shown(c: char) -> String {
    let name = BLANK_NAMES.iter().find(|(blank, _)| *blank == c);
    match (c, name) {
        ('\\', _) => "\"\\\"".to_owned(),
        (_, Some((_, name))) => (*name).to_owned(),
        (c, None) if is_printable(c) && !is_mark(c) => python_repr(&c.to_string()),
        ('\0'..'\u{ffff}', None) => format!("U+{:04X}", u32::from(c)),
        (c, None) => format!("U+{:08X}", u32::from(c)),
    }
}

const BLANK_NAMES: [(char, &str); 27] = [
    (' ', "SPACE"),
    ('\u{a0}', "NO-BREAK SPACE"),
    ('\u{ad}', "SOFT HYPHEN"),
    ('\u{1680}', "OGHAM SPACE MARK"),
    ('\u{180e}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{2000}', "EN QUAD"),
    ('\u{2001}', "EM QUAD"),
    ('\u{2002}', "EN SPACE"),
    ('\u{2003}', "EM SPACE"),
    ('\u{2004}', "THREE-PER-EM SPACE"),
    ('\u{2005}', "FOUR-PER-EM SPACE"),
    ('\u{2006}', "SIX-PER-EM SPACE"),
    ('\u{2007}', "FIGURE SPACE"),
    ('\u{2008}', "PUNCTUATION SPACE"),
    ('\u{2009}', "THIN SPACE"),
    ('\u{200a}', "HAIR SPACE"),
    ('\u{200b}', "ZERO WIDTH SPACE"),
    ('\u{200c}', "ZERO WIDTH NON-JOINER"),
    ('\u{200d}', "ZERO WIDTH JOINER"),
    ('\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{202f}', "NARROW NO-BREAK SPACE"),
    ('\u{205f}', "MEDIUM MATHEMATICAL SPACE"),
    ('\u{2060}', "WORD JOINER"),
    ('\u{3000}', "IDEOGRAPHIC SPACE"),
    ('\u{301}', "COMBINING ACUTE ACCENT"),
    ('\u{feff}', "ZERO WIDTH NO-BREAK SPACE"),
];

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

fn dashes(domain: &str) -> Option<String> {
    let has_dashes = |label: &str| {
        let mut chars = label.chars();
        let two: String = chars.by_ref().take(2).collect();
        chars.as_str().starts_with("--") && !two.eq_ignore_ascii_case("xn")
    };
    domain.split('.').any(has_dashes).then(|| {
        "An email address cannot have two letters followed by two dashes immediately after the @-sign or after a period, except Punycode.".to_owned()
    })
}

/// The length of an ASCII domain and of its labels. The validator compares it in lower case.
fn domain_length(domain: &str) -> Option<String> {
    if let Some(more) = domain
        .len()
        .checked_sub(MAX_DOMAIN)
        .filter(|more| *more > 0)
    {
        let reason = match domain.contains(|c: char| c.is_ascii_uppercase()) {
            false => too_many(more),
            true => {
                let plural = if more > 1 { "s" } else { "" };
                format!("({more} byte{plural} too many after IDNA encoding)")
            }
        };
        return Some(format!(
            "The email address is too long after the @-sign {reason}."
        ));
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

/// The length of the whole address, in UTF-8.
fn length(bytes: usize, characters: impl Iterator<Item = char>) -> Option<String> {
    let more = bytes.checked_sub(MAX_ADDRESS).filter(|more| *more > 0)?;
    let widest = characters.map(char::len_utf8).max().unwrap_or(1);
    let least = (more / widest).max(1);
    let plural = if more > 1 { "s" } else { "" };
    let reason = match least == more {
        true => too_many(more),
        false => format!("({least}-{more} character{plural} too many)"),
    };
    Some(format!("The email address is too long {reason}."))
}

fn too_many(count: usize) -> String {
    let plural = if count > 1 { "s" } else { "" };
    format!("({count} character{plural} too many)")
}

#[cfg(test)]
mod tests {
    use super::*;

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
