//! Names that belong to Python itself.

use crate::{Field, Finding, Metadata, ProjectName, python_repr, stdlib_table::STDLIB};

/// # Source
///
/// Warehouse, 2026-08-21, `packaging/services.py`: it refuses to create a project of such a name. A project that is
/// there already may go on, so it is a warning.
pub(super) fn check(metadata: &Metadata) -> Option<Finding> {
    let name = metadata.get(Field::Name)?;
    let parsed = ProjectName::parse(name).ok()?;
    STDLIB.binary_search(&parsed.normalized()).ok()?;
    let message = format!(
        "{name:?} is the name of a module of Python itself: the index takes no new project of it"
    );
    let finding = Finding::warning("name-stdlib", Some(Field::Name), message);
    Some(
        finding
            .with_help("choose another name, unless the project is on the index already")
            .with_index_text(format!(
                "The name {} isn't allowed (conflict with Python Standard Library module name).",
                python_repr(name)
            )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_the_search() {
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
