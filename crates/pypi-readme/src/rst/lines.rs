//! Lines, and the body that they form.

use std::borrow::Cow;

use super::{Child, chars::is_space};

/// One line, without trailing blanks and without the indent of the body that contains it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    /// The line of the description, from 1.
    pub(super) number: usize,
}

impl<'t> Line<'t> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.chars().all(is_space)
    }

    pub(super) fn indent(&self) -> usize {
        self.text.chars().take_while(|c| is_space(*c)).count()
    }

    /// The text without its first `count` characters.
    pub(super) fn without(&self, count: usize) -> &'t str {
        let is_ascii = self
            .text
            .as_bytes()
            .get(..count)
            .is_some_and(<[u8]>::is_ascii);
        if is_ascii {
            return self.text.get(count..).unwrap_or_default();
        }
        let begin = self.text.char_indices().nth(count);
        begin
            .and_then(|(at, _)| self.text.get(at..))
            .unwrap_or_default()
    }
}

/// The element that a body belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// The document and its sections.
    Document,
    /// A directive reads the elements and decides what becomes of them.
    Loose,
    Other,
    Sidebar,
    Substitution,
}

/// The lines of a body, the current one, and the elements found so far.
#[derive(Debug)]
pub(super) struct Body<'m, 't> {
    pub(super) lines: &'m mut [Line<'t>],
    pub(super) at: usize,
    /// The number of lines before the first one, as docutils counts them.
    pub(super) offset: usize,
    pub(super) place: Place,
    /// The line of the closest element that has one.
    pub(super) element: Option<usize>,
    pub(super) children: Vec<Child>,
    /// Whether docutils reads a list, during which the line of the document does not move.
    pub(super) is_held: bool,
    /// A `class` directive still needs an element: in this body, and in the last one within it.
    pub(super) awaits: (bool, bool),
}

/// A part of the lines of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) begin: usize,
    pub(super) end: usize,
    /// Whether a blank line or the end of the body follows.
    pub(super) is_finished: bool,
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.begin >= self.end
    }
}

/// What is known of an indent before its block is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Indent {
    /// Of all lines.
    All(usize),
    /// Of the first line.
    First(usize),
    Unknown,
}

