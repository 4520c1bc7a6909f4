//! Names of modules in Python's standard library.

use crate::{Field, Finding, Metadata, ProjectName, python_repr, rules, stdlib_table::STDLIB};

/// # Source
///
/// Warehouse, 2026-08-21, `packaging/services.py`: it does not create a project of such a name. Uploads to a project that
/// exists are accepted, so this is a warning.
pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let name = metadata.get(Field::Name)?;
    let parsed = ProjectName::parse(name).ok()?;
    STDLIB.binary_search(&parsed.normalized()).ok()?;
    let message = format!(
        "{name:?} is the name of a module in Python's standard library, so PyPI does not create a project for it"
    );
    Some(
        Finding::in_field(&rules::NAME_STDLIB, Field::Name, message)
            .with_help("choose another name, unless the project already exists")
            .with_index_text(format!(
                "The name {} isn't allowed (conflict with Python Standard Library module name). \
                 See https://pypi.org/help/#project-name for more information.",
                python_repr(name)
            )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_binary_search() {
        assert!(STDLIB.is_sorted());
        for name in [
            "asyncio",
            "os-path",
            "tkinter",
            "future",
            "distutils-command",
        ] {
            assert!(STDLIB.binary_search(&name).is_ok(), "{name}");
        }
        assert!(STDLIB.binary_search(&"requests").is_err());
    }
}
