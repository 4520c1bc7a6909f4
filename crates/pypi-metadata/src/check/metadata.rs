//! The rules for the fields.

use pypi_versioning::{Version, VersionErrorKind};

use crate::{
    Classifier, Field, Finding, Metadata, MetadataVersion, ProjectName, classifier, python_repr,
};

pub(super) const FIELD_REPEATED: &str = "field-repeated";
pub(super) const FIELD_TOO_NEW: &str = "field-too-new";

/// The longest `Summary`, in characters.
const MAX_SUMMARY: usize = 512;

const CONTENT_TYPES: [&str; 3] = ["text/plain", "text/markdown", "text/x-rst"];
const VARIANTS: [&str; 2] = ["GFM", "CommonMark"];

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
    let first = ["metadata-version", "name", "version"]
        .iter()
        .position(|name| *name == key);
    first.map_or((true, key), |place| (false, place.to_string()))
}

/// What `packaging.metadata` refuses.
fn specification(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(metadata_version(metadata));
    findings.extend(name(metadata));
    findings.extend(version(metadata));
    findings.extend(summary_lines(metadata));
    findings.extend(content_type(metadata));
    for field in Field::ALL {
        findings.extend(repeated(metadata, field));
        findings.extend(too_new(metadata, field));
    }
    findings
}

/// What the index adds.
fn index(metadata: &Metadata) -> Vec<Finding> {
    // The index looks at them in the order of the alphabet.
    let mut classifiers: Vec<&str> = metadata.all(Field::Classifier).collect();
    classifiers.sort_unstable();
    let mut findings: Vec<Finding> = classifiers.into_iter().filter_map(classifier).collect();
    findings.extend(local_version(metadata));
    findings.extend(summary_length(metadata));
    #[cfg(feature = "requirements")]
    findings.extend(
        metadata
            .all(Field::RequiresDist)
            .filter_map(super::requirement::check),
    );
    findings
}

fn metadata_version(metadata: &Metadata) -> Option<Finding> {
    let field = Field::MetadataVersion;
    let (got, quoted) = match metadata.get(field) {
        Some(got) if MetadataVersion::parse(got).is_some() => return None,
        Some(got) => (format!("{got:?}"), python_repr(got)),
        None => ("nothing".to_owned(), "None".to_owned()),
    };
    let message =
        format!("the metadata version is {got}, and indexes know 1.0 to 1.2 and 2.1 to 2.5");
    let finding = Finding::error("metadata-version", Some(field), message);
    let finding = finding.with_help("use a build backend that writes one of these");
    Some(finding.with_index_text(format!("{quoted} is not a valid metadata version")))
}

fn name(metadata: &Metadata) -> Option<Finding> {
    let (message, text) = match metadata.get(Field::Name) {
        Some(name) => {
            let error = ProjectName::parse(name).err()?;
            (
                error.to_string(),
                format!("{} is invalid for 'name'", python_repr(name)),
            )
        }
        None => (
            "the metadata has no name".to_owned(),
            "'name' is a required field".to_owned(),
        ),
    };
    Some(Finding::error("name-invalid", Some(Field::Name), message).with_index_text(text))
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

fn content_type(metadata: &Metadata) -> Option<Finding> {
    let value = metadata.get(Field::DescriptionContentType)?;
    let mut parts = value.split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let parameters: Vec<(String, &str)> = parts
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| {
            (
                key.trim().to_ascii_lowercase(),
                value.trim().trim_matches('"'),
            )
        })
        .collect();
    let parameter = |key: &str| {
        parameters
            .iter()
            .find(|(at, _)| at == key)
            .map(|(_, value)| *value)
    };
    let finding = |message: String, text: String| {
        Some(
            Finding::error("content-type", Some(Field::DescriptionContentType), message)
                .with_index_text(text),
        )
    };
    if !CONTENT_TYPES.contains(&kind.as_str()) {
        return finding(
            format!(
                "the description's content type is {value:?}, expected text/plain, text/markdown or text/x-rst"
            ),
            format!(
                "'description-content-type' must be one of ['text/plain', 'text/markdown', 'text/x-rst'], not {}",
                python_repr(value)
            ),
        );
    }
    if let Some(charset) = parameter("charset").filter(|charset| *charset != "UTF-8") {
        return finding(
            format!("the description's charset is {charset:?}, expected \"UTF-8\" in capitals"),
            format!(
                "'description-content-type' can only specify the UTF-8 charset, not {}",
                python_repr(charset)
            ),
        );
    }
    let variant = parameter("variant")
        .filter(|variant| kind == "text/markdown" && !VARIANTS.contains(variant))?;
    finding(
        format!("the description's Markdown variant is {variant:?}, expected GFM or CommonMark"),
        format!(
            "valid Markdown variants for 'description-content-type' are ['GFM', 'CommonMark'], not {}",
            python_repr(variant)
        ),
    )
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

fn classifier(name: &str) -> Option<Finding> {
    let field = Some(Field::Classifier);
    match Classifier::look_up(name) {
        Classifier::Known => None,
        Classifier::Deprecated(others) => {
            let finding = Finding::error(
                "classifier-deprecated",
                field,
                format!("the classifier {name:?} is deprecated"),
            );
            let name = python_repr(name);
            Some(if others.is_empty() {
                finding
                    .with_help("remove it")
                    .with_index_text(format!("The classifier {name} has been deprecated."))
            } else {
                let list: Vec<String> = others.iter().map(|other| python_repr(other)).collect();
                finding
                    .with_help(format!("use {} instead", others.join(" or ")))
                    .with_index_text(format!(
                        "The classifier {name} has been deprecated, use one of [{}] instead.",
                        list.join(", ")
                    ))
            })
        }
        Classifier::Unknown => {
            let finding = Finding::error(
                "classifier-unknown",
                field,
                format!("{name:?} is no classifier that PyPI knows"),
            );
            let finding = match classifier::similar(name) {
                Some(known) => finding.with_help(format!("write {known:?}")),
                None if name.starts_with("Private ::") => finding.with_help(
                    "it is there to keep the project from being published; remove it to publish",
                ),
                None => {
                    finding.with_help("remove it, or take one from the list of trove classifiers")
                }
            };
            Some(
                finding
                    .with_index_text(format!("{} is not a valid classifier.", python_repr(name))),
            )
        }
    }
}