impl<'m, 't> Body<'m, 't> {
    pub(super) fn new(lines: &'m mut [Line<'t>], offset: usize, place: Place) -> Self {
        Self {
            lines,
            at: 0,
            offset,
            place,
            element: None,
            children: Vec::new(),
            is_held: false,
            awaits: (false, false),
        }
    }

    pub(super) fn line(&self, at: usize) -> Option<Line<'t>> {
        self.lines.get(at).copied()
    }

    pub(super) fn text(&self, at: usize) -> &'t str {
        self.line(at).map_or("", |line| line.text)
    }

    /// The number of a line, which need not exist.
    pub(super) fn number(&self, at: usize) -> usize {
        self.offset + at + 1
    }

    /// The line of the description that a line comes from.
    pub(super) fn source(&self, at: usize) -> usize {
        self.line(at)
            .map_or_else(|| self.number(at), |line| line.number)
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.line(at).is_none_or(|line| line.is_blank())
    }

    pub(super) fn slice(&self, begin: usize, end: usize) -> &[Line<'t>] {
        self.lines
            .get(begin..end.min(self.lines.len()))
            .unwrap_or_default()
    }

    pub(super) fn join(&self, begin: usize, end: usize) -> String {
        join(self.slice(begin, end))
    }

    /// The indented lines from the current one on; moves to the last of them. Leading blank lines are left out.
    pub(super) fn indented(&mut self, indent: Indent, until_blank: bool) -> Block {
        let mut block = self.block(indent, until_blank, true);
        while !block.is_empty() && self.is_blank(block.begin) {
            block.begin += 1;
        }
        block
    }

    /// As `indented`, with leading blank lines, and removes the indent only if asked.
    pub(super) fn block(&mut self, indent: Indent, until_blank: bool, strip: bool) -> Block {
        let begin = self.at;
        let (block_indent, first_indent) = match indent {
            Indent::All(columns) => (Some(columns), Some(columns)),
            Indent::First(columns) => (None, Some(columns)),
            Indent::Unknown => (None, None),
        };
        let mut common = block_indent;
        let mut end = begin + usize::from(first_indent.is_some());
        let mut is_finished = true;
        while let Some(line) = self.line(end) {
            let is_outside = !line.text.is_empty()
                && (!line.text.starts_with(' ')
                    || block_indent
                        .is_some_and(|columns| line.indent() < columns && !line.is_blank()));
            if is_outside {
                is_finished = end > begin && self.is_blank(end - 1);
                break;
            }
            if line.is_blank() {
                if until_blank {
                    break;
                }
            } else if block_indent.is_none() {
                let columns = line.indent();
                common = Some(common.map_or(columns, |least| least.min(columns)));
            }
            end += 1;
        }
        if let (Some(columns), Some(first)) = (first_indent, self.lines.get_mut(begin)) {
            first.text = first.without(columns);
        }
        if strip {
            let rest = begin + usize::from(first_indent.is_some());
            self.trim(rest, end, common.unwrap_or(0));
        }
        let end = end.min(self.lines.len());
        if end > begin {
            self.at = end - 1;
        }
        Block {
            begin,
            end,
            is_finished,
        }
    }

    /// Removes characters from the beginning of lines.
    pub(super) fn trim(&mut self, begin: usize, end: usize, count: usize) {
        if count > 0
            && let Some(lines) = self.lines.get_mut(begin..end)
        {
            for line in lines {
                line.text = line.without(count);
            }
        }
    }

    /// The end of the lines up to a blank one, and the first indented line among them, which ends the block as well.
    pub(super) fn text_end(&self, is_flush: bool) -> (usize, Option<usize>) {
        let mut end = self.at;
        while let Some(line) = self.line(end) {
            if line.is_blank() {
                break;
            }
            if is_flush && line.text.starts_with(' ') {
                return (end, Some(end));
            }
            end += 1;
        }
        (end, None)
    }
}

pub(super) fn join(lines: &[Line<'_>]) -> String {
    let mut joined = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            joined.push('\n');
        }
        joined.push_str(line.text);
    }
    joined
}

/// The text with tabs expanded to multiples of eight columns.
pub(super) fn expand(text: &str) -> Cow<'_, str> {
    if !text.contains(['\t', '\x0b', '\x0c']) {
        return Cow::Borrowed(text);
    }
    let mut expanded = String::with_capacity(text.len() + text.len() / 8);
    let mut column = 0;
    let mut blanks = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = 8 - column % 8;
                column += width;
                blanks += width;
            }
            ' ' | '\x0b' | '\x0c' => {
                column += 1;
                blanks += 1;
            }
            _ => {
                if is_line_end(c) {
                    column = 0;
                } else {
                    // Blanks are written only if a character follows on their line.
                    expanded.extend(std::iter::repeat_n(' ', blanks));
                    column += 1;
                }
                blanks = 0;
                expanded.push(c);
            }
        }
    }
    Cow::Owned(expanded)
}

/// The lines as Python's `splitlines` finds them, without trailing white space.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::with_capacity(text.bytes().filter(|b| *b == b'\n').count() + 1);
    let mut begin = 0;
    let mut push = |from: usize, to: usize| {
        let text = text.get(from..to).unwrap_or_default();
        let number = lines.len() + 1;
        lines.push(Line {
            text: text.trim_end_matches(is_space),
            number,
        });
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_line_end(c) {
            continue;
        }
        push(begin, at);
        begin = at + c.len_utf8();
        if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
            begin += 1;
        }
    }
    if begin < text.len() {
        push(begin, text.len());
    }
    lines
}

fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
