//! The file name against the metadata.

use pypi_versioning::Version;

use crate::{Field, Filename, Finding, Kind, Metadata, ProjectName, python_repr};

const REBUILD: &str = "build the distribution again from the project, and do not rename it";

/// # Source
///
/// Warehouse, 2026-08-21, `forklift/legacy.py`; PEP 625 for sdists.
pub(crate) fn check(filename: &Filename, metadata: &Metadata) -> Vec<Finding> {
    let name = metadata.get(Field::Name).map(ProjectName::parse);
    let version = metadata.get(Field::Version).map(Version::parse);
    let (Some(Ok(name)), Some(Ok(version))) = (name, version) else {
        return Vec::new(); // already a finding of the metadata
    };
    let mut findings = Vec::new();
    if name != *filename.name() {
        let message = format!(
            "the file name is of project {:?}, and the metadata of {:?}",
            filename.name().as_str(),
            name.as_str()
        );
        let text = format!(
            "Start filename for {} with {}.",
            python_repr(name.as_str()),
            python_repr(&name.filename_part())
        );
        findings.push(error("filename-name", Field::Name, message, text));
    } else if filename.name_part() != name.filename_part() {
        let message = format!(
            "the file name begins with {:?}, and the normalized name is {:?}",
            filename.name_part(),
            name.filename_part()
        );
        findings.push(error(
            "filename-not-normalized",
            Field::Name,
            message,
            unnormalized(filename, &name, &version),
        ));
    }
    if version != *filename.version() {
        let message = format!(
            "the file name is of version {}, and the metadata of {version}",
            filename.version()
        );
        let text = match filename.kind() {
            Kind::Sdist => unnormalized(filename, &name, &version),
            Kind::Wheel => format!(
                "Version in filename should be {} not {}.",
                python_repr(&version.to_string()),
                python_repr(&filename.version().to_string())
            ),
        };
        findings.push(error("filename-version", Field::Version, message, text));
    } else if filename.kind() == Kind::Sdist
        && findings.is_empty()
        && filename.as_str() != sdist(&name, &version)
    {
        let message = format!(
            "an sdist of {name} {version} is named {:?} and not {:?}",
            sdist(&name, &version),
            filename.as_str()
        );
        findings.push(error(
            "filename-not-normalized",
            Field::Version,
            message,
            unnormalized(filename, &name, &version),
        ));
    }
    findings
}

fn error(rule: &'static str, field: Field, message: String, index_text: String) -> Finding {
    Finding::error(rule, Some(field), message)
        .with_help(REBUILD)
        .with_index_text(index_text)
}

fn sdist(name: &ProjectName, version: &Version) -> String {
    format!("{}-{version}.tar.gz", name.filename_part())
}

fn unnormalized(filename: &Filename, name: &ProjectName, version: &Version) -> String {
    let got = python_repr(filename.as_str());
    match filename.kind() {
        Kind::Sdist => format!(
            "Filename {got} is invalid, should be {}.",
            python_repr(&sdist(name, version))
        ),
        Kind::Wheel => format!(
            "Filename {got} should contain the normalized project name {}, not {}.",
            python_repr(&name.filename_part()),
            python_repr(filename.name_part())
        ),
    }
}
