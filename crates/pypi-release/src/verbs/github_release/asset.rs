//! The files of a release, and how they get there.

use std::{collections::BTreeMap, io, path::Path};

use pypi_trusted_upload::{
    RetryPolicy, Transport,
    transport::{FileStamp, Part, Retry},
    upload::Digests,
};

use crate::{
    failure::{Exit, Failure},
    files,
    github::{Asset, Error, ErrorKind, GitHub, Release, Upload},
    notes::NamedFile,
};

/// GitHub accepts files below 2 GiB.
const MAX_SIZE: u64 = 2 * 1024 * 1024 * 1024 - 1;
/// The most assets of a release.
const MAX_ASSETS: usize = 1000;
/// How often a file is sent.
const ATTEMPTS: u32 = 4;

/// A file that the release must have.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// The name on disk, and in SHA256SUMS.
    pub(crate) filename: String,
    /// The name that GitHub makes of it.
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
    content: Part,
}

/// What this run did with a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    /// It was there with these bytes.
    Present,
    /// It was there with other bytes, and was replaced.
    Replaced,
    Uploaded,
}

impl Action {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Present => "already_present",
            Self::Replaced => "replaced",
            Self::Uploaded => "uploaded",
        }
    }
}

impl File {
    /// Reads a file once, for its digest.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| {
            let message = format!(
                "file {path:?} could not be read ({error}): check its name and permissions"
            );
            Failure::new(Exit::Refused, message)
        };
        let file = files::open(path).map_err(unreadable)?;
        let stamp = FileStamp::of(&file).map_err(unreadable)?;
        let size = stamp.size();
        if size == 0 || size > MAX_SIZE {
            let message = format!(
                "file {path:?} has {size} bytes: an asset of GitHub has at least 1 byte and less than 2 GiB"
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        let digests = Digests::read(file).map_err(unreadable)?;
        let filename = path.file_name().and_then(|name| name.to_str());
        let filename = filename.ok_or_else(|| {
            Failure::usage(format!(
                "file {path:?} has a name that is not Unicode: rename it"
            ))
        })?;
        Ok(Self {
            name: asset_name(filename),
            filename: filename.to_owned(),
            size: digests.size(),
            sha256: digests.sha256().to_owned(),
            content: Part::file(path, stamp),
        })
    }

    /// A file that exists in memory only.
    pub(crate) fn text(filename: &str, text: String) -> Result<Self, Failure> {
        let digests = Digests::read(text.as_bytes())?;
        Ok(Self {
            filename: filename.to_owned(),
            name: asset_name(filename),
            size: digests.size(),
            sha256: digests.sha256().to_owned(),
            content: text.into(),
        })
    }

    /// The file as notes list it.
    pub(crate) fn named(&self) -> NamedFile {
        NamedFile {
            name: self.filename.clone(),
            size: self.size,
            sha256: self.sha256.clone(),
        }
    }

    /// How an asset compares with this file.
    pub(super) fn compare(&self, asset: &Asset) -> Compared {
        if !asset.is_uploaded() {
            return Compared::Unfinished;
        }
        match asset.sha256() {
            _ if asset.size != self.size => Compared::Different,
            Some(sha256) if sha256 == self.sha256 => Compared::Same,
            Some(_) => Compared::Different,
            None => Compared::Unverified,
        }
    }

    fn find<'a>(&self, assets: &'a [Asset]) -> Option<&'a Asset> {
        assets.iter().find(|asset| asset.name == self.name)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Compared {
    Different,
    Same,
    /// Not all bytes have arrived; the asset blocks its name.
    Unfinished,
    /// The size is equal, and GitHub names no digest.
    Unverified,
}

