//! What Warehouse knows: accounts, tokens, publishers, projects, releases and files, and who may do what with them.

mod admin;
mod changes;
mod digests;
mod exchange;
mod file;
mod id;
mod journal;
mod lookup;
mod macaroon;
mod names;
mod permission;
mod principal;
mod project;
mod publisher;
mod random;
#[cfg(feature = "readme")]
mod readme;
mod refusal;
#[cfg(feature = "persistent")]
mod restore;
#[cfg(feature = "persistent")]
mod rows;
mod seed;
mod text;
#[cfg(feature = "sigstore")]
mod transparency;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

pub use journal::{Email, ProjectEvent, ProjectEventKind};

pub(crate) use admin::parse_name;
pub(crate) use digests::{Digests, Hasher, fingerprint};
pub(crate) use exchange::{Exchange, Granted, Rejected};
pub(crate) use file::{File, core_metadata, metadata_sha256};
pub(crate) use principal::{Bearer, Principal, Scope};
pub(crate) use project::{Project, Release};
pub(crate) use publisher::{
    ExpectedClaim, Mismatch, PendingPublisher, RegisteredPublisher, Token, expected_claims,
    find_publisher,
};
pub(crate) use random::Random;
#[cfg(feature = "readme")]
pub(crate) use readme::Readme;
pub(crate) use refusal::{HELP, Refusal};
#[cfg(feature = "sigstore")]
pub(crate) use transparency::LoggedEntry;

use self::changes::{Changes, Key};
use self::principal::Issued;
use crate::config::{Issuer, Settings, User};
use crate::store::{Blob, Store};

/// Everything that a request can change. It does not implement `Debug`, because it contains tokens.
#[derive(Clone)]
pub(crate) struct State {
    /// By normalized name.
    projects: BTreeMap<String, Project>,
    /// The name of each stored file, by the SHA-256 of its bytes. No two uploaded files have the same bytes.
    digests: HashMap<String, String>,
    /// The normalized project of each stored file, by the file's name.
    filenames: HashMap<String, String>,
    /// The names of deleted files, which cannot be used again.
    deleted: BTreeSet<String>,
    users: BTreeMap<String, User>,
    /// By id.
    tokens: HashMap<String, Issued>,
    pub(crate) publishers: Vec<RegisteredPublisher>,
    pub(crate) pending: Vec<PendingPublisher>,
    /// Normalized project names.
    pub(crate) prohibited: BTreeSet<String>,
    /// When each `jti` that was exchanged is forgotten.
    used_jtis: HashMap<String, u64>,
    /// The number of the last change, as in PyPI's journal.
    pub(crate) serial: u64,
    pub(crate) settings: Settings,
    pub(crate) random: Random,
    pub(crate) emails: Vec<Email>,
    pub(crate) events: Vec<ProjectEvent>,
    /// The newest exchanges.
    pub(crate) exchanges: VecDeque<Exchange>,
    /// The creations of projects, which count against the rate limit.
    creations: Vec<Creation>,
    #[cfg(feature = "sigstore")]
    log_entries: Vec<LoggedEntry>,
    #[cfg(all(feature = "persistent", feature = "sigstore"))]
    sigstore_keys: Option<String>,
    changes: Changes,
    store: Store,
}

/// The creation of a project by an account.
#[derive(Clone)]
struct Creation {
    /// Empty for the built-in account.
    user: String,
    time: u64,
}

/// A stored file, and where it belongs.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'s> {
    pub(crate) project: &'s Project,
    pub(crate) release: &'s Release,
    pub(crate) file: &'s File,
}

impl State {
    pub(crate) fn new(settings: Settings, random: Random) -> Self {
        Self {
            projects: BTreeMap::new(),
            digests: HashMap::new(),
            filenames: HashMap::new(),
            deleted: BTreeSet::new(),
            users: BTreeMap::new(),
            tokens: HashMap::new(),
            publishers: Vec::new(),
            pending: Vec::new(),
            prohibited: BTreeSet::new(),
            used_jtis: HashMap::new(),
            serial: 0,
            settings,
            random,
            emails: Vec::new(),
            events: Vec::new(),
            exchanges: VecDeque::new(),
            creations: Vec::new(),
            #[cfg(feature = "sigstore")]
            log_entries: Vec::new(),
            #[cfg(all(feature = "persistent", feature = "sigstore"))]
            sigstore_keys: None,
            changes: Changes::default(),
            store: Store::default(),
        }
    }

    pub(crate) fn project(&self, normalized: &str) -> Option<&Project> {
        self.projects.get(normalized)
    }

    /// The project, which counts as changed from now on.
    pub(crate) fn project_mut(&mut self, normalized: &str) -> Option<&mut Project> {
        let project = self.projects.get_mut(normalized)?;
        self.changes.mark(Key::Project(normalized.to_owned()));
        Some(project)
    }

