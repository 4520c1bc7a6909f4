//! The initial state of an index, and its rules.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::account::{Token, User};
use super::admin_flag::AdminFlag;
use super::clock::Clock;
use super::fault::Fault;
use super::identity::Identity;
use super::profile::Profile;
use super::project::Project;
use super::publisher::TrustedPublisher;
use super::settings::Settings;
use super::verification::Verification;

/// What a builder collects and what a scenario in TOML says. Every key may be left out.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scenario {
    pub(crate) clock: Clock,
    pub(crate) seed: Option<u64>,
    /// Whether the index's own identity may publish every project.
    pub(crate) publishes_any: bool,
    pub(crate) profile: Profile,
    /// Whether reading needs a token.
    pub(crate) private_reads: bool,
    #[serde(rename = "off")]
    pub(crate) flags: Vec<AdminFlag>,
    pub(crate) file_limit: u64,
    pub(crate) total_limit: u64,
    pub(crate) new_projects_per_hour: Option<u32>,
    pub(crate) release_days: u64,
    pub(crate) prohibited: Vec<String>,
    pub(crate) deleted_files: Vec<String>,
    /// `None` for the default.
    pub(crate) verification: Option<Verification>,
    pub(crate) identity: Identity,
    /// Other jobs than that of `identity`.
    #[serde(rename = "job")]
    pub(crate) jobs: BTreeMap<String, Identity>,
    /// The names that clients may use for the index, besides loopback.
    pub(crate) hosts: Vec<String>,
    #[cfg(feature = "tls")]
    pub(crate) tls: bool,
    #[serde(rename = "user")]
    pub(crate) users: Vec<User>,
    #[serde(rename = "token")]
    pub(crate) tokens: BTreeMap<String, Token>,
    #[serde(rename = "project")]
    pub(crate) projects: Vec<Project>,
    #[serde(rename = "trust")]
    pub(crate) trusts: Vec<Trust>,
    #[serde(rename = "fault")]
    pub(crate) faults: Vec<Fault>,
    /// The folder with the saved pages of projects.
    #[cfg(feature = "scenario")]
    pub(crate) seed_folder: Option<std::path::PathBuf>,
}

/// A publisher of a project. A pending one creates the project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    pub(crate) project: String,
    pub(crate) publisher: TrustedPublisher,
    #[serde(default, rename = "pending")]
    pub(crate) is_pending: bool,
    /// The account that registered a pending publisher; `None` for the built-in one.
    pub(crate) user: Option<String>,
}

impl Scenario {
    /// What the running index may change, and what a folder stores.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            file_limit: self.file_limit,
            total_limit: self.total_limit,
            new_projects_per_hour: self.new_projects_per_hour,
            release_days: self.release_days,
            profile: self.profile,
            private_reads: self.private_reads,
            flags: self.flags.clone(),
        }
    }

    /// Reads a scenario.
    #[cfg(feature = "scenario")]
    pub(crate) fn parse(toml: &str) -> Result<Self, crate::Error> {
        toml::from_str(toml).map_err(|error| {
            let (line, message) = located(toml, &error);
            crate::Error::scenario(line, message)
        })
    }
}

/// The line of an error, from 1, and its message on one line.
#[cfg(feature = "scenario")]
pub(super) fn located(toml: &str, error: &toml::de::Error) -> (usize, String) {
    let start = error.span().map_or(0, |span| span.start);
    let line_breaks = toml.bytes().take(start).filter(|byte| *byte == b'\n');
    (line_breaks.count() + 1, error.message().replace('\n', " "))
}

impl Default for Scenario {
    fn default() -> Self {
        let settings = Settings::default();
        Self {
            clock: Clock::default(),
            seed: None,
            publishes_any: true,
            profile: settings.profile,
            private_reads: settings.private_reads,
            flags: settings.flags,
            file_limit: settings.file_limit,
            total_limit: settings.total_limit,
            new_projects_per_hour: settings.new_projects_per_hour,
            release_days: settings.release_days,
            prohibited: Vec::new(),
            deleted_files: Vec::new(),
            verification: None,
            identity: Identity::default(),
            jobs: BTreeMap::new(),
            hosts: Vec::new(),
            #[cfg(feature = "tls")]
            tls: false,
            users: Vec::new(),
            tokens: BTreeMap::new(),
            projects: Vec::new(),
            trusts: Vec::new(),
            faults: Vec::new(),
            #[cfg(feature = "scenario")]
            seed_folder: None,
        }
    }
}
