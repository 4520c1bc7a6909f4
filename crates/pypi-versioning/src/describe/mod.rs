//! The version of a checkout.

mod error;
mod next;
mod warning;

use std::iter;

use pep440_rs::LocalSegment;

use crate::{Error, Facts, LocalScheme, Scheme, Settings, Timestamp, Version};

use next::next;
use warning::warnings;

pub use warning::{Warning, WarningKind};

/// Computes the version of a checkout from its facts.
///
/// The result depends on the arguments only, so it is the same in every run.
///
/// # Errors
///
/// When the facts do not determine a version that is safe to publish:
///
/// - [`ErrorKind::NoTag`] if there is neither a version tag nor a base.
/// - [`ErrorKind::NoTime`] if a scheme needs a time.
/// - [`ErrorKind::NotHigher`] if the version is not higher than the tag, such as a calendar version
///   of an earlier day.
/// - [`ErrorKind::OutOfRange`] if the version would exceed the limits of [`Version`].
/// - [`ErrorKind::Shallow`] if the history is shallow and the commit has no version tag.
/// - [`ErrorKind::UnsupportedTag`] if the tag is a development release other than `.dev0`, or a
///   post-release, and the scheme cannot count from it.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{CommitId, Facts, Settings, Tag, describe};
///
/// let facts = Facts::new()
///     .tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .distance(4)
///     .node(CommitId::parse("ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2")?);
/// let described = describe(facts, &Settings::new())?;
/// assert_eq!(described.full().to_string(), "1.2.4.dev4+gea48643d9");
/// assert_eq!(described.public().to_string(), "1.2.4.dev4");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`ErrorKind::NoTag`]: crate::ErrorKind::NoTag
/// [`ErrorKind::NoTime`]: crate::ErrorKind::NoTime
/// [`ErrorKind::NotHigher`]: crate::ErrorKind::NotHigher
/// [`ErrorKind::OutOfRange`]: crate::ErrorKind::OutOfRange
/// [`ErrorKind::Shallow`]: crate::ErrorKind::Shallow
/// [`ErrorKind::UnsupportedTag`]: crate::ErrorKind::UnsupportedTag
pub fn describe(facts: Facts, settings: &Settings) -> Result<Described, Error> {
    let full = match &facts.tag {
        Some(tag) if facts.is_exact() => tag.version.clone(),
        _ => development_version(&facts, settings)?,
    };
    Ok(Described {
        public: full.public(),
        full,
        warnings: warnings(&facts, settings),
        facts,
    })
}

/// The version of a checkout, and the facts that it was computed from.
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Facts, Settings, Version, describe};
///
/// let settings = Settings::new().base(Version::parse("0.0")?);
/// let described = describe(Facts::new().distance(3), &settings)?;
/// assert_eq!(described.public().to_string(), "0.1.dev3");
/// assert_eq!(described.facts().distance, 3);
/// assert!(described.warnings()[0].message().starts_with("no version tag was found"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Described {
    full: Version,
    public: Version,
    facts: Facts,
    warnings: Vec<Warning>,
}

impl Described {
    /// Returns the version with its local part: the one that an installed package should report.
    pub fn full(&self) -> &Version {
        &self.full
    }

    /// Returns the version without a local part: the one to upload.
    pub fn public(&self) -> &Version {
        &self.public
    }

    /// Returns the facts that the version was computed from.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns what to know before publishing the version.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

fn development_version(facts: &Facts, settings: &Settings) -> Result<Version, Error> {
    if facts.shallow && (facts.tag.is_none() || facts.distance > 0) {
        return Err(error::shallow());
    }
    let start = match (&facts.tag, &settings.base) {
        (Some(tag), _) => &tag.version,
        (None, Some(base)) => base,
        (None, None) => return Err(error::no_tag()),
    };
    let version = next(settings.scheme, start, facts, settings.time)?;
    let mut local = start.as_pep440().local().to_vec();
    for segment in local_segments(facts, settings)? {
        if !local.contains(&segment) {
            local.push(segment);
        }
    }
    let version = version.with_local(local);
    let version = Version::check(version).map_err(error::out_of_range)?;
    if settings.scheme != Scheme::OnlyVersion && version.public() <= start.public() {
        return Err(error::not_higher(&version, start, settings.scheme));
    }
    Ok(version)
}

fn local_segments(facts: &Facts, settings: &Settings) -> Result<Vec<LocalSegment>, Error> {
    let scheme = settings.local_scheme;
    let time = || {
        let time = settings.time.or(facts.commit_time);
        time.ok_or_else(|| error::no_time(&format!("local scheme {scheme}")))
    };
    let state = match scheme {
        _ if !facts.dirty => None,
        LocalScheme::NodeAndDate => Some(compact_date(time()?)),
        LocalScheme::NodeAndTimestamp => Some(compact_time(time()?)),
        LocalScheme::DirtyTag => Some("dirty".to_owned()),
        LocalScheme::Node | LocalScheme::None => None,
    };
    let shows_node = !matches!(scheme, LocalScheme::DirtyTag | LocalScheme::None);
    let node = facts.node.as_ref().filter(|_| shows_node).map(|node| {
        let digits = node
            .as_str()
            .chars()
            .take(settings.node_length.clamp(4, 64));
        iter::once('g').chain(digits).collect()
    });
    Ok(node
        .into_iter()
        .chain(state)
        .map(LocalSegment::String)
        .collect())
}

/// `d20240615`.
fn compact_date(time: Timestamp) -> String {
    format!("d{:04}{:02}{:02}", time.year(), time.month(), time.day())
}

/// `d20240615120000`.
fn compact_time(time: Timestamp) -> String {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{}{hour:02}{minute:02}{second:02}", compact_date(time))
}
