//! The normal form of a marker, by `pep508_rs`, which is asked only for what it represents exactly.
//!
//! It panics on some markers (`'x' ~= os_name`) and silently drops others (`python_version not in '3.8,3.9'`,
//! `extra in 'a b'`, `python_version >= '3.8.*'`, `sys_platform == os_name`).

use std::str::FromStr;

use pypi_versioning::Version;

use super::{
    marker::{self, Comparison, Operand},
    scan::Scan,
};
use crate::ProjectName;

/// The most comparisons in a marker: the decision diagram of `pep508_rs` can grow exponentially with them.
const MAX_COMPARISONS: usize = 16;

/// The normal form of a marker, empty if it is always true; `None` if `pep508_rs` does not represent it exactly.
pub(super) fn of(text: &str) -> Option<String> {
    let (mut count, mut exact) = (0_usize, true);
    marker::parse(&mut Scan::new(text), &mut |comparison| {
        count += 1;
        exact = exact && is_exact(&comparison);
    })
    .ok()?;
    if !exact || count > MAX_COMPARISONS {
        return None;
    }
    let tree = pep508_rs::MarkerTree::from_str(text).ok()?;
    let normal = tree.contents();
    Some(normal.map_or_else(String::new, |normal| normal.to_string()))
}

fn is_exact(comparison: &Comparison<'_>) -> bool {
    let (Operand::Variable(variable), Operand::Text(text)) = (&comparison.left, &comparison.right)
    else {
        return false;
    };
    let operator = comparison.operator;
    let is_equality = matches!(operator, "==" | "!=");
    match *variable {
        "python_version" | "python_full_version" | "implementation_version" => {
            let is_release = text.split('.').all(|number| {
                (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
            });
            is_release && (is_equality || matches!(operator, "<=" | ">=" | "<" | ">"))
        }
        "extra" => is_equality && ProjectName::parse(text).is_ok(),
        "extras" | "dependency_groups" => false,
        // Python compares texts that are versions as versions, and `pep508_rs` as texts.
        _ => is_equality && !text.is_empty() && Version::parse(text).is_err(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "python_version ~= '3.8'",
            "python_version === '3.8'",
            "extra in 'a b'",
            "extra == 'a_'",
            "extra == '-'",
            "sys_platform == os_name",
            "'x' ~= os_name",
            "'a' == 'b'",
            "os_name > 'x'",
            "platform_release == '5.10'",
            "'x' in extras",
            &["os_name == 'x'"; 17].join(" or "),
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
