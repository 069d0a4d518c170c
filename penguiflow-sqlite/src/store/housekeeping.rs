//! What keeps a store small, and copies it while it is in use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::StoreError;
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
    let from = super::one_name(from)?;
    let to = super::one_name(to)?;
    if from == to {
        return Err(StoreError::BackupOntoItself);
    }
    let part = part_of(&to);
    let copied = copy(&from, &part).and_then(|()| Ok(fs::rename(&part, &to)?));
    if copied.is_err() {
        let _ = fs::remove_file(&part);
        return copied;
    }
    sync_folder(&to)
}

fn copy(from: &Path, part: &Path) -> Result<(), StoreError> {
    match fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let source = schema::open_to_read(from, WAIT)?;
    let mut copy = Connection::open(part)?;
    let backup = Backup::new(&source, &mut copy)?;
    // All at once: a copy in parts begins anew whenever the store is written between two of them.
    match backup.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::Locked),
    }
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push("-part");
    to.with_file_name(name)
}

/// So that the new name survives a loss of power. Not every system opens folders.
fn sync_folder(file: &Path) -> Result<(), StoreError> {
    if let Some(Ok(folder)) = file.parent().map(File::open) {
        folder.sync_all()?;
    }
    Ok(())
}
