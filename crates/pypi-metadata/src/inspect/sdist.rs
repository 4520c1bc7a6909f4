//! The archive of an sdist.

use std::{
    collections::HashSet,
    io::{BufReader, Read, Seek},
};

use flate2::read::MultiGzDecoder;

use super::{
    encryption,
    findings::{ArchiveFindings, is_unsafe, listed, top_level},
};
use crate::{
    Finding, MAX_UNPACKED, Metadata,
    archive::{
        Bounded,
        tarball::{self, MemberKind, TarError, Tarball},
        zipfile::Directory,
    },
    check::license,
    rules,
};

/// What a pass over the members collects.
#[derive(Default)]
struct Members {
    names: Vec<String>,
    files: HashSet<String>,
    sparse: Option<String>,
    encrypted: Option<(&'static str, String)>,
    outside: Vec<String>,
    odd: Vec<String>,
    /// What is wrong after the last member.
    trailer: Option<String>,
}

const AGAIN: &str = "build or download the sdist again";

pub(super) fn inspect(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> ArchiveFindings {
    let mut archive = ArchiveFindings::default();
    let mut start = Vec::new();
    let is_read = reader.rewind().is_ok() && reader.take(512).read_to_end(&mut start).is_ok();
    if !is_read || reader.rewind().is_err() {
        let finding = Finding::new(&rules::ARCHIVE_READ, "the file cannot be read");
        archive.rejected.push(finding);
        return archive;
    }
    if !start.starts_with(&[0x1f, 0x8b]) {
        not_gzip(&mut archive, &start);
        return archive;
    }
    let unpacked = MultiGzDecoder::new(BufReader::new(&mut *reader));
    let members = match Members::read(&mut Tarball::new(Bounded::new(unpacked, MAX_UNPACKED))) {
        Ok(members) => members,
        Err(error) => {
            unreadable(&mut archive, error);
            return archive;
        }
    };
    if let Some(problem) = &members.trailer {
        let message = format!("the archive {problem} after its last member");
        archive.advise(&rules::TAR_TRAILER, message, AGAIN);
    }
    if Directory::read(reader).is_ok() {
        let message = "the file is a zip archive and a tar archive at once";
        let sentence = "File is both a zip and a tar file";
        archive.reject(&rules::ARCHIVE_BOTH, message, sentence, None);
    }
    if let Some(top) = reject(&mut archive, &members) {
        license_files(&mut archive, &members, &top, filename, metadata);
        advise(&mut archive, &members, &top, filename);
    }
    archive
}

fn not_gzip(archive: &mut ArchiveFindings, start: &[u8]) {
    // Python's `tarfile` opens these too; the index then fails because it expects gzip.
    let other = if start.starts_with(b"\xfd7zXZ\0") {
        Some("compressed with xz")
    } else if start.starts_with(b"BZh") {
        Some("compressed with bzip2")
    } else {
        tarball::is_tar_header(start).then_some("not compressed")
    };
    let help = Some("build the sdist again with a build backend");
    match other {
        Some(other) => archive.reject(
            &rules::TAR_NOT_GZIP,
            format!("the archive is {other}, expected gzip"),
            "None",
            help,
        ),
        None => archive.reject(
            &rules::TAR_NOT,
            "the file is not a .tar.gz archive",
            "File is not a tarfile",
            help,
        ),
    }
}

fn unreadable(archive: &mut ArchiveFindings, error: TarError) {
    match error {
        TarError::NotTar => archive.reject(
            &rules::TAR_NOT,
            "the file is compressed with gzip but does not contain a tar archive",
            "File is not a tarfile",
            Some(AGAIN),
        ),
        TarError::Damaged(problem) => {
            let message = format!("the archive {problem}");
            archive.reject(&rules::TAR_DAMAGED, message, "None", Some(AGAIN));
        }
        TarError::TooLarge(problem) => {
            let message = format!("the archive {problem}, so the rest was not checked");
            let finding = Finding::new(&rules::TAR_LARGE, message).with_help(AGAIN);
            archive.rejected.push(finding);
        }
    }
}

impl Members {
    fn read(tarball: &mut Tarball<impl Read>) -> Result<Self, TarError> {
        let mut members = Self::default();
        while let Some(member) = tarball.next()? {
            let name = String::from_utf8_lossy(&member.name).into_owned();
            if member.is_sparse {
                members.sparse.get_or_insert_with(|| name.clone());
            }
            let target = member.target.as_deref().map(String::from_utf8_lossy);
            let leads_outside = member.kind == MemberKind::Link
                && target.is_some_and(|target| leads_outside(&name, &target));
            if is_unsafe(&name) || leads_outside {
                members.outside.push(name.clone());
            }
            if member.kind == MemberKind::Other {
                members.odd.push(name.clone());
            }
            if member.kind == MemberKind::File {
                if encryption::is_source(&name) && member.size <= encryption::MAX_SOURCE {
                    let source = tarball.text(encryption::MAX_SOURCE)?.unwrap_or_default();
                    if let Some(product) = encryption::product(&source) {
                        members
                            .encrypted
                            .get_or_insert_with(|| (product, name.clone()));
                    }
                }
                members.files.insert(name.clone());
            }
            members.names.push(name);
        }
        members.trailer = match tarball.finish() {
            Err(TarError::Damaged(problem) | TarError::TooLarge(problem)) => Some(problem),
            Ok(()) | Err(TarError::NotTar) => None,
        };
        Ok(members)
    }

    fn contains(&self, path: &str) -> bool {
        self.names.iter().any(|name| name == path)
    }
}

/// Whether a link of a member leads above the top folder.
fn leads_outside(name: &str, target: &str) -> bool {
    if target.starts_with('/') {
        return true;
    }
    let mut depth = name.split('/').count().saturating_sub(1);
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return true,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    depth == 0
}

/// What the index rejects about the members; returns the top folder.
fn reject(archive: &mut ArchiveFindings, members: &Members) -> Option<String> {
    if let Some(name) = &members.sparse {
        archive.reject(
            &rules::TAR_SPARSE,
            format!("{name:?} is a sparse member"),
            "tar archive not accepted: Sparse members are not allowed. \
             See https://docs.pypi.org/archives for more information",
            Some("write the archive without --sparse"),
        );
    }
    // The common path of an archive with a single file is that file, which is not a folder.
    let top = top_level(members.names.iter().map(String::as_str))
        .filter(|top| !members.files.contains(top));
    match &top {
        None => archive.reject(
            &rules::SDIST_TOP_LEVEL,
            "the archive does not have exactly one top folder with everything in it",
            "Incorrect number of top-level directories in sdist",
            None,
        ),
        Some(top) => {
            let path = format!("{top}/PKG-INFO");
            if !members.contains(&path) {
                archive.reject(
                    &rules::SDIST_NO_PKG_INFO,
                    format!("the archive has no {path:?}"),
                    &format!("PKG-INFO not found at {path}"),
                    None,
                );
            }
        }
    }
    if let Some((product, name)) = &members.encrypted {
        encryption::reject(archive, name, product);
    }
    top
}

fn license_files(
    archive: &mut ArchiveFindings,
    members: &Members,
    top: &str,
    filename: &str,
    metadata: Option<&Metadata>,
) {
    let names: HashSet<&str> = members.names.iter().map(String::as_str).collect();
    let Some(metadata) = metadata else { return };
    for file in license::files(metadata) {
        let path = format!("{top}/{file}");
        if !names.contains(path.as_str()) {
            let finding = license::missing_file(file, filename, &path);
            archive.content.push(finding);
        }
    }
}

fn advise(archive: &mut ArchiveFindings, members: &Members, top: &str, filename: &str) {
    let of = |names: &[String]| listed(names.iter().map(String::as_str));
    if !members.outside.is_empty() {
        archive.advise(
            &rules::ARCHIVE_UNSAFE,
            format!(
                "members would be unpacked outside the target folder: {}",
                of(&members.outside)
            ),
            "leave them out: installers reject them",
        );
    }
    if !members.odd.is_empty() {
        archive.advise(
            &rules::ARCHIVE_ODD_MEMBER,
            format!(
                "members are not files, folders or links: {}",
                of(&members.odd)
            ),
            "leave them out",
        );
    }
    if !members.contains(&format!("{top}/pyproject.toml")) {
        archive.advise(
            &rules::SDIST_NO_PYPROJECT,
            "the sdist has no pyproject.toml, so installers have to guess how to build it",
            "add a pyproject.toml with a [build-system] table",
        );
    }
    let stem = filename.strip_suffix(".tar.gz");
    if stem.is_some_and(|stem| stem != top) {
        archive.advise(
            &rules::SDIST_TOP_NAME,
            format!("the top folder is {top:?}, but the file is named {filename:?}"),
            "build the sdist again and do not rename it",
        );
    }
}
