//! The files of a release, checked together.

mod static_values;

use std::collections::BTreeMap;

use pypi_versioning::Version;

use crate::{Distribution, Field, Finding, Kind, rules};

/// Checks distributions that will be uploaded together, of one project or several.
///
/// An index stores the metadata of the first file of a release and ignores that of the others: where they differ, what
/// users see depends on the order of the uploads.
///
/// # Examples
///
#[cfg_attr(feature = "testing", doc = "```")]
#[cfg_attr(not(feature = "testing"), doc = "```ignore")]
/// use pypi_metadata::{Distribution, check_release, rules, testing};
/// # use std::io::Cursor;
///
/// let read = |file: testing::TestDistribution| Distribution::read(&file.filename, Cursor::new(file.bytes));
/// let (wheel, sdist) = (read(testing::wheel("demo", "1.0"))?, read(testing::sdist("demo", "1.1"))?);
/// let findings = check_release([&wheel, &sdist]);
/// assert_eq!(findings[0].rule(), &rules::RELEASE_VERSIONS);
/// # Ok::<(), pypi_metadata::Error>(())
/// ```
pub fn check_release<'a>(
    distributions: impl IntoIterator<Item = &'a Distribution>,
) -> Vec<Finding> {
    let mut projects: BTreeMap<&str, Vec<&Distribution>> = BTreeMap::new();
    for distribution in distributions {
        let name = distribution.filename().name().normalized();
        projects.entry(name).or_default().push(distribution);
    }
    projects.values().flat_map(|files| project(files)).collect()
}

fn project(files: &[&Distribution]) -> Vec<Finding> {
    let mut findings = twice(files);
    findings.extend(spellings(files));
    let mut releases: BTreeMap<&Version, Vec<&Distribution>> = BTreeMap::new();
    for file in files {
        let release = releases.entry(file.filename().version()).or_default();
        release.push(file);
    }
    if releases.len() > 1 {
        let versions: Vec<String> = releases.iter().map(version).collect();
        let message = format!(
            "the files of {} are of {} versions: {}",
            files
                .first()
                .map_or("", |file| file.filename().name().normalized()),
            versions.len(),
            versions.join(", ")
        );
        findings.push(
            Finding::in_field(&rules::RELEASE_VERSIONS, Field::Version, message).with_help(
                "empty the folder before the build, or allow several versions (--all-versions)",
            ),
        );
    }
    findings.extend(releases.values().flat_map(|files| release(files)));
    findings
}

/// A version and the names of its files.
fn version((version, files): (&&Version, &Vec<&Distribution>)) -> String {
    let names = files.iter().take(MAX_NAMED);
    let mut names: Vec<String> = names.map(|file| file.filename().to_string()).collect();
    if let Some(more) = files.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    format!("{version} ({})", names.join(", "))
}

/// The most files of a version that a message names.
const MAX_NAMED: usize = 3;

/// File names that occur more than once; the folders may differ.
fn twice(files: &[&Distribution]) -> Vec<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        *counts.entry(file.filename().as_str()).or_default() += 1;
    }
    let repeated = counts.into_iter().filter(|(_, count)| *count > 1);
    let findings = repeated.map(|(name, count)| {
        Finding::new(
            &rules::FILE_TWICE,
            format!("{count} of the files are named {name}"),
        )
        .with_file(name)
        .with_help("give each file once")
    });
    findings.collect()
}

fn spellings(files: &[&Distribution]) -> Option<Finding> {
    let mut names: Vec<&str> = files
        .iter()
        .filter_map(|file| file.metadata().get(Field::Name))
        .collect();
    names.sort_unstable();
    names.dedup();
    (names.len() > 1).then(|| {
        let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        let message = format!(
            "the project name is spelled in {} ways: {}",
            names.len(),
            quoted.join(", ")
        );
        Finding::in_field(&rules::RELEASE_SPELLING, Field::Name, message)
            .with_help("use one spelling: the index shows that of the last upload")
    })
}

fn release(files: &[&Distribution]) -> Vec<Finding> {
    let mut sdists = files
        .iter()
        .filter(|file| file.filename().kind() == Kind::Sdist);
    let Some(base) = sdists.next().or_else(|| files.first()) else {
        return Vec::new();
    };
    let is_other = |file: &&&Distribution| file.filename() != base.filename();
    let more_sdists = sdists.filter(is_other).map(|sdist| {
        let message = format!(
            "the release has two sdists: {} and {}",
            base.filename(),
            sdist.filename()
        );
        Finding::new(&rules::RELEASE_TWO_SDISTS, message)
            .with_file(sdist.filename().as_str())
            .with_help("upload one of them")
            .with_index_text("Only one sdist may be uploaded per release.")
    });
    let others = files.iter().filter(is_other);
    let differences = others.flat_map(|file| match static_values::applies(base, file) {
        true => static_values::check(base, file),
        false => Vec::from_iter(differences(base, file)),
    });
    more_sdists.chain(differences).collect()
}

/// The fields in which two files of a release differ, of which the first declares none as dynamic.
fn differences(base: &Distribution, other: &Distribution) -> Option<Finding> {
    let (first, second) = (base.metadata(), other.metadata());
    let may_differ = |field: &Field| {
        let mut dynamic = first.all(Field::Dynamic);
        matches!(field, Field::MetadataVersion | Field::Dynamic)
            || dynamic.any(|dynamic| dynamic.eq_ignore_ascii_case(field.header()))
    };
    let differs = |field: &Field| !first.all(*field).eq(second.all(*field)) && !may_differ(field);
    let fields: Vec<Field> = Field::ALL.into_iter().filter(differs).collect();
    let names: Vec<&str> = fields.iter().map(|field| field.header()).collect();
    let message = format!(
        "{} and {} differ in {}",
        base.filename(),
        other.filename(),
        names.join(", ")
    );
    Some(
        Finding::in_field(&rules::RELEASE_FIELDS, *fields.first()?, message)
            .with_file(other.filename().as_str())
            .with_help("build the wheel from the sdist, so that both have the same metadata"),
    )
}
