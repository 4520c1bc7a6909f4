//! Reference names: what they stand for, and who refers to them.

use std::collections::{HashMap, HashSet};

use super::{Checker, chars::spaced};

/// What a name stands for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Target {
    /// The URI, or the other name that it leads to.
    pub(super) leads_to: Option<Lead>,
    pub(super) line: Option<usize>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Lead {
    Name(String),
    Uri(String),
}

#[derive(Default)]
pub(super) struct Names {
    /// The target of each name; none if several claim it.
    targets: HashMap<String, Entry>,
    indirect: Vec<Indirect>,
    references: Vec<(String, Option<usize>)>,
    anonymous: (usize, usize),
    /// Footnotes that are numbered automatically, and references to them, some with a label.
    numbered: Numbered,
    /// The number of footnotes with symbols, and the lines of references to them.
    symbols: (usize, Vec<Option<usize>>),
    pub(super) substitutions: Substitutions,
}

struct Entry {
    target: Option<Target>,
    is_explicit: bool,
}

struct Indirect {
    name: Option<String>,
    to: String,
    line: Option<usize>,
}

/// The labels of footnotes, if they have one, and of the references to them with their lines.
type Numbered = (Vec<Option<String>>, Vec<(Option<String>, Option<usize>)>);

/// How many references there were at some point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    references: usize,
    substitutions: usize,
    anonymous: (usize, usize),
}

/// Substitutions by name, and the references to them.
#[derive(Default)]
pub(super) struct Substitutions {
    /// Exact names, and their number of references to other substitutions.
    defined: HashMap<String, Vec<String>>,
    /// Names in lower case, and the last exact name of each.
    folded: HashMap<String, String>,
    references: Vec<(String, Option<usize>)>,
}

/// The most elements that substitutions may expand to.
const MAX_EXPANSION: usize = 10_000;

/// How a name was given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Claim {
    Explicit,
    Implicit,
}

/// The result of a claim on a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Noted {
    /// docutils leaves a note in the document, which does not fail it.
    Note,
    Twice,
    Unique,
}

impl Names {
    /// Gives a name to a target.
    pub(super) fn claim(&mut self, name: &str, target: Target, claim: Claim) -> Noted {
        let is_explicit = claim == Claim::Explicit;
        let Some(entry) = self.targets.get_mut(name) else {
            let target = Some(target);
            self.targets.insert(
                name.to_owned(),
                Entry {
                    target,
                    is_explicit,
                },
            );
            return Noted::Unique;
        };
        let was_explicit = entry.is_explicit;
        entry.is_explicit |= is_explicit;
        let leads_there = target.leads_to.is_some()
            && entry
                .target
                .as_ref()
                .is_some_and(|old| old.leads_to == target.leads_to);
        if leads_there {
            return Noted::Note;
        }
        match (is_explicit, was_explicit) {
            (true, true) => {
                entry.target = None;
                Noted::Twice
            }
            (true, false) => match entry.target.replace(target) {
                Some(_) => Noted::Note,
                None => Noted::Unique,
            },
            (false, true) => Noted::Note,
            (false, false) => {
                entry.target = None;
                Noted::Note
            }
        }
    }

    /// A target that leads to another name.
    pub(super) fn indirect(&mut self, name: Option<String>, to: String, line: Option<usize>) {
        self.indirect.push(Indirect { name, to, line });
    }

    pub(super) fn reference(&mut self, name: String, line: Option<usize>) {
        self.references.push((name, line));
    }

    pub(super) fn anonymous_reference(&mut self) {
        self.anonymous.0 += 1;
    }

    pub(super) fn anonymous_target(&mut self) {
        self.anonymous.1 += 1;
    }

    pub(super) fn numbered_footnote(&mut self, label: Option<String>) {
        self.numbered.0.push(label);
    }

    pub(super) fn symbol_footnote(&mut self) {
        self.symbols.0 += 1;
    }

    pub(super) fn numbered_reference(&mut self, label: Option<String>, line: Option<usize>) {
        self.numbered.1.push((label, line));
    }

    pub(super) fn symbol_reference(&mut self, line: Option<usize>) {
        self.symbols.1.push(line);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            references: self.references.len(),
            substitutions: self.substitutions.references.len(),
            anonymous: self.anonymous,
        }
    }

    /// Forgets the references since a mark: docutils leaves out the text that contains them.
    pub(super) fn forget(&mut self, mark: Mark) {
        self.references.truncate(mark.references);
        self.substitutions.references.truncate(mark.substitutions);
        self.anonymous = mark.anonymous;
    }

    /// Numbers the footnotes, which become targets by their numbers; returns the line of the first reference for which
    /// none is left.
    fn number(&mut self) -> Option<Option<usize>> {
        let mut number = 0_usize;
        let mut unlabelled = 0;
        for label in &self.numbered.0 {
            number += 1;
            while self.targets.contains_key(&number.to_string()) {
                number += 1;
            }
            if label.is_none() {
                unlabelled += 1;
                let entry = Entry {
                    target: Some(Target::default()),
                    is_explicit: true,
                };
                self.targets.insert(number.to_string(), entry);
            }
        }
        let labels: HashSet<&String> = self.numbered.0.iter().flatten().collect();
        let is_resolved = |label: &String| {
            let entry = self.targets.get(label);
            labels.contains(label) && entry.is_some_and(|entry| entry.target.is_some())
        };
        let mut left = self
            .numbered
            .1
            .iter()
            .filter(|(label, _)| !label.as_ref().is_some_and(is_resolved));
        left.nth(unlabelled).map(|(_, line)| *line)
    }
}

