//! What PyPI would say about fields and file names.

mod classifier;
mod content_type;
mod description;
mod email;
mod fields;
pub(crate) mod file_size;
pub(crate) mod filename;
mod import_name;
pub(crate) mod license;
pub(crate) mod limit;
mod metadata_version;
mod names;
pub(crate) mod quality;
mod requirement;
mod requires_python;
mod stdlib;
mod url;

use crate::{Distribution, Field, Finding, Metadata, python_repr, rules};
use limit::Limit;

impl Metadata {
    /// Everything that PyPI would reject in an upload form with these fields, in the order in which it checks them: the
    /// first finding with an [`index_text`](Finding::index_text) is its answer.
    ///
    /// `License-Expression` is checked with the feature `licenses`. The description is not rendered.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::{Metadata, rules};
    ///
    /// let metadata = Metadata::parse(b"Metadata-Version: 2.4\nName: demo\nVersion: one\n")?;
    /// let finding = &metadata.check()[0];
    /// assert_eq!(finding.rule(), &rules::VERSION_INVALID);
    /// assert_eq!(finding.index_text(), Some(
    ///     "'one' is invalid for 'version'. \
    ///      See https://packaging.python.org/specifications/core-metadata for more information."
    /// ));
    /// # Ok::<(), pypi_metadata::MetadataError>(())
    /// ```
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, `forklift/metadata.py`, which runs `packaging.metadata` 26.2 first.
    pub fn check(&self) -> Vec<Finding> {
        fields::check(self)
    }

    /// What PyPI accepts but users would notice: warnings and hints that [`check`](Self::check) does not return.
    pub fn advice(&self) -> Vec<Finding> {
        let mut findings = quality::check(self);
        findings.extend(import_name::advice(self));
        findings
    }

    /// Whether PyPI can render the description: errors where it cannot, and a hint where that could not be checked. Each
    /// has a [`position`](Finding::position) in the description.
    ///
    /// Markdown and plain text always render. Without a content type, the description is reStructuredText.
    ///
    /// # Source
    ///
    /// Warehouse, 2026-08-21, with `readme_renderer`, which fails on every warning of docutils.
    pub fn check_description(&self) -> Vec<Finding> {
        description::check(self)
    }

    /// Whether the name is that of a module in Python's standard library, which PyPI rejects for a new project.
    pub(crate) fn check_stdlib(&self) -> Option<Finding> {
        stdlib::check(self)
    }
}

impl Distribution {
    /// Everything that is wrong with the file name and the metadata, of any severity.
    ///
    /// A field that is newer than `Metadata-Version` and a repeated single-valued field are warnings here: an upload
    /// leaves them out, because the index would reject the file otherwise. A `Metadata-Version` newer than PyPI is known to
    /// accept is a warning too, because only the index can tell.
    ///
    /// [`Inspection`](crate::Inspection) checks the rest of the file too.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = self.check_fields();
        findings.extend(filename::tags(self.filename()).map(|mut finding| {
            filename::soften_newer(self.filename(), &mut finding);
            finding
        }));
        findings.extend(filename::check(self.filename(), self.metadata()));
        let unknown = quality::unknown_headers(self.metadata());
        Limit::of(findings.into_iter().chain(unknown))
    }

    /// Checks the fields as an upload sends them.
    pub(crate) fn check_fields(&self) -> Vec<Finding> {
        let mut findings = self.metadata().check();
        for finding in &mut findings {
            if finding.rule() == &rules::FIELD_TOO_NEW || finding.rule() == &rules::FIELD_REPEATED {
                let message = format!("{finding}; an upload leaves it out");
                *finding = finding.clone().left_out(message);
            } else if finding.rule() == &rules::METADATA_VERSION
                && metadata_version::is_newer(self.metadata())
            {
                *finding = finding.clone().into_warning();
            }
        }
        findings.extend(self.metadata().check_stdlib());
        findings.extend(self.metadata().check_description());
        findings
    }
}

/// The finding with its sentence completed by the link that the index adds to every sentence about a field.
fn with_link(finding: Finding) -> Finding {
    let Some(sentence) = finding.index_text() else {
        return finding;
    };
    let page = if finding.rule() == &rules::VERSION_LOCAL {
        "https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers"
    } else {
        "https://packaging.python.org/specifications/core-metadata"
    };
    let stop = if sentence.ends_with('.') { "" } else { "." };
    let sentence = format!("{sentence}{stop} See {page} for more information.");
    finding.with_index_text(sentence)
}

/// The finding with a sentence of `packaging`, which passes it through `str.format_map` for the name of the field: braces in
/// a value count as a replacement too, and any other than `{field}` is an exception that the index does not expect. Then
/// the finding has no sentence.
fn with_packaging_text(finding: Finding, template: &str) -> Finding {
    let field = finding.field().map_or("", Field::header);
    match format_map(template, &python_repr(&field.to_ascii_lowercase())) {
        Some(sentence) => finding.with_index_text(sentence),
        None => finding,
    }
}

fn format_map(template: &str, field: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at_checked(at)?;
        text.push_str(before);
        let known = [("{{", "{"), ("}}", "}"), ("{field}", field)];
        let (pattern, value) = known
            .into_iter()
            .find(|(pattern, _)| brace.starts_with(pattern))?;
        text.push_str(value);
        rest = brace.get(pattern.len()..)?;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The results of `str.format_map`; an exception is `None`.
    #[test]
    fn braces_in_a_value_are_replaced_as_packaging_replaces_them() {
        for (template, text) in [
            (
                "'x' is invalid for {field}",
                Some("'x' is invalid for 'name'"),
            ),
            ("'{{x}}' {field}", Some("'{x}' 'name'")),
            ("'{field}' {field}", Some("''name'' 'name'")),
            ("'{x}' {field}", None),
            ("'{' {field}", None),
            ("'}' {field}", None),
        ] {
            let found = format_map(template, "'name'");
            assert_eq!(found.as_deref(), text, "{template}");
        }
    }
}
