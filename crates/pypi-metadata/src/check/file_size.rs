//! The size of the file.

use crate::{Finding, python_repr, rules};

/// The size above which PyPI rejects a file, unless it has raised the limit of the project: 100 MiB.
const DEFAULT_LIMIT: u64 = 100 * MIB;

/// The size above which PyPI rejects every file: 1 GiB.
const HARD_LIMIT: u64 = 1024 * MIB;

const MIB: u64 = 1024 * 1024;

pub(crate) fn check(project: &str, size: u64) -> Option<Finding> {
    if size <= DEFAULT_LIMIT {
        return None;
    }
    let mib = size.div_ceil(MIB);
    if size > HARD_LIMIT {
        let message = format!("the file has {mib} MiB, expected at most 1024");
        let help = "leave out what is not needed, or download it at run time";
        return Some(Finding::new(&rules::FILE_SIZE, message).with_help(help));
    }
    let message = format!(
        "the file has {mib} MiB, but PyPI accepts 100 unless it has raised the limit of the project"
    );
    Some(
        Finding::new(&rules::FILE_SIZE, message)
            .into_warning()
            .with_help("request a higher limit before the release")
            .with_index_text(format!(
                "File too large. Limit for project {} is 100 MB. See https://docs.pypi.org/project-management/storage-limits\
                 #requesting-a-file-size-limit-increase for more information.",
                python_repr(project)
            )),
    )
}
