//! What becomes of a dead letter: the trace goes on, or it ends.

use penguiflow::TraceId;
use rusqlite::params;

use super::{Batch, Write, journal};
use crate::store::column::Id;
use crate::store::error::StoreError;
use crate::store::packed::Document;
use crate::store::records::{FlowId, Seq, State};

const REVIVE: &str = "UPDATE traces SET revision = revision + 1, state = ?2, due = NULL,
    updated = ?3, recoveries = 0, error = NULL, frontier = ifnull(?4, frontier)
    WHERE id = ?1 AND state = ?5";
const DROP: &str = "UPDATE traces SET revision = revision + 1, state = ?2, due = NULL,
    updated = ?3, waits = NULL, frontier = NULL WHERE id = ?1 AND state = ?4";
const PLACE: &str = "SELECT seq, flow FROM traces WHERE id = ?1";
const FORGET: &str = "DELETE FROM dead WHERE trace = ?1";

/// A dead trace runs again.
pub(crate) struct Revive {
    pub(crate) id: TraceId,
    /// The frontier that it goes on with, and no journal; `None` for the one that it died with.
    pub(crate) frontier: Option<Vec<u8>>,
}

impl Write for Revive {
    type Answer = ();

    fn apply(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let (running, dead) = (State::Running, State::Dead);
        let frontier = self.frontier.as_deref().map(Document);
        let row = params![Id(self.id), running, batch.now, frontier, dead];
        let (seq, _) = changed(self.id, batch.execute(REVIVE, row)?, batch)?;
        if self.frontier.is_some() {
            journal::fold(seq, batch)?;
        }
        batch.execute(FORGET, [Id(self.id)])?;
        Ok(())
    }
}

/// A dead trace ends with the error that it died of.
pub(crate) struct DropDead(pub(crate) TraceId);

impl Write for DropDead {
    type Answer = ();

    fn apply(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let row = params![Id(self.0), State::Failed, batch.now, State::Dead];
        let (seq, flow) = changed(self.0, batch.execute(DROP, row)?, batch)?;
        batch.count(flow, State::Failed, 1);
        journal::fold(seq, batch)?;
        batch.execute(FORGET, [Id(self.0)])?;
        Ok(())
    }
}

/// The place and the flow of a trace that was dead, if one was changed.
fn changed(id: TraceId, rows: usize, batch: &Batch<'_>) -> Result<(Seq, FlowId), StoreError> {
    let place = match rows {
        0 => None,
        _ => batch.find(PLACE, [Id(id)], |row| Ok((row.get(0)?, row.get(1)?)))?,
    };
    let what = || format!("dead letter of the trace {id}");
    place.ok_or_else(|| StoreError::Unknown { what: what() })
}
