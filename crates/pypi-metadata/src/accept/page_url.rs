//! URLs of pages, in `Home-page`, `Download-URL` and `Project-URL`.

use std::net::Ipv6Addr;

use crate::python::strip;

/// The label and the URL of a `Project-URL`.
pub(crate) fn split(value: &str) -> (&str, &str) {
    let (label, url) = value.split_once(',').unwrap_or((value, ""));
    (strip(label), strip(url))
}

/// Whether PyPI accepts it as a URL. Much that is not a URL passes, because `rfc3986` quotes unusual characters before it
/// validates, and drops an authority that it cannot parse: only the scheme, brackets outside the host and the port number
/// are left to reject.
///
/// # Source
///
/// Warehouse, 2026-08-21, `utils/http.py`, with `rfc3986` 2.0.0.
pub(crate) fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    if !["http", "https"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return false;
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?', '\\']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let has_bracket = |text: &str| text.contains(['[', ']']);
    !without_dots(path).any(has_bracket)
        && !has_bracket(query)
        && port(authority).is_none_or(|port| port <= u32::from(u16::MAX))
}

/// The segments of a path that are left when `..` has removed the one before it.
fn without_dots(path: &str) -> impl Iterator<Item = &str> {
    let mut left = Vec::new();
    for segment in path.split('/').filter(|segment| *segment != ".") {
        match segment {
            ".." => drop(left.pop()),
            _ => left.push(segment),
        }
    }
    left.into_iter()
}

/// The port of an authority, if `rfc3986` can parse the authority.
fn port(authority: &str) -> Option<u32> {
    const MAX_DIGITS: usize = 5;
    let authority = authority.strip_suffix('\n').unwrap_or(authority);
    let (user, rest) = match authority.split_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.is_empty() || !is_name(&user.replace(':', ""))) {
        return None;
    }
    let (port, is_host) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, port)) => (port.strip_prefix(':').unwrap_or(port), is_literal(literal)),
        None => {
            let (host, port) = rest.split_once(':')?;
            (port, is_name(host) && !is_false_address(host))
        }
    };
    let is_port = port.len() <= MAX_DIGITS && port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|_| is_host && is_port)
}

/// Whether a host looks like an IPv4 address, but has a number above 255.
fn is_false_address(host: &str) -> bool {
    let numbers = host.split('.').map(|part| {
        let is_number = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| is_number)
    });
    let numbers: Option<Vec<u16>> = numbers.collect();
    numbers.is_some_and(|numbers| numbers.len() == 4 && numbers.iter().any(|number| *number > 255))
}

/// Whether a text has only the characters of a host name.
fn is_name(text: &str) -> bool {
    let mut parts = text.split('%');
    let is_plain = |part: &str| part.bytes().all(is_name_byte);
    let is_escape = |part: &str| {
        let escape = part.split_at_checked(2);
        escape.is_some_and(|(digits, rest)| {
            digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_plain(rest)
        })
    };
    parts.next().is_none_or(is_plain) && parts.all(is_escape)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

/// Whether a text is an IPv6 address, with or without a zone, or one of a future version. The numbers of an IPv4 address at
/// its end may be of any size.
fn is_literal(text: &str) -> bool {
    if let Some((version, address)) = text.strip_prefix('v').and_then(|text| text.split_once('.')) {
        let is_version = version.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_address = address
            .bytes()
            .all(|byte| byte == b':' || is_name_byte(byte));
        return is_version && is_address && !version.is_empty() && !address.is_empty();
    }
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let is_zone = |zone: &str| {
        let zone = zone
            .strip_prefix("25")
            .filter(|zone| !zone.is_empty())
            .unwrap_or(zone);
        !zone.is_empty() && is_name(zone) && !zone.contains(|c| "!$&'()*+,;=".contains(c))
    };
    let is_number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let address = match address.rsplit_once(':') {
        Some((before, v4)) if v4.split('.').count() == 4 && v4.split('.').all(is_number) => {
            format!("{before}:0:0")
        }
        _ => address.to_owned(),
    };
    zone.is_none_or(is_zone) && address.parse::<Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `rfc3986` 2.0.0, called as the index calls it.
    #[test]
    fn urls_are_judged_as_the_index_judges_them() {
        for text in [
            "http://a/b c",
            "https:///x",
            "HTTP://A",
            "http://[::1]/",
            "http://é.com/%zz",
            "http://x#[",
            "http://x:",
            "http://x:123456",
            "http://x@y@z:99999/",
            "http://[:::99999/",
            "http://256.1.1.1:99999",
            "http://x/[/../y",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            " http://x",
            "http://x/[1]",
            "http://x?[",
            "http://a:99999/",
            "http://:99999",
            "http://u:p@[fe80::1%25en0]:99999",
            "http://[::256.1.1.1]99999",
            "http://x\\y[",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
