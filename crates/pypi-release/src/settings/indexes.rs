//! Indexes by name: `[tool.pypi-release.index.NAME]`, `[[tool.uv.index]]` of uv, and what the caller found elsewhere.

use std::path::Path;

use pypi_trusted_upload::url::Url;
use toml_edit::{Document, TableLike};

use super::{
    OWN_FILE, Settings,
    document::get,
    suggest::nearest,
    value::{NamedIndex, RESERVED, Value, quoted},
};
use crate::{
    failure::{Exit, Failure},
    files,
};

/// An index with the same name that is not in the project.
pub(crate) struct Elsewhere {
    /// For messages.
    pub(crate) place: String,
    /// That accepts uploads.
    pub(crate) url: String,
}

/// Returns the index with this name in the project of `root`, or else `elsewhere`, which must not be another one.
///
/// An error elsewhere counts only if the project does not know the name.
pub(crate) fn find(
    root: &Path,
    name: &str,
    elsewhere: Result<Option<Elsewhere>, Failure>,
) -> Result<NamedIndex, Failure> {
    let own = Settings::read(root, None)?.indexes();
    let project = root.join("pyproject.toml");
    let text = files::toml_if_present(&project)?.unwrap_or_default();
    let foreign = of_uv(&text);
    let named = |indexes: &[NamedIndex]| indexes.iter().find(|one| one.name == name).cloned();
    let (ours, of_uv) = (named(&own), named(&foreign));
    let (place, index) = match (ours, &of_uv) {
        (Some(own), Some(foreign)) if foreign.url.is_some() && own.url != foreign.url => {
            return Err(wrong(format!(
                "the index {} has one URL in [tool.pypi-release.index] and another one in [[tool.uv.index]]: make them the same",
                quoted(name)
            )));
        }
        (Some(own), _) => ("[tool.pypi-release.index]", Some(own)),
        (None, _) => {
            let foreign = of_uv.clone().filter(|foreign| foreign.url.is_some());
            ("[[tool.uv.index]]", foreign)
        }
    };
    let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
    match (index, elsewhere) {
        (Some(index), Ok(Some(other)))
            if index.url.as_deref().map(trimmed) != Some(trimmed(&other.url)) =>
        {
            Err(wrong(format!(
                "the index {} has one URL in {place} and another one in {}: make them the same",
                quoted(name),
                other.place
            )))
        }
        (Some(index), _) => Ok(index),
        (None, Err(failure)) => Err(failure),
        // uv may know its simple API.
        (None, Ok(Some(other))) => Ok(NamedIndex {
            name: name.to_owned(),
            url: Some(other.url),
            ..of_uv.unwrap_or_default()
        }),
        (None, Ok(None)) if of_uv.is_some() => Err(wrong(format!(
            "the index {} of [[tool.uv.index]] has no publish-url: add the URL that accepts uploads",
            quoted(name)
        ))),
        (None, Ok(None)) => {
            let known = RESERVED.into_iter();
            let known: Vec<&str> = known
                .chain(own.iter().chain(&foreign).map(|one| one.name.as_str()))
                .collect();
            Err(unknown(name, &known))
        }
    }
}

/// Fails if uv knows another index by the name of PyPI, TestPyPI or the local index: what is meant is not clear.
///
/// Files that cannot be read say nothing here.
pub(crate) fn check_reserved(root: &Path, name: &str, upload_url: &str) -> Result<(), Failure> {
    let text = files::toml_if_present(&root.join("pyproject.toml"));
    let text = text.ok().flatten().unwrap_or_default();
    let other = of_uv(&text).into_iter().find_map(|index| {
        let url = index.url.filter(|_| index.name == name)?;
        (url.trim_end_matches('/') != upload_url.trim_end_matches('/')).then_some(url)
    });
    match other {
        None => Ok(()),
        Some(url) => Err(wrong(format!(
            "[[tool.uv.index]] gives the name {name} to {}, and here it means {upload_url}: rename it, or pass the URL",
            public(&url)
        ))),
    }
}

