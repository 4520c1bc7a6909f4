//! The address of a field, as Python finds it.

use crate::python::strip;

/// The address of a field with exactly one, as Python's `email.utils.parseaddr` finds it. It is empty if there are several,
/// or none that can be parsed; PyPI checks no address then.
///
/// # Source
///
/// `email._parseaddr` of Python 3.14, which Warehouse of 2026-08-21 runs; `parseaddr` is strict since 3.13.
pub(crate) fn single_address(value: &str) -> String {
    if !has_balanced_parentheses(value) {
        return String::new();
    }
    let mut list = AddressList { rest: value };
    let mut addresses = Vec::new();
    while !list.rest.is_empty() && addresses.len() < 2 {
        let before = addresses.len();
        list.address(&mut addresses);
        if addresses.len() == before {
            addresses.push(String::new());
        }
    }
    match addresses.as_slice() {
        [address] if !address.contains('[') => address.clone(),
        _ => String::new(),
    }
}

/// Outside of quoted texts; an escaped character does not count.
fn has_balanced_parentheses(value: &str) -> bool {
    let mut unquoted = String::new();
    let mut rest = value;
    while let Some((before, after)) = split_unescaped(rest, '"') {
        let Some((_, after)) = split_unescaped(after, '"') else {
            break;
        };
        unquoted.push_str(before);
        rest = after;
    }
    unquoted.push_str(rest);
    let (mut depth, mut is_escaped) = (0_i64, false);
    unquoted.chars().all(|c| {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth >= 0
    }) && depth == 0
}

pub(super) fn split_unescaped(text: &str, at: char) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    let place = text.find(|c| {
        let found = c == at && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        found
    })?;
    let (before, after) = text.split_at_checked(place)?;
    Some((before, after.strip_prefix(at)?))
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

fn ends_atom(c: char) -> bool {
    "()<>@,:;.\"[]".contains(c) || BLANKS.contains(&c)
}

/// A list of addresses from a position on.
struct AddressList<'a> {
    rest: &'a str,
}

