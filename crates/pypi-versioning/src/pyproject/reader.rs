use toml_edit::{Item, TableLike};

use super::{
    PyProjectError,
    config::{Config, ConfigTable, Unmapped, VersionFile},
};
use crate::{Settings, TagFilter, Version, VersionTemplate};

/// Collects what tables say.
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
            version_files: Vec::new(),
            unmapped: Vec::new(),
        };
        Self {
            config,
            file: None,
            template: None,
        }
    }

    pub(super) fn finish(mut self) -> Result<Config, PyProjectError> {
        match (self.file, self.template) {
            (Some(path), template) => self
                .config
                .version_files
                .push(VersionFile { path, template }),
            (None, Some(_)) => {
                let reason = "a template is set and no file to write: set the file too";
                return Err(PyProjectError::value(self.config.table.name(), &reason));
            }
            (None, None) => {}
        }
        Ok(self.config)
    }

    pub(super) fn own(&mut self, values: &dyn TableLike) -> Result<(), PyProjectError> {
        const KEYS: &str = "scheme, local-scheme, node-length, base, tag-prefix, tag-glob, \
                            tag-dot-required, version-file, version-file-template";
        for (name, item) in values.iter() {
            let key = &format!("{}.{name}", ConfigTable::Own.name());
            match name {
                "scheme" => self.scheme(key, text(key, item)?)?,
                "local-scheme" => self.local_scheme(key, text(key, item)?)?,
                "node-length" => self.node_length(key, item)?,
                "base" => self.base(key, item)?,
                "tag-prefix" => self.tags(|tags| Ok(tags.with_prefix(text(key, item)?)))?,
                "tag-glob" => self.tags(|tags| Ok(tags.with_glob(text(key, item)?)))?,
                "tag-dot-required" => {
                    self.tags(|tags| Ok(tags.with_dot_required(flag(key, item)?)))?;
                }
                "version-file" => self.version_file(key, item)?,
                "version-file-template" => self.template(key, item)?,
                _ => return Err(PyProjectError::unknown_key(key, KEYS)),
            }
        }
        Ok(())
    }

    pub(super) fn scheme(&mut self, key: &str, name: &str) -> Result<(), PyProjectError> {
        let scheme = name
            .parse()
            .map_err(|error| PyProjectError::value(key, &error))?;
        self.config.settings.scheme = scheme;
        Ok(())
    }

    pub(super) fn local_scheme(&mut self, key: &str, name: &str) -> Result<(), PyProjectError> {
        let scheme = name
            .parse()
            .map_err(|error| PyProjectError::value(key, &error))?;
        self.config.settings.local_scheme = scheme;
        Ok(())
    }

    pub(super) fn node_length(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let number = item
            .as_integer()
            .and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| (4..=64).contains(number));
        let number =
            number.ok_or_else(|| PyProjectError::wrong_type(key, "a number from 4 to 64"))?;
        self.config.settings.node_length = number;
        Ok(())
    }

    pub(super) fn base(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let text = text(key, item)?;
        let base =
            Version::parse(text).map_err(|error| PyProjectError::version(key, text, error))?;
        self.config.settings.base = Some(base);
        Ok(())
    }

    pub(super) fn tags(
        &mut self,
        change: impl FnOnce(TagFilter) -> Result<TagFilter, PyProjectError>,
    ) -> Result<(), PyProjectError> {
        self.config.tags = change(std::mem::take(&mut self.config.tags))?;
        Ok(())
    }

    pub(super) fn version_file(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let path = text(key, item)?;
        // A project's file is in the project, whoever wrote the table.
        let leaves = path.split(['/', '\\']).any(|part| part == "..");
        if path.is_empty() || leaves || path.starts_with(['/', '\\']) || path.contains(':') {
            let reason = "the file is not inside the project: give a path relative to it";
            return Err(PyProjectError::value(key, &reason));
        }
        self.file = Some(path.to_owned());
        Ok(())
    }

    pub(super) fn template(&mut self, key: &str, item: &Item) -> Result<(), PyProjectError> {
        let template = VersionTemplate::parse(text(key, item)?);
        self.template = Some(template.map_err(|error| PyProjectError::value(key, &error))?);
        Ok(())
    }

    pub(super) fn unmapped(&mut self, key: &str, remedy: &'static str) {
        self.config.unmapped.push(Unmapped {
            key: key.to_owned(),
            remedy,
        });
    }
}

pub(super) fn text<'a>(key: &str, item: &'a Item) -> Result<&'a str, PyProjectError> {
    item.as_str()
        .ok_or_else(|| PyProjectError::wrong_type(key, "a string"))
}

pub(super) fn flag(key: &str, item: &Item) -> Result<bool, PyProjectError> {
    item.as_bool()
        .ok_or_else(|| PyProjectError::wrong_type(key, "true or false"))
}
