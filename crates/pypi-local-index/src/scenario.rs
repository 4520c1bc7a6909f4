//! The beginning of an index, written in TOML.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::builder::Builder;
use crate::clock::Clock;
use crate::error::Error;
use crate::fault::Fault;
use crate::oidc::{Identity, TrustedPublisher};
use crate::profile::Profile;
use crate::settings::AdminFlag;
use crate::world::{Project, Token, User};

/// Every part may be left out.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Scenario {
    clock: Option<u64>,
    seed: Option<u64>,
    publishes_any: bool,
    profile: Profile,
    #[serde(rename = "off")]
    flags: Vec<AdminFlag>,
    file_limit: Option<u64>,
    total_limit: Option<u64>,
    new_projects_per_hour: Option<u32>,
    release_days: Option<u64>,
    prohibited: Vec<String>,
    deleted_files: Vec<String>,
    identity: Option<Identity>,
    user: Vec<User>,
    token: BTreeMap<String, Token>,
    project: Vec<Project>,
    trust: Vec<Trust>,
    fault: Vec<Fault>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            clock: None,
            seed: None,
            publishes_any: true,
            profile: Profile::default(),
            flags: Vec::new(),
            file_limit: None,
            total_limit: None,
            new_projects_per_hour: None,
            release_days: None,
            prohibited: Vec::new(),
            deleted_files: Vec::new(),
            identity: None,
            user: Vec::new(),
            token: BTreeMap::new(),
            project: Vec::new(),
            trust: Vec::new(),
            fault: Vec::new(),
        }
    }
}

/// A publisher of a project; a pending one creates it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trust {
    project: String,
    publisher: TrustedPublisher,
    #[serde(default)]
    pending: bool,
    user: Option<String>,
}

impl Builder {
    /// Adds what a scenario in TOML says. Without `publishes-any = false`, the index's own identity publishes every project.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_local_index::LocalIndex;
    ///
    /// let index = LocalIndex::builder()
    ///     .scenario(r#"
    ///         publishes-any = false
    ///         prohibited = ["requests"]
    ///
    ///         [[user]]
    ///         name = "alice"
    ///
    ///         [token.only-demo]
    ///         user = "alice"
    ///         projects = ["demo"]
    ///
    ///         [[project]]
    ///         name = "demo"
    ///         members = ["alice"]
    ///
    ///         [[trust]]
    ///         project = "demo"
    ///         publisher = { kind = "github", repository = "octo-org/demo", workflow = "release.yml" }
    ///
    ///         [[fault]]
    ///         on = "upload"
    ///         first = 2
    ///         last = 2
    ///         effects = [{ answer = { status = 503 } }, { header = ["Retry-After", "1"] }]
    ///     "#)?
    ///     .start()?;
    /// assert!(index.token("only-demo").is_some());
    /// # Ok::<(), pypi_local_index::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scenario`](crate::ErrorKind::Scenario) with the place when the text is no TOML, or says what no index has.
    pub fn scenario(mut self, toml: &str) -> Result<Self, Error> {
        let scenario: Scenario = toml::from_str(toml).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line_breaks = toml.bytes().take(start).filter(|byte| *byte == b'\n');
            let line = line_breaks.count() + 1;
            Error::scenario(line, error.message().replace('\n', " "))
        })?;
        if let Some(seconds) = scenario.clock {
            self.clock = Clock::fixed(seconds);
        }
        if let Some(identity) = scenario.identity {
            self.identity = identity;
        }
        self.seed = scenario.seed.or(self.seed);
        self.publishes_any |= scenario.publishes_any;
        let settings = &mut self.settings;
        settings.profile = scenario.profile;
        settings.flags.extend(scenario.flags);
        settings.file_limit = scenario.file_limit.unwrap_or(settings.file_limit);
        settings.total_limit = scenario.total_limit.unwrap_or(settings.total_limit);
        settings.release_days = scenario.release_days.unwrap_or(settings.release_days);
        settings.new_projects_per_hour = scenario
            .new_projects_per_hour
            .or(settings.new_projects_per_hour);
        self.prohibited.extend(scenario.prohibited);
        self.deleted.extend(scenario.deleted_files);
        self.users.extend(scenario.user);
        self.tokens.extend(scenario.token);
        self.projects.extend(scenario.project);
        self.faults.extend(scenario.fault);
        for trust in scenario.trust {
            match trust.pending {
                true => self
                    .pending
                    .push((trust.project, trust.publisher, trust.user)),
                false => self.publishers.push((trust.project, trust.publisher)),
            }
        }
        Ok(self)
    }
}
