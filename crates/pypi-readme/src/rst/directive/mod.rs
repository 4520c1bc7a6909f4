//! Directives: their arguments, options and content, and what each does with them.

mod content;
mod options;
mod specs;
mod tables;
mod value;

use super::{
    Checker, Child,
    chars::is_space,
    inline::At,
    lines::{Block, Body, Indent, Place},
    lists::field_mark,
};
use specs::{Kind, Spec};

/// A directive in the text.
struct Directive {
    name: String,
    spec: &'static Spec,
    /// The argument; several are one if only the last may contain blanks.
    argument: Option<String>,
    options: Vec<(String, Option<String>)>,
    content: Block,
    /// The number of lines before the content, as docutils counts them.
    offset: usize,
    line: usize,
    is_in_substitution: bool,
}

/// Why a directive fails.
enum Failure {
    Error(String),
    /// The parser goes on without the directive.
    Unchecked(String),
}

impl Directive {
    fn option(&self, name: &str) -> Option<&str> {
        let found = self.options.iter().find(|(option, _)| option == name);
        found.map(|(_, value)| value.as_deref().unwrap_or_default())
    }

    fn at(&self) -> At {
        At::line(self.line)
    }

    fn needs_content(&self) -> Result<(), Failure> {
        if self.content.is_empty() {
            return Err(self.error("needs content"));
        }
        Ok(())
    }

    fn error(&self, problem: &str) -> Failure {
        Failure::Error(format!("the directive {:?} {problem}", self.name))
    }
}

impl Checker {
    /// Checks a directive, whose arguments begin after `end` characters of the current line; returns whether a blank
    /// line follows.
    pub(super) fn directive(&mut self, body: &mut Body<'_, '_>, name: &str, end: usize) -> bool {
        let line = body.number(body.at);
        let name = name.to_lowercase();
        let Some(spec) = specs::find(&name) else {
            self.problem(line, format!("unknown directive {name:?}: directives of Sphinx and other tools do not render on the index"));
            let block = body.block(Indent::First(0), false, false);
            self.push(body, Child::Message);
            return block.is_finished;
        };
        let block = body.block(Indent::First(end), false, true);
        self.sync(body);
        let mark = self.names.mark();
        let done = match self.parts(body, name, spec, block, line) {
            Ok(directive) => self.run(body, &directive),
            Err(failure) => Err(failure),
        };
        match done {
            Ok(()) => {}
            Err(Failure::Error(message)) => {
                self.names.forget(mark);
                self.problem(line, message);
                self.push(body, Child::Message);
                return block.is_finished;
            }
            Err(Failure::Unchecked(message)) => self.unchecked(line, message),
        }
        block.is_finished || body.is_blank(body.at + 1)
    }

    /// Splits a directive into its arguments, options and content. The lines of the options are overwritten.
    fn parts(
        &mut self,
        body: &mut Body<'_, '_>,
        name: String,
        spec: &'static Spec,
        block: Block,
        line: usize,
    ) -> Result<Directive, Failure> {
        let is_in_substitution = body.place == Place::Substitution;
        let Block {
            mut begin, mut end, ..
        } = block;
        if body.is_blank(begin) {
            begin += 1;
        }
        while end > begin && body.is_blank(end - 1) {
            end -= 1;
        }
        let takes_arguments = spec.most > 0;
        let mut offset = body.offset + begin;
        let mut content = Block {
            begin,
            end,
            ..block
        };
        let mut arguments = String::new();
        let mut options = Vec::new();
        if begin < end && (takes_arguments || !spec.options.is_empty()) {
            let blank = (begin..end).find(|at| body.is_blank(*at)).unwrap_or(end);
            let is_option = |at: &usize| field_mark(body.text(*at)).is_some();
            let split = (begin..blank)
                .find(|at| !spec.options.is_empty() && is_option(at))
                .unwrap_or(blank);
            if split < blank {
                options = self.directive_options(body, &name, spec, split, blank)?;
            }
            if takes_arguments {
                arguments = body.join(begin, split);
                content.begin = (blank + 1).min(end);
                offset += blank + 1 - begin;
            } else if begin < split {
                // The text before the options is the beginning of the content.
                for at in (begin..split).rev() {
                    let to = blank - (split - at);
                    if let Some(line) = body.line(at)
                        && let Some(place) = body.lines.get_mut(to)
                    {
                        *place = line;
                    }
                }
                content.begin = blank - (split - begin);
            } else {
                content.begin = (blank + 1).min(end);
                offset += blank + 1 - begin;
            }
        }
        while !content.is_empty() && body.is_blank(content.begin) {
            content.begin += 1;
            offset += 1;
        }
        let count = arguments
            .split(is_space)
            .filter(|word| !word.is_empty())
            .count();
        let fails =
            |problem: &str| Err(Failure::Error(format!("the directive {name:?} {problem}")));
        if takes_arguments && count < spec.required {
            return fails("needs an argument");
        }
        if takes_arguments && count > spec.most && !spec.is_whole {
            return Err(Failure::Error(format!(
                "too many arguments for the directive {name:?}: leave an empty line before its text"
            )));
        }
        if !content.is_empty() && !spec.has_content {
            return fails("takes no content");
        }
        Ok(Directive {
            argument: (count > 0).then_some(arguments),
            name,
            spec,
            options,
            content,
            offset,
            line,
            is_in_substitution,
        })
    }

