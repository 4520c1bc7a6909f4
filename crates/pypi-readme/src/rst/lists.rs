//! Lists: bullets, numbers, fields, options, and lines.

use super::{
    Checker,
    lines::{Body, Line, dedent},
};

/// The kind of a list's item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// With this marker.
    Bullet(char),
    Field,
    Line,
    Number,
    Option,
}

impl Kind {
    /// The kind of the list whose first item is at a line.
    pub(super) fn of(body: &Body, at: usize) -> Option<Self> {
        let text = body.text(at);
        if let Some((kind, _)) = Self::mark(text) {
            let follows = body.line(at + 1);
            let is_plain = match kind {
                // Text that only looks like an item continues without indent.
                Self::Number => {
                    let next = |line: &Line| {
                        line.is_blank()
                            || line.indent() > 0
                            || matches!(Self::mark(&line.text), Some((Self::Number, _)))
                    };
                    !follows.is_none_or(next)
                }
                Self::Option => {
                    let is_bare = option_mark(text)
                        .is_none_or(|end| text.get(end..).is_none_or(str::is_empty));
                    is_bare && follows.is_none_or(|line| line.indent() == 0)
                }
                _ => false,
            };
            return (!is_plain).then_some(kind);
        }
        None
    }

    /// The kind of the item that a line starts, and where its text begins.
    fn mark(text: &str) -> Option<(Self, usize)> {
        let mut chars = text.chars();
        let first = chars.next()?;
        let is_alone = matches!(chars.next(), None | Some(' '));
        if matches!(first, '-' | '+' | '*' | '•' | '‣' | '⁃') && is_alone {
            return Some((Self::Bullet(first), text_begin(text, first.len_utf8())));
        }
        if first == '|' && is_alone {
            return Some((Self::Line, text_begin(text, 1)));
        }
        if let Some(end) = field_mark(text) {
            return Some((Self::Field, text_begin(text, end)));
        }
        if let Some(end) = number_mark(text) {
            return Some((Self::Number, text_begin(text, end)));
        }
        option_mark(text).map(|end| (Self::Option, text_begin(text, end)))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bullet(_) => "bullet list",
            Self::Field => "field list",
            Self::Line => "line block",
            Self::Number => "enumerated list",
            Self::Option => "option list",
        }
    }
}

/// Where the text after a marker begins.
fn text_begin(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    end + rest.len() - rest.trim_start_matches(' ').len()
}

/// The end of `:name:`.
fn field_mark(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(':')?;
    if rest.starts_with([' ', ':']) {
        return None;
    }
    let mut before = ':';
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            ':' if before != ' ' && matches!(chars.peek(), None | Some((_, ' '))) => {
                return Some(at + 2);
            }
            ':' if matches!(chars.peek(), Some((_, '`'))) => return None,
            _ => {}
        }
        before = c;
    }
    None
}

/// The end of `1.`, `(a)`, `#.`, `iv)`.
fn number_mark(text: &str) -> Option<usize> {
    let is_open = text.starts_with('(');
    let rest = text.get(usize::from(is_open)..)?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#')?;
    let number = rest.get(..end)?;
    let close = rest.get(end..end + 1)?;
    let is_number = number == "#"
        || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        || (number.len() == 1 && number.bytes().all(|b| b.is_ascii_alphabetic()))
        || is_roman(number);
    let fits = if is_open {
        close == ")"
    } else {
        matches!(close, "." | ")")
    };
    let end = usize::from(is_open) + end + 1;
    let is_followed = matches!(text.get(end..end + 1), None | Some(" "));
    (is_number && fits && is_followed).then_some(end)
}

fn is_roman(number: &str) -> bool {
    !number.is_empty()
        && (number.chars().all(|c| "ivxlcdm".contains(c))
            || number.chars().all(|c| "IVXLCDM".contains(c)))
}

/// The end of `-a FILE, --all=FILE`, when two blanks or the end follow.
fn option_mark(text: &str) -> Option<usize> {
    if !text.starts_with('-') {
        return None;
    }
    let end = text.find("  ").unwrap_or(text.len());
    let options = text.get(..end)?;
    options.split(", ").all(is_option).then_some(end)
}

fn is_option(option: &str) -> bool {
    let (name, argument) = match option.split_once([' ', '=']) {
        Some((name, argument)) => (name, Some(argument)),
        None => (option, None),
    };
    let is_name = match name.strip_prefix("--") {
        Some(long) => {
            long.starts_with(|c: char| c.is_ascii_alphabetic())
                && long
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        }
        None => name.strip_prefix('-').is_some_and(|short| {
            short.starts_with(|c: char| c.is_ascii_alphanumeric())
                && short
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
                && (short.len() == 1 || argument.is_none())
        }),
    };
    let is_argument = |argument: &str| {
        let is_angle = argument.starts_with('<') && argument.ends_with('>');
        is_angle
            || (argument.starts_with(|c: char| c.is_ascii_alphabetic())
                && argument
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
    };
    is_name && argument.is_none_or(is_argument)
}

impl Checker {
    /// Checks the items of a list, from its first.
    pub(super) fn items(&mut self, body: &Body, at: usize, kind: Kind) -> usize {
        let mut at = at;
        loop {
            let end = self.item(body, at, kind);
            let next = body
                .lines
                .iter()
                .skip(end)
                .position(|line| !line.is_blank())
                .map(|blanks| end + blanks);
            let Some(next) = next else {
                return body.lines.len();
            };
            let is_same = Kind::mark(body.text(next)).is_some_and(|(next, _)| next == kind);
            let is_end = kind == Kind::Line && next > end;
            if is_same && !is_end {
                at = next;
                continue;
            }
            if next == end {
                self.problem(
                    body.number(next),
                    format!("the {} ends without a blank line", kind.name()),
                );
            }
            return end;
        }
    }

    /// Checks one item; returns its end, without trailing blank lines.
    fn item(&mut self, body: &Body, at: usize, kind: Kind) -> usize {
        let Some(line) = body.line(at) else {
            return at + 1;
        };
        let begin = Kind::mark(&line.text).map_or(0, |(_, begin)| begin);
        let is_hanging = matches!(kind, Kind::Bullet(_) | Kind::Number) && begin < line.text.len();
        let end = body
            .indented(at + 1, if is_hanging { begin } else { 1 })
            .max(at + 1);
        if kind == Kind::Line {
            let end = at
                + 1
                + body
                    .lines
                    .iter()
                    .skip(at + 1)
                    .take_while(|line| !line.is_blank() && line.indent() > 0)
                    .count();
            let mut lines = vec![line.from(begin)];
            lines.extend(dedent(body.slice(at + 1, end)));
            self.inline(&lines);
            return end;
        }
        let mut lines = vec![line.from(begin)];
        let rest = body.slice(at + 1, end);
        if is_hanging {
            lines.extend(rest.iter().map(|line| line.without(begin)));
        } else {
            lines.extend(dedent(rest));
        }
        self.nest(lines, body.depth + 1, false);
        end
    }
}
