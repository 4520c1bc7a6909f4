//! What an index would say, before it is asked.

mod filename;
mod metadata;
#[cfg(feature = "requirements")]
mod requirement;

use crate::{Distribution, Finding, Metadata};

impl Metadata {
    /// Everything that PyPI would refuse in an upload form of these fields, in the order in which it looks: the first
    /// finding that has an [`index_text`](Finding::index_text) is its answer.
    ///
    /// Of `Requires-Dist` it judges what `pep508_rs` can, with the feature `requirements` only. It does not judge
    /// addresses, URLs, license expressions, `Requires-Python`, `Dynamic` and import names, nor render the description.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/metadata.py`, which runs `packaging.metadata` 26.2 first.
    pub fn check(&self) -> Vec<Finding> {
        metadata::check(self)
    }
}

impl Distribution {
    /// Everything that is known to be wrong with the distribution, of any severity.
    ///
    /// A field that is newer than its `Metadata-Version`, and a repeat of a single-valued one, are warnings here: an
    /// upload leaves them out, because the index would refuse the file for them.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = metadata::check(self.metadata())
            .into_iter()
            .map(|finding| match finding.rule() {
                metadata::FIELD_TOO_NEW | metadata::FIELD_REPEATED => {
                    finding.into_warning("an upload leaves it out")
                }
                _ => finding,
            })
            .collect();
        findings.extend(filename::check(self.filename(), self.metadata()));
        for header in self.metadata().unknown_headers() {
            let text = format!("{header:?} is no field of core metadata: indexes ignore it");
            findings.push(Finding::warning("field-unknown", None, text));
        }
        findings
    }
}