    fn run(&mut self, body: &mut Body<'_, '_>, directive: &Directive) -> Result<(), Failure> {
        let kind = directive.spec.kind;
        match kind {
            Kind::Image | Kind::Figure => self.image(body, directive)?,
            Kind::Table | Kind::ListTable | Kind::CsvTable => {
                return self.table_directive(body, directive);
            }
            Kind::Class | Kind::Replace | Kind::Unicode | Kind::Date => {
                return self.effect(body, directive);
            }
            Kind::Role => return self.role_directive(body, directive),
            Kind::Disabled => {
                return Err(Failure::Error(format!(
                    "the directive {:?} is disabled on the index",
                    directive.name
                )));
            }
            _ => {}
        }
        if kind == Kind::Figure {
            return self.figure(body, directive);
        }
        if matches!(kind, Kind::Contents | Kind::Topic | Kind::Sidebar) {
            self.may_contain_topics(body, directive)?;
        }
        if directive.spec.needs_content {
            directive.needs_content()?;
        }
        // Images have theirs already.
        let name = directive
            .option("name")
            .filter(|_| kind != Kind::Image)
            .map(str::to_owned);
        if let Some(argument) = directive
            .argument
            .as_deref()
            .filter(|_| directive.spec.is_title)
        {
            self.inline(body, argument, directive.at());
        }
        if let Some(subtitle) = directive.option("subtitle") {
            self.inline(body, subtitle, directive.at());
        }
        if let Some(name) = name {
            let line = match kind {
                Kind::Body if directive.name != "compound" => None,
                Kind::Literal if directive.spec.most == 1 && !directive.spec.is_title => None,
                Kind::ParsedLiteral => Some(directive.offset + 1),
                _ => Some(directive.line),
            };
            self.name(body, &name, line);
        }
        match kind {
            Kind::Body | Kind::Topic => {
                self.content(body, directive, Place::Other);
            }
            Kind::Header => {
                self.content(body, directive, Place::Other);
                return Ok(());
            }
            Kind::Sidebar => {
                self.content(body, directive, Place::Sidebar);
            }
            Kind::Container => self.container(body, directive)?,
            Kind::Quote => {
                self.quotes(body, directive.content, directive.offset);
                return Ok(());
            }
            Kind::ParsedLiteral => {
                let text = body.join(directive.content.begin, directive.content.end);
                let mut at = directive.at();
                at.element = Some(directive.offset + 1);
                self.inline(body, &text, at);
            }
            Kind::LineBlock => self.line_block_directive(body, directive),
            Kind::Meta => return self.meta(body, directive),
            Kind::DefaultRole => return self.default_role(body, directive),
            Kind::Title => return Ok(()),
            Kind::Contents => {
                self.push(body, Child::Contents);
                return Ok(());
            }
            Kind::Pending => {
                self.push(body, Child::Pending);
                return Ok(());
            }
            _ => {}
        }
        let child = if kind == Kind::Image && body.place == Place::Substitution {
            Child::Inline
        } else {
            Child::Other
        };
        self.push(body, child);
        Ok(())
    }

    /// Checks the content of a directive as a body of its own.
    fn content(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
        place: Place,
    ) -> Vec<Child> {
        self.nested_at(
            body,
            directive.content,
            place,
            Some(directive.line),
            directive.offset,
        )
    }
}
