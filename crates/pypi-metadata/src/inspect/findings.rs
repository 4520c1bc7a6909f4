//! What is found in an archive, in the order in which the index checks it.

use crate::{Finding, Rule, rules};

/// The findings of an archive.
#[derive(Default)]
pub(super) struct ArchiveFindings {
    /// What the index rejects before it checks the file name.
    pub(super) rejected: Vec<Finding>,
    /// What it rejects after that.
    pub(super) content: Vec<Finding>,
    /// What users would notice.
    pub(super) advice: Vec<Finding>,
}

impl ArchiveFindings {
    /// Adds a finding that the index rejects with `Invalid distribution file.` and `sentence`.
    pub(super) fn reject(
        &mut self,
        rule: &'static Rule,
        message: impl Into<String>,
        sentence: &str,
        help: Option<&str>,
    ) {
        let finding = Finding::new(rule, message)
            .with_index_text(format!("Invalid distribution file. {sentence}"));
        self.rejected.push(finding.with_help_if(help));
    }

    /// Whether the archive unpacks to more than the index allows for its size.
    pub(super) fn has_ratio(&self) -> bool {
        let mut rejected = self.rejected.iter();
        rejected.any(|finding| finding.rule() == &rules::ZIP_RATIO)
    }

    pub(super) fn advise(&mut self, rule: &'static Rule, message: impl Into<String>, help: &str) {
        self.advice
            .push(Finding::new(rule, message).with_help(help));
    }

    /// Adds a finding about members that are not unpacked into the target folder, if there are any.
    pub(super) fn advise_outside(&mut self, outside: Vec<&str>, help: &str) {
        if !outside.is_empty() {
            let names = listed(outside);
            let message = format!("members would be unpacked outside the target folder: {names}");
            self.advise(&rules::ARCHIVE_UNSAFE, message, help);
        }
    }
}

/// The first few of many names, for a message.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    listed_of(names.iter().copied(), names.len(), false)
}

/// The first few of `count` names, for a message. With `is_more`, there are more than `count`.
pub(super) fn listed_of<'a>(
    names: impl Iterator<Item = &'a str>,
    count: usize,
    is_more: bool,
) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.take(SHOWN).map(|name| format!("{name:?}")).collect();
    let shown = shown.join(", ");
    match count.saturating_sub(SHOWN) {
        more if is_more => format!("{shown} and more than {more} more"),
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Whether a member would be unpacked outside the target folder.
pub(super) fn is_unsafe(name: &str) -> bool {
    let name = name.replace('\\', "/");
    name.starts_with('/') || name.split('/').any(|part| part == "..") || name.get(1..2) == Some(":")
}

/// The path that all names have in common, as Python's `os.path.commonpath` finds it; `None` if that is not a folder.
pub(super) fn top_level<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut common: Option<Vec<&str>> = None;
    for name in names {
        if name.starts_with('/') {
            return None;
        }
        let parts: Vec<&str> = name
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        common = Some(match common {
            None => parts,
            Some(common) => common
                .into_iter()
                .zip(parts)
                .take_while(|(a, b)| a == b)
                .map(|(a, _)| a)
                .collect(),
        });
    }
    common
        .map(|parts| parts.join("/"))
        .filter(|top| !top.is_empty())
}
