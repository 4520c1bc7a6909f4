//! Facts and configuration that variables of setuptools-scm set, in TOML.

use toml_edit::{Document, Item, TableLike};

use super::{
    error,
    reader::{flag, text},
};
use crate::{CommitId, Error, ErrorKind, Facts, Tag, TagFilter, Timestamp, Version, pretend};

/// The maximum number of bytes of a variable.
const MAX_LENGTH: usize = 64 * 1024;

/// The fields of a pretended checkout.
const FIELDS: &str = "tag, distance, node, dirty, branch, node_date, time";

/// The facts that `SETUPTOOLS_SCM_PRETEND_METADATA` sets in place of those of the checkout.
///
/// The value is TOML, in braces or not, with some of the fields `tag`, `distance`, `node`, `dirty`,
/// `branch`, `node_date` and `time`. Variables are chosen as in
/// [`pretended_version`](crate::pretended_version).
///
/// # Examples
///
/// ```
/// use pypi_versioning::{Facts, PretendedFacts, Settings, Tag, TagFilter, describe};
///
/// let variables = [("SETUPTOOLS_SCM_PRETEND_METADATA", "{node = 'g1337beef', distance = 4}")];
/// let pretended = PretendedFacts::from_variables(variables, None)?.ok_or("not set")?;
/// let facts = Facts::new().tag(Tag::parse("v1.2.3", "").ok_or("not a version tag")?);
/// let facts = pretended.apply(facts);
/// let described = describe(facts, &Settings::new())?;
/// assert_eq!(described.full().to_string(), "1.2.4.dev4+g1337beef");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PretendedFacts {
    /// The name of the variable.
    pub variable: String,
    /// The tag.
    pub tag: Option<Tag>,
    /// The number of commits since the tag.
    pub distance: Option<u64>,
    /// The commit, which may be abbreviated.
    pub node: Option<CommitId>,
    /// Whether tracked files differ from the commit.
    pub dirty: Option<bool>,
    /// The branch.
    pub branch: Option<String>,
    /// The commit date.
    pub commit_time: Option<Timestamp>,
    /// The time that local schemes print for a dirty tree; see [`Settings::time`](crate::Settings::time).
    pub time: Option<Timestamp>,
}

impl PretendedFacts {
    /// Reads the variable that applies to the distribution. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// Unlike setuptools-scm, which ignores a value that it cannot read:
    ///
    /// - [`ErrorKind::InvalidVariable`] if a field is unknown or has a value that is not valid.
    ///   `preformatted = true` is one of them: `SETUPTOOLS_SCM_PRETEND_VERSION` sets a version.
    /// - [`ErrorKind::InvalidToml`] if the value is not TOML.
    /// - [`ErrorKind::TooLong`] if it has more than 64 KiB.
    pub fn from_variables<N: AsRef<str>, V: AsRef<str>>(
        variables: impl IntoIterator<Item = (N, V)>,
        distribution: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        let Some(set) = Set::find(variables, "PRETEND_METADATA", distribution)? else {
            return Ok(None);
        };
        let mut pretended = Self {
            variable: set.variable.clone(),
            tag: None,
            distance: None,
            node: None,
            dirty: None,
            branch: None,
            commit_time: None,
            time: None,
        };
        for (name, item) in set.values().into_iter().flat_map(TableLike::iter) {
            let key = &format!("{}.{name}", set.variable);
            let read = pretended.read(key, name, item);
            read.map_err(|error| invalid(key, &error))?;
        }
        Ok(Some(pretended))
    }

    fn read(&mut self, key: &str, name: &str, item: &Item) -> Result<(), Error> {
        match name {
            "tag" => self.tag = Some(tag(key, item)?),
            "distance" => {
                let distance = item
                    .as_integer()
                    .and_then(|number| u64::try_from(number).ok());
                self.distance =
                    Some(distance.ok_or_else(|| error::wrong_type(key, "a number from 0 on"))?);
            }
            "node" => self.node = Some(CommitId::parse_abbreviated(text(key, item)?)?),
            "dirty" => self.dirty = Some(flag(key, item)?),
            "branch" => self.branch = Some(text(key, item)?.to_owned()),
            "node_date" => self.commit_time = Some(time(key, item)?),
            "time" => self.time = Some(time(key, item)?),
            "preformatted" if item.as_bool() == Some(false) => {}
            "preformatted" => {
                let message = format!("{key} is not supported");
                return Err(Error::new(ErrorKind::InvalidVariable, message)
                    .with_help("set the version in SETUPTOOLS_SCM_PRETEND_VERSION instead"));
            }
            _ => return Err(error::unknown_key(key, FIELDS)),
        }
        Ok(())
    }

