//! `METADATA` and `PKG-INFO` of 8 MiB.

use std::path::Path;

use crate::{
    Arguments,
    archive::{METADATA, check_sdist, check_wheel},
};

/// Somewhat less than the most that is read.
const LENGTH: usize = 8 * 1024 * 1024 - 1000;

pub(crate) fn short_headers(folder: &Path) -> Arguments {
    wheel(folder, &repeat("A: b\n"))
}

pub(crate) fn short_headers_in_an_sdist(folder: &Path) -> Arguments {
    check_sdist(folder, &format!("{METADATA}{}", repeat("A: b\n")))
}

pub(crate) fn repeated_requires_python(folder: &Path) -> Arguments {
    wheel(folder, &repeat("Requires-Python: >=3\n"))
}

/// As many classifiers as are read, each as long as it may be for that.
pub(crate) fn unknown_classifiers(folder: &Path) -> Arguments {
    let classifiers = (0..49_000).map(|number| format!("Classifier: {number:0150}\n"));
    wheel(folder, &classifiers.collect::<String>())
}

pub(crate) fn invalid_requirements(folder: &Path) -> Arguments {
    let requirements = (0..49_000).map(|number| format!("Requires-Dist: {number:0145} x\n"));
    wheel(folder, &requirements.collect::<String>())
}

/// Values of characters that `repr` and `Debug` escape.
pub(crate) fn unprintable_values(folder: &Path) -> Arguments {
    let headers = ["Classifier", "Dynamic", "Provides-Extra", "Requires-Dist"];
    let value = "\u{e000}".repeat(690_000);
    let headers = headers.map(|header| format!("{header}: {value}\n"));
    wheel(folder, &headers.concat())
}

pub(crate) fn a_long_line(folder: &Path) -> Arguments {
    wheel(folder, &format!("Summary: {}\n", repeat("a")))
}

pub(crate) fn a_folded_description(folder: &Path) -> Arguments {
    wheel(
        folder,
        &format!("Description: a\n{}", repeat("        a\n")),
    )
}

pub(crate) fn a_description_in_markdown(folder: &Path) -> Arguments {
    let head = "Description-Content-Type: text/markdown\n\n";
    wheel(folder, &format!("{head}{}", repeat("a ")))
}

fn wheel(folder: &Path, headers: &str) -> Arguments {
    let text = format!("{METADATA}{headers}");
    check_wheel(folder, &[("demo-1.0.dist-info/METADATA", text.as_bytes())])
}

fn repeat(unit: &str) -> String {
    unit.repeat(LENGTH / unit.len())
}
