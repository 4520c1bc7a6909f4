//! Section titles and transitions.

use super::{
    Checker, Child, Section,
    chars::{is_space, width},
    inline::At,
    lines::{Body, Place},
    names::{Claim, Target, normal},
};

/// A shorter line of punctuation is ordinary text when it does not fit the title.
const SHORT: usize = 4;

/// The styles of titles, outermost first: the characters above and below.
pub(super) type Style = (Option<char>, char);

/// The character that a line of punctuation repeats.
pub(super) fn rule(text: &str) -> Option<char> {
    let text = text.trim_end_matches(' ');
    let first = text.chars().next().filter(char::is_ascii_punctuation)?;
    text.chars().all(|c| c == first).then_some(first)
}

impl Checker {
    /// A transition, or a title with a line above it.
    pub(super) fn ruled(&mut self, body: &mut Body<'_, '_>) -> bool {
        let text = body.text(body.at);
        let Some(mark) = rule(text) else {
            return false;
        };
        if body.place == Place::Document {
            return self.overlined(body, mark);
        }
        if text == "::" {
            return false;
        }
        if text.len() < SHORT {
            self.push(body, Child::Message);
            return false;
        }
        self.problem(
            body.number(body.at),
            "a section title or a transition is not allowed here",
        );
        self.push(body, Child::Message);
        true
    }

    fn overlined(&mut self, body: &mut Body<'_, '_>, mark: char) -> bool {
        let at = body.at;
        let over = body.text(at);
        let is_short = over.len() < SHORT;
        if body.is_blank(at + 1) {
            if is_short {
                return false;
            }
            let line = u32::try_from(body.source(at)).unwrap_or(u32::MAX);
            self.push(body, Child::Transition(line));
            body.at += 1;
            return true;
        }
        let line = body.number(at);
        let title = body.text(at + 1);
        let problem = if !title.starts_with(' ') && rule(title).is_some() {
            body.at += 1;
            Some("this is not a section title, and not a transition")
        } else {
            body.at += 2;
            let under = body.text(at + 2);
            if body.line(at + 2).is_none() {
                Some("no line below the title matches the one above it: the text ends")
            } else if rule(under).is_none() {
                Some("no line below the title matches the one above it")
            } else if under != over {
                Some("the lines above and below the title differ")
            } else {
                None
            }
        };
        if is_short && (problem.is_some() || width(title) > over.len()) {
            body.at = at;
            self.push(body, Child::Message);
            return false;
        }
        if let Some(problem) = problem {
            self.problem(line, problem);
            self.push(body, Child::Message);
            return true;
        }
        if width(title) > over.len() {
            self.problem(
                line,
                format!(
                    "the line above the title {:?} is too short",
                    title.trim_start_matches(is_space)
                ),
            );
        }
        self.section(
            body,
            title.trim_start_matches(is_space),
            (Some(mark), mark),
            line + 1,
        );
        true
    }

    /// A title whose line below is the current one; false if it is ordinary text.
    pub(super) fn underlined(&mut self, body: &mut Body<'_, '_>) -> bool {
        let title = body.text(body.at - 1);
        let under = body.text(body.at);
        let line = body.number(body.at);
        let is_short = width(title) > under.len();
        if is_short && under.len() < SHORT {
            if body.place == Place::Document {
                self.push(body, Child::Message);
            }
            return false;
        }
        if is_short {
            self.problem(
                line,
                format!("the line below the title {title:?} is too short"),
            );
        }
        if body.place != Place::Document {
            self.problem(body.source(body.at), "a section title is not allowed here");
            self.push(body, Child::Message);
            return true;
        }
        let mark = under.chars().next().unwrap_or_default();
        self.section(body, title, (None, mark), line - 1);
        true
    }

