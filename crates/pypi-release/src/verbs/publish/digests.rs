//! `--sums` and `--write-sums`: the digests of what is about to be sent.

use std::path::PathBuf;

use pypi_trusted_upload::Plan;

use crate::{
    failure::{Exit, Failure},
    files,
    sums::{Sums, SumsArguments},
};

/// Compares the plan with the digests that the arguments name, then writes its own.
///
/// A plan with errors is not compared: nothing of it is sent.
pub(super) fn check(
    arguments: &SumsArguments,
    files: &[PathBuf],
    plan: &Plan,
) -> Result<(), Failure> {
    if !plan.is_publishable() {
        return Ok(());
    }
    let mut planned = Sums::default();
    for file in plan.files() {
        let inserted = planned.insert(file.filename(), file.sha256());
        inserted.map_err(|what| Failure::new(Exit::Refused, what))?;
    }
    if let Some(path) = &arguments.sums {
        let listed = Sums::read(path)?;
        let mut given = planned.clone();
        given.extend(&skipped(&listed, plan)?);
        given.extend(&attestations(&listed, files)?);
        let differences = listed.differences(&given);
        if !differences.is_empty() {
            let differences = differences.iter().map(ToString::to_string);
            let message = format!(
                "{}: {}: nothing was sent",
                path.display(),
                differences.collect::<Vec<_>>().join("; ")
            );
            return Err(Failure::new(Exit::Refused, message));
        }
    }
    if let Some(path) = &arguments.write_sums {
        files::write(path, &planned.to_string())?;
    }
    Ok(())
}

/// The files that are listed and left out.
fn skipped(listed: &Sums, plan: &Plan) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    for file in plan.skipped() {
        if listed.iter().any(|(name, _)| name == file.filename()) {
            let inserted = sums.insert(file.filename(), file.sha256());
            inserted.map_err(|what| Failure::new(Exit::Refused, what))?;
        }
    }
    Ok(sums)
}

/// The attestations that are listed, as they are beside the files: they are sent with them.
fn attestations(listed: &Sums, files: &[PathBuf]) -> Result<Sums, Failure> {
    let names = listed.iter().map(|(name, _)| name);
    let names = names.filter(|name| name.ends_with(".attestation"));
    let mut paths: Vec<PathBuf> = names
        .flat_map(|name| files.iter().map(move |file| file.with_file_name(name)))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths.dedup();
    Sums::of_files(paths.iter().map(PathBuf::as_path))
}