    /// Returns the facts with those that the variable sets.
    ///
    /// With a tag and a distance, a shallow history hides nothing.
    #[must_use]
    pub fn apply(&self, mut facts: Facts) -> Facts {
        facts.shallow &= self.tag.is_none() || self.distance.is_none();
        facts.tag = self.tag.clone().or(facts.tag);
        facts.distance = self.distance.unwrap_or(facts.distance);
        facts.node = self.node.clone().or(facts.node);
        facts.dirty = self.dirty.unwrap_or(facts.dirty);
        facts.branch = self.branch.clone().or(facts.branch);
        facts.commit_time = self.commit_time.or(facts.commit_time);
        facts
    }
}

/// The keys of `[tool.setuptools_scm]` that `SETUPTOOLS_SCM_OVERRIDES` sets.
///
/// The value is TOML, in braces or not. Variables are chosen as in
/// [`pretended_version`](crate::pretended_version).
///
/// # Examples
///
/// ```
/// use pypi_versioning::{LocalScheme, Overrides, PyProject};
///
/// let variables = [("SETUPTOOLS_SCM_OVERRIDES_FOR_DEMO", "{local_scheme = 'no-local-version'}")];
/// let overrides = Overrides::from_variables(variables, Some("demo"))?.ok_or("not set")?;
/// let project = PyProject::parse("[tool.setuptools_scm]\nlocal_scheme = 'dirty-tag'")?;
/// let config = project.config_with(&overrides)?;
/// assert_eq!(config.settings.local_scheme, LocalScheme::None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overrides(Set);

impl Overrides {
    /// Reads the variable that applies to the distribution. Returns `None` if there is none.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidToml`] if the value is not TOML.
    /// - [`ErrorKind::TooLong`] if it has more than 64 KiB.
    pub fn from_variables<N: AsRef<str>, V: AsRef<str>>(
        variables: impl IntoIterator<Item = (N, V)>,
        distribution: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        Ok(Set::find(variables, "OVERRIDES", distribution)?.map(Self))
    }

    /// Returns the name of the variable.
    pub fn variable(&self) -> &str {
        &self.0.variable
    }

    pub(super) fn values(&self) -> Option<&dyn TableLike> {
        self.0.values()
    }
}

/// A variable whose value is TOML.
#[derive(Clone, Debug)]
struct Set {
    variable: String,
    document: Document<String>,
}

impl Set {
    fn find<N: AsRef<str>, V: AsRef<str>>(
        variables: impl IntoIterator<Item = (N, V)>,
        what: &str,
        distribution: Option<&str>,
    ) -> Result<Option<Self>, Error> {
        let Some((name, value)) = pretend::variable(variables, what, distribution) else {
            return Ok(None);
        };
        let (variable, value) = (name.as_ref().to_owned(), value.as_ref());
        if value.len() > MAX_LENGTH {
            let message = format!("variable {variable} is too long: expected at most 64 KiB");
            return Err(Error::new(ErrorKind::TooLong, message));
        }
        let document = match value.starts_with('{') {
            true => format!("{INLINE}={value}"),
            false => value.to_owned(),
        };
        let document = Document::parse(document).map_err(|error| {
            let reason = error.message().replace(char::is_control, " ");
            let message = format!("value of variable {variable} is not valid TOML: {reason}");
            Error::new(ErrorKind::InvalidToml, message).with_help(
                "write it like {distance = 4, node = \"g1a2b3c4\"}, or unset the variable",
            )
        })?;
        Ok(Some(Self { variable, document }))
    }

    fn values(&self) -> Option<&dyn TableLike> {
        let item = self.document.as_item();
        match self.document.raw().starts_with(INLINE_START) {
            true => item.get(INLINE)?.as_table_like(),
            false => item.as_table_like(),
        }
    }
}

/// The key of a value in braces.
const INLINE: &str = "inline";
const INLINE_START: &str = "inline={";