impl AddressList<'_> {
    fn next(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn skip_if(&mut self, expected: char) -> bool {
        let found = self.next() == Some(expected);
        if found {
            self.take();
        }
        found
    }

    /// Moves over blanks and comments. Returns the blanks of the line.
    fn blanks(&mut self) -> String {
        let mut blanks = String::new();
        while let Some(c) = self.next() {
            match c {
                '(' => drop(self.delimited(&[')', '\r'], true)),
                ' ' | '\t' => blanks.extend(self.take()),
                '\r' | '\n' => drop(self.take()),
                _ => break,
            }
        }
        blanks
    }

    /// Adds the next address, or those of a group: `name: a, b;`. Groups in groups end with the first semicolon each, so
    /// their number is all that counts.
    fn address(&mut self, addresses: &mut Vec<String>) {
        let mut groups = 0_usize;
        loop {
            if groups > 0 {
                self.blanks();
                if self.skip_if(';') {
                    groups -= 1;
                    self.end_of_address();
                } else if !self.rest.is_empty() {
                    groups += usize::from(self.is_group(addresses));
                }
            } else {
                groups += usize::from(self.is_group(addresses));
            }
            if groups == 0 || self.rest.is_empty() {
                return;
            }
        }
    }

    /// Adds the next address. True if it is the start of a group instead.
    fn is_group(&mut self, addresses: &mut Vec<String>) -> bool {
        self.blanks();
        let start = self.rest;
        let phrase = self.phrase();
        self.blanks();
        match self.next() {
            Some('.' | '@') => {
                self.rest = start;
                addresses.push(self.spec());
            }
            Some(':') => {
                self.take();
                return true;
            }
            Some('<') => addresses.push(self.route()),
            Some(c) => match phrase {
                Some(first) => addresses.push(first),
                None if "()<>@,:;.\"[]".contains(c) => drop(self.take()),
                None => {}
            },
            None => addresses.extend(phrase),
        }
        self.end_of_address();
        false
    }

    fn end_of_address(&mut self) {
        self.blanks();
        self.skip_if(',');
    }

    /// The first word of a phrase.
    fn phrase(&mut self) -> Option<String> {
        let mut first = None;
        while let Some(c) = self.next() {
            let word = match c {
                _ if BLANKS.contains(&c) => {
                    self.take();
                    continue;
                }
                '(' => {
                    self.delimited(&[')', '\r'], true);
                    continue;
                }
                '"' => self.delimited(&['"', '\r'], false),
                '.' => self.atom(|c| ends_atom(c) && c != '.'),
                _ if ends_atom(c) => break,
                _ => self.atom(|c| ends_atom(c) && c != '.'),
            };
            first.get_or_insert(word);
        }
        first
    }

    /// The address between `<` and `>`, without its route.
    fn route(&mut self) -> String {
        self.take();
        self.blanks();
        let mut is_domain = false;
        while let Some(c) = self.next() {
            if is_domain {
                self.domain();
                is_domain = false;
            } else {
                match c {
                    '>' => {
                        self.take();
                        break;
                    }
                    '@' => {
                        self.take();
                        is_domain = true;
                    }
                    ':' => drop(self.take()),
                    _ => {
                        let spec = self.spec();
                        self.take();
                        return spec;
                    }
                }
            }
            self.blanks();
        }
        String::new()
    }

    /// `local@domain`, or what stands there instead.
    fn spec(&mut self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let drop_blank = |parts: &mut Vec<String>| {
            if parts.last().is_some_and(|last| strip(last).is_empty()) {
                parts.pop();
            }
        };
        self.blanks();
        while let Some(c) = self.next() {
            let mut is_dot = false;
            match c {
                '.' => {
                    drop_blank(&mut parts);
                    self.take();
                    parts.push(".".to_owned());
                    is_dot = true;
                }
                '"' => {
                    let quoted = self.delimited(&['"', '\r'], false);
                    let quoted = quoted.replace('\\', "\\\\").replace('"', "\\\"");
                    parts.push(format!("\"{quoted}\""));
                }
                _ if ends_atom(c) => {
                    drop_blank(&mut parts);
                    break;
                }
                _ => parts.push(self.atom(ends_atom)),
            }
            let blanks = self.blanks();
            if !is_dot && !blanks.is_empty() {
                parts.push(blanks);
            }
        }
        let local = parts.concat();
        if !self.skip_if('@') {
            return local;
        }
        self.blanks();
        match self.domain() {
            domain if domain.is_empty() => domain,
            domain => format!("{local}@{domain}"),
        }
    }

    /// A domain; empty if it has an `@`.
    fn domain(&mut self) -> String {
        let mut domain = String::new();
        while let Some(c) = self.next() {
            match c {
                ' ' | '\t' => drop(self.take()),
                '(' => drop(self.delimited(&[')', '\r'], true)),
                '[' => {
                    let literal = self.delimited(&[']', '\r'], false);
                    domain.push_str(&format!("[{literal}]"));
                }
                '.' => domain.extend(self.take()),
                '@' => return String::new(),
                _ if ends_atom(c) => break,
                _ => domain.push_str(&self.atom(ends_atom)),
            }
        }
        domain
    }

    fn atom(&mut self, ends: impl Fn(char) -> bool) -> String {
        let (atom, rest) = self
            .rest
            .split_at_checked(self.rest.find(ends).unwrap_or(self.rest.len()))
            .unwrap_or_default();
        self.rest = rest;
        atom.to_owned()
    }

    /// The text up to one of the ends, without its backslashes. With `has_comments`, an opening parenthesis nests.
    fn delimited(&mut self, ends: &[char], has_comments: bool) -> String {
        let (mut text, mut depth) = (String::new(), 1_usize);
        self.take();
        while let Some(c) = self.take() {
            match c {
                '\\' => text.extend(self.take()),
                _ if ends.contains(&c) => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                '(' if has_comments => depth += 1,
                _ => text.push(c),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_as_python_finds_it() {
        for (value, address) in [
            ("nobody", "nobody"),
            ("Some One <a@b.org>", "a@b.org"),
            ("\"x, y\" <a@b.org>", "a@b.org"),
            ("a@b.org (comment)", "a@b.org"),
            ("a@b.org, c@d.org", ""),
            ("team: a@b.org;", "a@b.org"),
            ("Name) <a@b.org>", ""),
            ("a@b@c.org", ""),
            ("<@x.org:a@b.org>", "a@b.org"),
            ("\"a b\"@c.org", "\"a b\"@c.org"),
            ("(c) a@b.org", "a@b.org"),
            ("Name <>", ""),
            ("", ""),
        ] {
            assert_eq!(single_address(value), address, "{value}");
        }
    }
}
