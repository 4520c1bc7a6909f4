//! What an index takes, and users regret.

use pypi_versioning::{Prereleases, SpecifierSet, Version};

use crate::{Field, Finding, Metadata};

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
    metadata
        .unknown_headers()
        .take(super::MAX_OF_A_KIND)
        .map(|header| {
            let text = format!("{header:?} is no field of core metadata: indexes ignore it");
            Finding::warning("field-unknown", None, text)
        })
}

fn description(metadata: &Metadata) -> Option<Finding> {
    let Some(description) = metadata
        .get(Field::Description)
        .filter(|text| !text.trim().is_empty())
    else {
        let message = "the project's page will be empty: there is no description".to_owned();
        let finding = Finding::warning("description-empty", Some(Field::Description), message);
        return Some(finding.with_help("name a readme in [project] of pyproject.toml"));
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
        "the description looks like Markdown, and has no content type: indexes take it for reStructuredText"
    } else {
        "the description has no content type: indexes take it for reStructuredText"
    };
    let finding = Finding::warning(
        "description-type",
        Some(Field::DescriptionContentType),
        message.to_owned(),
    );
    Some(finding.with_help("say text/markdown, text/x-rst or text/plain"))
}

fn requires_python(metadata: &Metadata) -> Option<Finding> {
    let Some(value) = metadata.get(Field::RequiresPython) else {
        let message =
            "there is no Requires-Python: installers on any Python will take this release"
                .to_owned();
        let finding = Finding::warning(
            "requires-python-missing",
            Some(Field::RequiresPython),
            message,
        );
        return Some(
            finding
                .with_help("set requires-python in [project] of pyproject.toml, such as \">=3.9\""),
        );
    };
    let specifiers = metadata.requires_python()?.ok()?;
    let contradicted: Vec<&str> = metadata
        .all(Field::Classifier)
        .filter_map(|classifier| classifier.strip_prefix("Programming Language :: Python :: "))
        .filter(|version| excludes(&specifiers, version))
        .collect();
    (!contradicted.is_empty()).then(|| {
        let message = format!(
            "a classifier says Python {}, and Requires-Python {value:?} excludes it",
            contradicted.join(", ")
        );
        Finding::warning("classifier-contradicts", Some(Field::Classifier), message)
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
    let message = format!("{classifier:?} stands beside License-Expression, which replaces it");
    let finding = Finding::warning("license-classifier", Some(Field::Classifier), message);
    Some(finding.with_help("remove the License classifiers"))
}

fn no_license(metadata: &Metadata) -> Option<Finding> {
    let fields = [Field::License, Field::LicenseExpression, Field::LicenseFile];
    let has_classifier = metadata
        .all(Field::Classifier)
        .any(|classifier| classifier.starts_with("License ::"));
    if has_classifier
        || fields
            .into_iter()
            .any(|field| metadata.get(field).is_some())
    {
        return None;
    }
    let message = "nothing says under which licence users may use it".to_owned();
    let finding = Finding::hint("license-none", Some(Field::LicenseExpression), message);
    Some(finding.with_help("set license in [project] of pyproject.toml, such as \"MIT\""))
}

fn no_summary(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::Summary).is_none().then(|| {
        let message = "there is no summary: search results will show the name alone".to_owned();
        Finding::hint("summary-none", Some(Field::Summary), message)
            .with_help("set description in [project] of pyproject.toml")
    })
}
