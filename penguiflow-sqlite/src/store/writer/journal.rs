//! What is added to a frontier that is too large to be written each time, with the history of each
//! commit in the same rows, so that a commit to the journal writes few pages.

use rusqlite::params;

use super::Batch;
use crate::store::error::StoreError;
use crate::store::records::Seq;

const ENTRY: &str = "INSERT INTO journal(trace, place, entry, lines) VALUES(?1, ?2, ?3, ?4)";
const IS_THERE: &str = "SELECT 1 FROM journal WHERE trace = ?1 LIMIT 1";
const KEEP_HISTORY: &str = "INSERT INTO moved_history(trace, n, lines)
    SELECT trace, place, lines FROM journal WHERE trace = ?1 AND lines IS NOT NULL";
const FOLD: &str = "DELETE FROM journal WHERE trace = ?1";

/// The places in a trace's history of what a transition from this revision adds: first what its row
/// had, and then its own.
pub(super) fn places(revision: i64) -> (i64, i64) {
    (2 * revision, 2 * revision + 1)
}

/// Adds entries, the first with the history of all.
pub(super) fn append(
    seq: Seq,
    revision: i64,
    entries: &[Vec<u8>],
    history: &[u8],
    batch: &Batch<'_>,
) -> Result<(), StoreError> {
    let mut lines = Some(history).filter(|lines| !lines.is_empty());
    let (_, place) = places(revision);
    for entry in entries {
        batch.execute(ENTRY, params![seq, place, entry, lines.take()])?;
    }
    Ok(())
}

/// Forgets the entries, which a frontier has in it now, and keeps their history.
pub(super) fn fold(seq: Seq, batch: &Batch<'_>) -> Result<(), StoreError> {
    if batch.find(IS_THERE, [seq], |_| Ok(()))?.is_some() {
        batch.execute(KEEP_HISTORY, [seq])?;
        batch.execute(FOLD, [seq])?;
    }
    Ok(())
}
