//! `.netrc`, as Python reads it.
//!
//! The crates for it are old, or read the process environment and the file themselves; the format is a list of words.

use pypi_trusted_upload::Index;

use super::found::Found;
use crate::failure::{Exit, Failure};

/// The entry of a machine.
#[derive(Default)]
struct Entry {
    /// `None` for `default`.
    machine: Option<String>,
    line: usize,
    login: Option<String>,
    password: Option<String>,
}

/// The credentials of the index's host, of `user` if that is known.
///
/// The entry `default` is not used: its password is for no host in particular.
pub(super) fn found(
    text: &str,
    name: &str,
    index: &Index,
    user: Option<&str>,
) -> Result<Vec<Found>, Failure> {
    let host = index.upload_url().host_str();
    let mut all = Vec::new();
    for entry in parse(text, name)? {
        let is_meant = entry.machine.is_some() && entry.machine.as_deref() == host;
        let login = entry.login.as_deref();
        if is_meant && (user.is_none() || login.is_none() || login == user) {
            let source = format!("{name} line {}", entry.line);
            let password = entry.password.as_deref();
            all.extend(Found::pair(source, login.or(user), password, index)?);
        }
    }
    Ok(all)
}

/// # Source
///
/// CPython's `Lib/netrc.py`, 3.11 and later; `gnu.org/software/inetutils`, "The .netrc file", 2026-11.
fn parse(text: &str, name: &str) -> Result<Vec<Entry>, Failure> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut words = Words {
        rest: text,
        line: 1,
    };
    while let Some((word, line)) = words.next() {
        // The word may be a password in the wrong place.
        let invalid = |expected: &str| {
            let message = format!("{name} line {line} is not valid: expected {expected}");
            Failure::new(Exit::Refused, message)
        };
        let mut value = || {
            let value = words.next().map(|(value, _)| value);
            value.ok_or_else(|| invalid("a word after the last one"))
        };
        match (word.as_str(), entries.last_mut()) {
            (comment, _) if comment.starts_with('#') => words.skip_comment(line),
            ("machine", _) => entries.push(Entry {
                machine: Some(value()?),
                line,
                ..Entry::default()
            }),
            ("default", _) => entries.push(Entry::default()),
            ("macdef", _) => words.skip_macro(),
            ("login" | "user", Some(entry)) => entry.login = Some(value()?),
            ("password", Some(entry)) => entry.password = Some(value()?),
            ("account", Some(_)) => drop(value()?),
            (_, None) => return Err(invalid("machine, default or macdef")),
            (_, Some(_)) => return Err(invalid("machine, login, password or account")),
        }
    }
    Ok(entries)
}

/// Words between white space, in double quotes if they contain some.
struct Words<'a> {
    rest: &'a str,
    line: usize,
}

impl Words<'_> {
    /// The next word and its line.
    fn next(&mut self) -> Option<(String, usize)> {
        let start = self.rest.trim_start_matches(is_space);
        self.advance(self.rest.len() - start.len());
        let line = self.line;
        let is_quoted = start.starts_with('"');
        let mut word = String::new();
        let mut chars = start.char_indices().skip(usize::from(is_quoted));
        let mut end = start.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if is_quoted => {
                    end = at + 1;
                    break;
                }
                c if is_space(c) && !is_quoted => {
                    end = at;
                    break;
                }
                '\\' => word.extend(chars.next().map(|(_, c)| c)),
                c => word.push(c),
            }
        }
        self.advance(end);
        (!start.is_empty()).then_some((word, line))
    }

    /// Skips the rest of a line that a comment began, unless the comment was its last word.
    fn skip_comment(&mut self, line: usize) {
        if self.line == line {
            self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
        }
    }

    /// Skips the definition of a macro, which ends with an empty line.
    fn skip_macro(&mut self) {
        let end = self.rest.find("\n\n").map_or(self.rest.len(), |at| at + 2);
        self.advance(end);
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str, user: Option<&str>) -> Vec<(String, String, String)> {
        let index = Index::custom("https://corp.example:8443/legacy/").expect("a URL");
        let found = found(text, "~/.netrc", &index, user).expect("a netrc");
        let text = |found: Found| {
            let (user, password) = (found.user.reveal(), found.password.reveal());
            (found.source.clone(), user.to_owned(), password.to_owned())
        };
        found.into_iter().map(text).collect()
    }

    fn one(line: usize, password: &str) -> Vec<(String, String, String)> {
        let source = format!("~/.netrc line {line}");
        vec![(source, "me".to_owned(), password.to_owned())]
    }

    #[test]
    fn the_entry_of_the_host_is_found() {
        for (text, expected) in [
            ("machine corp.example login me password x", one(1, "x")),
            (
                "machine other login a password b\nmachine corp.example\n\tlogin me\n\tpassword x\n",
                one(2, "x"),
            ),
            (
                "# a comment\nmachine corp.example # why\n login me account a password #x\n",
                one(2, "#x"),
            ),
            (
                "machine corp.example user me password \"a \\\" b\"",
                one(1, "a \" b"),
            ),
            (
                "machine corp.example login me password a\\ b",
                one(1, "a b"),
            ),
            (
                "#\nmacdef init\ncd /pub\nmachine no\n\nmachine corp.example login me password x",
                one(6, "x"),
            ),
            ("default login me password x", vec![]),
            ("machine example login me password x", vec![]),
            ("machine corp.example login me", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(pairs(text, None), expected, "{text}");
        }
    }

    #[test]
    fn a_known_user_chooses_the_entry() {
        let text =
            "machine corp.example login you password y\nmachine corp.example login me password x\n";
        assert_eq!(pairs(text, None).len(), 2);
        assert_eq!(pairs(text, Some("me")), one(2, "x"));
        assert_eq!(
            pairs("machine corp.example password x", Some("me")),
            one(1, "x")
        );
    }

    #[test]
    fn an_error_shows_the_line_and_not_its_words() {
        for (text, line) in [
            ("machine corp.example\nhush", 2),
            ("hush", 1),
            ("machine corp.example login me password", 1),
        ] {
            let message = match parse(text, "FILE") {
                Err(failure) => failure.message().to_owned(),
                Ok(_) => panic!("{text}"),
            };
            assert!(
                message.starts_with(&format!("FILE line {line} ")),
                "{message}"
            );
            assert!(!message.contains("hush"), "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_an_error(text in "[\\PC\\n\\t \"\\\\#]{0,200}") {
            let _ = parse(&text, "FILE");
        }

        #[test]
        fn any_password_is_read_as_it_was_written(password in "[!-~]{1,40}") {
            let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
            let text = format!("machine corp.example login me password \"{quoted}\"\n");
            prop_assert_eq!(pairs(&text, None), one(1, &password));
        }
    }
}
