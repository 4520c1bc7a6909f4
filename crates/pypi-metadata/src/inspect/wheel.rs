//! The archive of a wheel.

use std::{
    collections::HashSet,
    io::{Read, Seek},
};

use super::{
    entry_points, findings::ArchiveFindings, import_names, record::Record, record_check,
    wheel_layout, zip,
};
use crate::{
    Finding, MAX_METADATA, Metadata, Rule, archive::zipfile::Directory, check::license, rules,
};

/// The largest `RECORD` and `WHEEL` that are read, in bytes.
const MAX_LIST: u64 = 64 * 1024 * 1024;

/// The largest `entry_points.txt` that is read, in bytes.
const MAX_ENTRY_POINTS: u64 = 4 * 1024 * 1024;

pub(super) fn inspect(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> ArchiveFindings {
    let mut archive = ArchiveFindings::default();
    let Some(directory) = zip::open(&mut archive, reader) else {
        return archive;
    };
    let stem: Vec<&str> = filename.splitn(3, '-').collect();
    let [name, version, _] = stem.as_slice() else {
        archive.reject(
            &rules::WHEEL_PARTS,
            "the file name does not have a name, a version and tags",
            "Unable to parse name and version from wheel filename",
            None,
        );
        zip::records(&mut archive, &directory, reader);
        return archive;
    };
    let wheel = Wheel {
        filename,
        dist_info: format!("{name}-{version}.dist-info"),
        directory,
    };
    wheel.wheel_file(&mut archive, reader);
    zip::sources(&mut archive, &wheel.directory, reader);
    zip::records(&mut archive, &wheel.directory, reader);
    wheel.license_files(&mut archive, metadata);
    wheel.record(&mut archive, reader);
    wheel.entry_points(&mut archive, reader);
    wheel.metadata(&mut archive);
    wheel_layout::advise(&mut archive, &wheel.directory, filename, &wheel.dist_info);
    import_names::advise(&mut archive, &wheel.directory, filename, metadata);
    archive
}

struct Wheel<'a> {
    filename: &'a str,
    /// The folder of metadata that the file name requires.
    dist_info: String,
    directory: Directory,
}

impl Wheel<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.dist_info)
    }

    fn wheel_file(&self, archive: &mut ArchiveFindings, reader: &mut (impl Read + Seek)) {
        let path = self.path("WHEEL");
        if let Some(entry) = self.directory.find(&path) {
            let is_read = entry.limited(&self.directory, MAX_LIST);
            let is_read = is_read.and_then(|()| entry.chunks(&self.directory, reader, |_| {}));
            if let Err(error) = is_read {
                zip::damaged(archive, &error);
            }
            return;
        }
        let mut files = self.directory.files();
        let message = match files.find(|name| name.ends_with(".dist-info/WHEEL")) {
            Some(other) => format!("the wheel has {other:?} instead of {path:?}"),
            None => format!("the wheel has no {path:?}"),
        };
        archive.reject(
            &rules::WHEEL_NO_WHEEL,
            message,
            &format!("WHEEL not found at {path}"),
            Some(REBUILD),
        );
    }

    fn license_files(&self, archive: &mut ArchiveFindings, metadata: Option<&Metadata>) {
        let mut files = metadata.into_iter().flat_map(license::files).peekable();
        if files.peek().is_none() {
            return;
        }
        let names: HashSet<&str> = self.directory.files().collect();
        for file in files {
            let path = self.path(&format!("licenses/{file}"));
            if !names.contains(path.as_str()) {
                let finding = license::missing_file(file, self.filename, &path);
                archive.content.push(finding);
            }
        }
    }

    fn record(&self, archive: &mut ArchiveFindings, reader: &mut (impl Read + Seek)) {
        let path = self.path("RECORD");
        let directory = &self.directory;
        let entry = directory.find(&path).filter(|entry| entry.size <= MAX_LIST);
        let record = entry.and_then(|entry| Record::read(directory, entry, reader));
        match record {
            Some(record) => {
                record_check::compare(archive, directory, &self.dist_info, &record, reader);
            }
            None => {
                let finding = self.missing(&rules::RECORD_MISSING, "RECORD", &path);
                archive.content.push(finding);
            }
        }
    }

    fn entry_points(&self, archive: &mut ArchiveFindings, reader: &mut (impl Read + Seek)) {
        let directory = &self.directory;
        let Some(entry) = directory.find(&self.path("entry_points.txt")) else {
            return;
        };
        if entry.size > MAX_ENTRY_POINTS {
            let message = format!(
                "entry_points.txt has {} bytes, so it was not checked",
                entry.size
            );
            let finding = Finding::new(&rules::ENTRY_POINTS, message);
            return archive.content.push(finding.into_warning());
        }
        let text = entry.text(directory, reader, MAX_ENTRY_POINTS).ok();
        let Some(problem) = text.and_then(|text| entry_points::problem(&text)) else {
            return;
        };
        let message = format!("entry_points.txt is invalid: {problem}");
        let sentence = format!(
            "Wheel '{}' has invalid entry points defined in the entry_points.txt file",
            self.filename
        );
        let finding = Finding::new(&rules::ENTRY_POINTS, message);
        archive.content.push(finding.with_index_text(sentence));
    }

    fn metadata(&self, archive: &mut ArchiveFindings) {
        let path = self.path("METADATA");
        archive.content.extend(match self.directory.find(&path) {
            None => Some(self.missing(&rules::WHEEL_NO_METADATA, "METADATA", &path)),
            Some(entry) if entry.size > MAX_METADATA => {
                let message = format!(
                    "{path:?} has {} bytes, expected at most {MAX_METADATA}",
                    entry.size
                );
                Some(Finding::new(&rules::METADATA_UNREADABLE, message))
            }
            Some(_) => None,
        });
    }

    fn missing(&self, rule: &'static Rule, name: &str, path: &str) -> Finding {
        Finding::new(rule, format!("the wheel has no readable {path:?}"))
            .with_help(REBUILD)
            .with_index_text(format!(
                "Wheel '{}' does not contain the required {name} file: {path}",
                self.filename
            ))
    }
}

const REBUILD: &str = "build the wheel again and do not rename it";
