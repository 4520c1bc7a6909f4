//! What a path names, as Warehouse looks it up: by normalized name and by equal version.

use pypi_metadata::{ProjectName, Version};

use super::{Project, Release, State, Stored};
use crate::config::Status;

impl State {
    /// The project with this name, however it is spelled.
    pub(crate) fn project_called(&self, name: &str) -> Option<&Project> {
        self.project(ProjectName::parse(name).ok()?.normalized())
    }

    /// The release that the JSON API shows for a name, or for a name and a version. Quarantined projects are hidden.
    pub(crate) fn release_called(&self, names: &[&str]) -> Option<(&Project, &Release)> {
        let (name, version) = match names {
            [name] => (name, None),
            [name, version] => (name, Some(version)),
            _ => return None,
        };
        let project = self.project_called(name)?;
        if project.status == Status::Quarantined {
            return None;
        }
        let release = match version {
            Some(version) => project.release(&Version::parse(version).ok()?)?,
            None => project.latest()?,
        };
        Some((project, release))
    }

    /// The file with this project, version and file name.
    pub(crate) fn file_called(&self, names: &[&str]) -> Option<Stored<'_>> {
        let [name, version, filename] = names else {
            return None;
        };
        let project = self.project_called(name)?;
        let release = project.release(&Version::parse(version).ok()?)?;
        let mut files = release.files.iter();
        let file = files.find(|file| file.filename == *filename)?;
        Some(Stored {
            project,
            release,
            file,
        })
    }
}

impl Project {
    /// The newest version, preferring those that are not yanked, then those that are not pre-releases.
    fn latest(&self) -> Option<&Release> {
        let is_final = |release: &Release| !release.version.is_prerelease();
        self.releases.iter().max_by(|a, b| {
            let order = |release: &Release| (release.yanked.is_none(), is_final(release));
            order(a)
                .cmp(&order(b))
                .then_with(|| a.version.cmp(&b.version))
        })
    }
}
