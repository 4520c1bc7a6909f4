//! The normal form of a marker, by `pep508_rs`, which is given only what it represents exactly.
//!
//! It panics on some markers with the lock of a process-wide table held, so that every later call fails
//! (`'x' ~= os_name`). It silently drops others (`extra in 'a b'`, `python_version >= '3.8.*'`, `sys_platform == os_name`)
//! or changes them (`python_version not in '3.8 3.9'`, `python_version == '3.8.0.*'`).

use std::str::FromStr;

use super::{
    marker::{self, Comparison, Operand, Token},
    scan::Scan,
};
use crate::ProjectName;

/// The most comparisons in a marker: the decision diagram of `pep508_rs` can grow exponentially with them.
const MAX_COMPARISONS: usize = 16;

/// The longest normal form, in bytes. That of 16 comparisons can be longer than a requirement may be.
const MAX_NORMAL: usize = 8 * 1024;

/// The normal form of a marker, empty if it is always true; `None` if `pep508_rs` does not represent it exactly.
pub(super) fn of(text: &str) -> Option<String> {
    // `pep508_rs` gets the marker in one spelling: it parses less than our grammar, and prints a value in the spelling in
    // which the process used it first.
    let (mut spelled, mut count) = (Some(String::new()), 0_usize);
    marker::parse(&mut Scan::new(text), &mut |token| {
        let part = match token {
            Token::And => Some(" and ".to_owned()),
            Token::Close => Some(")".to_owned()),
            Token::Comparison(comparison) => {
                count += 1;
                exact(&comparison)
            }
            Token::Open => Some("(".to_owned()),
            Token::Or => Some(" or ".to_owned()),
        };
        spelled = spelled.take().zip(part).map(|(text, part)| text + &part);
    })
    .ok()?;
    let spelled = spelled.filter(|_| count <= MAX_COMPARISONS)?;
    let tree = pep508_rs::MarkerTree::from_str(&spelled).ok()?;
    let normal = tree.contents();
    let normal = normal.map_or_else(String::new, |normal| normal.to_string());
    (normal.len() <= MAX_NORMAL).then_some(normal)
}

/// The comparison in its one spelling, if `pep508_rs` represents it exactly.
fn exact(comparison: &Comparison<'_>) -> Option<String> {
    let (Operand::Variable(variable), Operand::Text(text)) = (&comparison.left, &comparison.right)
    else {
        return None;
    };
    let operator = comparison.operator;
    let is_equality = matches!(operator, "==" | "!=");
    let text = match *variable {
        "python_version" | "python_full_version" | "implementation_version" => {
            let is_order = matches!(operator, "<=" | ">=" | "<" | ">");
            match text.strip_suffix(".*") {
                Some(minor) if is_equality => minor_series(minor)?,
                None if is_equality || is_order => release(text)?,
                _ => return None,
            }
        }
        "extra" if is_equality => ProjectName::parse(text).ok()?.normalized().to_owned(),
        "extra" | "extras" | "dependency_groups" => return None,
        _ if is_equality && is_plain(text) => (*text).to_owned(),
        _ => return None,
    };
    Some(format!("{variable} {operator} '{text}'"))
}

/// A final release with at least two numbers and otherwise no trailing zeros.
fn release(text: &str) -> Option<String> {
    let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
    let mut numbers = numbers?;
    while numbers.len() > 2 && numbers.ends_with(&[0]) {
        numbers.pop();
    }
    if numbers.len() == 1 {
        numbers.push(0);
    }
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    Some(numbers.join("."))
}

/// Every release of a minor version, such as `3.8.*`. `pep508_rs` compares longer prefixes with `python_version` wrongly,
/// and prints shorter ones in one of two spellings.
fn minor_series(text: &str) -> Option<String> {
    let (major, minor) = text.split_once('.')?;
    Some(format!("{}.{}.*", number(major)?, number(minor)?))
}

fn number(text: &str) -> Option<u32> {
    const MAX_DIGITS: usize = 9;
    let is_number =
        (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Whether a text is compared as a text. Python compares those that are versions as versions, evaluates escapes, and
/// `pep508_rs` prints a quote as it is.
fn is_plain(text: &str) -> bool {
    let starts_version = |text: &str| {
        text.strip_prefix(['v', 'V'])
            .unwrap_or(text)
            .starts_with(|c: char| c.is_ascii_digit())
    };
    !text.is_empty()
        && !text.starts_with(char::is_whitespace)
        && !text.contains(|c: char| c.is_control() || matches!(c, '\'' | '\\'))
        && !starts_version(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 16 comparisons, whose normal form has 58 KiB.
    const LONG: &str = "(((((implementation_version == '7.17' or extra != 'e06') or ((sys_platform == 's5' and os_name != 'o2') and \
        python_full_version >= '3.0')) and sys_platform != 's3') or (implementation_version >= '7.9' and extra != \
        'e00')) and ((extra == 'e04' or extra != 'e15') and ((os_name != 'o4' or (sys_platform != 's1' or \
        sys_platform == 's5')) and ((python_full_version != '3.2' and extra == 'e14') or extra == 'e01'))))";

    #[test]
    fn spellings_of_a_condition_have_one_normal_form() {
        for (one, other) in [
            ("os_name=='nt'", "os.name == \"nt\""),
            ("extra == 'a_b'", "extra == 'A-B'"),
            ("(python_version >= '3.9')", "python_full_version >= '3.9'"),
            (
                "os_name == 'a' or sys_platform == 'b'",
                "sys_platform == 'b' or (os_name == 'a')",
            ),
            ("python_version == '3.8'", "python_full_version == '3.8.*'"),
            (
                "python_implementation=='a'and(os.name!='b')",
                "os_name != 'b' and platform_python_implementation == 'a'",
            ),
        ] {
            assert!(of(one).is_some_and(|normal| !normal.is_empty()), "{one}");
            assert_eq!(of(one), of(other), "{one}, {other}");
        }
        assert_eq!(of("os_name == 'a' or os_name != 'a'").as_deref(), Some(""));
    }

    #[test]
    fn what_pep508_rs_changes_or_panics_on_does_not_reach_it() {
        for text in [
            "python_version not in '3.8,3.9'",
            "python_version in '3.8 3.9'",
            "python_version >= '3.8.*'",
            "python_version == '3.*'",
            "python_version == '3.8.0.*'",
            "python_version ~= '3.8'",
            "python_version === '3.8'",
            "python_version >= '3.8rc1'",
            "python_version >= '3.8+local'",
            "python_version >= '1!3.8'",
            "python_version >= '1234567890'",
            "extra in 'a b'",
            "extra > 'a'",
            "extra == 'a_'",
            "extra == '-'",
            "sys_platform == os_name",
            "'x' ~= os_name",
            "'a' == 'b'",
            "os_name > 'x'",
            "os_name == \"it's\"",
            r"os_name == '\x41'",
            "platform_release == '5.10'",
            "platform_release == ' v5.*'",
            "platform_release == 'v5'",
            "'x' in extras",
            &["os_name == 'x'"; 17].join(" or "),
            LONG,
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
