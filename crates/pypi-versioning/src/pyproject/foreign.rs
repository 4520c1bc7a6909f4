//! The tables of other tools. Keys without an equivalent are listed, not guessed.

use toml_edit::{Item, TableLike};

use super::{
    error,
    reader::{Reader, flag, text},
    variables::Overrides,
};
use crate::{Error, LocalScheme, Scheme};

const NO_EQUIVALENT: &str = "it has no equivalent: check that the version is right without it";
const TAGS: &str = "regular expressions are not supported: use tag-prefix and tag-glob of \
                    tool.pypi-release.version";
const STRICT: &str = "a dirty tree is a warning here, not an error; `route` rejects it";

/// Reads `[tool.setuptools_scm]`, `[tool.vcs-versioning]`, or the `raw-options` of hatch-vcs.
///
/// A key of `overrides` takes the place of the one in the table, with all that is in it.
pub(super) fn setuptools_scm(
    reader: &mut Reader,
    table: &str,
    values: Option<&dyn TableLike>,
    overrides: Option<&Overrides>,
) -> Result<(), Error> {
    // The default of setuptools-scm, which is not ours.
    reader.config.settings.local_scheme = LocalScheme::NodeAndDate;
    let set = overrides.and_then(Overrides::values);
    let is_overridden = |name: &str| set.is_some_and(|set| set.contains_key(name));
    let kept = values.into_iter().flat_map(TableLike::iter);
    let kept = kept.filter(|(name, _)| !is_overridden(name));
    let kept = kept.map(|(name, item)| (table, name, item));
    let variable = overrides.map(Overrides::variable).unwrap_or_default();
    let set = set.into_iter().flat_map(TableLike::iter);
    let set = set.map(|(name, item)| (variable, name, item));
    for (table, name, item) in kept.chain(set) {
        let key = &format!("{table}.{name}");
        match name {
            "version_scheme" => match item.as_str() {
                Some(name) if reader.scheme(key, name).is_ok() => {}
                _ => reader.unmapped(
                    key,
                    "choose a scheme: lists and functions are not supported",
                ),
            },
            "local_scheme" => match item.as_str() {
                Some("no-local-version-strict") => {
                    reader.config.settings.local_scheme = LocalScheme::None;
                    reader.unmapped(key, STRICT);
                }
                Some("fail-on-uncommitted-changes") => reader.unmapped(key, STRICT),
                Some(name) if reader.local_scheme(key, name).is_ok() => {}
                _ => reader.unmapped(
                    key,
                    "choose a local scheme: lists and functions are not supported",
                ),
            },
            "version_file" | "write_to" => reader.version_file(key, item)?,
            "version_file_template" | "write_to_template" => match reader.template(key, item) {
                Ok(()) => {}
                Err(_) => reader.unmapped(key, "write it with {version} or {version_tuple}"),
            },
            "fallback_version" => reader.fallback(key, item)?,
            "tag" => tag(reader, key, item)?,
            "normalize" if item.as_bool() == Some(true) => {}
            "search_parent_directories" => {} // git always does
            "root" if item.as_str() == Some(".") => {}
            "root" => reader.unmapped(key, "pass the folder to the command"),
            "tag_regex" => reader.unmapped(key, TAGS),
            _ => reader.unmapped(key, NO_EQUIVALENT),
        }
    }
    Ok(())
}

fn tag(reader: &mut Reader, key: &str, item: &Item) -> Result<(), Error> {
    let Some(values) = item.as_table_like() else {
        return Err(error::wrong_type(key, "a table"));
    };
    for (name, item) in values.iter() {
        let key = &format!("{key}.{name}");
        match name {
            "prefix" => reader.config.tags.prefix = text(key, item)?.to_owned(),
            "strict" => reader.config.tags.dot_required = flag(key, item)?,
            "regex" => reader.unmapped(key, TAGS),
            _ => reader.unmapped(key, NO_EQUIVALENT),
        }
    }
    Ok(())
}

/// Reads `[tool.hatch.version]` of hatch-vcs and its build hook.
pub(super) fn hatch(
    reader: &mut Reader,
    values: &dyn TableLike,
    hook: Option<&dyn TableLike>,
) -> Result<(), Error> {
    const TABLE: &str = "tool.hatch.version";
    const HOOK: &str = "tool.hatch.build.hooks.vcs";
    reader.config.settings.local_scheme = LocalScheme::NodeAndDate;
    if let Some(options) = values.get("raw-options") {
        let key = &format!("{TABLE}.raw-options");
        match options.as_table_like() {
            Some(options) => setuptools_scm(reader, key, Some(options), None)?,
            None => return Err(error::wrong_type(key, "a table")),
        }
    }
    for (name, item) in values.iter() {
        let key = &format!("{TABLE}.{name}");
        match name {
            "source" | "raw-options" => {}
            "fallback-version" => reader.fallback(key, item)?,
            "tag-pattern" => reader.unmapped(key, TAGS),
            _ => reader.unmapped(key, NO_EQUIVALENT),
        }
    }
    for (name, item) in hook.into_iter().flat_map(TableLike::iter) {
        let key = &format!("{HOOK}.{name}");
        match name {
            "version-file" => reader.version_file(key, item)?,
            "template" => match reader.template(key, item) {
                Ok(()) => {}
                Err(_) => reader.unmapped(key, "write it with {version} or {version_tuple}"),
            },
            _ => reader.unmapped(key, NO_EQUIVALENT),
        }
    }
    Ok(())
}

/// Reads `[tool.uv-dynamic-versioning]`, whose keys are those of dunamai.
pub(super) fn uv(reader: &mut Reader, values: &dyn TableLike) -> Result<(), Error> {
    reader.config.settings.scheme = Scheme::Dunamai;
    // By default, tags of dunamai begin with v.
    let mut v = "v";
    let mut prefix = String::new();
    for (name, item) in values.iter() {
        let key = &format!("tool.uv-dynamic-versioning.{name}");
        match name {
            "vcs" if matches!(item.as_str(), Some("any" | "git")) => {}
            "style" if item.as_str() == Some("pep440") => {}
            "strict" if item.as_bool() == Some(true) => {}
            "commit-prefix" if item.as_str() == Some("g") => {}
            "bump" => bump(reader, key, item)?,
            "metadata" if item.as_bool() == Some(false) => {
                reader.config.settings.local_scheme = LocalScheme::None;
            }
            "metadata" if item.as_bool() == Some(true) => {
                reader.unmapped(key, "exact versions never have a local part here");
            }
            "commit-length" => reader.node_length(key, item)?,
            "fallback-version" => reader.fallback(key, item)?,
            "pattern-prefix" => prefix = text(key, item)?.to_owned(),
            "pattern" => match text(key, item)? {
                "default" => {}
                "default-unprefixed" => v = "",
                _ => reader.unmapped(key, TAGS),
            },
            _ => reader.unmapped(key, NO_EQUIVALENT),
        }
    }
    reader.config.tags.prefix = prefix + v;
    Ok(())
}

fn bump(reader: &mut Reader, key: &str, item: &Item) -> Result<(), Error> {
    let enabled = match item.as_table_like() {
        None => flag(key, item)?,
        Some(values) => {
            for (name, _) in values.iter().filter(|(name, _)| *name != "enable") {
                reader.unmapped(&format!("{key}.{name}"), NO_EQUIVALENT);
            }
            let key = &format!("{key}.enable");
            values
                .get("enable")
                .map_or(Ok(false), |item| flag(key, item))?
        }
    };
    if enabled {
        reader.config.settings.scheme = Scheme::DunamaiBump;
    }
    Ok(())
}
