//! Inline markup.

use super::{
    Checker, Child,
    chars::{are_quotes, is_space, spaced},
    lines::{Body, Place},
    names::{Claim, Lead, Noted, Target, normal},
    scan::{Scan, Start, Token, null_escapes, unescape},
};

/// What a text contains, as far as its context needs to know.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// The text without its markup.
    pub(super) text: String,
    /// The names of the substitutions that it refers to.
    pub(super) substitutions: Vec<String>,
    pub(super) is_problematic: bool,
    pub(super) has_anonymous: bool,
    /// Whether an element has an identifier: a footnote reference, or a target.
    pub(super) has_identifier: bool,
}

impl Inline {
    fn merge(&mut self, other: &Self) {
        self.substitutions.extend_from_slice(&other.substitutions);
        self.is_problematic |= other.is_problematic;
        self.has_anonymous |= other.has_anonymous;
        self.has_identifier |= other.has_identifier;
    }
}

/// The context of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// The line that errors in the markup are reported at.
    pub(super) line: usize,
    /// The line of the element, where references that lead nowhere are reported.
    pub(super) element: Option<usize>,
}

impl At {
    pub(super) fn line(line: usize) -> Self {
        Self {
            line,
            element: Some(line),
        }
    }
}

impl Checker {
    pub(super) fn inline(&mut self, body: &mut Body<'_, '_>, text: &str, at: At) -> Inline {
        self.sync(body);
        let mut scan = Scan::new(null_escapes(text));
        let mut inline = Inline::default();
        let mut begin = 0;
        while let Some(token) = scan.next(begin) {
            if self.is_full() {
                break;
            }
            self.work(super::KEPT / 4);
            let next = self.token(body, &mut scan, &mut inline, &token, begin, at);
            debug_assert!(next > begin, "every token is consumed");
            begin = next;
        }
        self.work(scan.work());
        let rest = unescape(scan.slice(begin, scan.len()));
        inline.text.push_str(&rest);
        if self.is_defining {
            self.within.merge(&inline);
        }
        inline
    }

    /// Handles the markup that starts at a token; returns where the search goes on.
    fn token(
        &mut self,
        body: &mut Body<'_, '_>,
        scan: &mut Scan,
        inline: &mut Inline,
        token: &Token,
        begin: usize,
        at: At,
    ) -> usize {
        let before = |inline: &mut Inline, end: usize| {
            let text = unescape(scan.slice(begin, end));
            inline.text.push_str(&text);
        };
        match token.start {
            Start::Reference { marks } => {
                before(inline, token.at);
                let name: String = scan.slice(token.at, token.end - marks).iter().collect();
                inline.text.push_str(&name);
                if marks == 2 {
                    inline.has_anonymous = true;
                    self.names.anonymous_reference();
                } else {
                    self.names.reference(normal(&name), at.element);
                }
                token.end
            }
            Start::Footnote { is_citation } => {
                before(inline, token.at);
                let label: String = scan.slice(token.at + 1, token.end - 2).iter().collect();
                inline.has_identifier = true;
                self.footnote_reference(inline, &label, is_citation, at);
                token.end
            }
            Start::Backquote { role } => {
                if role.is_none() && is_quoted(scan, token, begin) {
                    before(inline, token.end);
                    return token.end;
                }
                before(inline, token.at);
                self.phrase(body, scan, inline, token, at)
            }
            Start::Emphasis
            | Start::Literal
            | Start::Strong
            | Start::Substitution
            | Start::Target => {
                if is_quoted(scan, token, begin) {
                    before(inline, token.end);
                    return token.end;
                }
                before(inline, token.at);
                self.simple(body, scan, inline, token, at)
            }
        }
    }

