//! What is done to the file of a store as a whole.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::StoreError;
use super::file_names::{beside, one_name};
use super::lock::Lock;
use crate::schema;

/// How long a backup waits for a lock on the store's file.
const WAIT: Duration = Duration::from_secs(5);

/// Gives the space of removed traces back to the file system. The file is written anew, and nothing
/// else is written meanwhile.
pub(crate) fn vacuum(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("VACUUM")?;
    checkpoint(connection)
}

/// Folds the log into the file, so that the file is whole by itself, unless somebody reads it.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), StoreError> {
    let fold = "PRAGMA wal_checkpoint(TRUNCATE)";
    Ok(connection.query_row(fold, [], |_| Ok(()))?)
}

/// Copies the store as it is now, whoever writes it meanwhile. A file that is at `to` is replaced
/// once the copy is whole.
pub(crate) fn backup(from: &Path, to: &Path) -> Result<(), StoreError> {
    let from = one_name(from)?;
    let to = one_name(to)?;
    if from == to {
        return Err(StoreError::BackupOntoItself);
    }
    let _unused = unused(&to)?;
    let part = beside(&to, "-part");
    let copied = copy(&from, &part).and_then(|()| replace(&to, &part));
    if copied.is_err() {
        let _ = fs::remove_file(&part);
        return copied;
    }
    sync_folder(&to)
}

fn copy(from: &Path, part: &Path) -> Result<(), StoreError> {
    remove(part)?;
    let source = schema::open_to_read(from, WAIT)?;
    let mut copy = Connection::open(part)?;
    let backup = Backup::new(&source, &mut copy)?;
    // All at once: a copy in parts begins anew whenever the store is written between two of them.
    match backup.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::Locked),
    }
}

/// The lock of a store that is at `to`, so that no store is replaced while it is open.
fn unused(to: &Path) -> Result<Option<Lock>, StoreError> {
    match beside(to, "-lock").exists() {
        true => Ok(Some(Lock::take(to, Duration::ZERO)?)),
        false => Ok(None),
    }
}

/// What SQLite has beside the earlier file belongs to that one, and would be read with the new one.
fn replace(to: &Path, part: &Path) -> Result<(), StoreError> {
    remove(&beside(to, "-wal"))?;
    remove(&beside(to, "-shm"))?;
    Ok(fs::rename(part, to)?)
}

fn remove(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// So that the new name survives a loss of power. Not every system opens folders.
fn sync_folder(file: &Path) -> Result<(), StoreError> {
    if let Some(Ok(folder)) = file.parent().map(File::open) {
        folder.sync_all()?;
    }
    Ok(())
}
