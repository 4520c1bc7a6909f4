//! The values of keys.

use std::time::Duration;

use pypi_trusted_upload::{upload::Profile, url::Url};
use toml_edit::{Item, TableLike};

use super::{
    keys::{Key, Kind},
    suggest::nearest,
};
use crate::{duration, glob::Glob};

/// A value that a key accepts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Value {
    Edits(Vec<Edit>),
    Flag(bool),
    Indexes(Vec<NamedIndex>),
    Number(i64),
    Text(String),
    Texts(Vec<String>),
    Time(Duration),
}

/// A place in a file that contains the version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Edit {
    /// The file, relative to the project.
    pub(crate) path: String,
    /// The text that occurs once, with `{version}`.
    pub(crate) search: String,
}

/// An index that the project gives a name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct NamedIndex {
    pub(crate) name: String,
    /// The URL that accepts uploads; not set for an index of uv without `publish-url`.
    pub(crate) url: Option<String>,
    pub(crate) simple_url: Option<String>,
    /// The name of a profile of `pypi-upload`.
    pub(crate) profile: Option<String>,
}

/// The names that are not the project's to give.
pub(crate) const RESERVED: [&str; 3] = ["pypi", "testpypi", "local"];

/// The keys of an index.
const INDEX_KEYS: [&str; 3] = ["url", "simple-url", "profile"];

/// The stand-in for the version.
pub(crate) const VERSION: &str = "{version}";

/// The maximum number of characters of a value that a message repeats.
const MAX_QUOTED: usize = 60;

/// Reads a value, or returns what was found and what was expected, as in `is an integer, expected a string`.
pub(super) fn read(kind: Kind, item: &Item) -> Result<Value, String> {
    match kind {
        Kind::Edits => edits(item),
        Kind::Flag => {
            let flag = item.as_bool();
            flag.map(Value::Flag)
                .ok_or_else(|| wrong_type(item, "true or false"))
        }
        Kind::Indexes => indexes(item),
        Kind::Time => {
            let text = text(item)?;
            let time = duration::parse(text);
            time.map(Value::Time)
                .map_err(|expected| format!("is {}, {expected}", quoted(text)))
        }
        Kind::Choices(_) | Kind::PathGlobs | Kind::Texts => texts(kind, item),
        Kind::Version(expected) => version(expected, item),
        _ => Ok(Value::Text(one(kind, text(item)?)?.to_owned())),
    }
}

/// The value of a key that is not set.
pub(super) fn default(key: &Key) -> Option<Value> {
    let value: toml_edit::Value = key.default?.parse().ok()?;
    read(key.kind, &Item::Value(value)).ok()
}

impl Value {
    /// The value as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Self::Edits(edits) => edits
                .iter()
                .map(|edit| serde_json::json!({ "path": edit.path, "search": edit.search }))
                .collect(),
            Self::Flag(flag) => (*flag).into(),
            Self::Indexes(indexes) => {
                let indexes = indexes.iter().map(|index| {
                    let value = serde_json::json!({
                        "url": index.url, "simple-url": index.simple_url, "profile": index.profile,
                    });
                    (index.name.clone(), value)
                });
                indexes.collect::<serde_json::Map<_, _>>().into()
            }
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Texts(texts) => texts.clone().into(),
            Self::Time(time) => format!("{}s", time.as_secs()).into(),
        }
    }
}

/// One text of a kind.
fn one(kind: Kind, text: &str) -> Result<&str, String> {
    let is_valid = match kind {
        Kind::Choice(choices) | Kind::Choices(choices) => {
            if !choices.contains(&text) {
                return Err(bad(text, &format!("one of {}", choices.join(", "))));
            }
            true
        }
        Kind::Path if !is_below(text) => {
            return Err(bad(text, "a path below the project, with /"));
        }
        Kind::PathGlobs => {
            Glob::parse(text).map_err(|expected| bad(text, expected))?;
            true
        }
        Kind::Repository if !is_repository(text) => return Err(bad(text, "OWNER/NAME")),
        Kind::TagGlob if text.contains(['[', ']', '{', '}', ' ', '\t', '\\']) => {
            return Err(bad(text, "a pattern of tags with * and ?"));
        }
        Kind::Url if !Url::parse(text).is_ok_and(|url| url.has_host()) => {
            return Err(bad(text, "a URL such as https://pypi.org/simple/"));
        }
        Kind::Variable if !is_variable(text) => {
            return Err(bad(text, "the name of an environment variable"));
        }
        _ => !text.trim().is_empty() && !text.contains('\0'),
    };
    match is_valid {
        true => Ok(text),
        false => Err(bad(text, "a text that is not empty")),
    }
}

fn texts(kind: Kind, item: &Item) -> Result<Value, String> {
    let expected = "an array of strings";
    let array = item.as_array().ok_or_else(|| wrong_type(item, expected))?;
    let texts = array.iter().map(|value| {
        let text = value.as_str();
        let text = text.ok_or_else(|| {
            format!(
                "contains {}, expected {expected}",
                article(value.type_name())
            )
        })?;
        one(kind, text).map(str::to_owned)
    });
    Ok(Value::Texts(texts.collect::<Result<_, String>>()?))
}

