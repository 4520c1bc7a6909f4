//! The state that a builder describes.

use pypi_http::Secret;
use pypi_metadata::ProjectName;

use crate::config::account::{Project, Token};
use crate::config::builder::Builder;
use crate::config::scenario::Trust;
use crate::error::Error;
use crate::warehouse::seed::seed;
use crate::warehouse::{Pending, Principal, Random, Registered, Scope, State};

/// What a builder made.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) own: Secret,
    pub(crate) tokens: Vec<(String, Secret)>,
}

impl Builder {
    pub(crate) fn into_world(self) -> Result<World, Error> {
        let mut settings = self.scenario.settings();
        settings.verification = self.verification.clone();
        let mut state = State::new(settings, Random::new(self.scenario.seed));
        #[cfg(feature = "persistent")]
        if let Some(path) = &self.folder
            && let Some(own) = crate::warehouse::restore::attach(&mut state, path)?
        {
            let own = Secret::new(own);
            let tokens = Vec::new();
            return Ok(World { state, own, tokens });
        }
        let own = state.issue(Principal::BUILT_IN).ok_or_else(Error::random)?;
        let mut tokens = Vec::new();
        let now = self.scenario.clock.now();
        for (token_name, token) in &self.scenario.tokens {
            let issued = issue(&mut state, token, now)?.ok_or_else(Error::random)?;
            if token.is_revoked {
                state.revoke(issued.reveal());
            }
            tokens.push((token_name.clone(), issued));
        }
        #[cfg(feature = "persistent")]
        let folder = self.folder.clone();
        self.fill(&mut state, now)?;
        #[cfg(feature = "persistent")]
        crate::warehouse::restore::keep_all(&mut state, folder.as_deref())?;
        Ok(World { state, own, tokens })
    }

    fn fill(self, state: &mut State, now: u64) -> Result<(), Error> {
        let scenario = self.scenario;
        for user in scenario.users {
            state.add_user(user);
        }
        for project in scenario.projects {
            create(state, project, now)?;
        }
        // A project that is created removes pending publishers of its name, so they come last.
        let (pending, registered): (Vec<Trust>, Vec<Trust>) = scenario
            .trusts
            .into_iter()
            .partition(|trust| trust.is_pending);
        for trust in registered {
            let project = name(&trust.project)?;
            state.create_project(&project, None, now);
            state.add_publisher(trust.publisher, &project);
        }
        for trust in pending {
            state.pending.push(Pending {
                publisher: trust.publisher,
                project: name(&trust.project)?,
                user: trust.user,
                registered: now,
            });
        }
        if scenario.publishes_any {
            let publisher = scenario.identity.publisher();
            let scope = Scope::Any;
            state.publishers.push(Registered { publisher, scope });
        }
        for prohibited in scenario.prohibited {
            state
                .prohibited
                .insert(name(&prohibited)?.normalized().to_owned());
        }
        for filename in scenario.deleted_files {
            state.retire(&filename);
        }
        for file in self.files {
            seed(state, &file.filename, file.bytes, now)?;
        }
        Ok(())
    }
}

fn issue(state: &mut State, token: &Token, now: u64) -> Result<Option<Secret>, Error> {
    let projects = token.projects.as_ref().map(|projects| {
        let names = projects.iter().map(|project| name(project));
        names
            .map(|name| name.map(|name| name.normalized().to_owned()))
            .collect()
    });
    Ok(state.issue(Principal::User {
        name: Some(token.user.clone()),
        projects: projects.transpose()?,
        expires: token.is_expired.then(|| now.saturating_sub(1)),
    }))
}

pub(crate) fn create(state: &mut State, project: Project, now: u64) -> Result<(), Error> {
    let name = name(&project.name)?;
    state.create_project(&name, None, now);
    if let Some(created) = state.project_mut(name.normalized()) {
        created.members.extend(project.members);
        created.status = project.status;
        created.has_active_organization = !project.is_organization_inactive;
        created.file_limit = project.file_limit;
        created.total_limit = project.total_limit;
        created.ballast = project.ballast;
    }
    Ok(())
}

fn name(text: &str) -> Result<ProjectName, Error> {
    ProjectName::parse(text).map_err(|error| Error::name(text, error))
}
