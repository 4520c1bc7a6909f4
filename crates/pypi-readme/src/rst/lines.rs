//! Lines, and the bodies that they form.

/// One line, without trailing blanks and without the indent of the body that contains it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

/// Lines without their common indent: the whole text, a list item, or the content of a directive.
pub(super) struct Body {
    pub(super) lines: Vec<Line>,
    pub(super) depth: usize,
    pub(super) is_top: bool,
}

impl Body {
    pub(super) fn line(&self, at: usize) -> Option<&Line> {
        self.lines.get(at)
    }

    pub(super) fn text(&self, at: usize) -> &str {
        self.line(at).map_or("", |line| line.text.as_str())
    }

    pub(super) fn number(&self, at: usize) -> usize {
        self.line(at)
            .or_else(|| self.lines.last())
            .map_or(1, |line| line.number)
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &[Line] {
        self.lines
            .get(from..to.min(self.lines.len()))
            .unwrap_or_default()
    }

    /// The end of the lines from `at` on that are blank or indented by at least `indent`, without trailing blank lines.
    pub(super) fn indented(&self, at: usize, indent: usize) -> usize {
        let belongs = |line: &&Line| line.is_blank() || line.indent() >= indent;
        let count = self.lines.iter().skip(at).take_while(belongs).count();
        let mut end = at + count;
        while end > at && self.text(end - 1).is_empty() {
            end -= 1;
        }
        end
    }

    /// Whether a block that ends before `at` is directly followed by text.
    pub(super) fn is_joined(&self, at: usize) -> bool {
        self.line(at).is_some_and(|line| !line.is_blank())
    }
}

impl Line {
    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The line without `count` blanks of its indent, or without all of it when it has fewer.
    pub(super) fn without(&self, count: usize) -> Self {
        Self {
            number: self.number,
            text: self
                .text
                .get(count.min(self.indent())..)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The line from byte `at` on.
    pub(super) fn from(&self, at: usize) -> Self {
        Self {
            number: self.number,
            text: self.text.get(at..).unwrap_or_default().to_owned(),
        }
    }
}

/// The lines without their common indent.
pub(super) fn dedent(lines: &[Line]) -> Vec<Line> {
    let indents = lines
        .iter()
        .filter(|line| !line.is_blank())
        .map(Line::indent);
    let common = indents.min().unwrap_or(0);
    lines.iter().map(|line| line.without(common)).collect()
}

/// Expands tabs to multiples of eight columns, as docutils does.
pub(super) fn expand(line: &str) -> String {
    if !line.contains('\t') {
        return line.to_owned();
    }
    let mut expanded = String::new();
    let mut column = 0;
    for c in line.chars() {
        let width = if c == '\t' { 8 - column % 8 } else { 1 };
        if c == '\t' {
            expanded.extend(std::iter::repeat_n(' ', width));
        } else {
            expanded.push(c);
        }
        column += width;
    }
    expanded
}
