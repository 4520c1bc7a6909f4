//! The variant label of a wheel.

use super::error::FilenameErrorKind;

/// The variant label among the parts of a wheel's stem after its version, or the part that is wrong. A build tag starts with
/// a digit, and a Python tag does not, which tells a build tag from a variant label.
pub(super) fn variant<'a>(
    tags: &[&'a str],
) -> Result<Option<&'a str>, (FilenameErrorKind, Option<&'a str>)> {
    let label = match *tags {
        [] | [_, _, _] => return Ok(None),
        [build, _, _, _] if starts_with_digit(build) => return Ok(None),
        [build, python, _, _] if is_python_tag(python) && !is_python_tag(build) => {
            return Err((FilenameErrorKind::Build, Some(build)));
        }
        [_, _, _, label] => label,
        [build, python, _, _, label] if starts_with_digit(build) && !starts_with_digit(python) => {
            label
        }
        _ => return Err((FilenameErrorKind::Parts, None)),
    };
    match is_label(label) {
        true => Ok(Some(label)),
        false => Err((FilenameErrorKind::Variant, Some(label))),
    }
}

fn starts_with_digit(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a part starts with the abbreviation of an implementation of Python, and a digit.
fn is_python_tag(part: &str) -> bool {
    let implementations = ["cp", "graalpy", "ip", "jy", "pp", "py"];
    let mut versions = implementations
        .iter()
        .filter_map(|name| part.strip_prefix(name));
    versions.any(starts_with_digit)
}

fn is_label(part: &str) -> bool {
    let is_allowed = |c: char| matches!(c, '0'..='9' | 'a'..='z' | '_' | '.');
    !part.is_empty() && part.chars().all(is_allowed)
}