/// A URL for messages: without a user name and a password.
fn public(url: &str) -> String {
    let Ok(mut url) = url.parse::<Url>() else {
        return "what is not a URL".to_owned();
    };
    // Both fail for a URL that cannot have a user.
    let _ = (url.set_username(""), url.set_password(None));
    quoted(url.as_str())
}

impl Settings {
    /// The indexes of `[index]`.
    fn indexes(&self) -> Vec<NamedIndex> {
        match self.values.get("index") {
            Some(Value::Indexes(indexes)) => indexes,
            _ => Vec::new(),
        }
    }
}

/// The indexes of uv. What is not valid there is uv's to say.
fn of_uv(text: &str) -> Vec<NamedIndex> {
    if !text.contains("uv") {
        return Vec::new();
    }
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let Some(item) = get(document.as_item(), "tool.uv.index") else {
        return Vec::new();
    };
    let named = |table: &dyn TableLike| {
        let text = |key: &str| Some(table.get(key)?.as_str()?.to_owned());
        Some(NamedIndex {
            name: text("name")?,
            url: text("publish-url"),
            simple_url: text("url"),
            profile: None,
        })
    };
    match (item.as_array_of_tables(), item.as_array()) {
        (Some(tables), _) => tables.iter().filter_map(|table| named(table)).collect(),
        (_, Some(array)) => {
            let tables = array.iter().filter_map(|value| value.as_inline_table());
            tables.filter_map(|table| named(table)).collect()
        }
        _ => Vec::new(),
    }
}

fn unknown(name: &str, known: &[&str]) -> Failure {
    let message = match nearest(name, known) {
        Some(meant) => format!("unknown index {}: did you mean {meant}?", quoted(name)),
        None => format!(
            "unknown index {}: expected {}, a name in [tool.pypi-release.index] of pyproject.toml or {OWN_FILE}, a section of ~/.pypirc, or a URL like https://index.example/legacy/",
            quoted(name),
            known.join(", ")
        ),
    };
    Failure::usage(message)
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Usage, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_uv_are_read_in_any_notation() {
        let names = |text: &str| -> Vec<(String, Option<String>)> {
            let indexes = of_uv(text).into_iter();
            indexes.map(|index| (index.name, index.url)).collect()
        };
        let tables = "[[tool.uv.index]]\nname = 'a'\nurl = 'https://a/simple'\npublish-url = 'https://a/'\n\
                      [[tool.uv.index]]\nurl = 'https://nameless/'\n[[tool.uv.index]]\nname = 'b'\n";
        let expected = [
            ("a".to_owned(), Some("https://a/".to_owned())),
            ("b".to_owned(), None),
        ];
        assert_eq!(names(tables), expected);
        let inline =
            "[tool.uv]\nindex = [{ name = 'a', publish-url = 'https://a/' }, { name = 'b' }, 1]";
        assert_eq!(names(inline), expected);
        assert_eq!(names("[tool.uv]\nindex = 1"), []);
        assert_eq!(names("tool.uv = "), []);
    }

    #[test]
    fn a_message_has_no_password_of_a_url() {
        for (url, shown) in [
            (
                "https://me:hush@corp.example/x/",
                "\"https://corp.example/x/\"",
            ),
            ("https://corp.example/", "\"https://corp.example/\""),
            ("https://me:hush@corp.example:99999/", "what is not a URL"),
        ] {
            assert_eq!(public(url), shown);
        }
    }

    #[test]
    fn an_unknown_name_gets_a_suggestion() {
        let known = ["pypi", "testpypi", "local", "corp"];
        assert_eq!(
            unknown("crop", &known).message(),
            "unknown index \"crop\": did you mean corp?"
        );
        let message = unknown("index.example", &known).message().to_owned();
        assert!(
            message.contains("expected pypi, testpypi, local, corp, a name"),
            "{message}"
        );
    }
}