    /// Markup that ends with a fixed string.
    fn simple(
        &mut self,
        body: &mut Body<'_, '_>,
        scan: &mut Scan,
        inline: &mut Inline,
        token: &Token,
        at: At,
    ) -> usize {
        let Some((close, end)) = scan.end(token.start, token.end) else {
            let message = match token.start {
                Start::Literal => "a literal (``) is not closed",
                Start::Strong => "strong emphasis (**) is not closed",
                Start::Substitution => "a substitution (|) is not closed",
                Start::Target => "an inline target (_`) is not closed",
                _ => "emphasis (*) is not closed",
            };
            self.problem(at.line, message);
            inline.is_problematic = true;
            let mark: String = scan.slice(token.at, token.end).iter().collect();
            inline.text.push_str(&mark);
            return token.end;
        };
        let content = scan.slice(token.end, close);
        let text = unescape(content);
        match token.start {
            Start::Target => {
                let target = Target {
                    line: at.element,
                    ..Target::default()
                };
                inline.has_identifier = true;
                self.claim(body, &normal(&text), target, Claim::Explicit, None);
            }
            Start::Substitution => {
                let marks = end - close - 1;
                self.names.substitutions.reference(&text, at.element);
                if self.is_defining {
                    inline.substitutions.push(spaced(&text));
                }
                if marks == 2 {
                    inline.has_anonymous = true;
                    self.names.anonymous_reference();
                } else if marks == 1 {
                    self.names.reference(normal(&text), at.element);
                }
            }
            _ => {}
        }
        inline.text.push_str(&text);
        end
    }

    fn footnote_reference(&mut self, inline: &mut Inline, label: &str, is_citation: bool, at: At) {
        let name = normal(label);
        if is_citation {
            inline.text.push_str(label);
            return self.names.reference(name, at.element);
        }
        match name.strip_prefix('#') {
            Some("") => self.names.numbered_reference(None, at.element),
            Some(name) => {
                self.names
                    .numbered_reference(Some(name.to_owned()), at.element);
                self.names.reference(name.to_owned(), at.element);
            }
            None if name == "*" => self.names.symbol_reference(at.element),
            None => {
                inline.text.push_str(label);
                self.names.reference(name, at.element);
            }
        }
    }

    /// `` `text` ``, with a role or as a reference.
    fn phrase(
        &mut self,
        body: &mut Body<'_, '_>,
        scan: &mut Scan,
        inline: &mut Inline,
        token: &Token,
        at: At,
    ) -> usize {
        let Start::Backquote { role: before } = token.start else {
            return token.end;
        };
        let before = before.map(|end| scan.slice(token.at + 1, end - 1).iter().collect::<String>());
        let Some(close) = scan.phrase_end(token.end) else {
            self.problem(at.line, "interpreted text or a reference (`) is not closed");
            inline.is_problematic = true;
            inline.text.push('`');
            return token.end;
        };
        let end = close.end;
        let after = close.role.map(|role_end| {
            scan.slice(close.at + 2, role_end - 1)
                .iter()
                .collect::<String>()
        });
        let content = scan.slice(token.end, close.at).to_vec();
        let wrong = if after.is_some() && before.is_some() {
            Some("interpreted text has roles before and after it")
        } else if close.marks > 0 && (before.is_some() || after.is_some()) {
            Some("interpreted text has a role, and is a reference as well")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            self.problem(at.line, wrong);
            inline.is_problematic = true;
            return end;
        }
        // The suffix can be escaped text that ends in an underscore.
        if close.marks > 0 {
            self.phrase_reference(body, inline, &content, close.marks, at);
        } else {
            let role = before.or(after).unwrap_or_default();
            self.interpreted(inline, &role, &content, at);
        }
        end
    }

