//! What is added to a frontier that is too large to be written each time, with the history of each
//! commit in the same rows: a commit in the journal writes a page of it and one of the trace's row.

use rusqlite::params;

use super::Batch;
use crate::store::error::StoreError;
use crate::store::records::Seq;

const ENTRY: &str = "INSERT INTO journal(trace, n, entry, lines) VALUES(?1, ?2, ?3, ?4)";
const IS_THERE: &str = "SELECT 1 FROM journal WHERE trace = ?1 LIMIT 1";
const KEEP_HISTORY: &str = "INSERT INTO moved_history(trace, n, lines)
    SELECT trace, n, lines FROM journal WHERE trace = ?1 AND lines IS NOT NULL";
const FOLD: &str = "DELETE FROM journal WHERE trace = ?1";

/// The place in journal and history of what a transition from this revision adds. Its entries, fewer
/// than a million, have the places after it.
pub(super) fn place(revision: i64) -> i64 {
    revision << 20
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
    for (n, entry) in (place(revision) + 1..).zip(entries) {
        batch.execute(ENTRY, params![seq, n, entry, lines.take()])?;
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
