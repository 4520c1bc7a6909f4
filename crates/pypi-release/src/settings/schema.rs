//! The settings as a JSON schema, and as a table for people.

use serde_json::{Map, Value, json};

use super::{
    RESERVED,
    keys::{KEYS, Key, Kind},
    profiles, value,
};

/// The schema of `pypi-release.toml`, and of `[tool.pypi-release]`.
pub(crate) fn document() -> Value {
    let mut properties = Map::new();
    for key in KEYS {
        let mut schema = type_of(key.kind);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".to_owned(), key.help.into());
            if let Some(default) = value::default(key) {
                schema.insert("default".to_owned(), default.json());
            }
        }
        match key.table() {
            "" => drop(properties.insert(key.name().to_owned(), schema)),
            table => {
                let table = properties
                    .entry(table)
                    .or_insert_with(|| object(Map::new()));
                if let Some(Value::Object(properties)) = table.get_mut("properties") {
                    properties.insert(key.name().to_owned(), schema);
                }
            }
        }
    }
    let mut schema = object(properties);
    if let Value::Object(schema) = &mut schema {
        schema.insert(
            "$schema".to_owned(),
            "https://json-schema.org/draft/2020-12/schema".into(),
        );
        schema.insert("title".to_owned(), "Settings of pypi-release".into());
        schema.insert(
            "description".to_owned(),
            "The content of pypi-release.toml, and of [tool.pypi-release] in pyproject.toml".into(),
        );
    }
    schema
}

fn object(properties: Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn type_of(kind: Kind) -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    match kind {
        Kind::Choice(choices) => json!({ "enum": choices }),
        Kind::Choices(choices) => json!({ "type": "array", "items": { "enum": choices } }),
        Kind::Edits => {
            let mut edit = object(Map::from_iter([
                ("path".to_owned(), text),
                (
                    "search".to_owned(),
                    json!({ "type": "string", "pattern": "\\{version\\}" }),
                ),
            ]));
            edit["required"] = json!(["path", "search"]);
            json!({ "type": "array", "items": edit })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Indexes => {
            let url = json!({ "type": "string", "format": "uri" });
            let mut index = object(Map::from_iter([
                ("url".to_owned(), url.clone()),
                ("simple-url".to_owned(), url),
                ("profile".to_owned(), json!({ "enum": profiles() })),
            ]));
            index["required"] = json!(["url"]);
            json!({
                "type": "object",
                "propertyNames": { "pattern": "^[A-Za-z0-9._-]+$", "not": { "enum": RESERVED } },
                "additionalProperties": index,
            })
        }
        Kind::PathGlobs | Kind::Texts => json!({ "type": "array", "items": text }),
        Kind::Repository => {
            json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$" })
        }
        Kind::Time => json!({ "type": "string", "pattern": "^[0-9]+[smh]?$" }),
        Kind::Url => json!({ "type": "string", "format": "uri" }),
        Kind::Variable => json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }),
        Kind::Version(of) => json!({ "type": of }),
        Kind::Path | Kind::TagGlob | Kind::Text => text,
    }
}

/// The keys as a Markdown table.
pub(crate) fn table() -> String {
    let mut table = "| key | value | default | |\n| --- | --- | --- | --- |\n".to_owned();
    for key in KEYS {
        let default = key
            .default
            .map(|default| format!("`{}`", default.replace('\'', "\"")));
        table.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            key.path,
            value_of(key),
            default.unwrap_or_default(),
            key.help
        ));
    }
    table
}

fn value_of(key: &Key) -> String {
    let quoted = |choices: &[&str]| {
        let choices = choices.iter().map(|choice| format!("`\"{choice}\"`"));
        choices.collect::<Vec<_>>().join(", ")
    };
    match key.kind {
        Kind::Choice(choices) => quoted(choices),
        Kind::Choices(choices) => format!("array of {}", quoted(choices)),
        Kind::Edits => "array of `{ path, search }`".to_owned(),
        Kind::Flag => "boolean".to_owned(),
        Kind::Indexes => "tables `{ url, simple-url, profile }` by name".to_owned(),
        Kind::Path => "path".to_owned(),
        Kind::PathGlobs => "array of paths with `*`, `?`, `**`".to_owned(),
        Kind::Repository => "`\"owner/name\"`".to_owned(),
        Kind::TagGlob => "pattern with `*`, `?`".to_owned(),
        Kind::Text => "string".to_owned(),
        Kind::Texts => "array of strings".to_owned(),
        Kind::Time => "time, such as `\"90s\"`, `\"15m\"`, `\"1h\"`".to_owned(),
        Kind::Url => "URL".to_owned(),
        Kind::Variable => "name of a variable".to_owned(),
        Kind::Version(of) => of.to_owned(),
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the files and the variable of the test"
)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// Compares a file in docs/ with what the table of keys says; `UPDATE_SCHEMA=1` writes it.
    #[track_caller]
    fn assert_file(name: &str, expected: impl FnOnce(&str) -> String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs")
            .join(name);
        let found = fs::read_to_string(&path).unwrap_or_default();
        let expected = expected(&found);
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs::write(&path, expected).unwrap();
        } else {
            assert!(
                found == expected,
                "docs/{name} is old: run this test with UPDATE_SCHEMA=1"
            );
        }
    }

    #[test]
    fn the_schema_is_up_to_date() {
        assert_file("settings.schema.json", |_| format!("{:#}\n", document()));
    }

    #[test]
    fn the_table_of_the_documentation_is_up_to_date() {
        assert_file("settings.md", |found| {
            let start = found.find("| key |").expect("the table");
            let end = found[start..]
                .find("\n\n")
                .map_or(found.len(), |end| start + end + 1);
            format!("{}{}{}", &found[..start], table(), &found[end..])
        });
    }
}
