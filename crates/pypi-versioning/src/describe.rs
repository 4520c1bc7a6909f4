use pep440_rs::{LocalSegment, Prerelease};

use crate::describe_error::DescribeError;
use crate::facts::{CommitId, Facts};
use crate::scheme::{LocalScheme, Scheme};
use crate::text::quoted;
use crate::version::Version;

/// How many digits of the commit a local part shows: always cut from the full name, because
/// the length git abbreviates to differs from one clone to the next.
const NODE_DIGITS: usize = 9;

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

/// The choices a project makes about its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    scheme: Scheme,
    local_scheme: LocalScheme,
    base: Option<Version>,
}

impl Settings {
    /// Makes the default settings: [`Scheme::GuessNextDev`], [`LocalScheme::Node`], no base.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how the version after a tag is made.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets what the local part says.
    #[must_use]
    pub fn with_local_scheme(mut self, local_scheme: LocalScheme) -> Self {
        self.local_scheme = local_scheme;
        self
    }

    /// Sets the version a project without any tag counts from, as if it had been tagged before
    /// the first commit: three commits after base `0.0` are `0.1.dev3`.
    #[must_use]
    pub fn with_base(mut self, base: Version) -> Self {
        self.base = Some(base);
        self
    }
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

/// Something that is allowed but rarely meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    kind: WarningKind,
    text: String,
}

impl Warning {
    /// Returns what it is about, to branch on.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        self.kind
    }

    /// Returns one line for a person.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The things [`Described::warnings`] tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// Tracked files differ from the commit, so the version does not say what was built.
    Dirty,
    /// As [`Self::Dirty`], on a tagged commit: the version is not the one of the tag.
    DirtyOnTag,
    /// No tag was found and the version counts from the configured base.
    BaseUsed,
    /// The version of the tag has a local part, which no index takes.
    LocalInTag,
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
    let mut local = start.as_pep440().local().to_vec();
    for segment in local_segments(facts, settings.local_scheme)? {
        if !local.contains(&segment) {
            local.push(segment);
        }
    }
    let version = match settings.scheme {
        Scheme::GuessNextDev => guess_next(start)?,
    };
    let version = version.with_dev(Some(facts.distance)).with_local(local);
    Version::checked(version).map_err(DescribeError::does_not_fit)
}

/// Counts the last number up by one, as `guess_next_version` of setuptools-scm does.
fn guess_next(start: &Version) -> Result<pep440_rs::Version, DescribeError> {
    let overflow = || DescribeError::last_number(start);
    let public = start.as_pep440().clone().without_local();
    if let Some(number) = public.dev() {
        return match number {
            0 => Ok(public),
            _ => Err(DescribeError::development_tag(start)),
        };
    }
    if let Some(post) = public.post() {
        let next = post.checked_add(1).ok_or_else(overflow)?;
        return Ok(public.with_post(Some(next)));
    }
    if let Some(Prerelease { kind, number }) = public.pre() {
        let number = number.checked_add(1).ok_or_else(overflow)?;
        return Ok(public.with_pre(Some(Prerelease { kind, number })));
    }
    let mut release = public.release().to_vec();
    if let Some(last) = release.last_mut() {
        *last = last.checked_add(1).ok_or_else(overflow)?;
    }
    Ok(public.with_release(release))
}

fn local_segments(facts: &Facts, scheme: LocalScheme) -> Result<Vec<LocalSegment>, DescribeError> {
    let node = facts.node.as_ref().map(node_segment);
    Ok(match scheme {
        LocalScheme::Node => node.into_iter().collect(),
        LocalScheme::NodeAndDate if facts.dirty => {
            let date = facts.date.ok_or_else(DescribeError::no_date)?;
            let date = LocalSegment::String(format!("d{date}"));
            node.into_iter().chain([date]).collect()
        }
        LocalScheme::NodeAndDate => node.into_iter().collect(),
        LocalScheme::DirtyTag if facts.dirty => vec![LocalSegment::String("dirty".to_owned())],
        LocalScheme::DirtyTag | LocalScheme::None => Vec::new(),
    })
}

fn node_segment(node: &CommitId) -> LocalSegment {
    let digits = node.as_str().chars().take(NODE_DIGITS);
    LocalSegment::String(std::iter::once('g').chain(digits).collect())
}

fn warnings(facts: &Facts, settings: &Settings) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |kind, text| warnings.push(Warning { kind, text });
    match &facts.tag {
        Some(tag) if facts.dirty && facts.distance == 0 => warn(
            WarningKind::DirtyOnTag,
            format!(
                "commit is tagged {} but tracked files have changed: \
                 this is a development version, not the tagged one",
                quoted(&tag.name)
            ),
        ),
        _ if facts.dirty => warn(
            WarningKind::Dirty,
            "tracked files have changed since the last commit: \
             the version does not say what is built"
                .to_owned(),
        ),
        _ => {}
    }
    match (&facts.tag, &settings.base) {
        (Some(tag), _) if tag.version.has_local() => warn(
            WarningKind::LocalInTag,
            format!(
                "tag {} has a local part, which no index takes: the public version is without it",
                quoted(&tag.name)
            ),
        ),
        (None, Some(base)) => warn(
            WarningKind::BaseUsed,
            format!("no version tag was found: the version counts from the base {base}"),
        ),
        _ => {}
    }
    warnings
}
