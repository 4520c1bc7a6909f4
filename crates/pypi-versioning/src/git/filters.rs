//! The filters that git's configuration defines.

use std::collections::BTreeSet;

use super::{command::Git, error};
use crate::{Error, text::quoted};

/// The maximum size of the arguments that disable filters, which Windows limits to 32 KiB in all.
const MAX_CONFIG: usize = 16 * 1024;

/// The names of filters, which are programs that convert files between the repository and the
/// working tree. `git status` runs them to compare the files to which attributes assign them.
#[derive(Default)]
pub(super) struct Filters(BTreeSet<String>);

impl Filters {
    /// Returns the filters of all files of configuration, which git reads without running any.
    pub(super) fn configured(git: &Git<'_>) -> Result<Self, Error> {
        let keys = git.bytes(&["config", "--list", "--name-only", "-z"])?;
        let mut filters = Self::default();
        for name in keys.split(|byte| *byte == 0).filter_map(name) {
            let name = String::from_utf8_lossy(name);
            if name.contains(['=', char::REPLACEMENT_CHARACTER]) {
                let message = format!(
                    "defines a filter {}, which cannot be disabled",
                    quoted(&name)
                );
                return Err(error::unsafe_config(git.root(), &message));
            }
            filters.0.insert(name.into_owned());
        }
        if filters.disabled().map(|config| config.len()).sum::<usize>() > MAX_CONFIG {
            let message = "defines too many filters to disable them";
            return Err(error::unsafe_config(git.root(), message));
        }
        Ok(filters)
    }

    #[cfg(test)]
    pub(super) fn of(names: &[&str]) -> Self {
        Self(names.iter().map(ToString::to_string).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the configuration that disables the filters, as `key=value`.
    pub(super) fn disabled(&self) -> impl Iterator<Item = String> {
        // Without a program, a required filter would be an error.
        let keys = ["clean=", "process=", "smudge=", "required=false"];
        let names = self.0.iter();
        names.flat_map(move |name| keys.map(|key| format!("filter.{name}.{key}")))
    }

    /// Returns the pathspecs of the files that have one of the filters. Git accepts only names of
    /// letters, digits, `-` and `_` in them.
    pub(super) fn pathspecs(&self) -> impl Iterator<Item = String> {
        let can_select = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let names = self
            .0
            .iter()
            .filter(move |name| !name.is_empty() && can_select(name));
        names.map(|name| format!(":(top,attr:filter={name})"))
    }
}

/// Returns `lfs` for `filter.lfs.clean`.
fn name(key: &[u8]) -> Option<&[u8]> {
    let key = key.strip_prefix(b"filter.")?;
    let end = key.iter().rposition(|byte| *byte == b'.')?;
    key.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_contain_anything() {
        for (key, expected) in [
            ("filter.lfs.clean", Some("lfs")),
            ("filter.a.b c.process", Some("a.b c")),
            ("filter..clean", Some("")),
            ("filter.clean", None),
            ("filters.x.clean", None),
            ("", None),
        ] {
            assert_eq!(name(key.as_bytes()), expected.map(str::as_bytes), "{key}");
        }
    }
}
