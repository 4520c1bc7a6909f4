//! Every check of the fields, in the order of the index.

use std::collections::HashSet;

use pypi_versioning::{Version, VersionErrorKind};

use super::{
    content_type, email, license, limit::Limit, metadata_version, names, requirement,
    requires_python, url, with_packaging_text,
};
use crate::{
    Classifier, Field, Finding, MAX_NAME, Metadata, ProjectName, Severity, python_repr, rules,
};

/// The most classifiers that are checked, more than PyPI has.
const MAX_CLASSIFIERS: usize = 1_000;

/// The longest `Summary`, in characters.
const MAX_SUMMARY: usize = 512;

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    // The index runs `packaging` first, and its own rules only if that finds nothing; each by field. `packaging` does not
    // validate a field that is too new, nor the values after the first that is invalid.
    let mut limit = Limit::default();
    let mut seen = HashSet::new();
    let staged = specification(metadata, &mut limit)
        .into_iter()
        .map(|finding| {
            let field = finding.field();
            let is_first = seen.insert(field) && field.is_none_or(|field| metadata.may_have(field));
            let stage = match () {
                () if finding.rule() == &rules::NAME_INVALID => 0,
                () if is_unparsed(&finding) => 1,
                () if is_first && fails(&finding) => 2,
                () => 3,
            };
            ((stage, order(&finding)), finding)
        });
    let mut staged: Vec<_> = staged.collect();
    staged.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut index = index(metadata, &mut limit);
    index.sort_by_cached_key(|finding| (!fails(finding), order(finding)));
    let findings = staged.into_iter().map(|(_, finding)| finding).chain(index);
    findings.map(super::with_link).chain(limit.rest()).collect()
}

/// Whether the index fails with an internal error, whatever else is wrong.
fn fails(finding: &Finding) -> bool {
    let is_ours = finding.rule() == &rules::VERSION_INVALID;
    finding.severity() == Severity::Error && finding.index_text().is_none() && !is_ours
}

/// Whether the index rejects the form before it validates the fields.
fn is_unparsed(finding: &Finding) -> bool {
    [&rules::FIELD_REPEATED, &rules::PROJECT_URL_REPEATED].contains(&finding.rule())
}

/// An invalid name is found by the form itself; then come these fields, then the others in alphabetical order.
fn order(finding: &Finding) -> (usize, String) {
    const FIRST: [Field; 3] = [Field::MetadataVersion, Field::Name, Field::Version];
    let place = FIRST
        .iter()
        .position(|field| finding.field() == Some(*field));
    // Forms that cannot be parsed are reported by form key, and `metadata_version` is not among the first keys.
    let place = place.filter(|place| *place > 0 || !is_unparsed(finding));
    let name = finding
        .field()
        .map_or("", |field| match is_unparsed(finding) {
            true => field.form_key(),
            false => field.header(),
        });
    (place.unwrap_or(FIRST.len()), name.to_ascii_lowercase())
}

/// What `packaging.metadata` rejects. The first finding of a field is its answer.
fn specification(metadata: &Metadata, limit: &mut Limit) -> Vec<Finding> {
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
    findings.extend(metadata_version::check(metadata));
    findings.extend(name(metadata));
    findings.extend(version(metadata));
    findings.extend(summary_lines(metadata));
    findings.extend(content_type::check(metadata));
    findings.extend(requires_python::check(metadata));
    limit.extend(&mut findings, requirement::specification(metadata));
    limit.extend(&mut findings, names::specification(metadata));
    limit.extend(&mut findings, license::specification(metadata));
    findings
}

/// What the index rejects in addition.
fn index(metadata: &Metadata, limit: &mut Limit) -> Vec<Finding> {
    // The index checks each classifier once, in alphabetical order, and reports the unknown ones first.
    let mut classifiers: Vec<&str> = metadata.all(Field::Classifier).collect();
    classifiers.sort_unstable();
    classifiers.dedup();
    let unchecked = classifiers.split_off(classifiers.len().min(MAX_CLASSIFIERS));
    let is_wrong = |name: &&&str| Classifier::look_up(name) != Classifier::Known;
    limit.leave_out(unchecked.iter().filter(is_wrong).count(), Severity::Error);
    let checked = classifiers.into_iter().filter_map(super::classifier::check);
    let mut of_classifiers = Vec::new();
    limit.extend(&mut of_classifiers, checked);
    let (mut findings, deprecated): (Vec<Finding>, Vec<Finding>) = of_classifiers
        .into_iter()
        .partition(|finding| finding.rule() == &rules::CLASSIFIER_UNKNOWN);
    findings.extend(deprecated);
    findings.extend(local_version(metadata));
    findings.extend(summary_length(metadata));
    findings.extend(email::check(metadata));
    limit.extend(&mut findings, url::check(metadata));
    limit.extend(&mut findings, requirement::index(metadata));
    findings.extend(names::index(metadata));
    findings.extend(license::index(metadata));
    findings
}

