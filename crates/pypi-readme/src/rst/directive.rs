//! Directives: their names, arguments, options and content.

use super::{
    Checker,
    lines::{Line, dedent},
};

/// The arguments, options and content that a directive takes.
struct Shape {
    names: &'static [&'static str],
    /// The fewest and the most arguments; an argument is a word, or the whole text.
    required: usize,
    most: usize,
    is_whole: bool,
    options: &'static [&'static str],
    content: Content,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Content {
    /// None is allowed.
    None,
    /// Text in reStructuredText; true when it is required.
    Body(bool),
    /// Literal text; true when it is required.
    Verbatim(bool),
    /// A form of its own, which is not checked.
    Special,
}

macro_rules! shapes {
    ($([$($name:literal)+] $required:literal $most:literal $whole:literal [$($option:literal)*] $content:expr;)+) => {
        &[$(Shape {
            names: &[$($name),+],
            required: $required,
            most: $most,
            is_whole: $whole,
            options: &[$($option),*],
            content: $content,
        },)+]
    };
}

/// # Source
///
/// docutils 0.23, `parsers/rst/directives`.
const SHAPES: &[Shape] = shapes! {
    ["attention" "caution" "danger" "error" "hint" "important" "note" "tip" "warning"] 0 0 false ["class" "name"] Content::Body(true);
    ["admonition"] 1 1 true ["class" "name"] Content::Body(true);
    ["topic"] 1 1 true ["class" "name"] Content::Body(true);
    ["sidebar"] 0 1 true ["class" "name" "subtitle"] Content::Body(true);
    ["epigraph" "highlights" "pull-quote"] 0 0 false ["class" "name"] Content::Body(true);
    ["compound"] 0 0 false ["class" "name"] Content::Body(true);
    ["container"] 0 1 true ["name"] Content::Body(true);
    ["header" "footer"] 0 0 false [] Content::Special;
    ["rubric"] 1 1 true ["class" "name"] Content::None;
    ["image"] 1 1 true ["alt" "height" "width" "scale" "align" "target" "class" "name" "loading"] Content::None;
    ["figure"] 1 1 true ["alt" "height" "width" "scale" "align" "target" "class" "name" "loading" "figwidth" "figclass" "figname"] Content::Body(false);
    ["code" "code-block" "sourcecode"] 0 1 false ["class" "force" "name" "number-lines"] Content::Verbatim(true);
    ["math"] 0 1 true ["class" "name" "nowrap" "number" "label"] Content::Verbatim(false);
    ["parsed-literal"] 0 0 false ["class" "name"] Content::Special;
    ["line-block"] 0 0 false ["class" "name"] Content::Special;
    ["table"] 0 1 true ["class" "name" "align" "width" "widths"] Content::Special;
    ["list-table"] 0 1 true ["header-rows" "stub-columns" "width" "widths" "class" "name" "align"] Content::Special;
    ["csv-table"] 0 1 true ["header-rows" "stub-columns" "header" "width" "widths" "encoding" "class" "name" "align" "delim" "keepspace" "quote" "escape" "file" "url"] Content::Special;
    ["contents"] 0 1 true ["backlinks" "class" "depth" "local"] Content::None;
    ["sectnum" "section-numbering"] 0 0 false ["depth" "start" "prefix" "suffix"] Content::None;
    ["target-notes"] 0 0 false ["class" "name"] Content::None;
    ["class" "rst-class"] 1 1 true [] Content::Body(false);
    ["role"] 1 1 true ["class" "language" "format"] Content::Special;
    ["default-role"] 0 1 false [] Content::Special;
    ["title"] 1 1 true [] Content::None;
    ["meta"] 0 0 false [] Content::Special;
    ["replace"] 0 0 false [] Content::Special;
    ["unicode"] 1 1 true ["ltrim" "rtrim" "trim"] Content::None;
    ["date"] 0 1 true [] Content::None;
    ["raw"] 1 1 true ["file" "url" "encoding" "class"] Content::Verbatim(false);
    ["include"] 1 1 true ["literal" "code" "encoding" "parser" "tab-width" "start-line" "end-line" "start-after" "end-before" "number-lines" "class" "name"] Content::None;
};

/// Those without visible content.
const UNSEEN: [&str; 11] = [
    "class",
    "rst-class",
    "role",
    "default-role",
    "title",
    "meta",
    "contents",
    "header",
    "footer",
    "sectnum",
    "section-numbering",
];

/// The parts of a directive.
struct Parts {
    arguments: String,
    options: Vec<(String, usize)>,
    content: Vec<Line>,
}

