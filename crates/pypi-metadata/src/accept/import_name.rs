//! The values of `Import-Name` and `Import-Namespace`.

use crate::python::is_blank;

/// What is wrong with a value, with the part that is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Problem<'a> {
    Identifier { name: &'a str, part: &'a str },
    Keyword { name: &'a str, part: &'a str },
    Option { name: &'a str, option: &'a str },
}

/// The dotted name, and whether it is private.
///
/// # Source
///
/// PEP 794; `packaging` 26.2 and 26.3, `_process_import_names`.
pub(crate) fn parse(value: &str) -> Result<(&str, bool), Problem<'_>> {
    let (name, option) = match value.split_once(';') {
        Some((name, option)) => (
            name.trim_end_matches(is_blank),
            Some(option.trim_start_matches(is_blank)),
        ),
        None => (value.trim_end_matches(is_blank), None),
    };
    for part in name.split('.') {
        if !is_identifier(part) {
            return Err(Problem::Identifier { name, part });
        }
        if KEYWORDS.binary_search(&part).is_ok() {
            return Err(Problem::Keyword { name, part });
        }
    }
    match option {
        None => Ok((name, false)),
        Some("private") => Ok((name, true)),
        Some(option) => Err(Problem::Option { name, option }),
    }
}

/// Whether Python's `str.isidentifier` is true.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = |c: char| c == '_' || unicode_ident::is_xid_start(c);
    chars.next().is_some_and(starts) && chars.all(unicode_ident::is_xid_continue)
}

/// The keywords of Python 3.8 and later, sorted.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keywords_are_sorted_for_binary_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn names_are_identifiers_as_python_has_them() {
        for (value, name, is_private) in [
            ("demo", "demo", false),
            ("a.b;private", "a.b", true),
            ("_a.b9 ;  private", "_a.b9", true),
            (
                "caf\u{e9}.\u{2118}x\u{b7}",
                "caf\u{e9}.\u{2118}x\u{b7}",
                false,
            ), // beyond letters and digits
            ("match", "match", false),
            ("a\u{1f};\u{1c}\u{2003}private", "a", true),
        ] {
            assert_eq!(parse(value), Ok((name, is_private)), "{value}");
        }
        for value in [
            "",
            "a..b",
            ".a",
            "a.",
            "1a",
            "a-b",
            "a b",
            " a",
            "a.class",
            "None",
            "a;",
            "a; public",
            "a; private ",
            "a;private;private",
            "\u{b7}",
            "\u{2460}",
            "\u{bd}",
        ] {
            assert!(parse(value).is_err(), "{value:?}");
        }
    }
}
