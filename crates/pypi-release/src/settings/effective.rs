//! The value of every key, and where it comes from.

use pypi_trusted_upload::versioning::ConfigTable;

use super::{
    Settings,
    keys::{KEYS, Key},
    value::{self, Value},
};

/// The value of a key.
pub(crate) struct Effective {
    pub(crate) key: &'static Key,
    /// `None` if it is not set and has no default.
    pub(crate) value: Option<Value>,
    /// `default`, a file and its line, or the table of another tool.
    pub(crate) source: String,
}

impl Settings {
    /// The value of every key, in the order of the table of keys.
    pub(crate) fn effective(&self) -> Vec<Effective> {
        KEYS.iter().map(|key| self.value_of(key)).collect()
    }

    fn value_of(&self, key: &'static Key) -> Effective {
        let (value, source) = if let Some((value, source)) = self.values.0.get(key.path) {
            (Some(value.clone()), source.clone())
        } else if let Some((value, source)) = self.of_other_tool(key) {
            (Some(value), source)
        } else {
            (value::default(key), "default".to_owned())
        };
        Effective { key, value, source }
    }

    /// The value that the table of another tool sets, or `projects` for a tag prefix.
    fn of_other_tool(&self, key: &Key) -> Option<(Value, String)> {
        let version = &self.version;
        if key.path == "version.tag-prefix" && version.is_one_of_several {
            let prefix = version.tags.prefix.clone();
            return Some((Value::Text(prefix), "projects".to_owned()));
        }
        let table = version.table.filter(|table| *table != ConfigTable::Own)?;
        let text = |text: &str| Value::Text(text.to_owned());
        let value = match key.path {
            "version.scheme" => text(version.settings.scheme.name()),
            "version.local-scheme" => text(version.settings.local_scheme.name()),
            "version.node-length" => {
                Value::Number(i64::try_from(version.settings.node_length).ok()?)
            }
            "version.base" => Value::Text(version.settings.base.as_ref()?.to_string()),
            "version.tag-prefix" => text(Some(&version.tags.prefix).filter(|p| !p.is_empty())?),
            "version.tag-glob" => text(version.tags.glob.as_ref()?),
            "version.tag-dot-required" => Value::Flag(version.tags.dot_required),
            "version.version-file" => text(&version.version_files.first()?.path),
            _ => return None,
        };
        let is_default = value::default(key).is_some_and(|default| default == value);
        (!is_default).then(|| (value, table.name().to_owned()))
    }
}
