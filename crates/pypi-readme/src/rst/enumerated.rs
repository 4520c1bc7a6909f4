//! Enumerated lists.

use super::{Checker, Child, chars::blanks, lines::Body};

/// What encloses a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Parentheses,
    Period,
    Right,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sequence {
    Arabic,
    Automatic,
    LowerAlpha,
    LowerRoman,
    UpperAlpha,
    UpperRoman,
}

/// `1. `, `(a) `, `iv) `, `#. `.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enumerator<'t> {
    format: Format,
    number: &'t str,
    /// The number of characters up to the text.
    end: usize,
}

impl<'t> Enumerator<'t> {
    /// The enumerator at the beginning of a line.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let inner = text.strip_prefix('(');
        let rest = inner.unwrap_or(text);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')?;
        let number = rest.get(..end)?;
        let format = match (inner, rest.get(end..end + 1)?) {
            (Some(_), ")") => Format::Parentheses,
            (None, ")") => Format::Right,
            (None, ".") => Format::Period,
            _ => return None,
        };
        let blanks = blanks(rest.get(end + 1..)?)?;
        let is_number = ALL.iter().any(|sequence| sequence.fits(number));
        is_number.then(|| Self {
            format,
            number,
            end: text.len() - rest.len() + end + 1 + blanks,
        })
    }

    fn sequence(&self, expected: Option<Sequence>) -> Sequence {
        let mut first = expected.filter(|expected| expected.fits(self.number));
        if self.number == "#" {
            first = Some(Sequence::Automatic);
        } else if expected.is_none() && self.number == "i" {
            first = Some(Sequence::LowerRoman);
        } else if expected.is_none() && self.number == "I" {
            first = Some(Sequence::UpperRoman);
        }
        let mut all = ALL.iter().copied();
        first
            .or_else(|| all.find(|sequence| sequence.fits(self.number)))
            .unwrap_or(Sequence::Arabic)
    }
}

/// In the order in which they are tried.
const ALL: [Sequence; 6] = [
    Sequence::Arabic,
    Sequence::LowerAlpha,
    Sequence::UpperAlpha,
    Sequence::LowerRoman,
    Sequence::UpperRoman,
    Sequence::Automatic,
];

impl Sequence {
    fn fits(self, number: &str) -> bool {
        let is_all = |set: &str| number.chars().all(|c| set.contains(c));
        !number.is_empty()
            && match self {
                Self::Arabic => is_all("0123456789"),
                Self::Automatic => number == "#",
                Self::LowerAlpha => {
                    number.len() == 1 && number.bytes().all(|b| b.is_ascii_lowercase())
                }
                Self::LowerRoman => is_all("ivxlcdm"),
                Self::UpperAlpha => {
                    number.len() == 1 && number.bytes().all(|b| b.is_ascii_uppercase())
                }
                Self::UpperRoman => is_all("IVXLCDM"),
            }
    }

    /// The value of a number; none for an invalid roman one.
    fn ordinal(self, number: &str) -> Option<u64> {
        match self {
            Self::Arabic => Some(number.bytes().fold(0_u64, |value, digit| {
                value
                    .saturating_mul(10)
                    .saturating_add(u64::from(digit - b'0'))
            })),
            Self::Automatic => Some(1),
            Self::LowerAlpha | Self::UpperAlpha => {
                let letter = number.bytes().next()?.to_ascii_lowercase();
                Some(u64::from(letter - b'a') + 1)
            }
            Self::LowerRoman | Self::UpperRoman => from_roman(&number.to_ascii_uppercase()),
        }
    }

    fn text(self, ordinal: u64) -> Option<String> {
        Some(match self {
            Self::Arabic => ordinal.to_string(),
            Self::Automatic => "#".to_owned(),
            Self::LowerAlpha | Self::UpperAlpha => {
                let letter = u8::try_from(ordinal)
                    .ok()
                    .filter(|at| (1..=26).contains(at))?;
                let first = if self == Self::LowerAlpha { b'a' } else { b'A' };
                char::from(first + letter - 1).to_string()
            }
            Self::LowerRoman => to_roman(ordinal)?.to_ascii_lowercase(),
            Self::UpperRoman => to_roman(ordinal)?,
        })
    }
}

const ROMAN: [(u64, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

fn to_roman(ordinal: u64) -> Option<String> {
    let mut rest = (1..=4999).contains(&ordinal).then_some(ordinal)?;
    let mut text = String::new();
    for (value, digits) in ROMAN {
        while rest >= value {
            text.push_str(digits);
            rest -= value;
        }
    }
    Some(text)
}

fn from_roman(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut ordinal = 0_u64;
    for (value, digits) in ROMAN {
        while let Some(after) = rest.strip_prefix(digits) {
            rest = after;
            ordinal += value;
        }
    }
    let is_valid = rest.is_empty() && to_roman(ordinal).as_deref() == Some(text);
    is_valid.then_some(ordinal)
}

impl Checker {
    pub(super) fn enumerated(&mut self, body: &mut Body<'_, '_>) {
        let begin = body.at;
        let Some(first) = Enumerator::parse(body.text(begin)) else {
            return;
        };
        let sequence = first.sequence(None);
        let Some(ordinal) = sequence
            .ordinal(first.number)
            .filter(|ordinal| continues(body, begin, first.format, sequence, *ordinal))
        else {
            return self.text(body);
        };
        let kind = if sequence == Sequence::Automatic {
            Sequence::Arabic
        } else {
            sequence
        };
        let mut is_automatic = sequence == Sequence::Automatic;
        let mut last = ordinal;
        let (_, mut is_finished) = self.item(body, first.end);
        let mut line = self.next_item(body);
        while let Some(next) = Enumerator::parse(body.text(line))
            && !self.is_full()
        {
            let sequence = next.sequence(Some(kind));
            let ordinal = sequence.ordinal(next.number);
            let follows = sequence == Sequence::Automatic
                || (sequence == kind && !is_automatic && ordinal == last.checked_add(1));
            let Some(ordinal) = ordinal.filter(|ordinal| {
                next.format == first.format
                    && follows
                    && continues(body, line, first.format, sequence, *ordinal)
            }) else {
                break;
            };
            is_automatic |= sequence == Sequence::Automatic;
            last = ordinal;
            body.at = line;
            (_, is_finished) = self.item(body, next.end);
            line = self.next_item(body);
        }
        self.push(body, Child::Enumerated);
        if ordinal != 1 {
            self.push(body, Child::Message);
        }
        self.end_list(body, line, is_finished, "the enumerated list");
    }
}

/// Whether the line after an enumerator is blank, indented, or the next item.
fn continues(
    body: &Body<'_, '_>,
    at: usize,
    format: Format,
    sequence: Sequence,
    ordinal: u64,
) -> bool {
    let Some(next) = body.line(at + 1) else {
        return true;
    };
    if next.text.chars().next().is_none_or(super::chars::is_space) {
        return true;
    }
    let Some(number) = ordinal
        .checked_add(1)
        .and_then(|ordinal| sequence.text(ordinal))
    else {
        return false;
    };
    let (open, close) = match format {
        Format::Parentheses => ("(", ") "),
        Format::Period => ("", ". "),
        Format::Right => ("", ") "),
    };
    [number.as_str(), "#"].iter().any(|number| {
        let rest = next.text.strip_prefix(open);
        let rest = rest.and_then(|rest| rest.strip_prefix(number));
        rest.is_some_and(|rest| rest.starts_with(close))
    })
}
