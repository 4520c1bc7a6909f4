//! The trusted publishers that the indexes need for the pipeline.

use pypi_trusted_upload::{Index, trusted_publisher::Registration};
use serde_json::{Value, json};

use super::{PIPELINE, Setup, project::Project};

/// A trusted publisher to register.
pub(crate) struct Publisher {
    pub(super) index: &'static str,
    pub(super) project: String,
    pub(super) registration: Registration,
    /// The page where it is registered for a project that exists.
    pub(super) link: Option<String>,
    /// The page where it is registered for a project that does not exist yet.
    pub(super) new_project_link: Option<String>,
}

/// The publishers of a project: the same on both indexes, each with the environment of its name.
pub(super) fn publishers(setup: &Setup, project: &Project, file: &str) -> Vec<Publisher> {
    let indexes = [("testpypi", Index::test_pypi()), ("pypi", Index::pypi())];
    let publishers = indexes.map(|(name, index)| {
        let registration = registration(setup, file, name);
        let link = |exists| {
            let web = index.web_url()?;
            registration
                .link(&web, &project.name, exists)
                .map(String::from)
        };
        Publisher {
            index: name,
            project: project.name.clone(),
            link: link(true),
            new_project_link: link(false),
            registration,
        }
    });
    publishers.into()
}

fn registration(setup: &Setup, file: &str, environment: &str) -> Registration {
    let (owner, name) = setup.repository.rsplit_once('/').unwrap_or_default();
    match file.strip_prefix(".github/workflows/") {
        Some(file) => Registration::github(owner, name, file, environment),
        None => {
            let issuer = format!("https://{}", setup.host);
            Registration::gitlab(&issuer, owner, name, PIPELINE, environment)
        }
    }
}

impl Publisher {
    pub(super) fn json(&self) -> Value {
        json!({
            "index": self.index,
            "project": self.project,
            "registration": self.registration,
            "link": self.link,
            "new_project_link": self.new_project_link,
        })
    }
}
