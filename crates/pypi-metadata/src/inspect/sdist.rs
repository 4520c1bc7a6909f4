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

/// The most bytes of the names of all members: 24 MiB, as of the central directory of a wheel.
const MAX_NAMES: usize = 24 * 1024 * 1024;

/// What a pass over the members collects.
#[derive(Default)]
struct Members {
    /// Their names, one after the other.
    names: String,
    members: Vec<Member>,
    sparse: Option<String>,
    encrypted: Option<(&'static str, String)>,
    /// What is wrong after the last member.
    trailer: Option<String>,
}

/// A member, whose name ends there in [`Members::names`].
struct Member {
    end: usize,
    kind: MemberKind,
    is_outside: bool,
}

const AGAIN: &str = "build or download the sdist again";

pub(super) fn inspect(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> ArchiveFindings {
    let mut archive = ArchiveFindings::default();
    let is_zip = Directory::read(reader).is_ok();
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
    if is_zip {
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
            let is_source = member.kind == MemberKind::File && encryption::is_source(&name);
            if is_source && member.size <= encryption::MAX_SOURCE {
                let source = tarball.text(encryption::MAX_SOURCE)?.unwrap_or_default();
                if let Some(product) = encryption::product(&source) {
                    members
                        .encrypted
                        .get_or_insert_with(|| (product, name.clone()));
                }
            }
            members.push(&name, member.kind, is_unsafe(&name) || leads_outside)?;
        }
        members.trailer = match tarball.finish() {
            Err(TarError::Damaged(problem) | TarError::TooLarge(problem)) => Some(problem),
            Ok(()) | Err(TarError::NotTar) => None,
        };
        Ok(members)
    }

    fn push(&mut self, name: &str, kind: MemberKind, is_outside: bool) -> Result<(), TarError> {
        self.names.push_str(name);
        if self.names.len() > MAX_NAMES {
            let problem = format!("has members whose names have more than {MAX_NAMES} bytes");
            return Err(TarError::TooLarge(problem));
        }
        self.members.push(Member {
            end: self.names.len(),
            kind,
            is_outside,
        });
        Ok(())
    }

    /// The members with their names.
    fn iter(&self) -> impl Iterator<Item = (&str, &Member)> {
        let mut begin = 0;
        self.members.iter().map(move |member| {
            let name = self.names.get(begin..member.end).unwrap_or_default();
            begin = member.end;
            (name, member)
        })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    fn contains(&self, path: &str) -> bool {
        self.names().any(|name| name == path)
    }

    fn has_file(&self, path: &str) -> bool {
        let mut members = self.iter();
        members.any(|(name, member)| name == path && member.kind == MemberKind::File)
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
    let top = top_level(members.names()).filter(|top| !members.has_file(top));
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
    let mut files = metadata.into_iter().flat_map(license::files).peekable();
    if files.peek().is_none() {
        return;
    }
    let names: HashSet<&str> = members.names().collect();
    for file in files {
        let path = format!("{top}/{file}");
        if !names.contains(path.as_str()) {
            let finding = license::missing_file(file, filename, &path);
            archive.content.push(finding);
        }
    }
}

fn advise(archive: &mut ArchiveFindings, members: &Members, top: &str, filename: &str) {
    let of = |is_listed: fn(&Member) -> bool| -> Vec<&str> {
        let listed = members.iter().filter(|(_, member)| is_listed(member));
        listed.map(|(name, _)| name).collect()
    };
    archive.advise_outside(
        of(|member| member.is_outside),
        "leave them out: installers reject them",
    );
    let odd = of(|member| member.kind == MemberKind::Other);
    if !odd.is_empty() {
        archive.advise(
            &rules::ARCHIVE_ODD_MEMBER,
            format!("members are not files, folders or links: {}", listed(odd)),
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
