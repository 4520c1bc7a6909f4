//! The start of an index: its initial state, its socket and its thread.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use pypi_http::Secret;
use url::Url;

use super::{LocalIndex, NamedToken};
use crate::api::Keys;
use crate::config::{Builder, Scenario, Token, Trust};
use crate::error::Error;
#[cfg(feature = "scenario")]
use crate::saved::{Saved, SavedProject};
#[cfg(feature = "tls")]
use crate::server::Tls;
use crate::server::{Application, CONTROL, Front, Hosts, Limits, Listener, Options, Root, Server};
use crate::warehouse::{PendingPublisher, Random, RegisteredPublisher, Scope, State, parse_name};

impl Builder {
    /// Starts the index.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Certificate`](crate::ErrorKind::Certificate) if a host name cannot be in a certificate;
    /// - [`ErrorKind::File`](crate::ErrorKind::File) if a file is not a valid distribution;
    /// - [`ErrorKind::Folder`](crate::ErrorKind::Folder) if the folder cannot be used;
    /// - [`ErrorKind::Listen`](crate::ErrorKind::Listen) if the address cannot be listened on;
    /// - [`ErrorKind::Name`](crate::ErrorKind::Name) if a project name is invalid;
    /// - [`ErrorKind::Random`](crate::ErrorKind::Random) or [`ErrorKind::Thread`](crate::ErrorKind::Thread) if the system
    ///   lacks random numbers or threads.
    pub fn start(self) -> Result<LocalIndex, Error> {
        self.start_within(Limits::default())
    }

    pub(super) fn start_within(self, limits: Limits) -> Result<LocalIndex, Error> {
        let listener = Listener::bind(self.address)?;
        let hosts = Hosts::new(listener.address.ip(), &self.scenario.hosts);
        #[cfg(feature = "tls")]
        let tls = match self.scenario.tls {
            true => Some(Tls::generate(hosts.for_certificate())?),
            false => None,
        };
        let mut index = self.at(listener.address)?;
        #[cfg(feature = "tls")]
        {
            index.ca_certificate = tls.as_ref().map(|tls| tls.authority.clone());
        }
        let front = Front {
            application: Arc::clone(&index.application),
            hosts,
            limits,
            #[cfg(feature = "tls")]
            tls,
        };
        index.server = Some(Server::start(listener, front)?);
        Ok(index)
    }

    /// Makes the index without a socket or a thread: only requests through the returned value reach it, which is a
    /// [`Transport`](pypi_http::Transport) and an [`AsyncTransport`](pypi_http::AsyncTransport).
    ///
    /// Its URLs have port 0, to which nothing can connect. With a [fixed](crate::Clock::fixed) clock and a
    /// [seed](Self::seed), equal requests get equal responses, and no pause takes time.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), except for the address and the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_http::{Body, Transport};
    /// use pypi_local_index::LocalIndex;
    ///
    /// let index = LocalIndex::builder().publishes_any().start_in_memory()?;
    /// let request = http::Request::get(index.simple_url().as_str()).body(Body::default())?;
    /// assert_eq!(index.send(request)?.status(), 200);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_in_memory(self) -> Result<LocalIndex, Error> {
        self.at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    fn at(
        #[cfg_attr(
            not(feature = "scenario"),
            expect(unused_mut, reason = "a seed folder adds to the scenario")
        )]
        mut self,
        address: SocketAddr,
    ) -> Result<LocalIndex, Error> {
        #[cfg(feature = "scenario")]
        let saved = self.read_seed_folder()?;
        let keys = Keys::test().ok_or_else(Error::key)?;
        let is_public = !address.ip().is_loopback();
        let address = local(address);
        #[cfg(feature = "tls")]
        let scheme = if self.scenario.tls { "https" } else { "http" };
        #[cfg(not(feature = "tls"))]
        let scheme = "http";
        let url = |path: &str| {
            let url = Url::parse(&format!("{scheme}://{address}/{path}"));
            url.map_err(|error| Error::listen(address, error))
        };
        let root = Root {
            url: url("")?,
            is_public,
        };
        #[cfg_attr(
            not(feature = "sigstore"),
            expect(unused_mut, reason = "Sigstore adds its keys")
        )]
        let mut initial = InitialState::build(
            &self,
            #[cfg(feature = "scenario")]
            saved,
        )?;
        #[cfg(feature = "sigstore")]
        let sigstore = super::sigstore::instance(&self, &mut initial.state)?;
        let verification = self.scenario.verification.unwrap_or_default();
        #[cfg(feature = "sigstore")]
        let verification = {
            let own_root = sigstore
                .as_ref()
                .map(|sigstore| sigstore.trusted_root(&root.url));
            verification.with_own_root(own_root.map(|own_root| own_root.to_string()))?
        };
        let options = Options {
            keys,
            #[cfg(feature = "sigstore")]
            sigstore,
            clock: self.scenario.clock,
            verification,
            root,
            faults: self.scenario.faults,
            max_requests: self.max_requests,
        };
        let application = Arc::new(Application::new(initial.state, options)?);
        let mut index = LocalIndex {
            application,
            upload_url: url("legacy/")?,
            simple_url: url("simple/")?,
            user_token: initial.user_token,
            tokens: initial.tokens,
            control_url: url(CONTROL.trim_start_matches('/'))?,
            environment: Vec::new(),
            jobs: BTreeMap::new(),
            #[cfg(feature = "tls")]
            ca_certificate: None,
            server: None,
        };
        index.environment = index.environment_of(self.scenario.identity);
        for (name, job) in self.scenario.jobs {
            let environment = index.environment_of(job);
            index.jobs.insert(name, environment);
        }
        index.application.keep_workload();
        Ok(index)
    }
}

