//! What an installed project contains.

use std::path::Path;

use pypi_trusted_upload::metadata::ProjectName;
use serde_json::Value;

use crate::files;

/// What `inspect.py` wrote. Untrusted text.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) version: String,
    pub(super) requirements: Vec<Requirement>,
    /// The top-level modules.
    pub(super) modules: Vec<String>,
    /// The console scripts.
    pub(super) scripts: Vec<String>,
}

/// A dependency, without those of an extra.
#[derive(Debug)]
pub(super) struct Requirement {
    pub(super) name: ProjectName,
    pub(super) text: String,
}

impl Found {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let json = files::bytes(path, LONGEST).map_err(|error| error.to_string())?;
        let value: Value = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
        let texts = |key: &str| {
            let values = value.get(key).and_then(Value::as_array);
            let values = values.into_iter().flatten();
            let texts = values.filter_map(|text| text.as_str().map(str::to_owned));
            texts.collect()
        };
        let version = value.get("version").and_then(Value::as_str);
        let requires: Vec<String> = texts("requires");
        let requirements = requires.iter().filter(|text| !is_of_extra(text));
        Ok(Self {
            version: version.unwrap_or_default().to_owned(),
            requirements: requirements
                .map(|text| Requirement::parse(text))
                .collect::<Result<_, _>>()?,
            modules: texts("modules"),
            scripts: texts("scripts"),
        })
    }
}

impl Requirement {
    /// An error for what an installer could take for an option.
    fn parse(text: &str) -> Result<Self, String> {
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .unwrap_or(text.len());
        let name = text.get(..end).map(ProjectName::parse);
        match name {
            Some(Ok(name)) if !text.contains(char::is_control) => Ok(Self {
                name,
                text: text.to_owned(),
            }),
            _ => Err(format!("Requires-Dist {text:?} is not a requirement")),
        }
    }
}

/// Whether a requirement counts only with an extra, which is not installed.
fn is_of_extra(text: &str) -> bool {
    text.split_once(';').is_some_and(|(_, marker)| {
        let marker: String = marker.chars().filter(|c| !c.is_whitespace()).collect();
        marker.contains("extra==")
    })
}

/// The most bytes that are read.
const LONGEST: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_is_never_an_option() {
        let name = |text| {
            let requirement = Requirement::parse(text).ok()?;
            Some(requirement.name.normalized().to_owned())
        };
        for (text, expected) in [
            ("Demo_X>=1", Some("demo-x")),
            ("demo (>=1.0)", Some("demo")),
            ("demo[x] @ https://index.example/demo.whl", Some("demo")),
            ("--index-url https://other.example/", None),
            ("-e .", None),
            ("./demo", None),
            ("demo\n--index-url https://other.example/", None),
            ("", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_dependencies_of_an_extra_are_not_installed() {
        assert!(is_of_extra(
            "demo>=1; python_version > '3' and extra == 'x'"
        ));
        assert!(is_of_extra("demo;extra=='x'"));
        assert!(!is_of_extra("demo-extra==1; python_version > '3'"));
    }
}