impl Substitutions {
    /// Defines a substitution; returns whether its name was free.
    pub(super) fn define(&mut self, name: &str, within: Vec<String>) -> bool {
        let name = spaced(name);
        self.folded.insert(name.to_lowercase(), name.clone());
        self.defined.insert(name, within).is_none()
    }

    pub(super) fn reference(&mut self, name: &str, line: Option<usize>) {
        self.references.push((spaced(name), line));
    }

    fn key(&self, name: &str) -> Option<&String> {
        match self.defined.get_key_value(name) {
            Some((key, _)) => Some(key),
            None => self.folded.get(&name.to_lowercase()),
        }
    }

    /// The number of elements that a name expands to; an error for a circle.
    fn size(&self, name: &str, sizes: &mut HashMap<String, usize>) -> Result<usize, ()> {
        let mut open: Vec<&String> = Vec::new();
        let mut on_path = HashSet::new();
        open.extend(self.key(name));
        while let Some(key) = open.last().copied() {
            let within = self.defined.get(key).map_or(&[][..], Vec::as_slice);
            if on_path.insert(key) {
                for other in within.iter().filter_map(|other| self.key(other)) {
                    if on_path.contains(other) {
                        return Err(());
                    }
                    if !sizes.contains_key(other) {
                        open.push(other);
                    }
                }
                continue;
            }
            open.pop();
            if sizes.contains_key(key) {
                continue;
            }
            on_path.remove(key);
            let parts = within.iter().map(|other| {
                self.key(other)
                    .and_then(|other| sizes.get(other))
                    .map_or(1, |size| *size)
            });
            let size = parts.fold(1, usize::saturating_add);
            sizes.insert(key.clone(), size);
        }
        Ok(self
            .key(name)
            .and_then(|key| sizes.get(key))
            .copied()
            .unwrap_or(1))
    }
}

impl Checker {
    /// Reports the references that lead nowhere.
    pub(super) fn resolve(&mut self) {
        let mut names = std::mem::take(&mut self.names);
        let numbered = names.number();
        let end = self.after_end;
        self.resolve_substitutions(&names.substitutions);
        let (references, targets) = names.anonymous;
        if references != targets {
            self.problem(
                end,
                format!(
                    "there are {references} anonymous references for {targets} anonymous targets"
                ),
            );
        }
        let mut failed = HashSet::new();
        for indirect in &names.indirect {
            let entry = names.targets.get(&indirect.to);
            if entry.is_none_or(|entry| entry.target.is_none()) {
                let state = if entry.is_some() {
                    "is defined twice"
                } else {
                    "does not exist"
                };
                self.problem(
                    indirect.line.unwrap_or(end),
                    format!(
                        "the hyperlink target leads to {:?}, which {state}",
                        indirect.to
                    ),
                );
                failed.extend(indirect.name.as_deref());
            }
        }
        self.resolve_circles(&names, &mut failed);
        if let Some(line) = numbered {
            self.problem(
                line.unwrap_or(end),
                "there are more references [#]_ than such footnotes",
            );
        }
        if let Some(line) = names.symbols.1.get(names.symbols.0) {
            self.problem(
                line.unwrap_or(end),
                "there are more references [*]_ than such footnotes",
            );
        }
        for (name, line) in &names.references {
            if failed.contains(name.as_str()) {
                continue;
            }
            let line = line.unwrap_or(end);
            match names.targets.get(name) {
                Some(Entry {
                    target: Some(_), ..
                }) => {}
                Some(_) => self.problem(
                    line,
                    format!("the reference {name:?} is ambiguous: several targets have this name"),
                ),
                None => self.problem(line, format!("the reference {name:?} has no target")),
            }
        }
    }

    fn resolve_substitutions(&mut self, substitutions: &Substitutions) {
        let mut sizes = HashMap::new();
        let mut total = 0_usize;
        for (name, line) in &substitutions.references {
            let line = line.unwrap_or(self.after_end);
            if substitutions.key(name).is_none() {
                self.problem(line, format!("the substitution |{name}| is not defined"));
                continue;
            }
            match substitutions.size(name, &mut sizes) {
                Ok(size) => total = total.saturating_add(size - 1),
                Err(()) => self.problem(line, format!("the substitution |{name}| contains itself")),
            }
            if self.is_full() {
                return;
            }
        }
        if total > MAX_EXPANSION {
            self.unchecked(1, "the substitutions expand to more text than is checked");
        }
    }

    /// Targets that lead to each other.
    fn resolve_circles<'n>(&mut self, names: &'n Names, failed: &mut HashSet<&'n str>) {
        let mut checked = HashSet::new();
        for indirect in &names.indirect {
            let mut path = HashSet::new();
            let mut name = indirect.to.as_str();
            while let Some(Entry {
                target:
                    Some(Target {
                        leads_to: Some(Lead::Name(next)),
                        ..
                    }),
                ..
            }) = names.targets.get(name)
            {
                if checked.contains(name) {
                    break;
                }
                if !path.insert(name) {
                    let line = indirect.line.unwrap_or(self.after_end);
                    self.problem(
                        line,
                        format!(
                            "the hyperlink target leads to {:?}, which leads back to it",
                            indirect.to
                        ),
                    );
                    failed.extend(path.iter());
                    break;
                }
                name = next;
            }
            checked.extend(path);
        }
    }
}

/// A name in lower case, with single blanks.
pub(super) fn normal(name: &str) -> String {
    spaced(&name.to_lowercase())
}
