//! What the index holds: accounts, projects, publishers and tokens.

pub(crate) mod journal;
pub(crate) mod names;
pub(crate) mod permission;
pub(crate) mod principal;
pub(crate) mod project;
pub(crate) mod publisher;
pub(crate) mod random;
#[cfg(feature = "persistent")]
pub(crate) mod restore;
pub(crate) mod seed;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use pypi_metadata::ProjectName;

use crate::api::oidc::TrustedPublisher;
use crate::config::account::User;
use crate::config::settings::Settings;
use crate::warehouse::journal::{Email, Minted, ProjectEvent, ProjectEventKind};

#[cfg(feature = "persistent")]
pub(crate) use crate::store::Folder;
pub(crate) use crate::store::{Key, Storage};
pub(crate) use crate::warehouse::names::ultranormalized;
pub(crate) use crate::warehouse::principal::{Principal, Scope};
pub(crate) use crate::warehouse::project::{Blob, File, Project, Release, Status};
pub(crate) use crate::warehouse::random::Random;

/// Everything that a request can change. It has no `Debug`: it holds tokens.
pub(crate) struct State {
    /// By normalized name.
    pub(crate) projects: BTreeMap<String, Project>,
    /// The file name of each stored file, by the BLAKE2b-256 of its bytes; two files never have the same bytes.
    pub(crate) digests: HashMap<String, String>,
    /// The project of each stored file, by its name.
    pub(crate) filenames: HashMap<String, String>,
    /// File names that were used once and never are again.
    pub(crate) deleted: BTreeSet<String>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) publishers: Vec<Registered>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) prohibited: BTreeSet<String>,
    /// The end of every `jti` that was exchanged.
    pub(crate) spent: HashMap<String, u64>,
    pub(crate) tokens: HashMap<String, Principal>,
    /// The number of the last change, as in PyPI's journal.
    pub(crate) serial: u64,
    pub(crate) settings: Settings,
    pub(crate) random: Random,
    pub(crate) emails: Vec<Email>,
    pub(crate) events: Vec<ProjectEvent>,
    /// The newest exchanges.
    pub(crate) minted: VecDeque<Minted>,
    /// When which account created a project, for the limit of new projects.
    pub(crate) creations: Vec<(String, u64)>,
    pub(crate) storage: Storage,
}

/// A publisher and what it may publish.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Registered {
    pub(crate) publisher: TrustedPublisher,
    pub(crate) scope: Scope,
}

/// A publisher that creates its project at its first exchange.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Pending {
    pub(crate) publisher: TrustedPublisher,
    #[serde(with = "project::name")]
    pub(crate) project: ProjectName,
    /// Who registered it and will own the project; none is the index's own account.
    pub(crate) user: Option<String>,
    pub(crate) registered: u64,
}

impl State {
    pub(crate) fn new(settings: Settings, random: Random) -> Self {
        Self {
            projects: BTreeMap::new(),
            digests: HashMap::new(),
            filenames: HashMap::new(),
            deleted: BTreeSet::new(),
            users: BTreeMap::new(),
            publishers: Vec::new(),
            pending: Vec::new(),
            prohibited: BTreeSet::new(),
            spent: HashMap::new(),
            tokens: HashMap::new(),
            serial: 0,
            settings,
            random,
            emails: Vec::new(),
            events: Vec::new(),
            minted: VecDeque::new(),
            creations: Vec::new(),
            storage: Storage::default(),
        }
    }

    pub(crate) fn project(&self, normalized: &str) -> Option<&Project> {
        self.projects.get(normalized)
    }

    /// The project, which counts as changed from now on.
    pub(crate) fn project_mut(&mut self, normalized: &str) -> Option<&mut Project> {
        let project = self.projects.get_mut(normalized)?;
        self.storage.touch(Key::Project(normalized.to_owned()));
        Some(project)
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

    /// The stored file of this name.
    pub(crate) fn file(&self, filename: &str) -> Option<(&Project, &Release, &File)> {
        let project = self.projects.get(self.filenames.get(filename)?)?;
        project.releases.iter().find_map(|release| {
            let file = release
                .files
                .iter()
                .find(|file| file.filename == filename)?;
            Some((project, release, file))
        })
    }

    /// The stored file with these bytes.
    pub(crate) fn file_of_digest(&self, blake2b_256: &str) -> Option<&File> {
        let filename = self.digests.get(blake2b_256)?;
        self.file(filename).map(|(_, _, file)| file)
    }

    pub(crate) fn is_deleted(&self, filename: &str) -> bool {
        self.deleted.contains(filename)
    }

    /// Keeps a file name from ever being used again.
    pub(crate) fn retire(&mut self, filename: &str) {
        self.deleted.insert(filename.to_owned());
        self.storage.touch(Key::Deleted(filename.to_owned()));
    }

    /// Creates an empty project, unless it exists. The pending publishers of others for a name like it are gone then.
    pub(crate) fn create_project(&mut self, name: &ProjectName, owner: Option<&str>, now: u64) {
        if self.projects.contains_key(name.normalized()) {
            return;
        }
        // PyPI's journal has two entries for it: the project, and its owner.
        self.serial += 2;
        let mut project = Project::new(name.clone(), self.serial, now);
        project.members.extend(owner.map(str::to_owned));
        self.projects.insert(name.normalized().to_owned(), project);
        self.storage
            .touch(Key::Project(name.normalized().to_owned()));
        self.note(now, name.normalized(), ProjectEventKind::ProjectCreated);
        self.end_pending_of(name);
        self.storage.touch(Key::Rest);
    }

    fn end_pending_of(&mut self, name: &ProjectName) {
        let taken = ultranormalized(name.as_str());
        let (kept, ended): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|pending| ultranormalized(pending.project.as_str()) != taken);
        self.pending = kept;
        for pending in ended {
            let subject = format!(
                "Pending trusted publisher for {} invalidated",
                pending.project.as_str()
            );
            self.email(pending.user.as_deref(), subject);
        }
    }

