//! What is added to a frontier that is too large to be written each time: a row for each commit.

use rusqlite::params;

use super::Batch;
use crate::store::error::StoreError;
use crate::store::packed::Entries;
use crate::store::records::Seq;

const APPEND: &str = "INSERT INTO journal(trace, n, entries) VALUES(?1, ?2, ?3)";
const FOLD: &str = "DELETE FROM journal WHERE trace = ?1";

/// Adds the entries of a transition from this revision.
pub(super) fn append(
    seq: Seq,
    revision: i64,
    entries: &[Vec<u8>],
    batch: &Batch<'_>,
) -> Result<(), StoreError> {
    if !entries.is_empty() {
        batch.execute(APPEND, params![seq, revision, Entries::of(entries)])?;
    }
    Ok(())
}

/// Forgets the entries, which a frontier has in it now.
pub(super) fn fold(seq: Seq, batch: &Batch<'_>) -> Result<(), StoreError> {
    batch.execute(FOLD, [seq])?;
    Ok(())
}