    /// All projects, by normalized name in alphabetical order.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// All files: by project in alphabetical order, then by release and file in the order of upload.
    pub(crate) fn files(&self) -> impl Iterator<Item = Stored<'_>> {
        self.projects.values().flat_map(|project| {
            project.releases.iter().flat_map(move |release| {
                release.files.iter().map(move |file| Stored {
                    project,
                    release,
                    file,
                })
            })
        })
    }

    /// The file with this name.
    pub(crate) fn file(&self, filename: &str) -> Option<Stored<'_>> {
        let project = self.projects.get(self.filenames.get(filename)?)?;
        project.releases.iter().find_map(|release| {
            let mut files = release.files.iter();
            let file = files.find(|file| file.filename == filename)?;
            Some(Stored {
                project,
                release,
                file,
            })
        })
    }

    /// Whether a file has this name.
    #[cfg(feature = "scenario")]
    pub(crate) fn has_file(&self, filename: &str) -> bool {
        self.filenames.contains_key(filename)
    }

    /// Whether a file with these bytes is stored.
    pub(crate) fn has_bytes(&self, digests: &Digests) -> bool {
        self.digests.contains_key(&digests.sha256)
    }

    pub(crate) fn is_deleted(&self, filename: &str) -> bool {
        self.deleted.contains(filename)
    }

    /// Makes a file name unusable.
    pub(crate) fn retire_filename(&mut self, filename: &str) {
        self.deleted.insert(filename.to_owned());
        self.changes.mark(Key::Deleted(filename.to_owned()));
    }

    /// The highest size limit of a file in any project, in bytes.
    pub(crate) fn highest_file_limit(&self) -> u64 {
        let projects = self.projects.values();
        let raised = projects.filter_map(|project| project.file_limit);
        raised.fold(self.settings.file_limit, u64::max)
    }

    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    pub(crate) fn add_user(&mut self, user: User) {
        self.changes.mark(Key::User(user.name.clone()));
        self.users.insert(user.name.clone(), user);
    }

    /// Counts the creation of a project by an account (`None` for the built-in one) against the rate limit.
    pub(crate) fn record_creation(&mut self, user: Option<&str>, time: u64) {
        self.creations.push(Creation {
            user: user.unwrap_or_default().to_owned(),
            time,
        });
    }

    /// Whether a token of `issuer` with this `jti` was exchanged.
    pub(crate) fn is_used_jti(&self, issuer: Issuer, jti: &str) -> bool {
        self.used_jtis.contains_key(&jti_key(issuer, jti))
    }

    /// Uses up the `jti` of a token of `issuer` until `expiry`. Forgets those that have expired.
    pub(crate) fn use_jti(&mut self, issuer: Issuer, jti: &str, expiry: u64, now: u64) {
        self.used_jtis.retain(|_, expiry| *expiry > now);
        self.changes.mark(Key::Rest);
        self.used_jtis.insert(jti_key(issuer, jti), expiry);
    }

    /// Stores the bytes of a file, before [`add_file`](Self::add_file) shows it.
    pub(crate) fn save(&self, digests: &Digests, blob: &Blob) -> std::io::Result<Blob> {
        self.store.save(&digests.sha256, blob)
    }

    /// As [`save`](Self::save), of a file that stays on disk.
    #[cfg(feature = "scenario")]
    pub(crate) fn adopt(&self, digests: &Digests, blob: Blob) -> std::io::Result<Blob> {
        self.store.adopt(&digests.sha256, blob)
    }

    /// Makes the next commit store everything that has no row of its own, such as the settings and the publishers.
    pub(crate) fn mark_rest_dirty(&mut self) {
        self.changes.mark(Key::Rest);
    }

    /// Becomes an earlier copy of itself, and stores that.
    pub(crate) fn become_earlier(&mut self, earlier: &Self) {
        #[cfg(feature = "persistent")]
        self.mark_all_dirty();
        let earlier = earlier.clone();
        let Self { changes, store, .. } = std::mem::replace(self, earlier);
        (self.changes, self.store) = (changes, store);
        #[cfg(feature = "persistent")]
        self.mark_all_dirty();
        self.commit();
    }

    /// Makes every change since the last call durable. `false` if that fails, now or before.
    #[cfg_attr(
        not(feature = "persistent"),
        expect(clippy::needless_pass_by_ref_mut, reason = "a store has changes")
    )]
    pub(crate) fn commit(&mut self) -> bool {
        #[cfg(feature = "persistent")]
        self.write_rows();
        !self.is_broken()
    }

    /// Whether a change could not be stored. The index must be restarted then.
    pub(crate) fn is_broken(&self) -> bool {
        self.store.is_broken()
    }
}

/// Issuers choose their ids on their own.
fn jti_key(issuer: Issuer, jti: &str) -> String {
    format!("{}/{jti}", issuer.slug())
}
