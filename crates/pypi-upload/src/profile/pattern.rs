//! URLs by which an index is recognized.

use url::Url;

/// Whether a URL has this form: `HOST/PATH`, where `*` stands for any text within the host or within a segment of the path. A
/// path that begins with `**/` may be below any other one.
pub(super) fn matches(pattern: &str, url: &Url) -> bool {
    let (host, path) = pattern.split_once('/').unwrap_or((pattern, ""));
    if !url.host_str().is_some_and(|found| glob(host, found)) {
        return false;
    }
    let segments: Vec<&str> = url.path().trim_matches('/').split('/').collect();
    let is_anywhere = path.strip_prefix("**/");
    let wanted: Vec<&str> = is_anywhere.unwrap_or(path).split('/').collect();
    let skipped = match segments.len().checked_sub(wanted.len()) {
        Some(0) => 0,
        Some(more) if is_anywhere.is_some() => more,
        _ => return false,
    };
    let mut pairs = wanted.iter().zip(segments.iter().skip(skipped));
    pairs.all(|(wanted, found)| glob(wanted, found) && !found.is_empty())
}

/// Whether `text` has this form, in which `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}
