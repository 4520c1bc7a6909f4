//! Version specifiers, as `packaging` reads them.

use super::scan::Scan;
use crate::{Field, Finding, Metadata, python_repr};

pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let value = metadata.get(Field::RequiresPython)?;
    let odd = value
        .split(',')
        .map(str::trim)
        .find(|one| !one.is_empty() && !is_specifier(one))?;
    let message = format!(
        "{odd:?} in the required Python {value:?} is no version specifier, expected such as \">=3.9\""
    );
    let finding =
        Finding::error("requires-python", Some(Field::RequiresPython), message).with_index_text(
            format!("{} is invalid for 'requires-python'", python_repr(value)),
        );
    Some(
        match odd.strip_suffix('+').or_else(|| odd.strip_suffix(".x")) {
            Some(version) if is_specifier(&format!(">={version}")) => {
                finding.with_help(format!("write \">={version}\""))
            }
            _ => {
                finding.with_help("write an operator before each version, and commas between them")
            }
        },
    )
}

/// Whether the whole text is one specifier. The text is trimmed.
fn is_specifier(text: &str) -> bool {
    let mut scan = Scan::new(text);
    one(&mut scan) && scan.is_at_end()
}

/// Moves over one specifier, the longest that there is.
///
/// # Source
///
/// `packaging.specifiers` 26.2: only `==` and `!=` take `.*` and a local version, `~=` wants two numbers.
pub(super) fn one(scan: &mut Scan<'_>) -> bool {
    let begin = *scan;
    let found = if scan.token("===") {
        scan.while_of(char::is_whitespace);
        scan.while_of(|c| !c.is_whitespace() && !matches!(c, ';' | ')'));
        true
    } else if scan.token("==") || scan.token("!=") {
        release(scan, 1) && {
            if !scan.token(".*") {
                suffixes(scan);
                local(scan);
            }
            true
        }
    } else if scan.token("~=") {
        release(scan, 2) && suffixes(scan)
    } else if ["<=", ">=", "<", ">"]
        .iter()
        .any(|operator| scan.token(operator))
    {
        release(scan, 1) && suffixes(scan)
    } else {
        false
    };
    if !found {
        *scan = begin;
    }
    found
}

/// Blanks, `v`, an epoch, and at least `least` numbers with dots between.
fn release(scan: &mut Scan<'_>, least: usize) -> bool {
    scan.while_of(char::is_whitespace);
    if scan.rest.starts_with(['v', 'V']) {
        scan.take(1);
    }
    if scan.while_of(|c| c.is_ascii_digit()).is_empty() {
        return false;
    }
    if scan.token("!") && scan.while_of(|c| c.is_ascii_digit()).is_empty() {
        return false;
    }
    let mut count = 1;
    while scan.rest.starts_with('.')
        && scan
            .rest
            .get(1..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        scan.take(1);
        scan.while_of(|c| c.is_ascii_digit());
        count += 1;
    }
    count >= least
}

/// The pre-, post- and development parts, each of which may be absent.
fn suffixes(scan: &mut Scan<'_>) -> bool {
    const PRE: &[&str] = &["alpha", "beta", "preview", "pre", "a", "b", "c", "rc"];
    labelled(scan, PRE);
    if !(scan.rest.starts_with('-') && number_after(scan, 1)) {
        labelled(scan, &["post", "rev", "r"]);
    } else {
        scan.take(1);
        scan.while_of(|c| c.is_ascii_digit());
    }
    labelled(scan, &["dev"]);
    true
}

fn number_after(scan: &Scan<'_>, at: usize) -> bool {
    scan.rest
        .get(at..)
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn labelled(scan: &mut Scan<'_>, labels: &[&str]) {
    let separator = usize::from(scan.rest.starts_with(['-', '_', '.']));
    let label = labels.iter().find(|label| {
        let at = scan.rest.get(separator..separator + label.len());
        at.is_some_and(|at| at.eq_ignore_ascii_case(label))
    });
    if let Some(label) = label {
        scan.take(separator + label.len());
        if scan.rest.starts_with(['-', '_', '.']) {
            scan.take(1);
        }
        scan.while_of(|c| c.is_ascii_digit());
    }
}

fn local(scan: &mut Scan<'_>) {
    let begin = *scan;
    if !scan.token("+") || scan.while_of(|c| c.is_ascii_alphanumeric()).is_empty() {
        *scan = begin;
        return;
    }
    loop {
        let before = *scan;
        if scan.rest.starts_with(['-', '_', '.']) {
            scan.take(1);
            if !scan.while_of(|c| c.is_ascii_alphanumeric()).is_empty() {
                continue;
            }
        }
        *scan = before;
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // What `packaging.specifiers` 26.2 says.
    #[test]
    fn specifiers_are_judged_as_packaging_judges_them() {
        for text in [
            ">=3.8",
            "== 1.0.*",
            "!=1!2.0",
            "~=1.0",
            "===foo bar".split(' ').next().unwrap_or(""),
            ">=1.0.post1",
            "<2-1",
            "==1.0+local.1",
            "==v1",
            ">1.0RC1",
            "===",
            ">=1.0a-",
        ] {
            assert!(is_specifier(text), "{text}");
        }
        for text in [
            "3.8+",
            "3.8",
            ">=3.8+local",
            "~=1",
            ">=1.*",
            "=>1",
            "==",
            ">= ",
            "==1.*.post1",
            "<1.0.*",
            "==1.0+",
        ] {
            assert!(!is_specifier(text), "{text}");
        }
    }
}