    fn section(&mut self, body: &mut Body<'_, '_>, title: &str, style: Style, line: usize) {
        let known = self.styles.iter().position(|known| *known == style);
        let level = known.unwrap_or(self.styles.len()) + 1;
        let mut parent = self.current;
        let mut depth = self.level;
        if level > depth + 1 {
            self.problem(line, "the style of the title skips a level");
            return self.push(body, Child::Message);
        }
        while depth >= level {
            parent = self
                .sections
                .get(parent)
                .map_or(0, |section| section.parent);
            depth -= 1;
        }
        if known.is_none() {
            self.styles.push(style);
        }
        let section = self.sections.len();
        self.current = parent;
        self.work(super::KEPT);
        self.push(
            body,
            Child::Section(u32::try_from(section).unwrap_or(u32::MAX)),
        );
        self.sections.push(Section {
            parent,
            children: Vec::new(),
        });
        let title = title.to_owned();
        let element = Some(body.source(body.at));
        let at = At { line, element };
        self.level = level;
        // Notes about the names in the title stand before the section.
        let inline = self.inline(body, &title, at);
        self.current = section;
        self.claim(
            body,
            &normal(&inline.text),
            Target::default(),
            Claim::Implicit,
            None,
        );
    }

    /// Reports transitions at the ends of the document and of sections, and next to each other.
    pub(super) fn transitions(&mut self) {
        if self.sections.len() == 1
            && let Some(document) = self.sections.first_mut()
        {
            document.children.retain(|child| *child != Child::Contents);
        }
        let mut path = vec![(0, 0)];
        while let Some((section, at)) = path.last_mut() {
            let (section, index) = (*section, *at);
            *at += 1;
            match self
                .sections
                .get(section)
                .and_then(|section| section.children.get(index))
            {
                None => {
                    path.pop();
                }
                Some(Child::Section(inner)) => path.push((*inner as usize, 0)),
                Some(Child::Transition(line)) => {
                    let line = *line as usize;
                    self.transition(section, index, line);
                }
                Some(_) => {}
            }
            if self.is_full() {
                return;
            }
        }
    }

    fn transition(&mut self, section: usize, index: usize, line: usize) {
        let children = self
            .sections
            .get(section)
            .map_or(&[][..], |section| section.children.as_slice());
        let (before, rest) = children.split_at(index.min(children.len()));
        let is_first = !before.iter().any(counts);
        let after = rest.get(1..).unwrap_or_default();
        let is_last = !after.iter().any(counts);
        let follows = matches!(
            before
                .iter()
                .rev()
                .find(|child| **child != Child::Comment { is_empty: false }
                    && **child != Child::Comment { is_empty: true }),
            Some(Child::Transition(_))
        );
        let steps = before.iter().take_while(|child| !counts(child)).count()
            + after.iter().take_while(|child| !counts(child)).count();
        self.work(steps);
        let mut is_at_end = false;
        if is_last {
            is_at_end = !self.lift(section, index);
        }
        if is_at_end {
            self.problem(line, "a transition at the end of the document");
        }
        if is_first {
            let place = if section == 0 { "document" } else { "section" };
            self.problem(line, format!("a transition at the start of the {place}"));
        } else if follows {
            self.problem(line, "a transition follows another one");
        }
    }

    /// Moves the last transition of a section behind it, or behind the section that contains it.
    fn lift(&mut self, section: usize, index: usize) -> bool {
        let mut inner = section;
        while inner != 0 {
            let parent = self.sections.get(inner).map_or(0, |section| section.parent);
            let children = self
                .sections
                .get(parent)
                .map_or(&[][..], |section| section.children.as_slice());
            let place = children.iter().rposition(
                |child| matches!(child, Child::Section(section) if *section as usize == inner),
            );
            let is_last = place.is_none_or(|place| place + 1 == children.len());
            self.work(1);
            if let Some(place) = place.filter(|_| !is_last) {
                let Some(transition) = self
                    .sections
                    .get_mut(section)
                    .filter(|section| index < section.children.len())
                    .map(|section| section.children.remove(index))
                else {
                    return false;
                };
                if let Some(parent) = self.sections.get_mut(parent) {
                    parent.children.insert(place + 1, transition);
                }
                return true;
            }
            inner = parent;
        }
        false
    }
}

/// Whether a transition may come before or after an element.
fn counts(child: &Child) -> bool {
    !matches!(
        child,
        Child::Comment { .. } | Child::Pending | Child::Substitution | Child::Target { .. }
    )
}
