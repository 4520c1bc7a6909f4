//! A folder that outlives the process: an SQLite database, and files named after their digests.
//!
//! A file is complete and synchronized before the row that refers to it is committed, and the row is committed before the
//! response is sent. So whenever a process ends, the next index shows every file whose upload got a 200 response, and only
//! complete ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::blob::Blob;
use super::{Row, StoredRow};
use crate::error::Cause;

pub(super) struct Folder {
    database: Connection,
    files: PathBuf,
}

impl Folder {
    /// Opens the folder, and creates it if it does not exist.
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that opens the folder of a persistent index"
    )]
    pub(super) fn open(path: &Path) -> Result<Self, Cause> {
        let files = path.join("files");
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // The database contains tokens.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&files)?;
        for entry in fs::read_dir(&files)? {
            let entry = entry?.path();
            // The rest of an upload that a process did not finish.
            if entry.extension().is_some_and(|end| end == "part") {
                fs::remove_file(entry)?;
            }
        }
        let database = path.join("index.sqlite3");
        make_private(&database)?;
        // SQLite gives its other files the mode of this one.
        let database = Connection::open(database)?;
        // A process that uses the folder will not release it soon.
        database.busy_timeout(Duration::ZERO)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        // Another process with the same folder would have a state of its own.
        database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        database.execute_batch(
            "CREATE TABLE IF NOT EXISTS entry (
                kind TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (kind, name)
            ) WITHOUT ROWID; BEGIN IMMEDIATE; COMMIT;",
        )?;
        Ok(Self { database, files })
    }

    /// Writes the bytes to the file named after their digest, and waits until they are on disk.
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that writes the files of a persistent index"
    )]
    pub(super) fn save(&self, sha256: &str, blob: &Blob) -> io::Result<Blob> {
        let path = self.files.join(sha256);
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        io::copy(&mut blob.reader()?, &mut file)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        #[cfg(unix)]
        fs::File::open(&self.files)?.sync_all()?;
        Ok(Blob::Disk(path))
    }

    pub(super) fn blob(&self, sha256: &str) -> Blob {
        Blob::Disk(self.files.join(sha256))
    }

    pub(super) fn commit(&mut self, rows: Vec<Row>) -> rusqlite::Result<()> {
        let transaction = self.database.transaction()?;
        {
            let mut put =
                transaction.prepare("INSERT OR REPLACE INTO entry VALUES (?1, ?2, ?3)")?;
            let mut delete =
                transaction.prepare("DELETE FROM entry WHERE kind = ?1 AND name = ?2")?;
            for Row { kind, name, text } in rows {
                match text {
                    Some(text) => put.execute(params![kind, name, text])?,
                    None => delete.execute(params![kind, name])?,
                };
            }
        }
        transaction.commit()
    }

    pub(super) fn rows(&self, kind: &str) -> rusqlite::Result<Vec<StoredRow>> {
        let mut select = self
            .database
            .prepare("SELECT name, text FROM entry WHERE kind = ?1 ORDER BY name")?;
        let rows = select.query_map(params![kind], |row| {
            Ok(StoredRow {
                name: row.get(0)?,
                text: row.get(1)?,
            })
        })?;
        rows.collect()
    }
}

/// Makes the file readable by its owner only, and creates it if it does not exist. Anything but a regular file is an error.
#[expect(clippy::disallowed_methods, reason = "the folder of the index")]
fn make_private(path: &Path) -> io::Result<()> {
    match pypi_http::open_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}
