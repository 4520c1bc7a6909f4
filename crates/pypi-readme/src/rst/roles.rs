//! The roles of interpreted text.

use std::collections::HashMap;

use super::{
    Checker,
    chars::is_space,
    inline::{At, Inline},
    scan::unescape,
};

/// What a role does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Code,
    /// Marks its text up.
    Generic,
    Pep,
    Raw,
    Rfc,
    /// docutils knows its name only.
    Unimplemented,
}

/// The roles that the text defines.
#[derive(Default)]
pub(super) struct Roles {
    own: HashMap<String, Role>,
    default: Option<Role>,
}

impl Roles {
    /// The role of a name.
    pub(super) fn get(&self, name: &str) -> Option<Role> {
        let name = name.to_lowercase();
        self.own.get(&name).copied().or_else(|| known(&name))
    }

    pub(super) fn define(&mut self, name: &str, role: Role) {
        self.own.insert(name.to_lowercase(), role);
    }

    pub(super) fn set_default(&mut self, role: Option<Role>) {
        self.default = role;
    }
}

/// # Source
///
/// docutils 0.23, `parsers/rst/languages/en.py` and `roles.py`.
fn known(name: &str) -> Option<Role> {
    Some(match name {
        "abbreviation" | "ab" | "acronym" | "ac" | "emphasis" | "literal" | "math" | "strong"
        | "sub" | "subscript" | "sup" | "superscript" | "t" | "title" | "title-reference" => {
            Role::Generic
        }
        "code" => Role::Code,
        "pep" | "pep-reference" => Role::Pep,
        "raw" => Role::Raw,
        "rfc" | "rfc-reference" => Role::Rfc,
        "anonymous-reference"
        | "citation-reference"
        | "footnote-reference"
        | "i"
        | "index"
        | "named-reference"
        | "restructuredtext-unimplemented-role"
        | "substitution-reference"
        | "target"
        | "uri"
        | "uri-reference"
        | "url" => Role::Unimplemented,
        _ => return None,
    })
}

impl Checker {
    /// Checks interpreted text. An empty role is the default one.
    pub(super) fn interpreted(
        &mut self,
        inline: &mut Inline,
        role: &str,
        content: &[char],
        at: At,
    ) {
        let text = unescape(content);
        let found = if role.is_empty() {
            Some(self.roles.default.unwrap_or(Role::Generic))
        } else {
            self.roles.get(role)
        };
        let problem = match found {
            None => Some(unknown(role)),
            Some(Role::Unimplemented) => {
                Some(format!("docutils does not implement the role {role:?}"))
            }
            Some(Role::Pep) => {
                let is_number = integer(&text).is_some_and(|number| (0..=9999).contains(&number));
                (!is_number).then(|| not_a_number(role, &text))
            }
            Some(Role::Rfc) => {
                let number = text.split('#').next().unwrap_or_default();
                let is_number = integer(number).is_some_and(|number| number >= 1);
                (!is_number).then(|| not_a_number(role, &text))
            }
            Some(Role::Raw) => {
                self.problem(self.root_line, "the role \"raw\" is disabled on the index");
                inline.is_problematic = true;
                None
            }
            Some(Role::Code | Role::Generic) => None,
        };
        if let Some(problem) = problem {
            inline.is_problematic = true;
            self.problem(at.line, problem);
        }
        match found {
            Some(Role::Pep) => inline.text.push_str("PEP "),
            Some(Role::Rfc) => inline.text.push_str("RFC "),
            _ => {}
        }
        inline.text.push_str(&text);
    }
}

pub(super) fn unknown(role: &str) -> String {
    format!("unknown role {role:?}: roles of Sphinx and other tools do not render on the index")
}

fn not_a_number(role: &str, text: &str) -> String {
    format!("{text:?} is not a number, which the role {role:?} needs")
}

/// An integer as Python reads it; a large one is the largest.
pub(super) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_matches(is_space);
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (if text.starts_with('-') { -1 } else { 1 }, digits),
        None => (1, text),
    };
    let mut value = 0_i64;
    let mut before = '_';
    for c in digits.chars() {
        match c.to_digit(10) {
            Some(digit) => value = value.saturating_mul(10).saturating_add(i64::from(digit)),
            None if c == '_' && before != '_' => {}
            None => return None,
        }
        before = c;
    }
    (before != '_').then_some(sign * value)
}