    /// Adds a file to a release of a project, and makes the release when it is the first.
    pub(crate) fn add_file(&mut self, normalized: &str, first: Release, file: File) {
        let mut serial = self.serial;
        let Some(project) = self.projects.get_mut(normalized) else {
            return;
        };
        let (filename, time) = (file.filename.clone(), file.uploaded);
        self.digests
            .insert(file.blake2b_256.clone(), filename.clone());
        self.filenames
            .insert(filename.clone(), normalized.to_owned());
        let version = first.version.to_string();
        let known = project
            .releases
            .iter_mut()
            .find(|release| release.version == first.version);
        match known {
            Some(release) => release.files.push(file),
            None => {
                serial += 1;
                project.releases.push(Release {
                    files: vec![file],
                    ..first
                });
                self.storage
                    .touch(Key::Release(normalized.to_owned(), version));
            }
        }
        project.last_serial = serial + 1;
        self.serial = serial + 1;
        self.storage.touch(Key::File(filename.clone()));
        self.storage.touch(Key::Project(normalized.to_owned()));
        self.storage.touch(Key::Rest);
        self.note(time, normalized, ProjectEventKind::FileAdded { filename });
    }

    /// Puts a file back as it was stored.
    #[cfg(feature = "persistent")]
    pub(crate) fn restore(
        &mut self,
        normalized: String,
        mut project: Project,
        releases: Vec<Release>,
    ) {
        for file in releases.iter().flat_map(|release| &release.files) {
            self.digests
                .insert(file.blake2b_256.clone(), file.filename.clone());
            self.filenames
                .insert(file.filename.clone(), normalized.clone());
        }
        project.releases = releases;
        self.projects.insert(normalized, project);
    }

    /// Deletes a file, and keeps its name taken. `false` when there is none of this name.
    pub(crate) fn delete_file(&mut self, filename: &str, now: u64) -> bool {
        let Some(normalized) = self.filenames.remove(filename) else {
            return false;
        };
        let Some(project) = self.projects.get_mut(&normalized) else {
            return false;
        };
        for release in &mut project.releases {
            release.files.retain(|file| {
                if file.filename == filename {
                    self.digests.remove(&file.blake2b_256);
                }
                file.filename != filename
            });
        }
        self.serial += 1;
        project.last_serial = self.serial;
        self.retire(filename);
        self.storage.touch(Key::File(filename.to_owned()));
        self.storage.touch(Key::Project(normalized.clone()));
        self.storage.touch(Key::Rest);
        let filename = filename.to_owned();
        self.note(now, &normalized, ProjectEventKind::FileRemoved { filename });
        true
    }

    /// The largest file in bytes that any project takes.
    pub(crate) fn largest_file(&self) -> u64 {
        let raised = self
            .projects
            .values()
            .filter_map(|project| project.file_limit);
        raised.fold(self.settings.file_limit, u64::max)
    }

    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    pub(crate) fn add_user(&mut self, user: User) {
        self.storage.touch(Key::User(user.name.clone()));
        self.users.insert(user.name.clone(), user);
    }

    /// Whether a trusted publisher may upload to the project.
    pub(crate) fn has_publisher(&self, normalized: &str) -> bool {
        self.publishers.iter().any(|registered| {
            matches!(&registered.scope, Scope::Projects(projects) if projects.contains(normalized))
        })
    }

    /// Adds `project` to what `publisher` may publish.
    pub(crate) fn add_publisher(&mut self, publisher: TrustedPublisher, project: &ProjectName) {
        self.storage.touch(Key::Rest);
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

    pub(crate) fn note(&mut self, time: u64, project: &str, kind: ProjectEventKind) {
        let project = project.to_owned();
        self.events.push(ProjectEvent {
            time,
            project,
            kind,
        });
    }

    /// A email to an account; without a name to the index's own.
    pub(crate) fn email(&mut self, user: Option<&str>, subject: String) {
        let to = user.unwrap_or(User::OWN).to_owned();
        self.emails.push(Email { to, subject });
    }

    /// A email to everyone who owns the project.
    pub(crate) fn email_members(&mut self, normalized: &str, subject: &str) {
        let project = self.projects.get(normalized);
        let mut owners: Vec<String> = project.map_or_else(Vec::new, |project| {
            project.members.iter().cloned().collect()
        });
        if owners.is_empty() {
            owners.push(User::OWN.to_owned());
        }
        for owner in owners {
            self.email(Some(&owner), subject.to_owned());
        }
    }
}
