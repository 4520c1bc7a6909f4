//! What distributions of one release say together.

use std::collections::BTreeMap;

use crate::{Distribution, Field, Finding, Kind};

/// Checks distributions that are to be uploaded together, of one project or of several.
///
/// An index stores the metadata of the first file of a release and ignores that of the others: where they differ, what
/// users see depends on the order of the uploads.
///
/// # Examples
///
#[cfg_attr(feature = "testing", doc = "```")]
#[cfg_attr(not(feature = "testing"), doc = "```ignore")]
/// use pypi_metadata::{Distribution, check_release, testing};
/// # use std::io::Cursor;
///
/// let read = |file: testing::TestDistribution| Distribution::read(&file.filename, Cursor::new(file.bytes));
/// let (wheel, sdist) = (read(testing::wheel("demo", "1.0"))?, read(testing::sdist("demo", "1.1"))?);
/// let findings = check_release([&wheel, &sdist]);
/// assert_eq!(findings[0].rule(), "release-versions");
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
    let mut findings = Vec::new();
    findings.extend(spellings(files));
    let mut releases: BTreeMap<String, Vec<&Distribution>> = BTreeMap::new();
    for file in files {
        releases
            .entry(file.filename().version().to_string())
            .or_default()
            .push(file);
    }
    if releases.len() > 1 {
        let versions: Vec<&str> = releases.keys().map(String::as_str).collect();
        let message = format!(
            "the files are of {} versions: {}",
            versions.len(),
            versions.join(", ")
        );
        findings.push(
            Finding::warning("release-versions", Some(Field::Version), message)
                .with_help("empty the folder before the build"),
        );
    }
    findings.extend(releases.values().flat_map(|files| release(files)));
    findings
}

fn spellings(files: &[&Distribution]) -> Option<Finding> {
    let mut names: Vec<&str> = files
        .iter()
        .filter_map(|file| file.metadata().get(Field::Name))
        .collect();
    names.sort_unstable();
    names.dedup();
    (names.len() > 1).then(|| {
        let message = format!(
            "the project is spelled in {} ways: {}",
            names.len(),
            names.join(", ")
        );
        Finding::warning("release-spelling", Some(Field::Name), message)
            .with_help("the index shows the spelling of the last upload: settle on one")
    })
}

fn release(files: &[&Distribution]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sdists: Vec<&&Distribution> = files
        .iter()
        .filter(|file| file.filename().kind() == Kind::Sdist)
        .collect();
    if let [first, second, ..] = sdists.as_slice() {
        let message = format!(
            "the release has two sdists: {} and {}",
            first.filename(),
            second.filename()
        );
        findings.push(
            Finding::error("release-two-sdists", None, message)
                .with_help("upload one of them")
                .with_index_text("Only one sdist may be uploaded per release."),
        );
    }
    let Some(base) = sdists.first().copied().or_else(|| files.first()) else {
        return findings;
    };
    for file in files
        .iter()
        .filter(|file| file.filename() != base.filename())
    {
        findings.extend(differences(base, file));
    }
    findings
}

/// The fields in which two files of a release differ, but for those that the sdist says are settled by the build.
fn differences(base: &Distribution, other: &Distribution) -> Option<Finding> {
    let is_settled_later = |field: Field| {
        let header = field.header();
        base.metadata()
            .all(Field::Dynamic)
            .any(|dynamic| dynamic.eq_ignore_ascii_case(header))
    };
    let differs = |field: &Field| {
        let is_same = base.metadata().all(*field).eq(other.metadata().all(*field));
        !is_same
            && !matches!(field, Field::MetadataVersion | Field::Dynamic)
            && !is_settled_later(*field)
    };
    let fields: Vec<Field> = Field::ALL.into_iter().filter(differs).collect();
    let first = fields.first().copied()?;
    let names: Vec<&str> = fields.iter().map(|field| field.header()).collect();
    let message = format!(
        "{} and {} differ in {}",
        base.filename(),
        other.filename(),
        names.join(", ")
    );
    let finding = Finding::warning("release-fields", Some(first), message);
    Some(finding.with_help("build the wheel from the sdist, so that both say the same"))
}
