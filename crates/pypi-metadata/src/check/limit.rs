//! The most findings that are kept: a text of 8 MiB could have a million.

use std::collections::HashMap;

use crate::{Finding, Severity, rules};

/// The most findings of a rule that are kept.
pub(crate) const MAX_FINDINGS: usize = 1_000;

/// The most bytes of the texts of all findings that are kept: 1 MiB.
const MAX_TEXTS: usize = 1024 * 1024;

/// Counts findings, and leaves out those above the limits.
#[derive(Default)]
pub(crate) struct Limit {
    of_rule: HashMap<&'static str, usize>,
    texts: usize,
    left_out: usize,
    has_left_out_error: bool,
}

impl Limit {
    /// The findings of a list within the limits.
    pub(crate) fn of(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
        let (mut limit, mut kept) = (Self::default(), Vec::new());
        limit.extend(&mut kept, findings);
        kept.extend(limit.rest());
        kept
    }

    /// Adds findings to those that are kept, up to the limits.
    pub(crate) fn extend(
        &mut self,
        kept: &mut Vec<Finding>,
        findings: impl IntoIterator<Item = Finding>,
    ) {
        kept.extend(findings.into_iter().filter(|finding| self.keeps(finding)));
    }

    /// Whether a finding is within the limits.
    pub(crate) fn keeps(&mut self, finding: &Finding) -> bool {
        let texts = self.texts + finding.length();
        let of_rule = self.of_rule.entry(finding.rule().id()).or_default();
        if *of_rule < MAX_FINDINGS && texts <= MAX_TEXTS {
            *of_rule += 1;
            self.texts = texts;
            return true;
        }
        self.left_out += 1;
        self.has_left_out_error |= finding.severity() == Severity::Error;
        false
    }

    /// Counts findings that were not even made.
    pub(crate) fn leave_out(&mut self, count: usize, severity: Severity) {
        self.left_out += count;
        self.has_left_out_error |= count > 0 && severity == Severity::Error;
    }

    /// How many findings were left out, if any were.
    pub(crate) fn rest(self) -> Option<Finding> {
        let message = match self.left_out {
            1 => "1 more finding is left out".to_owned(),
            count => format!("{count} more findings are left out"),
        };
        let finding = Finding::new(&rules::FINDINGS_LIMIT, message)
            .with_help("correct those that are shown, and check again");
        let finding = match self.has_left_out_error {
            true => finding,
            false => finding.into_warning(),
        };
        (self.left_out > 0).then_some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(length: usize) -> Finding {
        Finding::new(&rules::DYNAMIC, "x".repeat(length))
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let kept = Limit::of((0..MAX_FINDINGS + 7).map(|_| finding(3)));
        assert_eq!(kept.len(), MAX_FINDINGS + 1);
        let rest = kept.last().expect("a finding");
        assert_eq!(rest.message(), "7 more findings are left out");
        assert_eq!(rest.severity(), Severity::Error);
        let kept = Limit::of((0..MAX_FINDINGS + 1).map(|_| finding(3).into_warning()));
        let rest = kept.last().expect("a finding");
        assert_eq!(rest.message(), "1 more finding is left out");
        assert_eq!(rest.severity(), Severity::Warning);
        assert_eq!(
            Limit::of((0..MAX_FINDINGS).map(|_| finding(3))).len(),
            MAX_FINDINGS
        );
    }

    #[test]
    fn long_texts_are_cut_and_then_left_out() {
        let kept = Limit::of((0..500).map(|_| finding(1_000_000)));
        let (rest, kept) = kept.split_last().expect("findings");
        assert_eq!(rest.rule(), &rules::FINDINGS_LIMIT);
        let bytes: usize = kept.iter().map(Finding::length).sum();
        assert!((MAX_TEXTS / 2..=MAX_TEXTS).contains(&bytes), "{bytes}");
    }
}
