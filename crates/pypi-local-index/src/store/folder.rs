//! A folder that survives the process: an SQLite database, and files under their hashes.
//!
//! A file is whole and synchronized under its hash before the row that shows it is committed, and the row is committed
//! before the upload is answered. So whatever the process was doing when it ended, the index that starts next shows every
//! file that was answered 200, and only whole ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::config::account::User;
use crate::config::settings::Settings;
use crate::warehouse::{
    Blob, File, Key, Pending, Principal, Project, Random, Registered, Release, State,
};

pub(crate) struct Folder {
    database: Connection,
    files: PathBuf,
}

/// The kind and the key of a row, and its text; none deletes the row.
type Row = (&'static str, String, Option<String>);

/// What is in no row of its own.
#[derive(Deserialize, Serialize)]
struct Rest {
    publishers: Vec<Registered>,
    pending: Vec<Pending>,
    prohibited: BTreeSet<String>,
    spent: HashMap<String, u64>,
    serial: u64,
    drawn: u64,
    settings: Settings,
    creations: Vec<(String, u64)>,
}

type Failed = Box<dyn Error + Send + Sync>;

impl Folder {
    /// Opens the folder, and makes it when it is not there.
    #[expect(
        clippy::disallowed_methods,
        reason = "the door to the folder of a persistent index"
    )]
    pub(crate) fn open(path: &Path) -> Result<Self, Failed> {
        let files = path.join("files");
        fs::create_dir_all(&files)?;
        for entry in fs::read_dir(&files)? {
            let entry = entry?.path();
            // What a process left that ended in the middle of an upload.
            if entry.extension().is_some_and(|end| end == "part") {
                fs::remove_file(entry)?;
            }
        }
        let database = Connection::open(path.join("index.sqlite3"))?;
        // Who else has the folder will not let go of it soon.
        database.busy_timeout(Duration::ZERO)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        // Another process with the same folder would answer from a state of its own.
        database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        database.execute_batch(
            "CREATE TABLE IF NOT EXISTS entry (
                kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, name)
            ) WITHOUT ROWID; BEGIN IMMEDIATE; COMMIT;",
        )?;
        Ok(Self { database, files })
    }

    /// Writes the bytes to the file of their hash, and waits until the disk has them.
    #[expect(
        clippy::disallowed_methods,
        reason = "the door to the files of a persistent index"
    )]
    pub(crate) fn keep(&self, sha256: &str, bytes: &Bytes) -> io::Result<Blob> {
        let path = self.files.join(sha256);
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        #[cfg(unix)]
        fs::File::open(&self.files)?.sync_all()?;
        Ok(Blob::Disk(path))
    }

    pub(crate) fn commit(&mut self, rows: impl Iterator<Item = Row>) -> rusqlite::Result<()> {
        let transaction = self.database.transaction()?;
        {
            let mut put =
                transaction.prepare("INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3)")?;
            let mut delete =
                transaction.prepare("DELETE FROM entry WHERE kind = ?1 AND name = ?2")?;
            for (kind, name, text) in rows {
                match text {
                    Some(text) => put.execute(params![kind, name, text])?,
                    None => delete.execute(params![kind, name])?,
                };
            }
        }
        transaction.commit()
    }

    fn rows(&self, kind: &str) -> rusqlite::Result<Vec<(String, String)>> {
        let mut select = self
            .database
            .prepare("SELECT name, text FROM entry WHERE kind = ?1 ORDER BY name")?;
        let rows = select.query_map(params![kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect()
    }
}

impl State {
    /// Goes on with what the folder holds. `true` when it held anything.
    pub(crate) fn attach(&mut self, folder: Folder) -> Result<bool, Failed> {
        let rest = folder.rows("rest")?;
        let held = if let Some((_, text)) = rest.first() {
            self.restore_rest(serde_json::from_str(text)?);
            self.restore_rows(&folder)?;
            true
        } else {
            false
        };
        self.storage.folder = Some(folder);
        Ok(held)
    }

    /// Marks all of it to be kept: a world that was built before the folder was there.
    pub(crate) fn touch_all(&mut self) {
        let users = self.users.keys().map(|name| Key::User(name.clone()));
        let projects = self.projects.keys().map(|name| Key::Project(name.clone()));
        let deleted = self.deleted.iter().map(|name| Key::Deleted(name.clone()));
        let tokens = self.tokens.keys().map(|token| Key::Token(token.clone()));
        let mut keys: Vec<Key> = users.chain(projects).chain(deleted).chain(tokens).collect();
        for (project, release, file) in self.files() {
            let normalized = project.name.normalized().to_owned();
            keys.push(Key::Release(normalized, release.version.to_string()));
            keys.push(Key::File(file.filename.clone()));
        }
        keys.push(Key::Rest);
        for key in keys {
            self.storage.touch(key);
        }
    }

    /// The text of the token of the index's own account.
    pub(crate) fn own_token(&self) -> Option<String> {
        let mut tokens = self.tokens.iter();
        let own =
            tokens.find(|(_, principal)| matches!(principal, Principal::User { name: None, .. }));
        own.map(|(token, _)| token.clone())
    }

    fn restore_rest(&mut self, rest: Rest) {
        self.publishers = rest.publishers;
        self.pending = rest.pending;
        self.prohibited = rest.prohibited;
        self.spent = rest.spent;
        self.serial = rest.serial;
        self.settings = rest.settings;
        self.creations = rest.creations;
        if let Random::Seeded { drawn, .. } = &mut self.random {
            *drawn = rest.drawn;
        }
    }

    fn restore_rows(&mut self, folder: &Folder) -> Result<(), Failed> {
        for (_, text) in folder.rows("user")? {
            let user: User = serde_json::from_str(&text)?;
            self.users.insert(user.name.clone(), user);
        }
        for (token, text) in folder.rows("token")? {
            self.restore_token(token, serde_json::from_str(&text)?);
        }
        self.deleted = folder
            .rows("deleted")?
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let mut releases: BTreeMap<String, Vec<Release>> = BTreeMap::new();
        for (key, text) in folder.rows("release")? {
            let project = key.split('/').next().unwrap_or_default().to_owned();
            releases
                .entry(project)
                .or_default()
                .push(serde_json::from_str(&text)?);
        }
        for (_, text) in folder.rows("file")? {
            let (key, mut file): (String, File) = serde_json::from_str(&text)?;
            file.blob = Blob::Disk(folder.files.join(&file.sha256));
            let (project, version) = key.split_once('/').unwrap_or_default();
            let mut of_project = releases.get_mut(project).into_iter().flatten();
            if let Some(release) = of_project.find(|release| release.version.to_string() == version)
            {
                release.files.push(file);
            }
        }
        for (name, text) in folder.rows("project")? {
            let project: Project = serde_json::from_str(&text)?;
            let mut own = releases.remove(&name).unwrap_or_default();
            own.sort_by_key(|release| release.created);
            for release in &mut own {
                release.files.sort_by_key(|file| file.uploaded);
            }
            self.restore(name, project, own);
        }
        Ok(())
    }

    /// What is to be kept of `key` now.
    pub(crate) fn row(&self, key: Key) -> Row {
        match key {
            Key::Deleted(name) => ("deleted", name, Some(String::new())),
            Key::File(filename) => {
                let text = self.file(&filename).and_then(|(project, release, file)| {
                    let key = format!("{}/{}", project.name.normalized(), release.version);
                    serde_json::to_string(&(key, file)).ok()
                });
                ("file", filename, text)
            }
            Key::Project(name) => {
                let text = self
                    .project(&name)
                    .and_then(|project| serde_json::to_string(project).ok());
                ("project", name, text)
            }
            Key::Release(project, version) => {
                let releases = self.project(&project).map(|project| &project.releases);
                let mut releases = releases.into_iter().flatten();
                let release = releases.find(|release| release.version.to_string() == version);
                let text = release.and_then(|release| serde_json::to_string(release).ok());
                ("release", format!("{project}/{version}"), text)
            }
            Key::Rest => (
                "rest",
                String::new(),
                serde_json::to_string(&self.rest()).ok(),
            ),
            Key::Token(token) => {
                let text = self
                    .token(&token)
                    .and_then(|principal| serde_json::to_string(principal).ok());
                ("token", token, text)
            }
            Key::User(name) => {
                let text = self
                    .user(&name)
                    .and_then(|user| serde_json::to_string(user).ok());
                ("user", name, text)
            }
        }
    }

    fn rest(&self) -> Rest {
        Rest {
            publishers: self.publishers.clone(),
            pending: self.pending.clone(),
            prohibited: self.prohibited.clone(),
            spent: self.spent.clone(),
            serial: self.serial,
            drawn: match &self.random {
                Random::System => 0,
                Random::Seeded { drawn, .. } => *drawn,
            },
            settings: self.settings.clone(),
            creations: self.creations.clone(),
        }
    }
}