/// Checks the type; `pypi-versioning` reads the value.
fn version(expected: &str, item: &Item) -> Result<Value, String> {
    let value = match expected {
        "boolean" => item.as_bool().map(Value::Flag),
        "integer" => item.as_integer().map(Value::Number),
        _ => item.as_str().map(|text| Value::Text(text.to_owned())),
    };
    value.ok_or_else(|| wrong_type(item, &article(expected)))
}

fn edits(item: &Item) -> Result<Value, String> {
    let expected = "an array of tables { path, search }";
    let wrong = || wrong_type(item, expected);
    let edits: Result<Vec<Edit>, String> = match (item.as_array(), item.as_array_of_tables()) {
        (Some(array), _) => array
            .iter()
            .map(|value| edit(&Item::Value(value.clone())))
            .collect(),
        (_, Some(tables)) => tables
            .iter()
            .map(|table| edit(&Item::Table(table.clone())))
            .collect(),
        _ => return Err(wrong()),
    };
    Ok(Value::Edits(edits?))
}

fn edit(item: &Item) -> Result<Edit, String> {
    let expected = "a table { path, search }";
    let table = item.as_table_like().ok_or_else(|| {
        format!(
            "contains {}, expected {expected}",
            article(item.type_name())
        )
    })?;
    if let Some((name, _)) = table
        .iter()
        .find(|(name, _)| !matches!(*name, "path" | "search"))
    {
        return Err(format!("has the key {}, expected {expected}", quoted(name)));
    }
    let field = |name: &str| {
        let item = table.get(name);
        let item = item.ok_or_else(|| format!("has no {name}, expected {expected}"))?;
        text(item).map(str::to_owned)
    };
    let (path, search) = (field("path")?, field("search")?);
    one(Kind::Path, &path)?;
    if search.matches(VERSION).count() != 1 {
        return Err(bad(&search, "a text that contains {version} once"));
    }
    Ok(Edit { path, search })
}

fn indexes(item: &Item) -> Result<Value, String> {
    let expected = "tables with url, simple-url and profile, by name";
    let tables = item.as_table_like();
    let tables = tables.ok_or_else(|| wrong_type(item, expected))?;
    let indexes = tables.iter().map(|(name, item)| {
        if RESERVED.contains(&name) {
            let expected = "another name: pypi, testpypi and local are known";
            return Err(format!("names an index {name}, expected {expected}"));
        }
        if !is_name(name) {
            let expected = "letters, digits, - and _";
            return Err(format!(
                "names an index {}, expected {expected}",
                quoted(name)
            ));
        }
        let table = item.as_table_like();
        let table = table.ok_or_else(|| format!(".{name} {}", wrong_type(item, "a table")))?;
        index(name, table).map_err(|what| format!(".{name}{what}"))
    });
    Ok(Value::Indexes(indexes.collect::<Result<_, String>>()?))
}

fn index(name: &str, table: &dyn TableLike) -> Result<NamedIndex, String> {
    if let Some((key, _)) = table.iter().find(|(key, _)| !INDEX_KEYS.contains(key)) {
        return Err(match nearest(key, &INDEX_KEYS) {
            Some(meant) => format!(" has the key {}: did you mean {meant}?", quoted(key)),
            None => format!(
                " has the key {}, expected one of {}",
                quoted(key),
                INDEX_KEYS.join(", ")
            ),
        });
    }
    let field = |key: &str| {
        let item = table.get(key);
        let found = item.map(|item| text(item).map(str::to_owned)).transpose();
        found.map_err(|what| format!(".{key} {what}"))
    };
    let index = NamedIndex {
        name: name.to_owned(),
        url: field("url")?,
        simple_url: field("simple-url")?,
        profile: field("profile")?,
    };
    if index.url.is_none() {
        return Err(" has no url, expected the URL that accepts uploads".to_owned());
    }
    if let Some(profile) = &index.profile
        && Profile::named(profile).is_none()
    {
        let names = profiles();
        let expected = match nearest(profile, &names) {
            Some(meant) => format!("one of the known profiles: did you mean {meant}?"),
            None => format!("one of {}", names.join(", ")),
        };
        return Err(format!(".profile {}", bad(profile, &expected)));
    }
    Ok(index)
}

/// The names of the profiles.
pub(crate) fn profiles() -> Vec<&'static str> {
    Profile::all().map(|profile| profile.name).collect()
}

fn text(item: &Item) -> Result<&str, String> {
    item.as_str().ok_or_else(|| wrong_type(item, "a string"))
}

fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !name.is_empty() && name.chars().all(is_plain)
}

/// Whether `text` is a relative path that stays below its folder.
fn is_below(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('/')
        && !text.contains(['\\', ':', '\0'])
        && text.split('/').all(|part| part != "..")
}

/// Whether `text` is the path of a repository, such as `owner/name`.
pub(crate) fn is_repository(text: &str) -> bool {
    let is_plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    // Groups of GitLab have groups in them.
    text.contains('/') && text.split('/').all(is_plain)
}

fn is_variable(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn wrong_type(item: &Item, expected: &str) -> String {
    format!("is {}, expected {expected}", article(item.type_name()))
}

fn bad(text: &str, expected: &str) -> String {
    format!("is {}, expected {expected}", quoted(text))
}

/// The name of a type, as in a sentence.
fn article(name: &str) -> String {
    match name.starts_with(['a', 'i']) {
        true => format!("an {name}"),
        false => format!("a {name}"),
    }
}

/// Text of the file for a message, on one line and cut.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
