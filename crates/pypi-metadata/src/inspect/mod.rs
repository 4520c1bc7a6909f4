//! A full pass over a distribution.

#[cfg(feature = "digests")]
mod digest;
mod entry_points;
mod form;
mod marker;
mod name;
mod record;
mod record_rows;
mod sdist;
mod wheel;
mod wheel_layout;

use std::io::{Read, Seek};

use crate::{Distribution, ErrorKind, Field, Filename, Finding, Metadata, check};
pub use form::UploadForm;

/// What a full pass over a file found: every problem at once, in the order in which an index looks.
///
/// The file need not be a distribution at all: what keeps it from being one is a finding. Reads the file from end to end,
/// writes nothing, and holds no more than one member of a few MiB in memory.
///
/// # Examples
///
#[cfg_attr(feature = "testing", doc = "```")]
#[cfg_attr(not(feature = "testing"), doc = "```ignore")]
/// use pypi_metadata::{Inspection, testing};
/// # use std::io::Cursor;
///
/// let wheel = testing::wheel("demo", "1.0");
/// let cut = wheel.bytes.len() - 4;
/// let inspection = Inspection::read(&wheel.filename, Cursor::new(&wheel.bytes[..cut]));
/// let refusal = inspection.refusal().expect("a refusal");
/// assert_eq!(refusal.rule(), "zip-not");
/// assert_eq!(refusal.index_text(), Some("Invalid distribution file. File is not a zipfile"));
/// ```
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/legacy.py`.
#[derive(Debug)]
pub struct Inspection {
    distribution: Option<Distribution>,
    findings: Vec<Finding>,
}

impl Inspection {
    /// Inspects a file by its name and contents.
    pub fn read(filename: &str, mut reader: impl Read + Seek) -> Self {
        let distribution = Distribution::read(filename, &mut reader);
        let mut findings = Vec::new();
        if let Ok(distribution) = &distribution {
            findings.extend(distribution.check_fields());
        }
        let metadata = distribution.as_ref().ok().map(Distribution::metadata);
        let of_file = of_file(filename, metadata, &mut reader);
        let is_explained = of_file
            .iter()
            .any(|finding| finding.severity() == crate::Severity::Error);
        findings.extend(of_file);
        match &distribution {
            Ok(distribution) => {
                let metadata = distribution.metadata();
                findings.extend(check::quality::unknown_headers(metadata));
                findings.extend(metadata.advice());
            }
            // The archive is sound, so it is the text of the metadata that does not read.
            Err(error) if !is_explained || matches!(error.kind(), ErrorKind::Metadata(_)) => {
                findings.push(Finding::error(
                    "metadata-unreadable",
                    None,
                    error.message().to_owned(),
                ));
            }
            Err(_) => {}
        }
        Self {
            distribution: distribution.ok(),
            findings,
        }
    }

    /// Inspects a file on disk.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        let path = path.as_ref();
        #[expect(
            clippy::disallowed_methods,
            reason = "the door through which a caller has its files read"
        )]
        let file = std::fs::File::open(path)?;
        let filename = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self::read(&filename.to_string_lossy(), file))
    }

    /// The distribution, when it is one.
    pub fn distribution(&self) -> Option<&Distribution> {
        self.distribution.as_ref()
    }

    /// Everything that was found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What an index would refuse the file for: the first error, whose [`index_text`](Finding::index_text) is its answer.
    pub fn refusal(&self) -> Option<&Finding> {
        let mut errors = self
            .findings
            .iter()
            .filter(|finding| finding.severity() == crate::Severity::Error);
        errors.next()
    }
}

/// What the index says of the file itself, with the metadata of its form.
fn of_file(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> Vec<Finding> {
    let mut findings = name::characters(filename);
    let Some(kind) = name::kind(filename) else {
        findings.push(name::extension());
        return findings;
    };
    findings.extend(name::size(filename, metadata, reader));
    let parsed = Filename::parse(filename);
    let archive = match kind {
        name::Form::Wheel => wheel::inspect(filename, metadata, reader),
        name::Form::TarGz => sdist::inspect(filename, metadata, reader),
        name::Form::Zip => wheel::inspect_zip_sdist(reader),
    };
    findings.extend(archive.refused);
    match &parsed {
        Ok(parsed) => {
            findings.extend(check::tag::check(parsed));
            findings.extend(
                metadata
                    .into_iter()
                    .flat_map(|metadata| check::filename::check(parsed, metadata)),
            );
        }
        Err(error) => findings.push(name::unparsed(filename, kind, metadata, error)),
    }
    findings.extend(archive.content);
    if kind == name::Form::Wheel {
        findings.extend(name::too_long(filename));
    }
    findings.extend(archive.advice);
    findings
}

/// What was found in an archive.
#[derive(Default)]
struct Archive {
    /// What the index refuses before it looks at the file name.
    refused: Vec<Finding>,
    /// What it refuses after that.
    content: Vec<Finding>,
    /// What users would regret.
    advice: Vec<Finding>,
}

impl Archive {
    fn refuse(
        &mut self,
        rule: &'static str,
        message: impl Into<String>,
        sentence: &str,
    ) -> &mut Self {
        let text = format!("Invalid distribution file. {sentence}");
        self.refused
            .push(Finding::error(rule, None, message.into()).with_index_text(text));
        self
    }

    fn help(&mut self, help: &str) {
        if let Some(last) = self.refused.pop() {
            self.refused.push(last.with_help(help));
        }
    }

    fn advise(&mut self, rule: &'static str, message: impl Into<String>, help: &str) {
        self.advice
            .push(Finding::warning(rule, None, message.into()).with_help(help));
    }
}

/// A few of many names, for a message.
fn some<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 3;
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("{name:?}"))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether a member's name leads out of the folder that the archive is unpacked into.
fn is_unsafe(name: &str) -> bool {
    let name = name.replace('\\', "/");
    name.starts_with('/') || name.split('/').any(|part| part == "..") || name.get(1..2) == Some(":")
}

fn missing_license(path: &str, filename: &str, at: &str) -> Finding {
    let message = format!("the license file {path:?} is not in the distribution at {at}");
    Finding::error("license-file-missing", Some(Field::LicenseFile), message)
        .with_help("add the file, or remove its License-File line")
        .with_index_text(format!(
            "License-File {path} does not exist in distribution file {filename} at {at}"
        ))
}

/// The path that all names have in common, as Python's `os.path.commonpath` finds it; none when that is no folder.
fn top_level<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
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
