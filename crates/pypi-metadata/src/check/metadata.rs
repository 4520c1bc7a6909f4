//! The rules for the fields.

use pypi_versioning::{Version, VersionErrorKind};

use super::{content_type, email, license, names, requirement, requires_python, url};
use crate::{Field, Finding, Metadata, MetadataVersion, ProjectName, python_repr};

pub(super) const FIELD_REPEATED: &str = "field-repeated";
pub(super) const FIELD_TOO_NEW: &str = "field-too-new";

/// The most classifiers that are looked at, more than there are.
const MAX_CLASSIFIERS: usize = 1_000;

/// The longest `Summary`, in characters.
const MAX_SUMMARY: usize = 512;

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    // The index runs `packaging` first, and its own rules only when that finds nothing; each by field.
    let mut specification = specification(metadata);
    let mut index = index(metadata);
    specification.sort_by_key(order);
    index.sort_by_key(order);
    specification.extend(index);
    specification
}

fn order(finding: &Finding) -> (bool, String) {
    let key = finding
        .field()
        .map_or("", Field::header)
        .to_ascii_lowercase();
    let first = ["name", "metadata-version", "version"]
        .iter()
        .position(|name| *name == key);
    first.map_or((true, key), |place| (false, place.to_string()))
}

/// What `packaging.metadata` refuses. Of one field, what stands first here is its answer.
fn specification(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(
        Field::ALL
            .into_iter()
            .filter_map(|field| repeated(metadata, field)),
    );
    findings.extend(url::repeated_labels(metadata));
    findings.extend(
        Field::ALL
            .into_iter()
            .filter_map(|field| too_new(metadata, field)),
    );
    findings.extend(metadata_version(metadata));
    findings.extend(name(metadata));
    findings.extend(version(metadata));
    findings.extend(summary_lines(metadata));
    findings.extend(content_type::check(metadata));
    findings.extend(requires_python::check(metadata));
    findings.extend(requirement::specification(metadata));
    findings.extend(names::specification(metadata));
    findings.extend(license::specification(metadata));
    findings
}

/// What the index adds.
fn index(metadata: &Metadata) -> Vec<Finding> {
    // The index looks at each once and in the order of the alphabet, first for those that it does not know.
    let mut classifiers: Vec<&str> = metadata.all(Field::Classifier).collect();
    classifiers.sort_unstable();
    classifiers.dedup();
    classifiers.truncate(MAX_CLASSIFIERS);
    let checked = classifiers.into_iter().filter_map(super::classifier::check);
    let (mut findings, deprecated): (Vec<Finding>, Vec<Finding>) =
        checked.partition(|finding| finding.rule() == super::classifier::UNKNOWN);
    findings.extend(deprecated);
    findings.extend(local_version(metadata));
    findings.extend(summary_length(metadata));
    findings.extend(email::check(metadata));
    findings.extend(url::check(metadata));
    findings.extend(requirement::index(metadata));
    findings.extend(names::index(metadata));
    findings.extend(license::index(metadata));
    findings
}

fn metadata_version(metadata: &Metadata) -> Option<Finding> {
    let field = Field::MetadataVersion;
    let (got, quoted) = match metadata.get(field) {
        Some(got) if MetadataVersion::find(got).is_some() => return None,
        Some(got) => (format!("{got:?}"), python_repr(got)),
        None => ("nothing".to_owned(), "None".to_owned()),
    };
    let message =
        format!("the metadata version is {got}, and indexes know 1.0 to 1.2 and 2.1 to 2.5");
    let finding = Finding::error("metadata-version", Some(field), message);
    let finding = finding.with_help("use a build backend that writes one of these");
    Some(finding.with_index_text(format!("{quoted} is not a valid metadata version")))
}

/// The index looks at the name before every other field, with sentences of its own.
fn name(metadata: &Metadata) -> Option<Finding> {
    let name = metadata.get(Field::Name);
    let (message, problem) = match name.map(ProjectName::parse) {
        Some(Ok(_)) => return None,
        Some(Err(error)) => (
            error.to_string(),
            "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.",
        ),
        None => (
            "the metadata has no name".to_owned(),
            "This field is required.",
        ),
    };
    let quoted = python_repr(&shortened(name.unwrap_or_default()));
    let text = format!("{quoted} is an invalid value for Name. Error: {problem}");
    Some(Finding::error("name-invalid", Some(Field::Name), message).with_index_text(text))
}

/// A long value by its first and last thirty characters.
fn shortened(value: &str) -> String {
    let count = value.chars().count();
    if count <= 60 {
        return value.to_owned();
    }
    let begin: String = value.chars().take(30).collect();
    let end: String = value.chars().skip(count - 30).collect();
    format!("{begin}...{end}")
}

fn version(metadata: &Metadata) -> Option<Finding> {
    let field = Some(Field::Version);
    let Some(text) = metadata.get(Field::Version) else {
        let finding = Finding::error(
            "version-invalid",
            field,
            "the metadata has no version".to_owned(),
        );
        return Some(finding.with_index_text("'version' is a required field"));
    };
    let error = Version::parse(text).err()?;
    let finding = Finding::error("version-invalid", field, error.to_string());
    Some(match error.kind() {
        VersionErrorKind::Invalid => {
            finding.with_index_text(format!("{} is invalid for 'version'", python_repr(text)))
        }
        _ => finding, // an index that runs Python takes numbers of any size
    })
}

fn local_version(metadata: &Metadata) -> Option<Finding> {
    let text = metadata.get(Field::Version)?;
    let version = Version::parse(text).ok().filter(Version::has_local)?;
    let message = format!("the version {version} has a local part, which indexes refuse");
    let finding = Finding::error("version-local", Some(Field::Version), message);
    let finding = finding.with_help(format!("build it as {}", version.public()));
    Some(finding.with_index_text(format!(
        "The use of local versions in '{version}' is not allowed."
    )))
}

fn summary_lines(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::Summary)?.contains('\n').then(|| {
        let message = "the summary has more than one line".to_owned();
        Finding::error("summary-lines", Some(Field::Summary), message)
            .with_help("keep the summary to one line; the description may have many")
            .with_index_text("'summary' must be a single line")
    })
}

fn summary_length(metadata: &Metadata) -> Option<Finding> {
    let length = metadata.get(Field::Summary)?.chars().count();
    (length > MAX_SUMMARY).then(|| {
        let message =
            format!("the summary has {length} characters, and indexes take {MAX_SUMMARY}");
        Finding::error("summary-length", Some(Field::Summary), message).with_index_text(format!(
            "'summary' field must be {MAX_SUMMARY} characters or less."
        ))
    })
}

fn repeated(metadata: &Metadata, field: Field) -> Option<Finding> {
    let count = metadata.all(field).count();
    (count > 1 && !field.is_multiple()).then(|| {
        let message = format!("{field} is given {count} times, and may stand once");
        Finding::error(FIELD_REPEATED, Some(field), message).with_index_text(format!(
            "{} has invalid data",
            python_repr(field.form_key())
        ))
    })
}

fn too_new(metadata: &Metadata, field: Field) -> Option<Finding> {
    let version = metadata.metadata_version()?;
    let is_there = metadata.get(field).is_some();
    (is_there && field.since() > version).then(|| {
        let since = field.since();
        let message = format!("{field} came with metadata version {since}, and this is {version}");
        let name = field.header().to_ascii_lowercase();
        Finding::error(FIELD_TOO_NEW, Some(field), message).with_index_text(format!(
            "{name} introduced in metadata version {since}, not {version}"
        ))
    })
}
