//! Directives that do more than contain a body.

use super::{
    super::{
        Checker, Child,
        chars::is_space,
        explicit::simple_name,
        inline::At,
        lines::{Body, Indent, Place},
        lists::field_mark,
        names::{Claim, Lead, Target, normal},
        roles::{Role, unknown},
        scan::null_escapes,
        target::lead,
    },
    Directive, Failure,
    specs::Kind,
    value::{code, is_class},
};

/// Some of the languages that Pygments highlights; it knows hundreds.
const LANGUAGES: [&str; 34] = [
    "",
    "bash",
    "c",
    "c++",
    "console",
    "cpp",
    "css",
    "diff",
    "go",
    "html",
    "ini",
    "java",
    "javascript",
    "js",
    "json",
    "latex",
    "make",
    "none",
    "perl",
    "pycon",
    "python",
    "python3",
    "rst",
    "ruby",
    "rust",
    "sh",
    "shell",
    "sql",
    "tex",
    "text",
    "toml",
    "xml",
    "yaml",
    "zsh",
];

impl Checker {
    /// Gives an element the name of its option.
    pub(super) fn name(&mut self, body: &mut Body<'_, '_>, name: &str, line: Option<usize>) {
        let target = Target {
            line,
            ..Target::default()
        };
        self.within.has_identifier = true;
        self.claim(body, &normal(name), target, Claim::Explicit, line);
    }

    pub(super) fn image(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let is_figure = directive.spec.kind == Kind::Figure;
        let align = directive
            .option("align")
            .map(|align| align.trim_matches(is_space).to_lowercase());
        if let Some(align) = align.filter(|_| !is_figure) {
            let is_vertical = matches!(align.as_str(), "top" | "middle" | "bottom");
            if is_vertical != directive.is_in_substitution {
                return Err(directive.error(&format!("cannot have the alignment {align:?} here")));
            }
        }
        if let Some(target) = directive.option("target") {
            let lines: Vec<Vec<char>> = target.lines().map(null_escapes).collect();
            if let Some(Lead::Name(name)) = lead(&lines) {
                let line = if is_figure {
                    Some(directive.line)
                } else {
                    Some(body.source(body.at))
                };
                self.names.reference(name, line);
            }
        }
        if let Some(name) = directive.option("name") {
            self.name(body, name, Some(directive.line));
        }
        if !is_figure {
            let child = if directive.is_in_substitution {
                Child::Inline
            } else {
                Child::Other
            };
            self.push(body, child);
        }
        Ok(())
    }

    /// The content of a figure is a caption, or an empty comment, and a legend.
    pub(super) fn figure(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        if let Some(name) = directive.option("figname") {
            self.name(body, name, Some(directive.line));
        }
        let children = if directive.content.is_empty() {
            Vec::new()
        } else {
            self.content(body, directive, Place::Loose)
        };
        self.push(body, Child::Other);
        let first = children
            .iter()
            .find(|child| !matches!(child, Child::Target { .. } | Child::Pending));
        match first {
            None | Some(Child::Paragraph | Child::Comment { is_empty: true }) => Ok(()),
            Some(_) => Err(directive.error("has a caption that is not a paragraph")),
        }
    }

    /// Topics are not allowed within other elements.
    pub(super) fn may_contain_topics(
        &self,
        body: &Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let is_nested = body.place == Place::Sidebar && directive.spec.kind == Kind::Sidebar;
        if body.place == Place::Other || is_nested {
            return Err(directive.error("is not allowed within other elements"));
        }
        if directive.option("subtitle").is_some() && directive.argument.is_none() {
            return Err(directive.error("has a subtitle, but no title"));
        }
        Ok(())
    }

    pub(super) fn container(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        if let Some(class) = directive
            .argument
            .as_deref()
            .filter(|class| !is_class(class))
        {
            return Err(directive.error(&format!("has an invalid class {class:?}")));
        }
        self.content(body, directive, Place::Other);
        Ok(())
    }

    /// Directives that change what is around them, or that stand for text.
    pub(super) fn effect(
        &mut self,
        body: &mut Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let argument = directive.argument.as_deref().unwrap_or_default();
        if directive.spec.kind == Kind::Class {
            if !is_class(argument) {
                return Err(directive.error(&format!("has an invalid class {argument:?}")));
            }
            if directive.content.is_empty() {
                self.push(body, Child::Pending);
                body.awaits.0 = true;
                self.class_line = body.source(body.at);
                return Ok(());
            }
            for child in self.content(body, directive, Place::Loose) {
                self.push(body, child);
            }
            return Ok(());
        }
        if !directive.is_in_substitution {
            return Err(directive.error("is allowed in substitutions only"));
        }
        if directive.spec.kind == Kind::Unicode {
            let text = argument.split(" .. ").next().unwrap_or_default();
            let text = text.split("\n.. ").next().unwrap_or_default();
            let text = if text.starts_with(".. ") { "" } else { text };
            for word in text.split(is_space).filter(|word| !word.is_empty()) {
                if code(word).is_none() {
                    return Err(directive.error(&format!("has an invalid character code {word:?}")));
                }
                self.push(body, Child::Inline);
            }
            return Ok(());
        }
        if directive.spec.kind == Kind::Replace {
            directive.needs_content()?;
            let mut has_paragraph = false;
            for child in self.content(body, directive, Place::Loose) {
                match child {
                    Child::Paragraph if !has_paragraph => has_paragraph = true,
                    Child::Message => self.push(body, Child::Message),
                    _ => return Err(directive.error("contains more than one paragraph")),
                }
            }
            if !has_paragraph {
                return Ok(());
            }
        }
        self.push(body, Child::Inline);
        Ok(())
    }

