//! What the index holds: projects, publishers and tokens.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use pypi_metadata::{ProjectName, Version};
use pypi_wire::Secret;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::oidc::Publisher;

/// Everything that a request can change. It has no `Debug`: it holds tokens.
#[derive(Default)]
pub(crate) struct State {
    /// By normalized name.
    projects: BTreeMap<String, Project>,
    pub(crate) publishers: Vec<Registered>,
    pub(crate) pending: Vec<Pending>,
    /// The `jti` of every ID token that was exchanged.
    pub(crate) spent: HashSet<String>,
    tokens: HashMap<String, Identity>,
    /// The number of the last change, as in PyPI's journal.
    pub(crate) serial: u64,
    /// The largest file in bytes.
    pub(crate) file_limit: u64,
}

#[derive(Debug)]
pub(crate) struct Project {
    /// As the last upload spelled it.
    pub(crate) name: ProjectName,
    pub(crate) last_serial: u64,
    pub(crate) releases: Vec<Release>,
}

#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) version: Version,
    /// Of the first file: the metadata of a release is frozen by it.
    pub(crate) requires_python: Option<String>,
    pub(crate) files: Vec<File>,
}

#[derive(Debug)]
pub(crate) struct File {
    pub(crate) filename: String,
    pub(crate) is_sdist: bool,
    pub(crate) sha256: String,
    pub(crate) blake2b_256: String,
    pub(crate) uploaded: u64,
    pub(crate) bytes: Bytes,
}

/// A publisher and what it may publish.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) publisher: Publisher,
    pub(crate) scope: Scope,
}

/// A publisher that creates its project at its first exchange.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) publisher: Publisher,
    pub(crate) project: ProjectName,
}

/// The projects a minted token is for.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    /// Existing projects, by normalized name.
    Projects(BTreeSet<String>),
    /// Every project, also one that does not exist: the index's own rule, not PyPI's.
    Any,
}

/// Whose token a request carried.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// The account's own token, for every project.
    User,
    /// A token minted for a publisher, which `expires` at a time in seconds since 1970.
    Publisher { scope: Scope, expires: u64 },
}

impl State {
    /// An empty index that takes files of `file_limit` bytes at most.
    pub(crate) fn new(file_limit: u64) -> Self {
        Self {
            file_limit,
            ..Self::default()
        }
    }

    pub(crate) fn project(&self, normalized: &str) -> Option<&Project> {
        self.projects.get(normalized)
    }

    pub(crate) fn project_mut(&mut self, normalized: &str) -> Option<&mut Project> {
        self.projects.get_mut(normalized)
    }

    /// All projects, by normalized name in alphabetical order.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// Every stored file with its project and version.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Project, &Release, &File)> {
        self.projects.values().flat_map(|project| {
            let files = move |release| move |file| (project, release, file);
            project
                .releases
                .iter()
                .flat_map(move |release| release.files.iter().map(files(release)))
        })
    }

    /// Creates an empty project, unless it exists.
    pub(crate) fn create_project(&mut self, name: &ProjectName) {
        if self.projects.contains_key(name.normalized()) {
            return;
        }
        // PyPI's journal has two entries for it: the project, and its owner.
        self.serial += 2;
        let project = Project {
            name: name.clone(),
            last_serial: self.serial,
            releases: Vec::new(),
        };
        self.projects.insert(name.normalized().to_owned(), project);
    }

    /// Adds `project` to what `publisher` may publish.
    pub(crate) fn add_publisher(&mut self, publisher: Publisher, project: &ProjectName) {
        let normalized = project.normalized().to_owned();
        let known = self
            .publishers
            .iter_mut()
            .find(|known| known.publisher == publisher);
        match known.map(|known| &mut known.scope) {
            Some(Scope::Projects(projects)) => {
                projects.insert(normalized);
            }
            Some(Scope::Any) => {}
            None => self.publishers.push(Registered {
                publisher,
                scope: Scope::Projects(BTreeSet::from([normalized])),
            }),
        }
    }

    /// A new token of the account; `None` when no random number can be made.
    pub(crate) fn issue_user_token(&mut self) -> Option<Secret> {
        self.store(Identity::User)
    }

    /// A new token for `scope`; `None` when no random number can be made.
    pub(crate) fn issue(&mut self, scope: Scope, expires: u64) -> Option<Secret> {
        self.store(Identity::Publisher { scope, expires })
    }

    pub(crate) fn identity(&self, token: &str) -> Option<&Identity> {
        self.tokens.get(token)
    }

    /// Makes a minted token unknown; an account's token is kept.
    pub(crate) fn burn(&mut self, token: &str) {
        if matches!(self.tokens.get(token), Some(Identity::Publisher { .. })) {
            self.tokens.remove(token);
        }
    }

    fn store(&mut self, identity: Identity) -> Option<Secret> {
        let token = format!("pypi-{}", random_text()?);
        self.tokens.insert(token.clone(), identity);
        Some(Secret::new(token))
    }
}

/// 256 random bits as text; `None` when the system has none.
pub(crate) fn random_text() -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}