impl Checker {
    /// `lines` begins with the line of the directive; its dedented text follows.
    pub(super) fn directive(
        &mut self,
        name: &str,
        argument: &str,
        lines: &[Line],
        depth: usize,
        is_in_substitution: bool,
    ) {
        let name = name.to_lowercase();
        let line = lines.first().map_or(1, |line| line.number);
        let Some(shape) = SHAPES
            .iter()
            .find(|shape| shape.names.contains(&name.as_str()))
        else {
            self.is_visible = true;
            return self.problem(line, format!("unknown directive {name:?}: directives of Sphinx and other tools do not render on the index"));
        };
        match name.as_str() {
            "raw" | "include" => {
                return self.problem(
                    line,
                    format!("the directive {name:?} is disabled on the index"),
                );
            }
            "replace" | "unicode" | "date" if !is_in_substitution => {
                return self.problem(
                    line,
                    format!("the directive {name:?} is allowed in substitutions only"),
                );
            }
            "default-role" | "role" | "meta" => {
                return self.unchecked(line, format!("the directive {name:?}"));
            }
            _ => {}
        }
        let parts = parts_of(shape, argument, lines);
        self.is_visible |= !UNSEEN.contains(&name.as_str()) && !is_in_substitution;
        self.fits(&name, shape, &parts, line);
        match shape.content {
            Content::Body(_) => self.nest(parts.content, depth, false),
            Content::Special if name == "replace" || name == "parsed-literal" => {
                let mut content = parts.content;
                content.retain(|line| !line.is_blank());
                self.inline(&content);
            }
            Content::Special => self.unchecked(line, format!("the directive {name:?}")),
            Content::None | Content::Verbatim(_) => {}
        }
    }

    fn fits(&mut self, name: &str, shape: &Shape, parts: &Parts, line: usize) {
        let count = if shape.is_whole {
            usize::from(!parts.arguments.is_empty())
        } else {
            parts.arguments.split_whitespace().count()
        };
        if count < shape.required {
            self.problem(line, format!("the directive {name:?} needs an argument"));
        } else if count > shape.most {
            self.problem(line, format!("too many arguments for the directive {name:?}: leave an empty line before its text"));
        }
        for (option, line) in &parts.options {
            if !shape.options.contains(&option.as_str()) {
                self.problem(
                    *line,
                    format!("the directive {name:?} has no option {option:?}"),
                );
            } else if matches!(option.as_str(), "file" | "url") {
                self.problem(
                    *line,
                    format!("the option {option:?} is disabled on the index"),
                );
            }
        }
        let is_empty = parts.content.iter().all(Line::is_blank);
        match shape.content {
            Content::None if !is_empty => {
                self.problem(line, format!("the directive {name:?} takes no content"))
            }
            Content::Body(true) | Content::Verbatim(true) if is_empty => {
                self.problem(line, format!("the directive {name:?} needs content"));
            }
            _ => {}
        }
    }
}

/// Arguments and options come before the first empty line and the content after it; without arguments and options the
/// content may begin at once.
fn parts_of(shape: &Shape, argument: &str, lines: &[Line]) -> Parts {
    let rest = lines.get(1..).unwrap_or_default();
    let rest: Vec<Line> = dedent(rest);
    let mut block: Vec<Line> = Vec::new();
    let mut head: Vec<Line> = Vec::new();
    if let Some(first) = lines.first() {
        let text = argument.to_owned();
        head.push(Line {
            number: first.number,
            text,
        });
    }
    let has_head = shape.most > 0 || !shape.options.is_empty();
    let blank = rest.iter().position(Line::is_blank).unwrap_or(rest.len());
    let takes_rest = has_head
        && (shape.most > 0
            || rest
                .first()
                .is_some_and(|line| option(&line.text).is_some()));
    let (with_head, content) = rest.split_at(if takes_rest { blank } else { 0 });
    head.extend_from_slice(with_head);
    let options_at = head
        .iter()
        .position(|line| option(&line.text).is_some())
        .unwrap_or(head.len());
    let mut options = Vec::new();
    let (arguments, option_lines) = head.split_at(options_at);
    for line in option_lines {
        if let Some(name) = option(&line.text) {
            options.push((name.to_lowercase(), line.number));
        }
    }
    let mut words: Vec<&str> = arguments
        .iter()
        .map(|line| line.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    if shape.most == 0 {
        // The text after the name is the beginning of the content.
        block.extend(arguments.iter().filter(|line| !line.is_blank()).cloned());
        words.clear();
    }
    block.extend_from_slice(content);
    Parts {
        arguments: words.join(" "),
        options,
        content: block,
    }
}

/// The name of `:name: value`.
fn option(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix(':')?.split_once(':')?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    (is_name && (rest.is_empty() || rest.starts_with(' '))).then_some(name)
}