    fn phrase_reference(
        &mut self,
        body: &mut Body<'_, '_>,
        inline: &mut Inline,
        content: &[char],
        marks: usize,
        at: At,
    ) {
        let Some((text, link)) = embedded(content) else {
            let text = unescape(content);
            if marks == 2 {
                inline.has_anonymous = true;
                self.names.anonymous_reference();
            } else {
                self.names.reference(normal(&text), at.element);
            }
            return inline.text.push_str(&text);
        };
        let is_name = link.ends_with(&['_']) && !link.ends_with(&['\0', '_']) && !is_uri(link);
        let lead = if is_name {
            let name = unescape(link.get(..link.len() - 1).unwrap_or_default());
            self.names.reference(normal(&name), at.element);
            Lead::Name(normal(&name))
        } else {
            Lead::Uri(uri(link))
        };
        let text = match (&lead, text) {
            (Lead::Name(name) | Lead::Uri(name), []) => name.clone(),
            (_, text) => unescape(text),
        };
        inline.text.push_str(&text);
        if marks == 2 {
            return;
        }
        let name = normal(&text);
        inline.has_identifier = true;
        if let Lead::Name(to) = &lead {
            self.names
                .indirect(Some(name.clone()), to.clone(), at.element);
        }
        let target = Target {
            leads_to: Some(lead),
            line: at.element,
        };
        self.claim(body, &name, target, Claim::Implicit, None);
    }

    /// Gives a name to a target. `line` is where a second claim is reported; docutils has one for some elements only.
    pub(super) fn claim(
        &mut self,
        body: &mut Body<'_, '_>,
        name: &str,
        target: Target,
        claim: Claim,
        line: Option<usize>,
    ) {
        self.work(super::KEPT);
        match self.names.claim(name, target, claim) {
            Noted::Unique => {}
            Noted::Note => {
                if !matches!(body.place, Place::Loose | Place::Substitution) {
                    self.push(body, Child::Message);
                }
            }
            Noted::Twice => {
                let line = line.unwrap_or(self.root_line);
                self.problem(
                    line,
                    format!("the hyperlink target {name:?} is defined twice"),
                );
            }
        }
    }
}

/// Whether a start is between a pair of quotes or brackets, or at the end of the text.
fn is_quoted(scan: &Scan, token: &Token, begin: usize) -> bool {
    if token.at == begin {
        return false;
    }
    match (scan.get(token.at - 1), scan.get(token.end)) {
        (Some(before), Some(after)) => are_quotes(before, after),
        _ => true,
    }
}

/// The text and the URI of `text <uri>`.
fn embedded(content: &[char]) -> Option<(&[char], &[char])> {
    let (close, inner) = content.split_last()?;
    let last = inner.last()?;
    if *close != '>' || is_space(*last) || *last == '\0' {
        return None;
    }
    let is_escaped = |at: usize| at > 0 && inner.get(at - 1) == Some(&'\0');
    let open = (0..inner.len())
        .rev()
        .find(|at| matches!(inner.get(*at), Some('<' | '>')) && !is_escaped(*at))?;
    let link = inner.get(open + 1..)?;
    if inner.get(open) != Some(&'<') || link.first().is_none_or(|c| is_space(*c)) {
        return None;
    }
    let text = inner.get(..open)?;
    let blanks = text
        .iter()
        .rev()
        .take_while(|c| matches!(c, ' ' | '\n'))
        .count();
    if blanks == 0 && !text.is_empty() {
        return None;
    }
    Some((text.get(..text.len() - blanks)?, link))
}

/// A URI without the white space that is not escaped.
pub(super) fn uri(link: &[char]) -> String {
    let mut uri = String::new();
    let mut chars = link.iter();
    while let Some(c) = chars.next() {
        match c {
            '\0' => match chars.next() {
                Some(' ' | '\n') => uri.push(' '),
                Some(c) if !is_space(*c) => uri.push(*c),
                _ => {}
            },
            c if is_space(*c) => {}
            c => uri.push(*c),
        }
    }
    uri
}

/// Whether a link that ends with an underscore is a URI with a scheme or an e-mail address, and not a name.
fn is_uri(link: &[char]) -> bool {
    let scheme = link.iter().position(|c| *c == ':');
    let has_scheme = scheme.is_some_and(|end| {
        let scheme = link.get(..end).unwrap_or_default();
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
        scheme.first().is_some_and(char::is_ascii_alphabetic)
            && scheme.iter().all(is_part)
            && end + 1 < link.len()
    });
    let at = link.iter().position(|c| *c == '@');
    has_scheme || at.is_some_and(|at| at > 0 && at + 2 < link.len() && !link.contains(&' '))
}
