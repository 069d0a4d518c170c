//! A message that starts a trace: one trace per id and per key.

use penguiflow::TraceId;
use rusqlite::params;

use super::{Batch, Write};
use crate::store::column::Id;
use crate::store::error::StoreError;
use crate::store::packed::Document;
use crate::store::records::{Emitted, FlowId, NewTrace, Seq};

/// A key without a trace is free: retention has removed the trace.
const BY_KEY: &str = "SELECT traces.seq, traces.id FROM keys JOIN traces ON traces.id = keys.trace
    WHERE keys.flow = ?1 AND keys.key = ?2";
const BY_ID: &str = "SELECT seq, flow FROM traces WHERE id = ?1";
const TRACE: &str = "INSERT INTO
    traces(id, flow, state, revision, due, created, updated, waits, frontier)
    VALUES(?1, ?2, ?3, 0, ?4, ?5, ?5, ?6, ?7) ON CONFLICT(id) DO NOTHING";
const KEY: &str = "INSERT OR REPLACE INTO keys(flow, key, trace, at) VALUES(?1, ?2, ?3, ?4)";

impl Write for NewTrace {
    type Answer = Emitted;

    fn apply(&self, batch: &Batch<'_>) -> Result<Emitted, StoreError> {
        if let Some(earlier) = self.earlier(batch)? {
            return Ok(earlier);
        }
        let added = batch.execute(
            TRACE,
            params![
                Id(self.id),
                self.flow,
                self.state,
                self.due,
                self.created,
                self.waits,
                Document(self.frontier.as_slice())
            ],
        )?;
        if added == 0 {
            return emitted_before(batch, self.flow, self.id);
        }
        let seq = batch.last_insert();
        if let Some(key) = &self.key {
            batch.execute(KEY, params![self.flow, key, Id(self.id), self.created])?;
        }
        let id = self.id;
        let is_new = true;
        Ok(Emitted { seq, id, is_new })
    }
}

impl NewTrace {
    fn earlier(&self, batch: &Batch<'_>) -> Result<Option<Emitted>, StoreError> {
        let Some(key) = &self.key else {
            return Ok(None);
        };
        batch.find(BY_KEY, params![self.flow, key], |row| {
            let Id(id) = row.get(1)?;
            let is_new = false;
            Ok(Emitted {
                seq: row.get(0)?,
                id,
                is_new,
            })
        })
    }
}

/// The same id is the same message: its caller did not learn that it was stored.
fn emitted_before(batch: &Batch<'_>, flow: FlowId, id: TraceId) -> Result<Emitted, StoreError> {
    let found: Option<(Seq, FlowId)> =
        batch.find(BY_ID, params![Id(id)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match found {
        Some((seq, of)) if of == flow => {
            let is_new = false;
            Ok(Emitted { seq, id, is_new })
        }
        _ => Err(StoreError::IdTaken { id }),
    }
}
