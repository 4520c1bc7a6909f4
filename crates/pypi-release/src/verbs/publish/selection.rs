//! `--all-versions` and `--skip-private`: which of the files are published.

use std::path::{Path, PathBuf};

use clap::Args;
use pypi_trusted_upload::{Publisher, metadata::Distribution};

use crate::{console::Console, settings};

#[derive(Args)]
pub(crate) struct SelectionArguments {
    /// Accept files of several versions of a project, as tool.pypi-release.publish.all-versions does
    #[arg(long)]
    all_versions: bool,
    /// Leave out files with a classifier that begins with `Private ::`, as tool.pypi-release.publish.skip-private does
    #[arg(long)]
    skip_private: bool,
}

/// Which of the files are published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    all_versions: bool,
    skip_private: bool,
}

impl SelectionArguments {
    pub(crate) fn with(&self, settings: &settings::Publish) -> Selection {
        Selection {
            all_versions: self.all_versions || settings.all_versions,
            skip_private: self.skip_private || settings.skip_private,
        }
    }
}

impl Selection {
    pub(super) fn apply(self, publisher: Publisher) -> Publisher {
        publisher
            .all_versions(self.all_versions)
            .skip_private(self.skip_private)
    }

    /// Returns the files that are left out, and the others. One that cannot be read is among the others.
    pub(crate) fn split(
        self,
        files: Vec<PathBuf>,
        console: &Console,
    ) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let is_private = |path: &Path| {
            let distribution = Distribution::open(path);
            distribution.is_ok_and(|distribution| distribution.private_classifier().is_some())
        };
        let (skipped, rest): (Vec<PathBuf>, Vec<PathBuf>) = files
            .into_iter()
            .partition(|path| self.skip_private && is_private(path));
        for path in &skipped {
            console.note(format_args!(
                "{}: it is left out: it is private",
                path.display()
            ));
        }
        (skipped, rest)
    }
}
