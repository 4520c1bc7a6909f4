//! A full pass over a distribution.

mod csv;
#[cfg(feature = "digests")]
mod digest;
mod encryption;
mod entry_points;
mod findings;
mod import_names;
mod record;
mod record_check;
mod sdist;
mod wheel;
mod wheel_layout;
mod zip;
mod zip_sdist;

use std::{
    io::{Read, Seek},
    path::Path,
};

use crate::{
    Distribution, Error, ErrorKind, Field, Filename, Finding, Metadata, Severity, archive,
    check::{
        file_size,
        filename::{self, Extension},
        limit::Limit,
        quality,
    },
    disk, rules,
};

/// Every problem that a full pass over a file found, in the order in which the index checks.
///
/// The file need not be a distribution at all: the reason why it is not is a finding. The pass reads the file from start to
/// end, writes nothing, and keeps at most one member of a few MiB in memory.
///
/// # Examples
///
#[cfg_attr(feature = "testing", doc = "```")]
#[cfg_attr(not(feature = "testing"), doc = "```ignore")]
/// use pypi_metadata::{Inspection, rules, testing};
/// # use std::io::Cursor;
///
/// let wheel = testing::wheel("demo", "1.0");
/// let truncated = &wheel.bytes[..wheel.bytes.len() - 4];
/// let inspection = Inspection::read(&wheel.filename, Cursor::new(truncated));
/// let rejection = inspection.rejection().expect("an error");
/// assert_eq!(rejection.rule(), &rules::ZIP_NOT);
/// assert_eq!(rejection.index_text(), Some("Invalid distribution file. File is not a zipfile"));
/// ```
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/legacy.py`.
#[derive(Clone, Debug)]
pub struct Inspection {
    distribution: Option<Distribution>,
    findings: Vec<Finding>,
}

impl Inspection {
    /// Inspects a file by its name and contents.
    pub fn read(filename: &str, mut reader: impl Read + Seek) -> Self {
        let distribution = Distribution::read(filename, &mut reader);
        let metadata = distribution.as_ref().ok().map(Distribution::metadata);
        let mut of_file = file(filename, metadata, &mut reader);
        if let Ok(distribution) = &distribution {
            for finding in &mut of_file {
                filename::soften_newer(distribution.filename(), finding);
            }
        }
        let is_explained = of_file
            .iter()
            .any(|finding| finding.severity() == Severity::Error);
        let (mut limit, mut findings) = (Limit::default(), Vec::new());
        if let Ok(distribution) = &distribution {
            limit.extend(&mut findings, distribution.check_fields());
        }
        limit.extend(&mut findings, of_file);
        match &distribution {
            Ok(distribution) => {
                let metadata = distribution.metadata();
                limit.extend(&mut findings, quality::unknown_headers(metadata));
                findings.extend(metadata.advice());
            }
            // The archive is fine, so it is the text of the metadata that cannot be parsed.
            Err(error) if !is_explained || matches!(error.kind(), ErrorKind::Metadata(_)) => {
                let finding = Finding::new(&rules::METADATA_UNREADABLE, error.message());
                findings.push(finding.with_help_if(error.help()));
            }
            Err(_) => {}
        }
        findings.extend(limit.rest());
        Self {
            distribution: distribution.ok(),
            findings,
        }
    }

    /// Inspects a file on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Read`] if it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let filename = path.file_name().unwrap_or(path.as_os_str());
        let filename = filename.to_string_lossy();
        let file = disk::open(path).map_err(|source| Error::read(source).of_file(&filename))?;
        Ok(Self::read(&filename, file))
    }

    /// The distribution, if the file is one.
    pub fn distribution(&self) -> Option<&Distribution> {
        self.distribution.as_ref()
    }

    /// Its parts: the distribution, if the file is one, and everything that was found.
    pub fn into_parts(self) -> (Option<Distribution>, Vec<Finding>) {
        (self.distribution, self.findings)
    }

    /// Everything that was found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The reason why the index would reject the file: the first error, whose [`index_text`](Finding::index_text) is its
    /// answer.
    pub fn rejection(&self) -> Option<&Finding> {
        let mut findings = self.findings.iter();
        findings.find(|finding| finding.severity() == Severity::Error)
    }
}

/// What the index says about the file itself, given the metadata in its form.
fn file(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> Vec<Finding> {
    let mut findings = filename::characters(filename);
    let Some(extension) = Extension::of(filename) else {
        findings.push(filename::unknown_extension());
        return findings;
    };
    let project = metadata.and_then(|metadata| metadata.get(Field::Name));
    let size = archive::size(reader).unwrap_or(0);
    findings.extend(file_size::check(project.unwrap_or(filename), size));
    findings.extend(contents(filename, extension, metadata, reader));
    findings
}

/// What the index says about the contents of the file, and about its name where it is compared with the contents.
pub(crate) fn contents(
    filename: &str,
    extension: Extension,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> Vec<Finding> {
    let archive = match extension {
        Extension::Wheel => wheel::inspect(filename, metadata, reader),
        Extension::TarGz => sdist::inspect(filename, metadata, reader),
        Extension::Zip => zip_sdist::inspect(reader),
    };
    let mut findings = archive.rejected;
    match Filename::parse(filename) {
        Ok(parsed) => {
            findings.extend(filename::tags(&parsed));
            if let Some(metadata) = metadata {
                findings.extend(filename::check(&parsed, metadata));
            }
        }
        Err(error) => findings.push(filename::unparsed(filename, extension, metadata, &error)),
    }
    findings.extend(archive.content);
    if extension == Extension::Wheel {
        findings.extend(filename::too_long(filename));
    }
    findings.extend(archive.advice);
    findings
}
