//! Section titles and transitions.

use super::{
    Checker,
    lines::{Body, Line},
};

/// The styles of titles, outermost first, and the level of the last one.
#[derive(Default)]
pub(super) struct Titles {
    styles: Vec<(char, bool)>,
    level: usize,
}

/// A shorter line of punctuation is ordinary text when it does not fit the title.
const SHORT: usize = 4;

/// The character that a line of punctuation repeats.
fn ruled(text: &str) -> Option<char> {
    let first = text.chars().next().filter(char::is_ascii_punctuation)?;
    text.chars().all(|c| c == first).then_some(first)
}

/// The width in columns: two for each wide character.
pub(super) fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f680..=0x1f6ff | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd)
    };
    let zero = |c: char| matches!(u32::from(c), 0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f);
    text.chars()
        .map(|c| if wide(c) { 2 } else { usize::from(!zero(c)) })
        .sum()
}

impl Checker {
    pub(super) fn title_or_transition(&mut self, body: &Body, at: usize) -> Option<usize> {
        let text = body.text(at);
        if let Some(mark) = ruled(text) {
            return self.overline(body, at, mark);
        }
        let mark = ruled(body.text(at + 1))?;
        let (title, line) = (width(text), body.text(at + 1).len());
        if title > line && line < SHORT {
            return None;
        }
        if body.text(at + 1) == "::" || (!body.is_top && line < SHORT) {
            return None;
        }
        if title > line {
            self.problem(
                body.number(at + 1),
                format!("the line below the title {text:?} is too short"),
            );
        }
        self.title(body, at, (mark, false));
        Some(at + 2)
    }

    fn overline(&mut self, body: &Body, at: usize, mark: char) -> Option<usize> {
        let over = body.text(at);
        let next = body.text(at + 1);
        if next.is_empty() {
            return (over.len() >= SHORT).then(|| {
                self.transition(body, at);
                at + 1
            });
        }
        let under = body.text(at + 2);
        if ruled(under) != Some(mark) || under.len() != over.len() {
            if over.len() < SHORT {
                return None;
            }
            let message = match ruled(under) {
                Some(_) => "the lines above and below the title differ",
                None => "no line below the title matches the one above it",
            };
            self.problem(body.number(at), message);
            return Some(at + 3);
        }
        let title = next.trim();
        if width(title) > over.len() {
            if over.len() < SHORT {
                return None;
            }
            self.problem(
                body.number(at),
                format!("the line above the title {title:?} is too short"),
            );
        }
        self.title(body, at + 1, (mark, true));
        Some(at + 3)
    }

    fn title(&mut self, body: &Body, at: usize, style: (char, bool)) {
        self.is_visible = true;
        let line = body.number(at);
        if !body.is_top {
            self.problem(line, "a section title is not allowed here");
            return;
        }
        let titles = &mut self.titles;
        let level = titles
            .styles
            .iter()
            .position(|known| *known == style)
            .map(|place| place + 1);
        match level {
            Some(level) if level <= titles.level + 1 => titles.level = level,
            None if titles.level == titles.styles.len() => {
                titles.styles.push(style);
                titles.level += 1;
            }
            _ => self.problem(line, "the style of the title skips a level"),
        }
        self.names.title(body.text(at));
        self.inline(body.slice(at, at + 1));
    }

    fn transition(&mut self, body: &Body, at: usize) {
        if !body.is_top {
            return;
        }
        let is_first = body.slice(0, at).iter().all(Line::is_blank);
        let is_last = body
            .slice(at + 1, body.lines.len())
            .iter()
            .all(Line::is_blank);
        if is_first || is_last {
            let place = if is_first { "start" } else { "end" };
            self.problem(
                body.number(at),
                format!("a transition at the {place} of the document"),
            );
        }
    }
}
