//! What PyPI accepts, but users would notice.

use pypi_versioning::{Prereleases, SpecifierSet, Version};

use crate::{Field, Finding, Metadata, rules};

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(description(metadata));
    findings.extend(requires_python(metadata));
    findings.extend(license_classifiers(metadata));
    findings.extend(no_license(metadata));
    findings.extend(no_summary(metadata));
    findings
}

pub(crate) fn unknown_headers(metadata: &Metadata) -> impl Iterator<Item = Finding> {
    metadata.unknown_headers().map(|header| {
        let message = format!("{header:?} is not a core metadata field, so indexes ignore it");
        Finding::new(&rules::FIELD_UNKNOWN, message)
    })
}

fn description(metadata: &Metadata) -> Option<Finding> {
    let description = metadata
        .get(Field::Description)
        .filter(|text| !text.trim().is_empty());
    let Some(description) = description else {
        let message = "the description is missing, so the project's page will be empty";
        return Some(
            Finding::in_field(&rules::DESCRIPTION_EMPTY, Field::Description, message)
                .with_help("set readme in [project] of pyproject.toml"),
        );
    };
    if metadata.get(Field::DescriptionContentType).is_some() {
        return None;
    }
    let looks_like_markdown = description.lines().any(|line| {
        line.starts_with("# ")
            || line.starts_with("## ")
            || line.starts_with("```")
            || line.contains("](http")
    });
    let message = if looks_like_markdown {
        "the description looks like Markdown but has no content type, so PyPI renders it as reStructuredText"
    } else {
        "the description has no content type, so PyPI renders it as reStructuredText"
    };
    let field = Field::DescriptionContentType;
    Some(
        Finding::in_field(&rules::DESCRIPTION_TYPE, field, message)
            .with_help("set it to text/markdown, text/x-rst or text/plain"),
    )
}

fn requires_python(metadata: &Metadata) -> Option<Finding> {
    let Some(value) = metadata.get(Field::RequiresPython) else {
        let message = "Requires-Python is missing, so every version of Python will install it";
        return Some(
            Finding::in_field(
                &rules::REQUIRES_PYTHON_MISSING,
                Field::RequiresPython,
                message,
            )
            .with_help("set requires-python in [project] of pyproject.toml, such as \">=3.9\""),
        );
    };
    let specifiers = metadata.requires_python()?.ok()?;
    let excluded: Vec<&str> = metadata
        .all(Field::Classifier)
        .filter_map(|classifier| classifier.strip_prefix("Programming Language :: Python :: "))
        .filter(|version| excludes(&specifiers, version))
        .collect();
    (!excluded.is_empty()).then(|| {
        let message = format!(
            "a classifier names Python {}, which Requires-Python {value:?} excludes",
            excluded.join(", ")
        );
        Finding::in_field(&rules::CLASSIFIER_CONTRADICTS, Field::Classifier, message)
            .with_help("remove the classifier, or widen Requires-Python")
    })
}

/// Whether the specifiers exclude every release of a minor version of Python, such as `3.9`.
fn excludes(specifiers: &SpecifierSet, minor: &str) -> bool {
    const MICRO: u64 = 40; // more than any minor version has had
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_minor = minor
        .split_once('.')
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor));
    is_minor
        && !(0..MICRO).any(|micro| {
            let version = Version::parse(&format!("{minor}.{micro}"));
            version.is_ok_and(|version| specifiers.contains(&version, Prereleases::Default))
        })
}

fn license_classifiers(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::LicenseExpression)?;
    let classifier = metadata
        .all(Field::Classifier)
        .find(|classifier| classifier.starts_with("License ::"))?;
    let message =
        format!("{classifier:?} is set together with License-Expression, which replaces it");
    Some(
        Finding::in_field(&rules::LICENSE_CLASSIFIER, Field::Classifier, message)
            .with_help("remove the License classifiers"),
    )
}

fn no_license(metadata: &Metadata) -> Option<Finding> {
    let fields = [Field::License, Field::LicenseExpression, Field::LicenseFile];
    let has_field = fields
        .into_iter()
        .any(|field| metadata.get(field).is_some());
    let has_classifier = metadata
        .all(Field::Classifier)
        .any(|classifier| classifier.starts_with("License ::"));
    (!has_field && !has_classifier).then(|| {
        let message = "the metadata does not name a license";
        Finding::in_field(&rules::LICENSE_NONE, Field::LicenseExpression, message)
            .with_help("set license in [project] of pyproject.toml, such as \"MIT\"")
    })
}

fn no_summary(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::Summary).is_none().then(|| {
        let message = "the summary is missing, so search results show only the name";
        Finding::in_field(&rules::SUMMARY_NONE, Field::Summary, message)
            .with_help("set description in [project] of pyproject.toml")
    })
}
