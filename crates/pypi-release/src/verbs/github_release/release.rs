//! The steps of a release: find or create the draft, complete its assets, publish it.

use pypi_trusted_upload::{
    RetryPolicy, Transport,
    transport::Retry,
    versioning::{TagFilter, Version},
};
use serde_json::{Value, json};

use super::{
    asset::{self, Action, Difference, File},
    report::Report,
};
use crate::{
    failure::{Exit, Failure},
    github::{Error, ErrorKind, GitHub, Release},
};

/// The most characters of notes that GitHub stores.
pub(crate) const MAX_BODY: usize = 125_000;
/// How often a request that may have been carried out is sent.
const ATTEMPTS: u32 = 4;

/// What a release must be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) tag: String,
    /// The commit that the tag must name.
    pub(crate) commit: String,
    pub(crate) version: Version,
    /// Which tags belong to the same project.
    pub(crate) tags: TagFilter,
    pub(crate) title: String,
    pub(crate) notes: String,
    pub(crate) files: Vec<File>,
    /// Replace assets of a draft that differ.
    pub(crate) replace: bool,
    /// Publish a draft although it has other assets.
    pub(crate) allow_other_assets: bool,
    /// Add assets to a release that is published already.
    pub(crate) add_to_published: bool,
}

/// The state of a release on GitHub.
enum Found {
    Absent,
    Draft(Release),
    Published(Release),
}

/// Makes sure that there is a draft, or a published release, with all files.
pub(super) fn draft<T: Transport>(
    github: &GitHub<'_, T>,
    wanted: &Wanted,
) -> Result<Report, Failure> {
    check_tag(github, wanted)?;
    let mut report = Report::new(&wanted.tag, &wanted.version, &wanted.files);
    let release = match find(github, wanted, &mut report.warnings)? {
        Found::Published(release) => return published(github, wanted, release, report),
        Found::Draft(release) => release,
        Found::Absent => {
            report.changed = true;
            create(github, wanted)?
        }
    };
    let actions = asset::complete(github, &release, &wanted.files, wanted.replace)?;
    report.files(&actions);
    report.release(&release);
    let assets = github.assets(release.id).map_err(Error::failure)?;
    let difference = Difference::of(&wanted.files, &assets);
    check_assets(wanted, &difference)?;
    report.compared(&difference);
    Ok(report)
}