    /// Defines a role: `name(base)`, then options.
    pub(super) fn role_directive(
        &mut self,
        body: &Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let content = directive.content;
        if content.is_empty() || directive.offset > directive.line {
            return Err(directive.error("needs an argument on its first line"));
        }
        let text = body.text(content.begin).to_owned();
        let invalid = || directive.error(&format!("has invalid names of roles: {text:?}"));
        let rest = simple_name(&text).ok_or_else(invalid)?;
        let name = text.get(..text.len() - rest.len()).unwrap_or_default();
        let rest = rest.trim_matches(is_space);
        let mut role = Role::Generic;
        if !rest.is_empty() {
            let base = rest
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'));
            let base = base
                .map(|base| base.trim_matches(is_space))
                .filter(|base| simple_name(base) == Some(""));
            let base = base.ok_or_else(invalid)?;
            role = self
                .roles
                .get(base)
                .ok_or_else(|| Failure::Error(unknown(base)))?;
        }
        let known = super::specs::role(role);
        let mut end = content.end;
        while end > content.begin + 1 && body.is_blank(end - 1) {
            end -= 1;
        }
        let mut begin = content.begin + 1;
        if begin < end && body.is_blank(begin) {
            begin += 1;
        }
        let blank = (begin..end).find(|at| body.is_blank(*at)).unwrap_or(end);
        let mut options = Vec::new();
        if begin < blank {
            if field_mark(body.text(begin)).is_none() {
                return Err(directive.error("takes no content"));
            }
            options = self.directive_options(body, "role", known, begin, blank)?;
        }
        if (blank..end).any(|at| !body.is_blank(at)) {
            return Err(directive.error("takes no content"));
        }
        if !options.iter().any(|(option, _)| option == "class") && !is_class(name) {
            return Err(directive.error(&format!("has a name that is not a class: {name:?}")));
        }
        let language = options.iter().find(|(option, _)| option == "language");
        let language = language
            .and_then(|(_, value)| value.as_deref())
            .unwrap_or_default()
            .to_lowercase();
        if !LANGUAGES.contains(&language.as_str()) {
            self.unchecked(
                directive.line,
                format!("the language {language:?} of a role"),
            );
        }
        self.roles.define(name, role);
        Ok(())
    }

    pub(super) fn default_role(
        &mut self,
        body: &Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        self.sync(body);
        let Some(name) = directive
            .argument
            .as_deref()
            .map(|name| name.trim_matches(is_space))
        else {
            self.roles.set_default(None);
            return Ok(());
        };
        let role = self
            .roles
            .get(name)
            .ok_or_else(|| Failure::Error(unknown(name)))?;
        self.roles.set_default(Some(role));
        Ok(())
    }

    /// Fields, whose names are words and pairs.
    pub(super) fn meta(
        &mut self,
        body: &Body<'_, '_>,
        directive: &Directive,
    ) -> Result<(), Failure> {
        let mut lines = body
            .slice(directive.content.begin, directive.content.end)
            .to_vec();
        let mut inner = Body::new(&mut lines, directive.offset, Place::Other);
        while inner.at < inner.lines.len() {
            if inner.is_blank(inner.at) {
                inner.at += 1;
                continue;
            }
            let Some((name, end)) = field_mark(inner.text(inner.at)) else {
                return Err(directive.error("contains a line that is not a field"));
            };
            let block = inner.indented(Indent::First(end), false);
            let mut words = name.split(is_space).filter(|word| !word.is_empty()).skip(1);
            let is_pair = |word: &str| {
                word.split_once('=')
                    .is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
            };
            if !block.is_empty() && !words.all(is_pair) {
                self.problem(
                    self.root_line,
                    "an attribute of the directive \"meta\" is not a pair",
                );
            }
            inner.at += 1;
        }
        Ok(())
    }

    pub(super) fn line_block_directive(&mut self, body: &mut Body<'_, '_>, directive: &Directive) {
        for at in directive.content.begin..directive.content.end {
            let text = body.text(at).trim_matches(is_space).to_owned();
            let index = at - directive.content.begin;
            let at = At {
                line: directive.line + directive.offset + index,
                element: Some(directive.line + index),
            };
            self.inline(body, &text, at);
        }
    }
}
