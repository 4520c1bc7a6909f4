//! The state that a builder describes.

use pypi_http::Secret;
use pypi_metadata::ProjectName;

use crate::builder::Builder;
use crate::error::Error;
use crate::state::{Pending, Principal, Random, Registered, Scope, State};
use crate::upload::seed;
use crate::world::{Project, Token};

/// What a builder made.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) own: Secret,
    pub(crate) tokens: Vec<(String, Secret)>,
}

impl Builder {
    pub(crate) fn into_world(self) -> Result<World, Error> {
        let mut state = State::new(self.settings.clone(), Random::new(self.seed));
        #[cfg(feature = "persistent")]
        if let Some(path) = &self.folder
            && let Some(own) = crate::persistent::attach(&mut state, path)?
        {
            let own = Secret::new(own);
            let tokens = Vec::new();
            return Ok(World { state, own, tokens });
        }
        let own = state.issue(Principal::BUILT_IN).ok_or_else(Error::random)?;
        let mut tokens = Vec::new();
        let now = self.clock.now();
        for (token_name, token) in &self.tokens {
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
        crate::persistent::keep_all(&mut state, folder.as_deref())?;
        Ok(World { state, own, tokens })
    }

    fn fill(self, state: &mut State, now: u64) -> Result<(), Error> {
        for user in self.users {
            state.add_user(user);
        }
        for project in self.projects {
            create(state, project, now)?;
        }
        for (project, publisher) in self.publishers {
            let project = name(&project)?;
            state.create_project(&project, None, now);
            state.add_publisher(publisher, &project);
        }
        for (project, publisher, user) in self.pending {
            let project = name(&project)?;
            let pending = Pending {
                publisher,
                project,
                user,
                registered: now,
            };
            state.pending.push(pending);
        }
        if self.publishes_any {
            let publisher = self.identity.publisher();
            let scope = Scope::Any;
            state.publishers.push(Registered { publisher, scope });
        }
        for prohibited in self.prohibited {
            state
                .prohibited
                .insert(name(&prohibited)?.normalized().to_owned());
        }
        for filename in self.deleted {
            state.retire(&filename);
        }
        for (filename, bytes) in self.files {
            seed(state, &filename, bytes, now)?;
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