fn tag(key: &str, item: &Item) -> Result<Tag, Error> {
    let name = text(key, item)?;
    let tag = TagFilter::new().dot_required(false).parse_tag(name);
    tag.map_or_else(
        || {
            let version = Version::parse(name).map_err(|error| error::version(key, error))?;
            Ok(Tag::new(name, version))
        },
        Ok,
    )
}

/// A date is its first second, and a time without an offset is in UTC.
fn time(key: &str, item: &Item) -> Result<Timestamp, Error> {
    let value = item
        .as_datetime()
        .filter(|value| value.date.is_some())
        .ok_or_else(|| error::wrong_type(key, "a date"))?;
    let mut text = value.to_string().replace(' ', "T");
    if let Some((seconds, fraction)) = text.split_once('.') {
        let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        text = [seconds, offset].concat();
    }
    if value.time.is_none() {
        text.push_str("T00:00:00");
    }
    if value.offset.is_none() {
        text.push('Z');
    }
    Timestamp::parse(&text)
}

fn invalid(key: &str, source: &Error) -> Error {
    let message = match source.kind() {
        ErrorKind::InvalidPyProject | ErrorKind::InvalidVariable => source.to_string(),
        _ => format!("value of {key} is invalid: {source}"),
    };
    let error = Error::new(ErrorKind::InvalidVariable, message);
    match source.help() {
        Some(help) => error.with_help(help.to_owned()),
        None => error.with_help("correct the variable, or unset it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pretended(value: &str) -> Result<PretendedFacts, Error> {
        let variables = [("SETUPTOOLS_SCM_PRETEND_METADATA_FOR_DEMO", value)];
        PretendedFacts::from_variables(variables, Some("demo")).map(|found| found.expect("set"))
    }

    #[test]
    fn fields_take_the_place_of_facts() {
        let value = "tag = 'v2.0'\ndistance = 3\nnode = '1337beef'\ndirty = true\nbranch = 'x'\n\
                     node_date = 2024-06-15\ntime = 2024-06-15T14:00:00.5+02:00\npreformatted = false";
        let found = pretended(value).expect("facts");
        assert_eq!(
            found.time.map(|time| time.to_string()).as_deref(),
            Some("2024-06-15T12:00:00Z")
        );
        let facts = found.apply(Facts::new().shallow(true));
        assert_eq!(facts.tag.map(|tag| tag.name).as_deref(), Some("v2.0"));
        assert_eq!(
            (facts.distance, facts.dirty, facts.shallow),
            (3, true, false)
        );
        assert_eq!(
            facts.node.map(|node| node.to_string()).as_deref(),
            Some("1337beef")
        );
        assert_eq!(facts.branch.as_deref(), Some("x"));
        let date = facts.commit_time.expect("a date");
        assert_eq!(date.to_string(), "2024-06-15T00:00:00Z");

        let facts = Facts::new().distance(2).shallow(true).branch("main");
        let unchanged = pretended("{}").expect("facts").apply(facts.clone());
        assert_eq!(unchanged, facts);
    }

    #[test]
    fn what_cannot_be_obeyed_is_an_error() {
        for (value, message) in [
            ("{distance = -1}", "is not a number from 0 on"),
            ("{distance = '4'}", "is not a number from 0 on"),
            ("{dirty = 1}", "is not true or false"),
            ("{node = 'main'}", "is not a commit ID"),
            ("{node_date = 'today'}", "is not a date"),
            (
                "{tag = 'latest'}",
                "value of SETUPTOOLS_SCM_PRETEND_METADATA_FOR_DEMO.tag in",
            ),
            ("{preformatted = true}", "is not supported"),
            ("{node_id = 'abcd'}", "unknown key"),
        ] {
            let error = pretended(value).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::InvalidVariable, "{value}");
            assert!(error.to_string().contains(message), "{value}: {error}");
            assert!(!error.to_string().contains(".toml"), "{error}");
            assert!(error.help().is_some(), "{value}");
        }
        for value in ["{distance = 4", "distance: 4", "4"] {
            let error = pretended(value).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::InvalidToml, "{value}");
        }
        let long = format!("branch = '{}'", "x".repeat(MAX_LENGTH));
        let error = pretended(&long).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::TooLong);
    }
}
