//! Ordinary files, against a bound that nothing could hold.

use std::path::Path;

use crate::{
    Arguments,
    archive::{METADATA, check_sdist, check_wheel},
};

pub(crate) fn wheel(folder: &Path) -> Arguments {
    check_wheel(folder, &[("demo.py", b"VERSION = 1\n")])
}

pub(crate) fn sdist(folder: &Path) -> Arguments {
    check_sdist(folder, METADATA)
}
