//! The part of a scenario that a seed folder may have.

use serde::Deserialize;

use super::account::{Token, User};
use super::identity::Identity;
use super::project::Project;
use super::scenario::{Scenario, Trust, located};

use std::collections::BTreeMap;

/// What no page of an index shows: publishers, limits, accounts, and names that cannot be used. Every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Fragment {
    /// By default, only if no publisher is named.
    publishes_any: Option<bool>,
    identity: Option<Identity>,
    file_limit: Option<u64>,
    total_limit: Option<u64>,
    new_projects_per_hour: Option<u32>,
    release_days: Option<u64>,
    prohibited: Vec<String>,
    deleted_files: Vec<String>,
    #[serde(rename = "user")]
    users: Vec<User>,
    #[serde(rename = "token")]
    tokens: BTreeMap<String, Token>,
    #[serde(rename = "project")]
    projects: Vec<Project>,
    #[serde(rename = "trust")]
    trusts: Vec<Trust>,
}

impl Fragment {
    /// Reads a fragment. The error is the line, from 1, and the message.
    pub(crate) fn parse(toml: &str) -> Result<Self, (usize, String)> {
        toml::from_str(toml).map_err(|error| located(toml, &error))
    }

    /// Adds the fragment to a scenario. A value replaces the scenario's.
    pub(crate) fn apply(self, scenario: &mut Scenario) {
        let names_publishers = !self.trusts.is_empty();
        scenario.publishes_any = self
            .publishes_any
            .unwrap_or(scenario.publishes_any && !names_publishers);
        if let Some(identity) = self.identity {
            scenario.identity = identity;
        }
        scenario.file_limit = self.file_limit.unwrap_or(scenario.file_limit);
        scenario.total_limit = self.total_limit.unwrap_or(scenario.total_limit);
        scenario.new_projects_per_hour = self
            .new_projects_per_hour
            .or(scenario.new_projects_per_hour);
        scenario.release_days = self.release_days.unwrap_or(scenario.release_days);
        scenario.prohibited.extend(self.prohibited);
        scenario.deleted_files.extend(self.deleted_files);
        scenario.users.extend(self.users);
        scenario.tokens.extend(self.tokens);
        scenario.projects.extend(self.projects);
        scenario.trusts.extend(self.trusts);
    }
}
