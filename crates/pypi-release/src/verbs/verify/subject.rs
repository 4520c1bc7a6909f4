//! What is verified: files on disk, or releases of an index.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use pypi_trusted_upload::{
    metadata::{Filename, ProjectName},
    upload::Digests,
    versioning::Version,
};

use crate::{
    attestation::is_beside,
    failure::{Exit, Failure},
    files, inputs,
};

/// An argument: a file, or all files that an index lists of a release.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Subject {
    File(PathBuf),
    Release(ProjectName, Version),
}

/// One release, with the files of it that the index should serve.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) name: ProjectName,
    pub(super) version: Version,
    /// `None`: all that the index lists.
    pub(super) files: Option<Vec<Wanted>>,
}

/// A file that the index should serve.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) filename: Filename,
    pub(super) sha256: String,
    pub(super) size: Option<u64>,
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, version)) = text.split_once("==") else {
            return Ok(Self::File(text.into()));
        };
        let name = ProjectName::parse(name.trim()).map_err(|error| error.to_string())?;
        let version: Version = version
            .trim()
            .parse()
            .map_err(|error: pypi_trusted_upload::versioning::VersionError| error.to_string())?;
        Ok(Self::Release(name, version))
    }
}

/// Reads an argument that must be a release.
pub(super) fn release(text: &str) -> Result<Subject, String> {
    match text.parse()? {
        Subject::File(_) => Err("expected NAME==VERSION".to_owned()),
        release => Ok(release),
    }
}

/// Replaces folders and patterns by the files that they stand for, and no subject by those of the folder `dist`.
pub(super) fn expand(subjects: &[Subject]) -> Result<Vec<Subject>, Failure> {
    let files = |arguments: &[PathBuf]| {
        let paths = inputs::distributions(arguments)?;
        Ok::<_, Failure>(paths.into_iter().map(Subject::File))
    };
    if subjects.is_empty() {
        return Ok(files(&[])?.collect());
    }
    let mut expanded = Vec::new();
    for subject in subjects {
        match subject {
            Subject::File(path) => expanded.extend(files(std::slice::from_ref(path))?),
            Subject::Release(..) => expanded.push(subject.clone()),
        }
    }
    Ok(expanded)
}

/// The releases of the subjects, in the order of the arguments, each once.
pub(super) fn releases(subjects: &[Subject]) -> Result<Vec<Release>, Failure> {
    let mut releases: Vec<Release> = Vec::new();
    for subject in subjects {
        let (name, version, file) = match subject {
            Subject::Release(name, version) => (name.clone(), version.clone(), None),
            Subject::File(path) if is_beside(path) => continue,
            Subject::File(path) => {
                let wanted = read(path)?;
                let name = wanted.filename.name().clone();
                (name, wanted.filename.version().clone(), Some(wanted))
            }
        };
        let known = releases.iter_mut().find(|release| {
            release.name.normalized() == name.normalized() && release.version == version
        });
        match known {
            Some(release) => release.add(file),
            None => releases.push(Release {
                name,
                version,
                files: file.map(|file| vec![file]),
            }),
        }
    }
    match releases.is_empty() {
        true => Err(Failure::usage(
            "these files are attestations or checksums: name the distributions to verify",
        )),
        false => Ok(releases),
    }
}

impl Release {
    fn add(&mut self, file: Option<Wanted>) {
        match (&mut self.files, file) {
            (Some(files), Some(file)) => {
                let name = file.filename.as_str();
                if !files.iter().any(|known| known.filename.as_str() == name) {
                    files.push(file);
                }
            }
            (files, None) => *files = None,
            (None, Some(_)) => {}
        }
    }
}

fn read(path: &Path) -> Result<Wanted, Failure> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let filename = Filename::parse(&name.to_string_lossy()).map_err(|error| {
        let message = format!("{path:?} is not a distribution: {error}");
        Failure::new(Exit::Refused, message)
    })?;
    let unreadable = |what: String| {
        let message =
            format!("file {path:?} could not be read ({what}): check its name and permissions");
        Failure::new(Exit::Refused, message)
    };
    let digests = files::open(path)
        .and_then(Digests::read)
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(Wanted {
        filename,
        sha256: digests.sha256().to_owned(),
        size: Some(digests.size()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_is_a_file_or_a_release() {
        let release = |text: &str| match text.parse() {
            Ok(Subject::Release(name, version)) => format!("{} {version}", name.normalized()),
            other => format!("{other:?}"),
        };
        assert_eq!(release("Demo_X==1.0"), "demo-x 1.0");
        assert_eq!(release("demo == 1.0rc1"), "demo 1.0rc1");
        let file = "dist/demo-1.0.tar.gz";
        assert_eq!(file.parse(), Ok(Subject::File(file.into())));
        for wrong in ["==1.0", "demo==", "demo==x", "de mo==1.0"] {
            assert!(wrong.parse::<Subject>().is_err(), "{wrong}");
        }
    }
}
