//! A version specifier as a token of a requirement.

use crate::python::is_blank;

/// The length of the version specifier at the start of a text.
///
/// Every optional part of the expression is tried once, because nothing that must follow depends on it.
///
/// # Source
///
/// `packaging.specifiers` 26.2, `Specifier._specifier_regex_str`.
pub(super) fn length(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("===") {
        let rest = rest.trim_start_matches(is_blank);
        let end = rest.find(|c: char| is_blank(c) || matches!(c, ';' | ')'));
        return Some(text.len() - rest.len() + end.unwrap_or(rest.len()));
    }
    let operators = ["==", "!=", "~=", "<=", ">=", "<", ">"];
    let operator = operators
        .into_iter()
        .find(|operator| text.starts_with(operator))?;
    let rest = text.get(operator.len()..)?.trim_start_matches(is_blank);
    let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
    let is_compatible = operator == "~=";
    let rest = release(epoch(rest), is_compatible).or_else(|| release(rest, is_compatible))?;
    let is_equality = matches!(operator, "==" | "!=");
    let rest = match rest.strip_prefix(".*") {
        Some(rest) if is_equality => rest,
        _ => {
            let rest = labelled(rest, &PRE).unwrap_or(rest);
            let rest = post(rest);
            let rest = labelled(rest, &["dev"]).unwrap_or(rest);
            if is_equality {
                local(rest, u8::is_ascii_alphanumeric)
            } else {
                rest
            }
        }
    };
    Some(text.len() - rest.len())
}

/// Whether a text starts with a local version label in lower case.
pub(super) fn is_local(text: &str) -> bool {
    let is_lower = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    local(text, is_lower).len() < text.len()
}

const PRE: [&str; 8] = ["alpha", "beta", "preview", "pre", "a", "b", "c", "rc"];

fn digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

fn epoch(text: &str) -> &str {
    let rest = digits(text).and_then(|rest| rest.strip_prefix('!'));
    rest.unwrap_or(text)
}

fn release(text: &str, is_compatible: bool) -> Option<&str> {
    let first = digits(text)?;
    let mut rest = first;
    while let Some(next) = rest.strip_prefix('.').and_then(digits) {
        rest = next;
    }
    (!is_compatible || rest.len() < first.len()).then_some(rest)
}

/// A separator, one of the labels ignoring case, a separator and digits.
fn labelled<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    let separator = ['-', '_', '.'];
    let rest = text.strip_prefix(separator).unwrap_or(text);
    let rest = labels.iter().find_map(|label| {
        let (found, rest) = rest.split_at_checked(label.len())?;
        found.eq_ignore_ascii_case(label).then_some(rest)
    })?;
    let rest = rest.strip_prefix(separator).unwrap_or(rest);
    Some(digits(rest).unwrap_or(rest))
}

fn post(text: &str) -> &str {
    let implicit = text.strip_prefix('-').and_then(digits);
    let rest = implicit.or_else(|| labelled(text, &["post", "rev", "r"]));
    rest.unwrap_or(text)
}

fn local(text: &str, is_label: impl Fn(&u8) -> bool) -> &str {
    let label = |text: &str| {
        let length = text.bytes().take_while(|byte| is_label(byte)).count();
        (length > 0).then_some(length)
    };
    let mut rest = text;
    let mut separators: &[char] = &['+'];
    while let Some(next) = rest.strip_prefix(separators)
        && let Some(length) = label(next)
    {
        rest = next.get(length..).unwrap_or_default();
        separators = &['-', '_', '.'];
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    // The matches of `packaging.specifiers` 26.2.
    #[test]
    fn the_longest_match_is_that_of_packaging() {
        for (text, token) in [
            ("==1.0.*.x", "==1.0.*"),
            (">=1.0.*", ">=1.0"),
            (
                "== \u{a0}v1!2.0A-.POST3-dev+a.B_c-",
                "== \u{a0}v1!2.0A-.POST3-dev+a.B_c",
            ),
            (">1+local", ">1"),
            ("===a,b;c", "===a,b"),
            ("===\n)", "===\n"),
            ("~=1!2.3.x", "~=1!2.3"),
            ("==1!", "==1"),
            ("!=1-1-2", "!=1-1"),
            ("<1rc.", "<1rc."),
        ] {
            assert_eq!(length(text), Some(token.len()), "{text:?}");
        }
        for text in ["", "=1", "=>1", "~=1", "~=1!2", "== x", ">==1", "1"] {
            assert_eq!(length(text), None, "{text:?}");
        }
    }
}
