//! The values of the options of directives.

use super::super::{chars::is_space, roles::integer};

/// The values that an option takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Character,
    CharacterOrBlank,
    Choice(&'static [&'static str]),
    Class,
    Encoding,
    FigureWidth,
    Flag,
    Integer,
    Length,
    LengthOrPercentage,
    Natural,
    /// An integer or nothing.
    OptionalInteger,
    Percentage,
    /// Any text, but not none.
    Required,
    /// Any text or none.
    Text,
    /// Positive integers, or one of these words.
    Widths(&'static [&'static str]),
}

/// Of CSS.
const UNITS: [&str; 15] = [
    "em", "ex", "ch", "rem", "vw", "vh", "vmin", "vmax", "cm", "mm", "Q", "in", "pt", "pc", "px",
];

impl Value {
    /// Whether a value is valid; none if that is not known.
    pub(super) fn accepts(self, value: Option<&str>) -> Option<bool> {
        let Some(value) = value else {
            return match self {
                Self::Flag | Self::OptionalInteger | Self::Text => Some(true),
                Self::Character
                | Self::CharacterOrBlank
                | Self::FigureWidth
                | Self::Percentage
                | Self::Encoding => None,
                _ => Some(false),
            };
        };
        Some(match self {
            Self::Character => character(value),
            Self::CharacterOrBlank => matches!(value, "tab" | "space") || character(value),
            Self::Choice(words) => words.contains(&value.to_lowercase().trim_matches(is_space)),
            Self::Class => is_class(value),
            Self::Encoding => {
                let known = [
                    "ascii",
                    "latin-1",
                    "latin1",
                    "iso-8859-1",
                    "utf-8",
                    "utf8",
                    "utf-8-sig",
                ];
                return known
                    .contains(&value.to_lowercase().as_str())
                    .then_some(true);
            }
            Self::FigureWidth => value.to_lowercase() == "image" || measure(value, true),
            Self::Flag => value.chars().all(is_space),
            Self::Integer | Self::OptionalInteger => integer(value).is_some(),
            Self::Length => measure(value, false),
            Self::LengthOrPercentage => measure(value, true),
            Self::Natural => integer(value).is_some_and(|value| value >= 0),
            Self::Percentage => {
                integer(value.trim_end_matches([' ', '%'])).is_some_and(|value| value >= 0)
            }
            Self::Required | Self::Text => true,
            Self::Widths(words) => words.contains(&value) || widths(value).is_some(),
        })
    }
}

/// Positive integers between commas or blanks.
pub(super) fn widths(value: &str) -> Option<Vec<i64>> {
    let positive = |text: &str| integer(text).filter(|width| *width > 0);
    if value.contains(',') {
        value.split(',').map(positive).collect()
    } else {
        let words = value.split(is_space).filter(|word| !word.is_empty());
        words.map(positive).collect()
    }
}

/// Whether every word can be made a class: it needs a letter.
pub(super) fn is_class(value: &str) -> bool {
    let mut words = value.split(is_space).filter(|word| !word.is_empty());
    // Latin letters with diacritics lose them.
    words.all(|word| {
        word.chars()
            .any(|c| c.is_ascii_alphabetic() || (c.is_alphabetic() && matches!(u32::from(c), 0xaa..=0x24f | 0x1e00..=0x1eff | 0x2100..=0x214f | 0xff21..=0xff5a)))
    })
}

/// A number that is not negative, with a unit or without.
fn measure(value: &str, is_percentage: bool) -> bool {
    let number = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let (digits, unit) = value.split_at(value.len() - number.len());
    let (digits, unit) = match value.strip_prefix('-') {
        // Minus zero is accepted.
        Some(rest) => {
            let unit = rest.trim_start_matches(['0', '.']);
            rest.split_at(rest.len() - unit.len())
        }
        None => (digits, unit),
    };
    let unit = unit.trim_start_matches(' ');
    let is_number = digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.bytes().any(|b| b.is_ascii_digit());
    is_number && (unit.is_empty() || UNITS.contains(&unit) || (is_percentage && unit == "%"))
}

/// A character, or the code of one.
fn character(value: &str) -> bool {
    if value.chars().all(|c| c.is_numeric()) && !value.is_empty() {
        return code(value).is_some();
    }
    code(value).is_some_and(|text| text.chars().count() <= 1)
}

/// The text that a character code stands for; none for a number too large.
pub(super) fn code(code: &str) -> Option<String> {
    let character = |digits: &str, radix: u32| {
        let code = u32::from_str_radix(digits, radix).ok()?;
        // Python accepts half of a surrogate pair.
        (code <= 0x10_ffff).then(|| char::from_u32(code).unwrap_or('?').to_string())
    };
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
        return character(code, 10);
    }
    let lower = code.to_lowercase();
    let mut digits = lower
        .strip_prefix("&#x")
        .and_then(|rest| rest.strip_suffix(';'));
    for prefix in ["0x", "x", "\\x", "u+", "u", "\\u"] {
        digits = digits.or_else(|| lower.strip_prefix(prefix));
    }
    match digits
        .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        Some(digits) => character(digits, 16),
        None => Some(code.to_owned()),
    }
}
