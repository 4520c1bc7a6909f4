//! A text that is searched for inline markup.

use super::chars::{is_space, is_word, may_follow, may_precede};

/// The characters of a text, in which a NUL stands for an escape.
pub(super) struct Scan {
    chars: Vec<char>,
    /// For each kind of end, a place from which on there is none.
    barren: [usize; 6],
    /// The end of a chain of words that is not a reference.
    chain: usize,
    work: usize,
}

/// The start of markup.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Token {
    pub(super) start: Start,
    pub(super) at: usize,
    /// The end of its first mark, or of all of it if it has no content.
    pub(super) end: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Start {
    /// With the end of the role before it.
    Backquote {
        role: Option<usize>,
    },
    Emphasis,
    Footnote {
        is_citation: bool,
    },
    Literal,
    /// With the number of underscores.
    Reference {
        marks: usize,
    },
    Strong,
    Substitution,
    Target,
}

/// The end of interpreted text or of a reference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct PhraseEnd {
    pub(super) at: usize,
    pub(super) end: usize,
    /// The end of the role after it.
    pub(super) role: Option<usize>,
    pub(super) marks: usize,
}

const PHRASE: usize = 5;

impl Scan {
    pub(super) fn new(chars: Vec<char>) -> Self {
        Self {
            chars,
            barren: [usize::MAX; 6],
            chain: 0,
            work: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The number of steps taken.
    pub(super) fn work(&self) -> usize {
        self.work + self.chars.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &[char] {
        self.chars.get(from..to).unwrap_or_default()
    }

    fn has(&self, at: usize, mark: &[char]) -> bool {
        self.chars
            .get(at..)
            .is_some_and(|rest| rest.starts_with(mark))
    }

    /// The first start of markup from `begin` on, where the text counts as beginning anew.
    pub(super) fn next(&mut self, begin: usize) -> Option<Token> {
        let mut before = None;
        for at in begin..self.chars.len() {
            let may_start = before.is_none_or(may_precede);
            before = self.get(at);
            if may_start && let Some(token) = self.token(at) {
                return Some(token);
            }
        }
        None
    }

    fn token(&mut self, at: usize) -> Option<Token> {
        let token = |start, length| {
            Some(Token {
                start,
                at,
                end: at + length,
            })
        };
        let is_open = |end: usize| self.get(end).is_none_or(|c| !is_space(c));
        match self.get(at)? {
            '*' if self.get(at + 1) == Some('*') => is_open(at + 2)
                .then_some(())
                .and_then(|()| token(Start::Strong, 2)),
            '*' if is_open(at + 1) => token(Start::Emphasis, 1),
            '`' if self.get(at + 1) == Some('`') => is_open(at + 2)
                .then_some(())
                .and_then(|()| token(Start::Literal, 2)),
            '`' if is_open(at + 1) => token(Start::Backquote { role: None }, 1),
            '_' if self.get(at + 1) == Some('`') && is_open(at + 2) => token(Start::Target, 2),
            '|' if self.get(at + 1) != Some('|') && is_open(at + 1) => {
                token(Start::Substitution, 1)
            }
            '[' => self.footnote(at),
            ':' => {
                let end = self.role(at)?;
                let is_start = self.get(end) == Some('`')
                    && self.get(end + 1) != Some('`')
                    && self.get(end + 1).is_none_or(|c| !is_space(c));
                let start = Start::Backquote { role: Some(end) };
                is_start.then_some(Token {
                    start,
                    at,
                    end: end + 1,
                })
            }
            c if is_word(c) && at >= self.chain => self.reference(at),
            _ => None,
        }
    }

    /// `name_` and `name__`.
    fn reference(&mut self, at: usize) -> Option<Token> {
        let end = self.name(at);
        let most = if self.has(end, &['_', '_']) {
            2
        } else {
            usize::from(self.get(end) == Some('_'))
        };
        let marks = (1..=most).rev().find(|marks| self.may_end(end + marks));
        if marks.is_none() {
            self.chain = end;
        }
        let marks = marks?;
        Some(Token {
            start: Start::Reference { marks },
            at,
            end: end + marks,
        })
    }

    /// `[label]_`.
    fn footnote(&mut self, at: usize) -> Option<Token> {
        let begin = at + 1;
        let is_digit = |scan: &Self, at| scan.get(at).is_some_and(is_digit);
        let mut end = begin;
        let mut is_citation = false;
        match self.get(begin)? {
            '#' => {
                end += 1;
                if self.get(end).is_some_and(is_word) {
                    end = self.name(end);
                }
            }
            '*' => end += 1,
            c if is_word(c) => {
                while is_digit(self, end) {
                    end += 1;
                }
                if self.get(end) != Some(']') {
                    is_citation = true;
                    end = self.name(begin);
                }
            }
            _ => return None,
        }
        let is_note = self.has(end, &[']', '_']) && self.may_end(end + 2);
        is_note.then_some(Token {
            start: Start::Footnote { is_citation },
            at,
            end: end + 2,
        })
    }

    /// The end of a simple name: words with single marks between them.
    fn name(&mut self, at: usize) -> usize {
        let mut end = at;
        loop {
            while self.get(end).is_some_and(is_word) {
                end += 1;
            }
            let goes_on = matches!(self.get(end), Some('-' | '.' | '_' | '+' | ':'))
                && self.get(end + 1).is_some_and(is_word);
            if !goes_on {
                self.work += end - at;
                return end;
            }
            end += 1;
        }
    }

    /// The end of `:role:`.
    fn role(&mut self, at: usize) -> Option<usize> {
        if self.get(at) != Some(':') || !self.get(at + 1).is_some_and(is_word) {
            return None;
        }
        let end = self.name(at + 1);
        (self.get(end) == Some(':')).then_some(end + 1)
    }

    fn may_end(&self, at: usize) -> bool {
        self.get(at).is_none_or(may_follow)
    }

    /// Where the closing mark begins and ends, if it has content before it.
    pub(super) fn end(&mut self, start: Start, begin: usize) -> Option<(usize, usize)> {
        let (kind, mark): (usize, &[char]) = match start {
            Start::Emphasis => (0, &['*']),
            Start::Strong => (1, &['*', '*']),
            Start::Literal => (2, &['`', '`']),
            Start::Target => (3, &['`']),
            _ => (4, &['|']),
        };
        if self.barren.get(kind).is_some_and(|from| begin >= *from) {
            return None;
        }
        for at in begin..self.chars.len() {
            self.work += 1;
            let is_after_text = at == begin
                || self
                    .get(at - 1)
                    .is_some_and(|c| !is_space(c) && (c != '\0' || start == Start::Literal));
            if !is_after_text || !self.has(at, mark) {
                continue;
            }
            let after = at + mark.len();
            let most = if start != Start::Substitution {
                0
            } else if self.has(after, &['_', '_']) {
                2
            } else {
                usize::from(self.get(after) == Some('_'))
            };
            if let Some(marks) = (0..=most).rev().find(|marks| self.may_end(after + marks)) {
                return (at > begin).then_some((at, after + marks));
            }
        }
        if let Some(from) = self.barren.get_mut(kind) {
            *from = begin;
        }
        None
    }

    /// The `` ` `` that ends interpreted text or a reference.
    pub(super) fn phrase_end(&mut self, begin: usize) -> Option<PhraseEnd> {
        if self.barren.get(PHRASE).is_some_and(|from| begin >= *from) {
            return None;
        }
        for at in begin..self.chars.len() {
            self.work += 1;
            if self.get(at) != Some('`') {
                continue;
            }
            let is_after_text = at == begin
                || self.get(at - 1).is_some_and(|c| {
                    let is_escaped = at >= begin + 2 && self.get(at - 2) == Some('\0');
                    is_escaped || !(is_space(c) || c == '\0')
                });
            if !is_after_text {
                continue;
            }
            let role = self.role(at + 1);
            let tries = [role, None];
            let tries = tries.iter().skip(usize::from(role.is_none()));
            for role in tries {
                let after = role.unwrap_or(at + 1);
                let most = if self.has(after, &['_', '_']) {
                    2
                } else {
                    usize::from(self.get(after) == Some('_'))
                };
                if let Some(marks) = (0..=most).rev().find(|marks| self.may_end(after + marks)) {
                    let role = *role;
                    let end = after + marks;
                    return (at > begin).then_some(PhraseEnd {
                        at,
                        end,
                        role,
                        marks,
                    });
                }
            }
        }
        if let Some(from) = self.barren.get_mut(PHRASE) {
            *from = begin;
        }
        None
    }
}

/// The text with each escaping backslash replaced by a NUL.
pub(super) fn null_escapes(text: &str) -> Vec<char> {
    let mut chars = Vec::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\\' {
            chars.push('\0');
            chars.extend(rest.next());
        } else {
            chars.push(c);
        }
    }
    chars
}

/// The text without its escapes, and without the white space that is escaped.
pub(super) fn unescape(chars: &[char]) -> String {
    let mut text = String::with_capacity(chars.len());
    let mut rest = chars.iter().peekable();
    while let Some(c) = rest.next() {
        if *c == '\0' {
            rest.next_if(|c| matches!(c, ' ' | '\n'));
        } else {
            text.push(*c);
        }
    }
    text
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}