/// Publishes the draft of the tag, if its assets are all of `wanted.files`. A release that is published stays as it is.
pub(super) fn publish<T: Transport>(
    github: &GitHub<'_, T>,
    wanted: &Wanted,
) -> Result<Report, Failure> {
    check_tag(github, wanted)?;
    let mut report = Report::new(&wanted.tag, &wanted.version, &wanted.files);
    let release = match find(github, wanted, &mut report.warnings)? {
        Found::Published(release) => return published(github, wanted, release, report),
        Found::Draft(release) => release,
        Found::Absent => {
            let message = format!(
                "release {:?} has no draft in {}: create it first, with --draft-only",
                wanted.tag, github.repository
            );
            return Err(Failure::new(Exit::Refused, message));
        }
    };
    let assets = github.assets(release.id).map_err(Error::failure)?;
    let difference = Difference::of(&wanted.files, &assets);
    check_assets(wanted, &difference)?;
    if !difference.others.is_empty() && !wanted.allow_other_assets {
        let message = format!(
            "the draft of release {:?} also has {}: delete what is not part of it, name it with --asset, or use --allow-other-assets",
            wanted.tag,
            difference.others.join(", ")
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    report.files(&vec![Action::Present; wanted.files.len()]);
    report.compared(&difference);
    let is_latest = is_latest(github, wanted)?;
    let change = json!({
        "draft": false,
        "prerelease": wanted.version.is_prerelease(),
        "make_latest": is_latest.to_string(),
    });
    let release = update(github, release.id, &change, |release| !release.draft)?;
    if release.draft {
        let message = format!(
            "GitHub did not publish the draft of release {:?}: run again",
            wanted.tag
        );
        return Err(Failure::new(Exit::Unavailable, message));
    }
    report.release(&release);
    report.latest = Some(is_latest);
    report.changed = true;
    Ok(report)
}

/// Changes a release. After a failure the release is read first: the change may have been made.
pub(super) fn update<T: Transport>(
    github: &GitHub<'_, T>,
    id: u64,
    change: &Value,
    is_done: impl Fn(&Release) -> bool,
) -> Result<Release, Failure> {
    let mut retry = Retry::new(RetryPolicy::default().attempts(ATTEMPTS));
    loop {
        let error = match github.update(id, change.clone()) {
            Ok(release) => return Ok(release),
            Err(error) if error.kind == ErrorKind::Unavailable => error,
            Err(error) => return Err(error.failure()),
        };
        let Some(pause) = retry.pause(None) else {
            return Err(error.failure());
        };
        github.pause(pause);
        if let Some(release) = github.release(id).map_err(Error::failure)?
            && is_done(&release)
        {
            return Ok(release);
        }
    }
}

/// The release of a tag: the published one, else its first draft.
fn find<T: Transport>(
    github: &GitHub<'_, T>,
    wanted: &Wanted,
    warnings: &mut Vec<String>,
) -> Result<Found, Failure> {
    if let Some(release) = github.published(&wanted.tag).map_err(Error::failure)? {
        return Ok(Found::Published(release));
    }
    let mut drafts = github.releases().map_err(Error::failure)?;
    drafts.retain(|release| release.draft && release.tag_name == wanted.tag);
    drafts.sort_by_key(|release| release.id);
    let mut drafts = drafts.into_iter();
    let Some(first) = drafts.next() else {
        return Ok(Found::Absent);
    };
    let others: Vec<String> = drafts.map(|draft| draft.id.to_string()).collect();
    if !others.is_empty() {
        warnings.push(format!(
            "release {:?} has several drafts; number {} is used: delete {}",
            wanted.tag,
            first.id,
            others.join(", ")
        ));
    }
    Ok(Found::Draft(first))
}

/// The published release, or its draft, for a change of its text.
pub(super) fn existing<T: Transport>(
    github: &GitHub<'_, T>,
    tag: &str,
) -> Result<Option<Release>, Failure> {
    if let Some(release) = github.published(tag).map_err(Error::failure)? {
        return Ok(Some(release));
    }
    let mut releases = github.releases().map_err(Error::failure)?;
    releases.retain(|release| release.tag_name == tag);
    Ok(releases.into_iter().min_by_key(|release| release.id))
}

/// A release that is published has all files already, or they cannot or must not be added.
fn published<T: Transport>(
    github: &GitHub<'_, T>,
    wanted: &Wanted,
    release: Release,
    mut report: Report,
) -> Result<Report, Failure> {
    let assets = github.assets(release.id).map_err(Error::failure)?;
    let mut difference = Difference::of(&wanted.files, &assets);
    let mut actions = vec![Action::Present; wanted.files.len()];
    let mut lacking = difference.missing.clone();
    lacking.extend(difference.different.iter().cloned());
    if !lacking.is_empty() {
        let (tag, lacking) = (&wanted.tag, lacking.join(", "));
        let remedy = match (release.is_immutable(), wanted.add_to_published) {
            (true, _) => "it is immutable, so make a new version",
            (false, false) => "delete it and run again, or use --add-to-published",
            (false, true) if !difference.different.is_empty() => "delete the assets that differ",
            (false, true) => "",
        };
        if !remedy.is_empty() {
            let message = format!(
                "release {tag:?} is published without {lacking}, or with other bytes of it: {remedy}"
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        actions = asset::complete(github, &release, &wanted.files, false)?;
        let assets = github.assets(release.id).map_err(Error::failure)?;
        difference = Difference::of(&wanted.files, &assets);
        check_assets(wanted, &difference)?;
    }
    report.files(&actions);
    report.compared(&difference);
    report.release(&release);
    Ok(report)
}

/// Creates the draft. After a failure it is looked for first.
fn create<T: Transport>(github: &GitHub<'_, T>, wanted: &Wanted) -> Result<Release, Failure> {
    // Without `target_commitish`: the tag exists, and the field asks for another permission.
    let release = json!({
        "tag_name": wanted.tag,
        "name": wanted.title,
        "body": wanted.notes,
        "draft": true,
        "prerelease": wanted.version.is_prerelease(),
    });
    let mut retry = Retry::new(RetryPolicy::default().attempts(ATTEMPTS));
    loop {
        let error = match github.create(release.clone()) {
            Ok(release) => return Ok(release),
            Err(error) if error.kind == ErrorKind::Unavailable => error,
            Err(error) => return Err(error.failure()),
        };
        let Some(pause) = retry.pause(None) else {
            return Err(error.failure());
        };
        github.pause(pause);
        if let Found::Draft(release) = find(github, wanted, &mut Vec::new())? {
            return Ok(release);
        }
    }
}

/// An error unless the tag exists and names the commit: GitHub would make it, at another commit.
fn check_tag<T: Transport>(github: &GitHub<'_, T>, wanted: &Wanted) -> Result<(), Failure> {
    let Wanted { tag, commit, .. } = wanted;
    let message = match github.tag_commit(tag).map_err(Error::failure)? {
        Some(found) if found.eq_ignore_ascii_case(commit) => return Ok(()),
        Some(found) => format!(
            "tag {tag:?} of {} names commit {found}, not {commit}: release the commit of the tag",
            github.repository
        ),
        None => format!(
            "tag {tag:?} does not exist in {}: push it first (git push origin {tag})",
            github.repository
        ),
    };
    Err(Failure::new(Exit::Refused, message))
}

fn check_assets(wanted: &Wanted, difference: &Difference) -> Result<(), Failure> {
    let (problem, names) = match (
        difference.missing.as_slice(),
        difference.different.as_slice(),
    ) {
        ([], []) => return Ok(()),
        ([], different) => ("has other bytes for", different),
        (missing, _) => ("does not have", missing),
    };
    let message = format!(
        "release {:?} {problem} {}: run again without --publish, and with --replace if these files are the right ones",
        wanted.tag,
        names.join(", ")
    );
    Err(Failure::new(Exit::Refused, message))
}

/// Whether no final release of the project has a higher version. A pre-release is never the latest.
fn is_latest<T: Transport>(github: &GitHub<'_, T>, wanted: &Wanted) -> Result<bool, Failure> {
    if wanted.version.is_prerelease() {
        return Ok(false);
    }
    let releases = github.releases().map_err(Error::failure)?;
    let published = releases
        .iter()
        .filter(|release| !release.draft && !release.prerelease);
    let versions = published.filter_map(|release| wanted.tags.parse_tag(&release.tag_name));
    Ok(versions
        .map(|tag| tag.version)
        .all(|version| version <= wanted.version))
}
