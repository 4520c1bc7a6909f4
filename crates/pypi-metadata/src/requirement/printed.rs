//! A requirement as `packaging` prints it.

use std::collections::BTreeSet;

use super::{
    Requirement,
    marker::{self, Comparison, Operand, Token},
    scan::Scan,
};
use crate::project_name::normalize;

impl Requirement {
    /// The direct reference as `str(Requirement(text))` of `packaging` prints it: with the extras sorted and the marker in
    /// one spelling. `None` without a URL.
    pub(crate) fn direct_reference(&self) -> Option<String> {
        let url = self.url()?;
        let extras: Vec<&str> = BTreeSet::from_iter(self.extras()).into_iter().collect();
        let extras = match extras.join(",") {
            extras if extras.is_empty() => extras,
            extras => format!("[{extras}]"),
        };
        let marker = match self.marker() {
            Some(text) => format!(" ; {}", marker(text).as_deref().unwrap_or(text)),
            None => String::new(),
        };
        Some(format!("{}{extras} @ {url}{marker}", self.name()))
    }
}

/// The marker in the spelling of `packaging`, which drops parentheses around a single condition, and those around
/// parentheses together with the inner ones.
fn marker(text: &str) -> Option<String> {
    // The items of each group that is open: conditions, groups and operators.
    let mut groups: Vec<Vec<Item>> = vec![Vec::new()];
    let mut is_known = true;
    let parsed = marker::parse(&mut Scan::new(text), &mut |token| {
        let is_top = groups.len() == 1;
        let item = match token {
            Token::And => Item::Text("and".to_owned()),
            Token::Or => Item::Text("or".to_owned()),
            Token::Comparison(comparison) => Item::Condition(condition(&comparison, is_top)),
            Token::Open => return groups.push(Vec::new()),
            Token::Close => match groups.pop() {
                Some(items) => Item::Group(printed(items)),
                None => return is_known = false,
            },
        };
        match groups.last_mut() {
            Some(group) => group.push(item),
            None => is_known = false,
        }
    });
    let items = groups.pop().filter(|_| parsed.is_ok() && is_known)?;
    Some(printed(items).0)
}

enum Item {
    Condition(String),
    /// Without and with its parentheses.
    Group((String, String)),
    Text(String),
}

/// A list of items without and with parentheses.
fn printed(mut items: Vec<Item>) -> (String, String) {
    if items.len() == 1 {
        return match items.pop() {
            Some(Item::Group((bare, _))) => (bare.clone(), bare),
            Some(Item::Condition(text) | Item::Text(text)) => (text.clone(), text),
            None => Default::default(),
        };
    }
    let items = items.into_iter().map(|item| match item {
        Item::Group((_, text)) | Item::Condition(text) | Item::Text(text) => text,
    });
    let bare = items.collect::<Vec<_>>().join(" ");
    let enclosed = format!("({bare})");
    (bare, enclosed)
}

/// `packaging` normalizes the name of an extra outside of parentheses only.
fn condition(comparison: &Comparison<'_>, is_top: bool) -> String {
    let Comparison {
        left,
        operator,
        right,
    } = comparison;
    let is_extra = |operand: &Operand<'_>| matches!(operand, Operand::Variable("extra"));
    let is_name = |other| is_top && is_extra(other);
    let left_text = operand(left, !is_extra(left) && is_name(right));
    let right_text = operand(right, is_name(left));
    format!("{left_text} {operator} {right_text}")
}

fn operand(operand: &Operand<'_>, is_extra: bool) -> String {
    match operand {
        Operand::Text(text) if is_extra => format!("\"{}\"", normalize(&evaluated(text))),
        Operand::Text(text) => format!("\"{}\"", evaluated(text)),
        Operand::Variable("python_implementation") => "platform_python_implementation".to_owned(),
        Operand::Variable(name) => name.replace('.', "_"),
    }
}

/// The text between the quotes as Python evaluates it, except for characters by name, which are left as they are.
fn evaluated(text: &str) -> String {
    let mut value = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        value.push_str(before);
        let mut after = escape.chars();
        let simple = match after.next() {
            Some('\n') => Some(""),
            Some('a') => Some("\x07"),
            Some('b') => Some("\x08"),
            Some('f') => Some("\x0c"),
            Some('n') => Some("\n"),
            Some('r') => Some("\r"),
            Some('t') => Some("\t"),
            Some('v') => Some("\x0b"),
            Some('\\') => Some("\\"),
            Some('\'') => Some("'"),
            Some('"') => Some("\""),
            _ => None,
        };
        let (skip, length, radix) = match escape.chars().next() {
            Some('0'..='7') => {
                let digits = escape.bytes().take(3);
                let count = digits.take_while(|b| (b'0'..=b'7').contains(b)).count();
                (0, count, 8)
            }
            Some('x') => (1, 2, 16),
            Some('u') => (1, 4, 16),
            Some('U') => (1, 8, 16),
            _ => (0, 0, 16),
        };
        let number = escape.get(skip..skip + length).filter(|_| length > 0);
        let number = number.and_then(|digits| u32::from_str_radix(digits, radix).ok());
        if let Some(simple) = simple {
            value.push_str(simple);
            rest = after.as_str();
        } else if let Some(c) = number.and_then(char::from_u32) {
            value.push(c);
            rest = escape.get(skip + length..).unwrap_or_default();
        } else {
            value.push('\\');
            rest = escape;
        }
    }
    value + rest
}
