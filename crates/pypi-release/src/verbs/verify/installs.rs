//! Installs what was verified.

use pypi_trusted_upload::{
    metadata::{Filename, Kind},
    versioning::Version,
};

use super::{
    Install,
    report::{FileReport, Report},
    served::Asked,
};
use crate::{
    failure::Failure,
    install::{Access, File, Installer, Release, Trial},
};

/// Installs each release whose files are all confirmed: what is not ours is not run.
pub(super) fn add(
    install: &Install,
    installer: Installer,
    asked: &Asked<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    let Some(index) = asked.index.simple_url() else {
        return Ok(());
    };
    let releases = confirmed(&report.files, report.requires_provenance);
    let cache = tempfile::tempdir()?;
    let access = Access::new(asked.index, asked.credentials, asked.context)?;
    let mut installations = Vec::new();
    for release in &releases {
        let tried = install.of_projects.get(release.name.normalized());
        let tried = tried.unwrap_or(&install.tried);
        let trial = Trial {
            installer,
            python: &install.python,
            index,
            dependencies: &install.dependencies,
            imports: tried.imports.as_deref(),
            commands: tried.commands.as_deref(),
            releases: &releases,
            end: asked.end,
            cancel: asked.cancel,
            context: asked.context,
            access: &access,
        };
        let has = |kind: &&Kind| release.of_kind(**kind).next().is_some();
        let mut kinds: Vec<&Kind> = install.from.iter().filter(has).collect();
        if kinds.is_empty() {
            // The installation says what is missing.
            kinds.extend(install.from.first());
        }
        for kind in kinds {
            if !asked.cancel.is_cancelled() {
                installations.push(trial.install(release, *kind, cache.path()));
            }
        }
    }
    report.installations = Some(installations);
    Ok(())
}

/// The releases of which every file is confirmed, with no doubt about who published it.
fn confirmed(files: &[FileReport], requires_provenance: bool) -> Vec<Release> {
    let mut releases: Vec<Release> = Vec::new();
    for file in files {
        let same = |version: &Version, name: &str| {
            *version == file.version && name == file.project.normalized()
        };
        let mut others = files.iter();
        let is_sound = others.all(|other| {
            other.is_sound(requires_provenance) || !same(&other.version, other.project.normalized())
        });
        let (Ok(filename), Some(url), true) =
            (Filename::parse(&file.filename), &file.url, is_sound)
        else {
            continue;
        };
        let added = File {
            filename,
            url: url.clone(),
            sha256: file.sha256.clone(),
        };
        let known = releases
            .iter_mut()
            .find(|release| same(&release.version, release.name.normalized()));
        match known {
            Some(release) => release.files.push(added),
            None => releases.push(Release {
                name: file.project.clone(),
                version: file.version.clone(),
                files: vec![added],
            }),
        }
    }
    releases
}
