//! A cursor that moves forward over a text, token by token.

/// What is wrong with a text, and where, as `packaging` says it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Problem {
    pub(super) expected: &'static str,
    /// In characters from the start of the text, as Python counts them.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Problem {
    pub(super) fn longer(self, by: usize) -> Self {
        let end = self.end + by;
        Self { end, ..self }
    }
}

/// The rest of a text.
#[derive(Clone)]
pub(super) struct Scan<'a> {
    text: &'a str,
    pub(super) rest: &'a str,
    /// The character before the rest, for word boundaries.
    before: Option<char>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            rest: text,
            before: None,
        }
    }

    /// Python's `$` also matches before a final line feed.
    pub(super) fn is_end(&self) -> bool {
        matches!(self.rest, "" | "\n")
    }

    /// In bytes from the start of the text.
    pub(super) fn position(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// A problem at this position.
    pub(super) fn problem(&self, expected: &'static str) -> Problem {
        self.problem_since(self.position(), expected)
    }

    /// A problem from an earlier position to this one.
    pub(super) fn problem_since(&self, start: usize, expected: &'static str) -> Problem {
        let characters = |end| self.text.get(..end).map_or(0, |text| text.chars().count());
        Problem {
            expected,
            start: characters(start),
            end: characters(self.position()),
        }
    }

    /// A token that must follow.
    pub(super) fn expect(
        &mut self,
        token: impl Fn(&mut Self) -> Option<&'a str>,
        expected: &'static str,
    ) -> Result<&'a str, Problem> {
        token(self).ok_or_else(|| self.problem(expected))
    }

    /// Moves over `length` bytes, which must end at a character boundary.
    pub(super) fn take(&mut self, length: usize) -> &'a str {
        let Some((taken, rest)) = self.rest.split_at_checked(length) else {
            return "";
        };
        self.before = taken.chars().next_back().or(self.before);
        self.rest = rest;
        taken
    }

    pub(super) fn while_of(&mut self, is_of: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is_of(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    pub(super) fn blanks(&mut self) -> bool {
        !self.while_of(|c| matches!(c, ' ' | '\t')).is_empty()
    }

    pub(super) fn token(&mut self, token: &str) -> bool {
        let found = self.rest.starts_with(token);
        if found {
            self.take(token.len());
        }
        found
    }

    /// A token that is a whole word.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let begins = !self.before.is_some_and(is_word);
        let after = self.rest.strip_prefix(word);
        let found = begins && after.is_some_and(|after| !after.starts_with(is_word));
        if found {
            self.take(word.len());
        }
        found
    }

    pub(super) fn url(&mut self) -> Option<&'a str> {
        let url = self.while_of(|c| !matches!(c, ' ' | '\t'));
        (!url.is_empty()).then_some(url)
    }

    /// The longest run of name characters that starts with a letter or digit and ends where a word ends.
    pub(super) fn identifier(&mut self) -> Option<&'a str> {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if self.before.is_some_and(is_word)
            || !self.rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return None;
        }
        let run = self.rest.find(|c| !is_inner(c)).unwrap_or(self.rest.len());
        let ends_word = |end: usize| {
            let (name, rest) = self.rest.split_at_checked(end)?;
            (name.ends_with(is_word) != rest.starts_with(is_word)).then_some(end)
        };
        let end = (1..=run).rev().find_map(ends_word)?;
        Some(self.take(end))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_ends_where_a_word_ends() {
        for (text, name) in [
            ("a", Some("a")),
            ("a-b>=1", Some("a-b")),
            ("x->=1", Some("x")),
            ("x_", Some("x_")),
            ("x.-", Some("x")),
            ("é", None),
            ("aé", None),
            ("-a", None),
            ("a-é", Some("a-")),
            ("1", Some("1")),
        ] {
            assert_eq!(Scan::new(text).identifier(), name, "{text}");
        }
    }
}
