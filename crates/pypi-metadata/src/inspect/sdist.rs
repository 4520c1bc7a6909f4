//! The archive of an sdist.

use std::{
    collections::HashSet,
    io::{BufReader, Read, Seek},
};

use flate2::read::MultiGzDecoder;

use super::{Archive, is_unsafe, marker, missing_license, some, top_level};
use crate::{
    Field, Finding, MAX_UNPACKED, Metadata,
    archive::{
        Bounded,
        tarball::{self, MemberKind, TarError, Tarball},
    },
    check,
};

/// What the pass over the members leaves.
#[derive(Default)]
struct Members {
    names: Vec<String>,
    files: HashSet<String>,
    sparse: Option<String>,
    encrypted: Option<(&'static str, String)>,
    outside: Vec<String>,
    odd: Vec<String>,
}

pub(super) fn inspect(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut (impl Read + Seek),
) -> Archive {
    let mut archive = Archive::default();
    let mut begin = Vec::new();
    let is_read = reader.rewind().is_ok() && reader.take(512).read_to_end(&mut begin).is_ok();
    if !is_read || reader.rewind().is_err() {
        archive.refused.push(Finding::error(
            "archive-read",
            None,
            "the file cannot be read".to_owned(),
        ));
        return archive;
    }
    if !begin.starts_with(&[0x1f, 0x8b]) {
        not_gzip(&mut archive, &begin);
        return archive;
    }
    let unpacked = Bounded::new(
        MultiGzDecoder::new(BufReader::new(&mut *reader)),
        MAX_UNPACKED,
    );
    let members = match read(&mut Tarball::new(unpacked)) {
        Ok((members, trailer)) => {
            if let Some(problem) = trailer {
                let message = format!("the archive {problem} after its last member");
                archive.advise(
                    "tar-trailer",
                    message,
                    "build the sdist again, or fetch it again",
                );
            }
            members
        }
        Err(error) => {
            unreadable(&mut archive, error);
            return archive;
        }
    };
    if crate::archive::zipfile::Directory::read(reader).is_ok() {
        let message = "the file is a zip archive and a tar archive at once";
        archive.refuse("archive-both", message, "File is both a zip and a tar file");
    }
    judge(&mut archive, &members, filename, metadata);
    archive
}

fn not_gzip(archive: &mut Archive, begin: &[u8]) {
    // Python's `tarfile` opens these as well, and the index then asks for gzip alone.
    let other = if begin.starts_with(b"\xfd7zXZ\0") {
        Some("xz")
    } else if begin.starts_with(b"BZh") {
        Some("bzip2")
    } else {
        tarball::is_tar_header(begin).then_some("nothing")
    };
    match other {
        Some(other) => archive.refuse(
            "tar-not-gzip",
            format!("the archive is compressed by {other}, and not by gzip"),
            "None",
        ),
        None => archive.refuse(
            "tar-not",
            "the file is no .tar.gz archive",
            "File is not a tarfile",
        ),
    };
    archive.help("build the sdist again with a build backend");
}

fn unreadable(archive: &mut Archive, error: TarError) {
    match error {
        TarError::NotTar => {
            archive.refuse(
                "tar-not",
                "what is compressed in the file is no tar archive",
                "File is not a tarfile",
            );
        }
        TarError::Damaged(problem) => {
            archive.refuse("tar-damaged", format!("the archive {problem}"), "None");
        }
        TarError::TooLarge(problem) => {
            archive.refused.push(Finding::error(
                "tar-large",
                None,
                format!("the archive {problem}: the rest was not looked at"),
            ));
        }
    }
    archive.help("build the sdist again, or fetch it again");
}

/// All members, and what is wrong after the last one.
fn read(tarball: &mut Tarball<impl Read>) -> Result<(Members, Option<String>), TarError> {
    let mut members = Members::default();
    while let Some(member) = tarball.next()? {
        let name = String::from_utf8_lossy(&member.name).into_owned();
        if member.is_sparse {
            members.sparse.get_or_insert_with(|| name.clone());
        }
        let target = member.target.as_deref().map(String::from_utf8_lossy);
        let leads_out = member.kind == MemberKind::Link
            && target.is_some_and(|target| leads_out(&name, &target));
        if is_unsafe(&name) || leads_out {
            members.outside.push(name.clone());
        }
        if member.kind == MemberKind::Other {
            members.odd.push(name.clone());
        }
        if member.kind == MemberKind::File
            && marker::is_source(&name)
            && member.size <= marker::MAX_SOURCE
        {
            let source = tarball.text(marker::MAX_SOURCE)?.unwrap_or_default();
            if let Some(product) = marker::product(&source) {
                members
                    .encrypted
                    .get_or_insert_with(|| (product, name.clone()));
            }
        }
        if member.kind == MemberKind::File {
            members.files.insert(name.clone());
        }
        members.names.push(name);
    }
    let trailer = match tarball.finish() {
        Err(TarError::Damaged(problem) | TarError::TooLarge(problem)) => Some(problem),
        Ok(()) | Err(TarError::NotTar) => None,
    };
    Ok((members, trailer))
}

/// Whether a link from a member leads above the top folder.
fn leads_out(name: &str, target: &str) -> bool {
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

fn judge(archive: &mut Archive, members: &Members, filename: &str, metadata: Option<&Metadata>) {
    if let Some(name) = &members.sparse {
        let message = format!("{name:?} is a sparse member");
        archive.refuse(
            "tar-sparse",
            message,
            "tar archive not accepted: Sparse members are not allowed.",
        );
        archive.help("write the archive without --sparse");
    }
    // An archive of one file has the file itself as its common path, which is no folder.
    let top = top_level(members.names.iter().map(String::as_str))
        .filter(|top| !members.files.contains(top));
    match &top {
        None => {
            let message = "the archive has not one folder at its top with everything in it";
            archive.refuse(
                "sdist-top-level",
                message,
                "Incorrect number of top-level directories in sdist",
            );
        }
        Some(top) => {
            let path = format!("{top}/PKG-INFO");
            if !members.names.contains(&path) {
                let message = format!("the archive has no {path}");
                archive.refuse(
                    "sdist-no-pkg-info",
                    message,
                    &format!("PKG-INFO not found at {path}"),
                );
            }
        }
    }
    if let Some((product, name)) = &members.encrypted {
        let message = format!("{name:?} is encrypted by {product}, which PyPI does not allow");
        archive.refuse("archive-encrypted", message, &marker::sentence(product));
    }
    let Some(top) = top else { return };
    let names: HashSet<&str> = members.names.iter().map(String::as_str).collect();
    for path in metadata
        .into_iter()
        .flat_map(|metadata| metadata.all(Field::LicenseFile))
        .take(check::MAX_OF_A_KIND)
    {
        let at = format!("{top}/{path}");
        if !names.contains(at.as_str()) {
            archive.content.push(missing_license(path, filename, &at));
        }
    }
    advise(archive, members, &top, filename);
}

fn advise(archive: &mut Archive, members: &Members, top: &str, filename: &str) {
    if !members.outside.is_empty() {
        let message = format!(
            "members lead out of the folder that the sdist is unpacked into: {}",
            some(members.outside.iter().map(String::as_str))
        );
        archive.advise(
            "archive-unsafe",
            message,
            "installers refuse them: leave them out",
        );
    }
    if !members.odd.is_empty() {
        let message = format!(
            "members are neither files, folders nor links: {}",
            some(members.odd.iter().map(String::as_str))
        );
        archive.advise("archive-odd-member", message, "leave them out");
    }
    if !members.names.contains(&format!("{top}/pyproject.toml")) {
        archive.advise(
            "sdist-no-pyproject",
            "the sdist has no pyproject.toml, so installers guess how to build it",
            "add a pyproject.toml with a [build-system] table",
        );
    }
    if filename
        .strip_suffix(".tar.gz")
        .is_some_and(|stem| stem != top)
    {
        let message = format!("the top folder is {top:?}, and the file is named {filename:?}");
        archive.advise(
            "sdist-top-name",
            message,
            "build the sdist again, and do not rename it",
        );
    }
}
