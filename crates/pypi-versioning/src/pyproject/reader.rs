//! Reads values into a configuration, and `[tool.pypi-release.version]`.

use toml_edit::{Item, TableLike};

use super::{
    config::{Config, ConfigTable, Unmapped, VersionFile},
    error,
};
use crate::{Error, Settings, TagFilter, Version, VersionTemplate};

/// Collects the values of tables.
pub(super) struct Reader {
    pub(super) config: Config,
    file: Option<String>,
    template: Option<VersionTemplate>,
}

impl Reader {
    pub(super) fn new(table: ConfigTable) -> Self {
        let config = Config {
            table,
            settings: Settings::new(),
            tags: TagFilter::new(),
            fallback_version: None,
            version_files: Vec::new(),
            unmapped: Vec::new(),
        };
        Self {
            config,
            file: None,
            template: None,
        }
    }

    pub(super) fn finish(mut self, table: &str) -> Result<Config, Error> {
        match (self.file, self.template) {
            (Some(path), template) => self
                .config
                .version_files
                .push(VersionFile { path, template }),
            (None, Some(_)) => {
                return Err(error::template_without_file(table));
            }
            (None, None) => {}
        }
        Ok(self.config)
    }

    /// Reads the keys of our own table, which messages call `table`.
    pub(super) fn own(&mut self, table: &str, values: &dyn TableLike) -> Result<(), Error> {
        const KEYS: &str = "scheme, local-scheme, node-length, base, tag-prefix, tag-glob, \
                            tag-dot-required, version-file, version-file-template";
        for (name, item) in values.iter() {
            let key = &format!("{table}.{name}");
            match name {
                "scheme" => self.scheme(key, text(key, item)?)?,
                "local-scheme" => self.local_scheme(key, text(key, item)?)?,
                "node-length" => self.node_length(key, item)?,
                "base" => self.base(key, item)?,
                "tag-prefix" => self.config.tags.prefix = text(key, item)?.to_owned(),
                "tag-glob" => self.config.tags.glob = Some(text(key, item)?.to_owned()),
                "tag-dot-required" => self.config.tags.dot_required = flag(key, item)?,
                "version-file" => self.version_file(key, item)?,
                "version-file-template" => self.template(key, item)?,
                _ => return Err(error::unknown_key(key, KEYS)),
            }
        }
        Ok(())
    }

    pub(super) fn scheme(&mut self, key: &str, name: &str) -> Result<(), Error> {
        let scheme = name.parse().map_err(|error| error::value(key, error))?;
        self.config.settings.scheme = scheme;
        Ok(())
    }

    pub(super) fn local_scheme(&mut self, key: &str, name: &str) -> Result<(), Error> {
        let scheme = name.parse().map_err(|error| error::value(key, error))?;
        self.config.settings.local_scheme = scheme;
        Ok(())
    }

    pub(super) fn node_length(&mut self, key: &str, item: &Item) -> Result<(), Error> {
        let number = item
            .as_integer()
            .and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| (4..=64).contains(number));
        let number = number.ok_or_else(|| error::wrong_type(key, "a number from 4 to 64"))?;
        self.config.settings.node_length = number;
        Ok(())
    }

    pub(super) fn base(&mut self, key: &str, item: &Item) -> Result<(), Error> {
        let text = text(key, item)?;
        let base = Version::parse(text).map_err(|error| error::version(key, error))?;
        self.config.settings.base = Some(base);
        Ok(())
    }

    /// Reads a version that is the base in a repository without tags, and the version outside of one.
    pub(super) fn fallback(&mut self, key: &str, item: &Item) -> Result<(), Error> {
        self.base(key, item)?;
        self.config.fallback_version = self.config.settings.base.clone();
        Ok(())
    }

    pub(super) fn version_file(&mut self, key: &str, item: &Item) -> Result<(), Error> {
        let path = text(key, item)?;
        // The file belongs to the project, whoever wrote the table.
        let leaves = path.split(['/', '\\']).any(|part| part == "..");
        if path.is_empty() || leaves || path.starts_with(['/', '\\']) || path.contains(':') {
            return Err(error::outside(key));
        }
        self.file = Some(path.to_owned());
        Ok(())
    }

    pub(super) fn template(&mut self, key: &str, item: &Item) -> Result<(), Error> {
        let template = VersionTemplate::parse(text(key, item)?);
        self.template = Some(template.map_err(|error| error::value(key, error))?);
        Ok(())
    }

    pub(super) fn unmapped(&mut self, key: &str, help: &'static str) {
        self.config.unmapped.push(Unmapped {
            key: key.to_owned(),
            help,
        });
    }
}

pub(super) fn text<'a>(key: &str, item: &'a Item) -> Result<&'a str, Error> {
    item.as_str()
        .ok_or_else(|| error::wrong_type(key, "a string"))
}

pub(super) fn flag(key: &str, item: &Item) -> Result<bool, Error> {
    item.as_bool()
        .ok_or_else(|| error::wrong_type(key, "true or false"))
}