/// An error if the files cannot be assets of one release.
pub(crate) fn check(files: &[File]) -> Result<(), Failure> {
    if files.len() > MAX_ASSETS {
        let message = format!(
            "{} files are too many: a release of GitHub has at most {MAX_ASSETS} assets",
            files.len()
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for file in files {
        if let Some(other) = names.insert(&file.name, &file.filename) {
            let message = format!(
                "files {other:?} and {:?} would both be asset {:?}: give each file once, or rename one",
                file.filename, file.name
            );
            return Err(Failure::new(Exit::Refused, message));
        }
    }
    Ok(())
}

/// How the assets of a release compare with `files`: what differs, what is missing, what nobody asked for.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) missing: Vec<String>,
    pub(super) different: Vec<String>,
    pub(super) unverified: Vec<String>,
    pub(super) others: Vec<String>,
}

impl Difference {
    pub(super) fn of(files: &[File], assets: &[Asset]) -> Self {
        let mut found = Self::default();
        for file in files {
            let list = match file.find(assets).map(|asset| file.compare(asset)) {
                Some(Compared::Same) => continue,
                Some(Compared::Different) => &mut found.different,
                Some(Compared::Unverified) => &mut found.unverified,
                None | Some(Compared::Unfinished) => &mut found.missing,
            };
            list.push(file.name.clone());
        }
        let others = assets
            .iter()
            .filter(|asset| files.iter().all(|file| file.name != asset.name));
        found.others = others.map(|asset| asset.name.clone()).collect();
        found
    }
}

/// Sends the files that the release does not have yet. `may_replace` also replaces those that differ.
pub(super) fn complete<T: Transport>(
    github: &GitHub<'_, T>,
    release: &Release,
    files: &[File],
    may_replace: bool,
) -> Result<Vec<Action>, Failure> {
    let mut assets = github.assets(release.id).map_err(Error::failure)?;
    let mut actions = Vec::with_capacity(files.len());
    for file in files {
        actions.push(send(github, release, file, &mut assets, may_replace)?);
    }
    Ok(actions)
}

/// Sends one file until the release has it. After a failure the assets are listed first: the file may be stored, or its
/// name may be blocked by a part of it.
fn send<T: Transport>(
    github: &GitHub<'_, T>,
    release: &Release,
    file: &File,
    assets: &mut Vec<Asset>,
    may_replace: bool,
) -> Result<Action, Failure> {
    let mut retry = Retry::new(RetryPolicy::default().attempts(ATTEMPTS));
    let mut action = Action::Uploaded;
    let mut is_sent = false;
    loop {
        match file
            .find(assets)
            .map(|asset| (asset.id, file.compare(asset)))
        {
            None => {}
            Some((_, Compared::Same | Compared::Unverified)) if is_sent => return Ok(action),
            Some((_, Compared::Same | Compared::Unverified)) => return Ok(Action::Present),
            Some((_, Compared::Different)) if !is_sent && !may_replace => {
                return Err(different(release, file));
            }
            Some((id, compared)) => {
                if compared == Compared::Different && !is_sent {
                    action = Action::Replaced;
                }
                github.delete_asset(id).map_err(Error::failure)?;
                assets.retain(|asset| asset.id != id);
            }
        }
        let error = match upload(github, release, file) {
            Ok(asset) => match file.compare(&asset) {
                Compared::Same | Compared::Unverified => return Ok(action),
                Compared::Different | Compared::Unfinished => None,
            },
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::AlreadyExists | ErrorKind::Unavailable
                ) =>
            {
                Some(error)
            }
            Err(error) => return Err(error.failure()),
        };
        // A name that is taken may be taken by somebody else.
        is_sent |= !matches!(&error, Some(error) if error.kind == ErrorKind::AlreadyExists);
        let Some(pause) = retry.pause(None) else {
            return Err(error.map_or_else(|| not_stored(file), Error::failure));
        };
        github.pause(pause);
        *assets = github.assets(release.id).map_err(Error::failure)?;
    }
}

fn upload<T: Transport>(
    github: &GitHub<'_, T>,
    release: &Release,
    file: &File,
) -> Result<Asset, Error> {
    let upload = Upload {
        name: &file.name,
        // The page of the release then shows the name that the file has on the index.
        label: (file.name != file.filename).then_some(&file.filename),
        content: file.content.clone(),
    };
    github.upload(release, &upload)
}

fn different(release: &Release, file: &File) -> Failure {
    let message = format!(
        "release {:?} has an asset {:?} with other bytes: delete it, or use --replace if these files are the right ones",
        release.tag_name, file.name
    );
    Failure::new(Exit::Refused, message)
}

fn not_stored(file: &File) -> Failure {
    let message = format!(
        "asset {:?} was sent {ATTEMPTS} times, and GitHub does not have its bytes: run again later",
        file.filename
    );
    Failure::new(Exit::Unavailable, message)
}

/// The name that GitHub makes of a file name: special characters become dots, runs of dots one, and those at the ends go.
///
/// # Source
///
/// GitHub, "Upload a release asset", and `sanitizeFileName` of cli/cli, 2024-10.
fn asset_name(filename: &str) -> String {
    let mut name = String::with_capacity(filename.len());
    for c in filename.chars() {
        let is_kept = c.is_ascii_alphanumeric() || "-_+@".contains(c);
        match is_kept {
            true => name.push(c),
            false if name.ends_with('.') => {}
            false => name.push('.'),
        }
    }
    let trimmed = name.trim_matches('.');
    match filename.starts_with('.') {
        true => format!("default.{trimmed}"),
        false => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_github_makes() {
        for (filename, name) in [
            ("demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl"),
            ("demo-1!2.0+local.1.tar.gz", "demo-1.2.0+local.1.tar.gz"),
            ("a  (b).zip", "a.b.zip"),
            (".env", "default.env"),
            ("x..y.", "x.y"),
        ] {
            assert_eq!(asset_name(filename), name);
        }
    }

    #[test]
    fn two_files_cannot_be_one_asset() {
        let file = |name| File::text(name, "x".to_owned()).unwrap();
        assert!(check(&[file("a!b"), file("a.b")]).is_err());
        assert!(check(&[file("a-b"), file("a.b")]).is_ok());
    }

    #[test]
    fn only_finished_assets_with_equal_bytes_count() {
        let file = File::text("x", "abc".to_owned()).unwrap();
        let asset = |state: &str, size, digest: Option<&str>| Asset {
            id: 1,
            name: "x".to_owned(),
            state: state.to_owned(),
            size,
            digest: digest.map(ToOwned::to_owned),
        };
        let ours = format!("sha256:{}", file.sha256);
        for (asset, expected) in [
            (asset("uploaded", 3, Some(&ours)), Compared::Same),
            (asset("uploaded", 3, None), Compared::Unverified),
            (asset("uploaded", 3, Some("sha256:00")), Compared::Different),
            (asset("uploaded", 4, Some(&ours)), Compared::Different),
            (asset("starter", 0, None), Compared::Unfinished),
            (asset("open", 3, Some(&ours)), Compared::Unfinished),
        ] {
            assert_eq!(file.compare(&asset), expected, "{asset:?}");
        }
    }
}
