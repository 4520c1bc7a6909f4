//! What is known about the kind of the index, in place of the rules of PyPI.

use std::collections::BTreeMap;

use pypi_metadata::{Finding, Rule, Severity, rules};
use pypi_upload::{Profile, SizeLimit};

use crate::{Plan, Problem, dists::Dist};

/// Applies the limits of the kind of the index to a plan that has the findings of PyPI.
///
/// Where the kind is not known, an error that only PyPI's limits make is a warning: the index may be of PyPI's kind.
pub(super) fn apply(profile: &Profile, plan: &mut Plan) {
    plan.replace(|problem| match is_of_pypi(&problem, profile) {
        false if is_about_tags(&problem) && profile.newest_metadata.is_none() => {
            Some(problem.into_warning())
        }
        false => Some(problem),
        true if profile.is_known() => None,
        true => Some(problem.into_warning()),
    });
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut problems = Vec::new();
    for dist in &plan.dists {
        let size = dist.digests.size();
        *sizes.entry(dist.project()).or_default() += size;
        // A limit that may have been raised is that of PyPI, which the check of the file knows.
        let limit = profile.file_limit.filter(|limit| !limit.is_raised);
        let finding = too_large(profile, &rules::FILE_SIZE, "the file has", size, limit);
        problems.extend(finding.map(|finding| Problem::new(dist.filename(), finding)));
    }
    let has_no_md5 = |dist: &Dist| dist.digests.md5().is_none();
    if profile.md5 && plan.dists.iter().any(has_no_md5) {
        let message = format!("{} warns of files without an MD5 digest", profile.label);
        let finding = Finding::new(&rules::MD5_MISSING, message);
        let finding = finding.with_help("read the files for this index, with Dists::read_for");
        problems.push(Problem::new(plan.target.index.clone(), finding));
    }
    for (project, size) in sizes {
        let what = format!("the files of {project} have");
        let limit = profile.project_limit;
        let finding = too_large(profile, &rules::PROJECT_SIZE, &what, size, limit);
        problems.extend(finding.map(|finding| Problem::new(project, finding)));
    }
    for problem in problems {
        plan.push(problem);
    }
}

/// Whether a problem follows from a fact about PyPI that is not one about this index: a limit of size, or the newest metadata.
fn is_of_pypi(problem: &Problem, profile: &Profile) -> bool {
    let finding = problem.finding();
    if finding.rule() == &rules::FILE_SIZE {
        return profile.file_limit.is_none_or(|limit| !limit.is_raised);
    }
    // Metadata that is merely newer is a warning; any other is not valid anywhere.
    let is_newer =
        finding.rule() == &rules::METADATA_VERSION && finding.severity() == Severity::Warning;
    is_newer && profile.newest_metadata.is_none()
}

/// Whether a problem is a tag or variant label that PyPI does not accept, as an index may that checks no metadata. Installers
/// select few of such wheels.
fn is_about_tags(problem: &Problem) -> bool {
    let rule = problem.finding().rule();
    rule == &rules::TAG_PLATFORM || rule == &rules::WHEEL_VARIANT
}

/// What is wrong with a size above the limit of the index.
fn too_large(
    profile: &Profile,
    rule: &'static Rule,
    what: &str,
    size: u64,
    limit: Option<SizeLimit>,
) -> Option<Finding> {
    let limit = limit.filter(|limit| size > limit.mebibytes * MIB)?;
    let (found, most, label) = (size.div_ceil(MIB), limit.mebibytes, profile.label);
    Some(match limit.is_raised {
        true => {
            let message = format!(
                "{what} {found} MiB, but {label} accepts {most} unless it has raised the limit of the project"
            );
            let finding = Finding::new(rule, message).into_warning();
            finding.with_help("request a higher limit before the release")
        }
        false => {
            let message = format!("{what} {found} MiB, but {label} accepts {most}");
            let help = "leave out what is not needed, or download it at run time";
            Finding::new(rule, message).with_help(help)
        }
    })
}

const MIB: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> &'static Profile {
        Profile::named(name).expect("a profile")
    }

    #[test]
    fn a_limit_that_may_have_been_raised_is_a_warning() {
        let (pypi, azure) = (profile("pypi"), profile("azure"));
        let project = |size| {
            let limit = pypi.project_limit;
            too_large(
                pypi,
                &rules::PROJECT_SIZE,
                "the files of demo have",
                size,
                limit,
            )
        };
        assert_eq!(project(10 * 1024 * MIB), None);
        let finding = project(10 * 1024 * MIB + 1).expect("too large");
        assert_eq!(finding.severity(), Severity::Warning);
        assert_eq!(
            finding.message(),
            "the files of demo have 10241 MiB, but PyPI accepts 10240 unless it has raised the limit of the project"
        );
        let file = |size| {
            too_large(
                azure,
                &rules::FILE_SIZE,
                "the file has",
                size,
                azure.file_limit,
            )
        };
        assert_eq!(file(500 * MIB), None);
        let finding = file(501 * MIB).expect("too large");
        assert_eq!(finding.severity(), Severity::Error);
        assert_eq!(
            finding.message(),
            "the file has 501 MiB, but Azure Artifacts accepts 500"
        );
    }

    #[test]
    fn the_limits_of_pypi_are_those_of_its_kind_only() {
        let problem = |rule| Problem::new("demo.whl", Finding::new(rule, "x").into_warning());
        for (name, of_pypi) in [
            ("pypi", false),
            ("local", false),
            ("azure", true),
            ("devpi", true),
        ] {
            for rule in [&rules::FILE_SIZE, &rules::METADATA_VERSION] {
                assert_eq!(is_of_pypi(&problem(rule), profile(name)), of_pypi, "{name}");
            }
            assert!(!is_of_pypi(&problem(&rules::VERSION_LOCAL), profile(name)));
        }
        let missing = Finding::new(&rules::METADATA_VERSION, "Metadata-Version is missing");
        let missing = Problem::new("demo.whl", missing);
        assert!(!is_of_pypi(&missing, profile("devpi")));
    }
}
