//! URLs of pages, in `Home-page`, `Download-URL` and `Project-URL`.

use crate::python::strip;

/// The label and the URL of a `Project-URL`.
pub(crate) fn split(value: &str) -> (&str, &str) {
    let (label, url) = value.split_once(',').unwrap_or((value, ""));
    (strip(label), strip(url))
}

/// Whether PyPI accepts it as a URL. Much that is not a URL passes, because `rfc3986` quotes unusual characters before it
/// validates: only the scheme, brackets outside the host and the port number are left to reject.
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
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => ("", rest),
    };
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    !path.contains(['[', ']']) && port.is_none_or(|port| port.parse::<u16>().is_ok())
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
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
