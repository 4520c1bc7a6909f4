//! A rule for distributions and uploads.

pub mod rules;

use std::fmt;

/// A rule: what a [`Finding`](crate::Finding) is about.
///
/// The table [`rules`] has them all. Ids are stable; a new rule is a minor release.
///
/// # Examples
///
/// ```
/// use pypi_metadata::{Rule, Severity, rules};
///
/// let rule = Rule::find("classifier-unknown").expect("a rule");
/// assert_eq!(rule, &rules::CLASSIFIER_UNKNOWN);
/// assert_eq!(rule.severity(), Severity::Error);
/// assert_eq!(Rule::find("classifier-unkown"), None);
/// assert_eq!(Rule::closest("classifier-unkown"), Some(rule));
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct Rule {
    id: &'static str,
    severity: Severity,
    summary: &'static str,
    page: &'static str,
}

/// How serious a finding is.
#[expect(
    clippy::exhaustive_enums,
    reason = "a script maps each to an exit code"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Nothing is wrong, but something could be better or could not be checked.
    Hint,
    /// The index accepts it, but users may have problems.
    Warning,
    /// The index rejects it.
    Error,
}

impl Rule {
    /// The rule of that id.
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().find(|rule| rule.id == id)
    }

    /// Every rule, in the order of the table.
    pub fn all() -> impl ExactSizeIterator<Item = &'static Self> {
        rules::ALL.iter().copied()
    }

    /// The rule whose id is most like `id`, if any is similar: for the message about an unknown id.
    pub fn closest(id: &str) -> Option<&'static Self> {
        const MAX_ID: usize = 64;
        if id.len() > MAX_ID {
            return None;
        }
        let id = id.to_ascii_lowercase().replace('_', "-");
        let (distance, rule) = Self::all()
            .map(|rule| (distance(&id, rule.id), rule))
            .min_by_key(|(distance, _)| *distance)?;
        let is_part = || Self::all().find(|rule| id.len() > 3 && rule.id.contains(id.as_str()));
        if distance * 3 <= id.len() {
            Some(rule)
        } else {
            is_part()
        }
    }

    /// The id, such as `classifier-unknown`.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// How serious a finding of this rule is, unless the [finding](crate::Finding::severity) is milder.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What a finding of this rule says, in half a sentence without its subject's name.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The URL of the page that explains the rule.
    pub fn page(&self) -> &'static str {
        self.page
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Hint => "hint",
            Self::Warning => "warning",
        })
    }
}

/// The number of insertions, deletions and replacements of bytes that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, byte) in a.bytes().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (other, above) in b.bytes().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(byte != other))
                .min(left + 1)
                .min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_lower_case() {
        let ids: std::collections::BTreeSet<&str> = Rule::all().map(Rule::id).collect();
        assert_eq!(ids.len(), Rule::all().len());
        let is_id = |id: &&str| {
            id.split('-').all(|word| {
                !word.is_empty()
                    && word
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            })
        };
        assert!(ids.iter().all(is_id), "{ids:?}");
    }

    #[test]
    fn pages_are_https_urls() {
        for rule in Rule::all() {
            assert!(rule.page.starts_with("https://"), "{rule}: {}", rule.page);
            assert!(!rule.summary.ends_with('.'), "{rule}: {}", rule.summary);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        for (id, closest) in [
            ("classifer-unknown", "classifier-unknown"),
            ("version_local", "version-local"),
            ("Name-Invalid", "name-invalid"),
            ("two-sdists", "release-two-sdists"),
            ("release-verison", "release-versions"),
        ] {
            assert_eq!(Rule::closest(id).map(Rule::id), Some(closest), "{id}");
        }
        for id in [
            "",
            "x",
            "something-else-entirely",
            &"version-local".repeat(9),
        ] {
            assert_eq!(Rule::closest(id), None, "{id}");
        }
    }

    #[test]
    fn distances_are_counted_in_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
