//! What an index would say, before it is asked.

pub(crate) mod classifier;
pub(crate) mod content_type;
mod description;
pub(crate) mod email;
pub(crate) mod filename;
mod license;
mod metadata;
mod names;
pub(crate) mod quality;
mod requirement;
mod requires_python;
mod stdlib;
pub(crate) mod tag;
pub(crate) mod url;

use crate::{Distribution, Finding, Metadata};

impl Metadata {
    /// Everything that PyPI would refuse in an upload form of these fields, in the order in which it looks: the first
    /// finding that has an [`index_text`](Finding::index_text) is its answer.
    ///
    /// `License-Expression` is judged with the feature `licenses`; the description is not rendered here.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/metadata.py`, which runs `packaging.metadata` 26.2 first.
    pub fn check(&self) -> Vec<Finding> {
        metadata::check(self)
    }

    /// What an index takes and users regret: warnings and hints, none of which [`check`](Self::check) has.
    pub fn advice(&self) -> Vec<Finding> {
        quality::check(self)
    }

    /// Whether an index can show the description: errors where it cannot, and a hint where that was not judged. Each has
    /// a [`position`](Finding::position) in the description.
    ///
    /// Markdown and plain text always can be shown. Without a content type, the description is reStructuredText.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, with `readme_renderer`, which fails on any warning of docutils.
    pub fn check_description(&self) -> Vec<Finding> {
        description::check(self)
    }
}

/// The most findings of a kind that are kept: a text of 8 MiB could have a million.
pub(crate) const MAX_OF_A_KIND: usize = 1_000;

/// What the index says of the project and its description, between the fields and the file.
pub(crate) fn of_project(metadata: &Metadata) -> Vec<Finding> {
    let mut findings: Vec<Finding> = stdlib::check(metadata).into_iter().collect();
    findings.extend(description::check(metadata));
    findings
}

impl Distribution {
    /// Everything that is known to be wrong with the distribution by its file name and metadata, of any severity.
    ///
    /// A field that is newer than its `Metadata-Version`, and a repeat of a single-valued one, are warnings here: an
    /// upload leaves them out, because the index would refuse the file for them.
    ///
    /// [`Inspection`](crate::Inspection) looks at the rest of the file as well.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = self.check_fields();
        findings.extend(tag::check(self.filename()));
        findings.extend(filename::check(self.filename(), self.metadata()));
        findings.extend(quality::unknown_headers(self.metadata()));
        findings
    }

    /// The fields as an upload sends them, and what follows from them.
    pub(crate) fn check_fields(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = metadata::check(self.metadata())
            .into_iter()
            .map(|finding| match finding.rule() {
                metadata::FIELD_TOO_NEW | metadata::FIELD_REPEATED => {
                    finding.into_warning("an upload leaves it out")
                }
                _ => finding,
            })
            .collect();
        findings.extend(of_project(self.metadata()));
        findings
    }
}
