mod error;
mod next;
mod warning;

use pep440_rs::LocalSegment;

use next::next;
use warning::warnings;

use crate::{Facts, LocalScheme, Scheme, Settings, Timestamp, Version};

pub use error::{DescribeError, DescribeErrorKind};
pub use warning::{Warning, WarningKind};

/// Computes the version of a checkout from its facts.
///
/// The result depends on the arguments alone: a second run gives the same version.
///
/// ```
/// use pypi_versioning::{CommitId, Facts, Settings, Tag, describe};
///
/// let facts = Facts::new()
///     .with_tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?)
///     .with_distance(4)
///     .with_node(CommitId::parse("ea48643d95b2c4f2f5c3b3b0a3e3d5c5b8a1f0e2")?);
/// let described = describe(facts, &Settings::new())?;
/// assert_eq!(described.full().to_string(), "1.2.4.dev4+gea48643d9");
/// assert_eq!(described.public().to_string(), "1.2.4.dev4");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Each [`DescribeErrorKind`](crate::DescribeErrorKind) says when it occurs: mostly, when the
/// facts do not determine a version that is safe to publish.
pub fn describe(facts: Facts, settings: &Settings) -> Result<Described, DescribeError> {
    let full = match &facts.tag {
        Some(tag) if facts.is_exact() => tag.version.clone(),
        _ => development_version(&facts, settings)?,
    };
    Ok(Described {
        public: full.public(),
        full,
        scheme: settings.scheme,
        local_scheme: settings.local_scheme,
        warnings: warnings(&facts, settings),
        facts,
    })
}

/// The version of a checkout, with what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    full: Version,
    public: Version,
    scheme: Scheme,
    local_scheme: LocalScheme,
    facts: Facts,
    warnings: Vec<Warning>,
}

impl Described {
    /// Returns the version with its local part: what an installed package should say.
    #[must_use]
    pub fn full(&self) -> &Version {
        &self.full
    }

    /// Returns the version without any local part, wherever it came from: what to upload.
    #[must_use]
    pub fn public(&self) -> &Version {
        &self.public
    }

    /// Returns the scheme that was used.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the local scheme that was used.
    #[must_use]
    pub fn local_scheme(&self) -> LocalScheme {
        self.local_scheme
    }

    /// Returns the facts the version was computed from.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Returns what a person should know before they publish the version.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

fn development_version(facts: &Facts, settings: &Settings) -> Result<Version, DescribeError> {
    if facts.shallow && (facts.tag.is_none() || facts.distance > 0) {
        return Err(DescribeError::shallow());
    }
    let start = match (&facts.tag, &settings.base) {
        (Some(tag), _) => &tag.version,
        (None, Some(base)) => base,
        (None, None) => return Err(DescribeError::no_tag()),
    };
    let version = next(settings.scheme, start, facts, settings.time)?;
    let mut local = start.as_pep440().local().to_vec();
    for segment in local_segments(facts, settings)? {
        if !local.contains(&segment) {
            local.push(segment);
        }
    }
    let version = version.with_local(local);
    let version = Version::check(version).map_err(DescribeError::does_not_fit)?;
    if settings.scheme != Scheme::OnlyVersion && version.public() <= start.public() {
        return Err(DescribeError::not_higher(&version, start, settings.scheme));
    }
    Ok(version)
}

fn local_segments(facts: &Facts, settings: &Settings) -> Result<Vec<LocalSegment>, DescribeError> {
    let scheme = settings.local_scheme;
    let time = || {
        let time = settings.time.or(facts.commit_time);
        time.ok_or_else(|| DescribeError::no_time(&format!("local scheme {scheme}")))
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
        let digits = node.as_str().chars().take(settings.node_length);
        std::iter::once('g').chain(digits).collect()
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
