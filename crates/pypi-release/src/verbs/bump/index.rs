//! `--check-index`: whether the index has the version.

use pypi_trusted_upload::{
    Index, RetryPolicy, drive,
    metadata::{Filename, ProjectName},
    upload::Lookup,
    versioning::{PyProject, Version},
};

use crate::{
    context::Context,
    failure::{Exit, Failure, chain},
    settings::Settings,
};

/// How often the index is asked: somebody waits for the answer.
const ATTEMPTS: u32 = 2;

/// Fails if the index has files of this version, or if it could not be asked.
pub(super) fn check(
    index: &Index,
    settings: &Settings,
    new: &Version,
    context: &Context,
) -> Result<(), Failure> {
    let name = settings.project.as_ref().and_then(PyProject::name);
    let name = name
        .ok_or_else(|| Failure::new(Exit::Refused, "pyproject.toml has no project.name: set it"))?;
    let name = ProjectName::parse(name)?;
    let policy = RetryPolicy::default()
        .attempts(ATTEMPTS)
        .clock(context.clock.clone());
    let lookup = Lookup::new(index, name.normalized(), policy).ok_or_else(|| {
        Failure::usage("the simple API of this index is not known: add --simple-url URL")
    })?;
    let listing = drive(lookup, &context.client()?).map_err(|error| {
        let message = format!(
            "whether {} has {name} {new} is unknown: {}",
            index.label(),
            chain(&error)
        );
        Failure::new(Exit::Unavailable, message)
    })?;
    let mut versions = listing
        .filenames()
        .filter_map(|filename| Filename::parse(filename).ok())
        .map(|filename| filename.version().clone());
    match versions.any(|version| version == *new) {
        true => {
            let message = format!(
                "{} has {name} {new} already: bump to a higher version",
                index.label()
            );
            Err(Failure::new(Exit::Refused, message))
        }
        false => Ok(()),
    }
}