fn repeated(metadata: &Metadata, field: Field) -> Option<Finding> {
    let count = metadata.all(field).count();
    (count > 1 && !field.is_multiple()).then(|| {
        let message = format!("{field} is given {count} times, but may appear only once");
        let key = python_repr(field.form_key());
        Finding::in_field(&rules::FIELD_REPEATED, field, message)
            .with_index_text(format!("{key} has invalid data"))
    })
}

fn too_new(metadata: &Metadata, field: Field) -> Option<Finding> {
    let (version, since) = (metadata.metadata_version()?, field.since());
    let is_set = metadata.get(field).is_some();
    (is_set && !metadata.may_have(field)).then(|| {
        let message = format!("{field} requires Metadata-Version {since}, but it is {version}");
        let name = field.header().to_ascii_lowercase();
        Finding::in_field(&rules::FIELD_TOO_NEW, field, message).with_index_text(format!(
            "{name} introduced in metadata version {since}, not {version}"
        ))
    })
}

/// The index checks the name before every other field, with sentences of its own.
fn name(metadata: &Metadata) -> Option<Finding> {
    let name = metadata.get(Field::Name);
    let (message, problem) = match name.map(ProjectName::parse) {
        Some(Ok(_)) => return None,
        Some(Err(error)) => (
            error.to_string(),
            "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'.",
        ),
        None => (
            "the metadata has no Name".to_owned(),
            "This field is required.",
        ),
    };
    let name = name.unwrap_or_default();
    if ProjectName::is_only_too_long(name) {
        // The index has no sentence for it, because no file can have the name.
        let message = format!(
            "the name has {} bytes, expected at most {MAX_NAME}",
            name.len()
        );
        return Some(Finding::in_field(
            &rules::NAME_INVALID,
            Field::Name,
            message,
        ));
    }
    let finding = Finding::in_field(&rules::NAME_INVALID, Field::Name, message);
    let quoted = python_repr(&shortened(name));
    let sentence = format!("{quoted} is an invalid value for Name. Error: {problem}");
    Some(finding.with_index_text(sentence))
}

/// The first and last thirty characters of a long value.
fn shortened(value: &str) -> String {
    let count = value.chars().count();
    if count <= 60 {
        return value.to_owned();
    }
    let start: String = value.chars().take(30).collect();
    let end: String = value.chars().skip(count - 30).collect();
    format!("{start}...{end}")
}

fn version(metadata: &Metadata) -> Option<Finding> {
    let finding = |message| Finding::in_field(&rules::VERSION_INVALID, Field::Version, message);
    let Some(text) = metadata.get(Field::Version) else {
        let finding = finding("the metadata has no Version".to_owned());
        return Some(finding.with_index_text("'version' is a required field"));
    };
    let error = Version::parse(text).err()?;
    let finding = finding(error.to_string()).with_help_if(error.help());
    Some(match error.kind() {
        VersionErrorKind::Invalid => with_packaging_text(
            finding,
            &format!("{} is invalid for {{field}}", python_repr(text)),
        ),
        _ => finding, // Python accepts numbers of any size
    })
}

fn local_version(metadata: &Metadata) -> Option<Finding> {
    let text = metadata.get(Field::Version)?;
    let version = Version::parse(text).ok().filter(Version::has_local)?;
    let message = format!("the version {version} has a local part, which PyPI does not accept");
    Some(
        Finding::in_field(&rules::VERSION_LOCAL, Field::Version, message)
            .with_help(format!("build it as {}", version.public()))
            .with_index_text(format!(
                "The use of local versions in '{version}' is not allowed."
            )),
    )
}

fn summary_lines(metadata: &Metadata) -> Option<Finding> {
    metadata.get(Field::Summary)?.contains('\n').then(|| {
        Finding::in_field(
            &rules::SUMMARY_LINES,
            Field::Summary,
            "the summary has more than one line",
        )
        .with_help("shorten it to one line; only the description may have several")
        .with_index_text("'summary' must be a single line")
    })
}

fn summary_length(metadata: &Metadata) -> Option<Finding> {
    let length = metadata.get(Field::Summary)?.chars().count();
    (length > MAX_SUMMARY).then(|| {
        let message =
            format!("the summary has {length} characters, expected at most {MAX_SUMMARY}");
        Finding::in_field(&rules::SUMMARY_LENGTH, Field::Summary, message).with_index_text(format!(
            "'summary' field must be {MAX_SUMMARY} characters or less."
        ))
    })
}
