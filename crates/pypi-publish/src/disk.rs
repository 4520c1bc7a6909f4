//! The folders of a caller.

use std::{fs, io, path::Path};

#[expect(
    clippy::disallowed_methods,
    reason = "the only place that reads the folder that a caller names"
)]
pub(crate) fn entries(folder: &Path) -> io::Result<fs::ReadDir> {
    fs::read_dir(folder)
}
