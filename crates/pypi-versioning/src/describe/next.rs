//! The public version after a tag, by scheme.

use pep440_rs::{Prerelease, Version as Pep440};

use super::error;
use crate::{Error, Facts, Scheme, Timestamp, Version};

/// The number of release numbers of a semantic version.
const SEMVER_NUMBERS: usize = 3;

pub(super) fn next(
    scheme: Scheme,
    start: &Version,
    facts: &Facts,
    now: Option<Timestamp>,
) -> Result<Pep440, Error> {
    let distance = facts.distance;
    let dev = |version: Pep440| version.with_dev(Some(distance));
    match scheme {
        Scheme::GuessNextDev => guess_next(start).map(dev),
        Scheme::NoGuessDev => after_final(start, scheme).map(dev),
        Scheme::PostRelease if start.is_dev() => Err(error::development_tag(start)),
        Scheme::PostRelease if start.is_post() => Err(error::post_tag(start, scheme)),
        Scheme::PostRelease => Ok(public(start).with_post(Some(distance))),
        Scheme::OnlyVersion => Ok(public(start)),
        Scheme::Semver if is_feature_branch(facts) => semver(start, 2).map(dev),
        Scheme::Semver => semver(start, 3).map(dev),
        Scheme::ReleaseBranchSemver if is_release_branch(start, facts) => {
            guess_next(start).map(dev)
        }
        Scheme::ReleaseBranchSemver => semver(start, 2).map(dev),
        Scheme::CalverByDate => by_date(start, facts, now).map(dev),
        Scheme::Dunamai => dunamai(start, distance),
        Scheme::DunamaiBump => match start.dev() {
            Some(number) => {
                let next = number
                    .checked_add(1)
                    .and_then(|next| next.checked_add(distance));
                let next = next.ok_or_else(|| error::last_number(start))?;
                Ok(public(start).with_dev(Some(next)))
            }
            None => guess_next(start).map(dev),
        },
    }
}

fn public(version: &Version) -> Pep440 {
    version.as_pep440().clone().without_local()
}

fn successor(number: u64, start: &Version) -> Result<u64, Error> {
    number
        .checked_add(1)
        .ok_or_else(|| error::last_number(start))
}

/// Increments the last number, like `guess_next_version` of setuptools-scm.
fn guess_next(start: &Version) -> Result<Pep440, Error> {
    let public = public(start);
    match (start.dev(), public.post(), public.pre()) {
        (Some(0), _, _) => Ok(public),
        (Some(_), _, _) => Err(error::development_tag(start)),
        (None, Some(post), _) => Ok(public.with_post(Some(successor(post, start)?))),
        (None, None, Some(Prerelease { kind, number })) => {
            let number = successor(number, start)?;
            Ok(public.with_pre(Some(Prerelease { kind, number })))
        }
        (None, None, None) => {
            let mut release = public.release().to_vec();
            if let Some(last) = release.last_mut() {
                *last = successor(*last, start)?;
            }
            Ok(public.with_release(release))
        }
    }
}

fn after_final(start: &Version, scheme: Scheme) -> Result<Pep440, Error> {
    match start.dev() {
        Some(0) => Ok(public(start)),
        Some(_) => Err(error::development_tag(start)),
        None if start.is_post() => Err(error::post_tag(start, scheme)),
        None => Ok(public(start).with_post(Some(1))),
    }
}

/// Keeps the first `kept` release numbers and increments the last of them, unless the tag is `.dev0`.
///
/// Unlike setuptools-scm, this also increments `1.0.0rc1.dev0`, because `1.0.0.dev2` is lower.
fn semver(start: &Version, kept: usize) -> Result<Pep440, Error> {
    let mut release = start.release().to_vec();
    if start.dev() == Some(0) && start.pre().is_none() && !start.is_post() {
        release.resize(SEMVER_NUMBERS.max(release.len()), 0);
    } else {
        release.resize(kept, 0);
        if let Some(last) = release.last_mut() {
            *last = successor(*last, start)?;
        }
        release.resize(SEMVER_NUMBERS, 0);
    }
    Ok(Pep440::new(release).with_epoch(start.epoch()))
}

fn is_feature_branch(facts: &Facts) -> bool {
    let branch = facts.branch.as_deref().unwrap_or_default();
    branch.split('/').any(|part| part.starts_with("feature"))
}

/// Compares the text up to the second dot, like setuptools-scm: the branch `1.2.x` belongs to the tag `1.2.3`, but
/// not to `1.2rc1`.
fn is_release_branch(start: &Version, facts: &Facts) -> bool {
    let branch = facts.branch.as_deref().unwrap_or_default();
    let name = branch.rsplit('/').next().unwrap_or_default();
    let name = name.strip_prefix("release-").unwrap_or(name);
    let name = name.split('+').next().unwrap_or_default();
    let name = name.strip_prefix('v').unwrap_or(name);
    let tagged = public(start).to_string();
    name.split('.').take(2).eq(tagged.split('.').take(2))
}

fn by_date(start: &Version, facts: &Facts, now: Option<Timestamp>) -> Result<Pep440, Error> {
    if let Some(named) = date_of_branch(facts) {
        return Ok(public(&named).with_epoch(start.epoch()));
    }
    let time = facts
        .commit_time
        .or(now)
        .ok_or_else(|| error::no_time("scheme calver-by-date"))?;
    let (year, month, day) = time.date();
    let year = match calendar_date(start) {
        Some((tagged, ..)) if tagged >= 1000 => year,
        _ => year % 100,
    };
    let counter = match (calendar_date(start), start.release().get(3)) {
        (Some(date), counter) if date == (year, month, day) => {
            successor(counter.copied().unwrap_or(0), start)?
        }
        _ => 0,
    };
    Ok(Pep440::new([year, month, day, counter]).with_epoch(start.epoch()))
}

fn date_of_branch(facts: &Facts) -> Option<Version> {
    let version = Version::parse(facts.branch.as_deref()?.strip_prefix("release-")?).ok()?;
    calendar_date(&version).map(|_| version)
}

/// Returns year, month and day of a version that consists of a date and at most a counter.
fn calendar_date(version: &Version) -> Option<(u64, u64, u64)> {
    let [year, month, day, rest @ ..] = version.release() else {
        return None;
    };
    let is_plain = !version.is_prerelease() && !version.is_post() && rest.len() <= 1;
    let is_year = (10..100).contains(year) || (1000..10_000).contains(year);
    let is_date = (1..=12).contains(month) && (1..=31).contains(day);
    (is_plain && is_year && is_date).then_some((*year, *month, *day))
}

/// Unlike dunamai, this rejects the tag of a post-release: `1.0.post1.dev2` is lower than `1.0.post1`.
fn dunamai(start: &Version, distance: u64) -> Result<Pep440, Error> {
    let public = public(start);
    match start.dev() {
        Some(number) => {
            let next = number.checked_add(distance);
            let next = next.ok_or_else(|| error::last_number(start))?;
            Ok(public.with_dev(Some(next)))
        }
        None if start.is_post() => Err(error::post_tag(start, Scheme::Dunamai)),
        None => Ok(public.with_post(Some(distance)).with_dev(Some(0))),
    }
}
