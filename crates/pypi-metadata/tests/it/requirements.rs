//! Requirements and their markers, ordinary and hostile.

use pypi_metadata::Requirement;

/// Every marker variable, an unknown one, and texts of every shape: versions and what only looks like one, lists, names,
/// escapes, quotes and characters that are not ASCII.
const OPERANDS: [&str; 52] = [
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform.version",
    "platform_machine",
    "platform.machine",
    "platform_python_implementation",
    "platform.python_implementation",
    "python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
    "unknown",
    "''",
    "' '",
    "'x'",
    "\"it's\"",
    "'\"'",
    "'a b'",
    "'a,b'",
    "'a_'",
    "'-'",
    "'a--B.c'",
    "'é'",
    "'\u{1f600}'",
    r"'\x41'",
    r"'\'",
    "'3'",
    "'3.8'",
    "'03.08'",
    "'3.8.0.0'",
    "'3.8.1'",
    "'3.*'",
    "'3.8.*'",
    "'3.8.0.*'",
    "'3.8,3.9'",
    "'3.8 3.9'",
    "'3.8|3.9'",
    "'3.8rc1'",
    "'3.8.dev0+local'",
    "'1!3.8'",
    "' v3.8 '",
    "'99999999999999999999.1'",
    "'3.8.99999999999999999999'",
];

const OPERATORS: [&str; 12] = [
    "==", "!=", "<=", ">=", "<", ">", "~=", "===", "in", "not in", "=", "is",
];

/// A dependency that panics with a lock held fails every call after it, so the last requirement is the test.
#[test]
fn hostile_markers_do_not_affect_an_ordinary_requirement() {
    let ordinary = || {
        let requirement = Requirement::parse("a>=1; os_name=='nt' and python_version>='3.9'");
        requirement.expect("a requirement").normalized_marker()
    };
    let before = ordinary();
    let mut accepted = 0;
    for (left, operator, right) in OPERANDS.iter().flat_map(|left| {
        let pairs = OPERATORS
            .iter()
            .flat_map(|operator| OPERANDS.iter().map(move |right| (operator, right)));
        pairs.map(move |(operator, right)| (left, operator, right))
    }) {
        let comparison = format!("{left} {operator} {right}");
        for marker in [
            comparison.clone(),
            format!("(({comparison}) or os_name == 'nt') and {comparison}"),
            format!("python_version < '3.9' and ({comparison} or extra == 'a')"),
        ] {
            let Ok(requirement) = Requirement::parse(&format!("a; {marker}")) else {
                break;
            };
            accepted += 1;
            let normal = requirement.normalized_marker().expect("a marker");
            let is_valid = normal.is_empty() || Requirement::parse(&format!("a; {normal}")).is_ok();
            assert!(is_valid, "{marker}: {normal}");
        }
    }
    assert!(accepted > 10_000, "{accepted} markers were accepted");
    assert_eq!(ordinary(), before);
}

#[test]
fn a_marker_without_an_exact_normal_form_is_returned_as_written() {
    for marker in [
        "'x' ~= os_name",
        "python_version not in '3.8,3.9'",
        "extra in 'a b'",
        "python_version >= '3.8.*'",
        "sys_platform == os_name",
        "python_version >= '3.9' and sys_platform in 'linux darwin'",
        "python_version == '3.8.0.*'",
        "platform_release == '5.*'",
        "platform_release == '99999999999999999999'",
        "os_name == \"it's\"",
        r"os_name == '\x41' or os_name == 'A'",
    ] {
        let requirement = Requirement::parse(&format!("a; {marker}")).expect(marker);
        assert_eq!(requirement.normalized_marker().as_deref(), Some(marker));
    }
    let without = Requirement::parse("a>=1").expect("a requirement");
    assert_eq!(without.normalized_marker(), None);
}

/// `pep508_rs` prints a version in the spelling in which it met it first.
#[test]
fn a_normal_form_does_not_depend_on_what_was_normalized_before() {
    let normal = |marker: &str| {
        let requirement = Requirement::parse(&format!("a; {marker}"));
        requirement.expect(marker).normalized_marker()
    };
    for (one, other, expected) in [
        (
            "python_version < '3'",
            "python_version < '3.0.0'",
            "python_full_version < '3.0'",
        ),
        (
            "python_full_version >= '4.0'",
            "python_full_version >= '4'",
            "python_full_version >= '4.0'",
        ),
        (
            "implementation_version == '07.3.0'",
            "implementation_version == '7.3'",
            "implementation_version == '7.3'",
        ),
        (
            "python_version == '5'",
            "python_full_version == '5.0.*'",
            "python_full_version == '5.0.*'",
        ),
    ] {
        assert_eq!(normal(one).as_deref(), Some(expected), "{one}");
        assert_eq!(normal(other).as_deref(), Some(expected), "{other}");
    }
}