#[cfg(feature = "scenario")]
impl Builder {
    /// Reads the seed folder, if there is one. Its own scenario becomes part of the builder's.
    fn read_seed_folder(&mut self) -> Result<Vec<SavedProject>, Error> {
        let Some(path) = &self.scenario.seed_folder else {
            return Ok(Vec::new());
        };
        let saved = Saved::read(path)?;
        if let Some(fragment) = saved.fragment {
            fragment.apply(&mut self.scenario);
        }
        Ok(saved.projects)
    }
}

/// The address that clients on this machine use.
fn local(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

/// The state that an index begins with, and the tokens that its caller gets.
struct InitialState {
    state: State,
    user_token: Secret,
    tokens: Vec<NamedToken>,
}

impl InitialState {
    fn build(
        builder: &Builder,
        #[cfg(feature = "scenario")] saved: Vec<SavedProject>,
    ) -> Result<Self, Error> {
        let scenario = &builder.scenario;
        let mut state = State::new(scenario.settings(), Random::new(scenario.seed));
        #[cfg(feature = "persistent")]
        if let Some(user_token) = resume(builder, &mut state)? {
            return Ok(Self {
                state,
                user_token,
                tokens: Vec::new(),
            });
        }
        let user_token = state.issue_built_in().ok_or_else(Error::random)?;
        let now = scenario.clock.now();
        let mut tokens = Vec::new();
        for (name, token) in &scenario.tokens {
            tokens.push(NamedToken {
                name: name.clone(),
                secret: issue(&mut state, token, now)?,
            });
        }
        #[cfg(feature = "scenario")]
        for project in saved {
            project.add_to(&mut state, now)?;
        }
        fill(&mut state, scenario, now)?;
        for file in &builder.files {
            state.seed(&file.filename, &file.bytes, now)?;
        }
        #[cfg(feature = "persistent")]
        store(builder, &mut state)?;
        Ok(Self {
            state,
            user_token,
            tokens,
        })
    }
}

/// Resumes from the builder's folder. Returns the token of the built-in account if the folder has a state.
#[cfg(feature = "persistent")]
fn resume(builder: &Builder, state: &mut State) -> Result<Option<Secret>, Error> {
    let Some(path) = &builder.folder else {
        return Ok(None);
    };
    let attached = crate::store::Store::open(path).and_then(|store| state.attach(store));
    let is_resumed = attached.map_err(|cause| Error::folder(path, cause))?;
    Ok(state.built_in_token().filter(|_| is_resumed))
}

/// Stores the initial state in the builder's folder, as a single change.
#[cfg(feature = "persistent")]
fn store(builder: &Builder, state: &mut State) -> Result<(), Error> {
    let Some(path) = &builder.folder else {
        return Ok(());
    };
    state.mark_all_dirty();
    if state.commit() {
        return Ok(());
    }
    Err(Error::folder(path, "the initial state cannot be written"))
}

fn issue(state: &mut State, token: &Token, now: u64) -> Result<Secret, Error> {
    let projects = token.projects.as_ref().map(|projects| {
        let names = projects.iter().map(|project| parse_name(project));
        names
            .map(|name| name.map(|name| name.normalized().to_owned()))
            .collect()
    });
    let expires = token.is_expired.then(|| now.saturating_sub(1));
    let issued = state.issue_to_user(Some(&token.user), projects.transpose()?, expires);
    let issued = issued.ok_or_else(Error::random)?;
    if token.is_revoked {
        state.revoke(&issued);
    }
    Ok(issued)
}

fn fill(state: &mut State, scenario: &Scenario, now: u64) -> Result<(), Error> {
    for user in &scenario.users {
        state.add_user(user.clone());
    }
    for project in &scenario.projects {
        state.add_project(project.clone(), now)?;
    }
    // A project that is created removes pending publishers of its name, so they come last.
    let (pending, registered): (Vec<&Trust>, Vec<&Trust>) =
        scenario.trusts.iter().partition(|trust| trust.is_pending);
    for trust in registered {
        let project = parse_name(&trust.project)?;
        state.create_project(&project, None, now);
        state.add_publisher(trust.publisher.clone(), &project);
    }
    for trust in pending {
        state.pending.push(PendingPublisher {
            publisher: trust.publisher.clone(),
            project: parse_name(&trust.project)?,
            user: trust.user.clone(),
            registered: now,
        });
    }
    if scenario.publishes_any {
        state.publishers.push(RegisteredPublisher {
            publisher: scenario.identity.publisher(),
            scope: Scope::Any,
        });
    }
    for name in &scenario.prohibited {
        let name = parse_name(name)?;
        state.prohibited.insert(name.normalized().to_owned());
    }
    for filename in &scenario.deleted_files {
        state.retire_filename(filename);
    }
    Ok(())
}
